import CDrydock
import Glibc
import Grading

// replay-probe PROGRAMS RECIPES PREPARED SLOT SECONDS PROGRAM…: a grader that makes one machine, says how long that took, and passes on what
// the program says. The tests kill it; people can measure with it.

/// At once, whatever the other end is.
func print(_ line: String) { write(1, line + "\n", line.utf8.count + 1) }

let words = CommandLine.arguments
guard words.count > 6 else {
    print("usage: replay-probe PROGRAMS RECIPES PREPARED SLOT SECONDS PROGRAM…")
    exit(2)
}
signal(SIGPIPE, SIG_IGN)
do {
    let images = try PreparedImages(folder: words[3], programs: words[1])
    var options = ReplayOptions(
        programs: words[1], recipes: words[2], images: images, arguments: Array(words[6...]), slot: Int(words[4]) ?? 0)
    options.seconds = Int(words[5]) ?? 60
    var before = timespec()
    clock_gettime(CLOCK_MONOTONIC, &before)
    let machine = try ReplayMachine(options)
    var after = timespec()
    clock_gettime(CLOCK_MONOTONIC, &after)
    print("ready after \((after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1_000_000) ms")
    close(dup(machine.input))
    var entries = [machine.output, machine.errors, machine.eventDescriptor].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    var piece = [UInt8](repeating: 0, count: 4096)
    var code = -1
    var isOver = false
    while true {
        let ready = poll(&entries, 3, isOver ? 50 : -1)
        if ready == 0 { break }
        for index in 0..<2 where entries[index].revents != 0 {
            let count = read(entries[index].fd, &piece, piece.count)
            if count > 0 { write(Int32(index + 1), piece, count) } else { entries[index].fd = -1 }
        }
        guard entries[2].revents != 0, let event = machine.nextEvent(milliseconds: 0) else { continue }
        print("event \(event)")
        if case .programEnded(let ended) = event { code = ended }
        isOver = true
        if case .gone = event { break }
    }
    for refusal in (try? machine.refusals()) ?? [] { print("refused \(refusal.request): \(refusal.message)") }
    machine.end()
    exit(Int32(truncatingIfNeeded: code))
} catch {
    print("error: \(error)")
    exit(1)
}
