import Basics
import EngineClient
import Foundation
import Glibc
import Grading
import Testing

/// A replay machine for a test, with what its program said.
struct Box {
    /// Where the built programs are; `make test` says it.
    static let binaries = ProcessInfo.processInfo.environment["DRYDOCK_BIN"] ?? ""
    private static let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let recipes = checkout + "/Lessons/Images"
    /// A grader that can be killed.
    static let probe = checkout + "/.build/debug/replay-probe"

    /// Why these tests can't run here; nil when they can.
    static var obstacle: String? {
        if geteuid() != 0 { return "making machines needs root" }
        return binaries.isEmpty ? "DRYDOCK_BIN names no folder with built programs (make test does)" : nil
    }

    static let prepared = "/var/tmp/drydock-test-replay-\(getpid())"
    /// Filled once for all tests, and removed when the last has ended.
    static let images = Result {
        atexit { try? FileManager.default.removeItem(atPath: Box.prepared) }
        return try PreparedImages(folder: prepared, programs: binaries)
    }

    static func options(_ arguments: [String], slot: Int = 0) throws -> ReplayOptions {
        var options = ReplayOptions(programs: binaries, recipes: recipes, images: try images.get(), arguments: arguments, slot: slot)
        options.seconds = 60
        return options
    }

    /// What a program said and how it ended.
    struct Outcome {
        var output = ""
        var errors = ""
        var code: Int?
        var events: [ReplayMachine.Event] = []
        var refusals: [String] = []
    }

    /// Runs a line of bash in a machine of its own.
    /// - Parameter inspect: sees the machine after the line's end.
    static func run(
        _ line: String, seconds: Int = 60, inspect: (ReplayMachine) throws -> Void = { _ in }
    ) throws -> Outcome {
        var options = try options(["/bin/bash", "-c", line])
        options.seconds = seconds
        let machine = try ReplayMachine(options)
        defer { machine.end() }
        var outcome = listen(to: machine)
        if outcome.code != nil {
            outcome.refusals = try machine.refusals().map(\.message)
            try inspect(machine)
        }
        machine.end()
        #expect(residue == "", "left of the machine")
        return outcome
    }

    /// Reads what the program says until it ends, a mebibyte at most.
    static func listen(to machine: ReplayMachine) -> Outcome {
        var outcome = Outcome()
        var said: [[UInt8]] = [[], []]
        var entries = [machine.output, machine.errors, machine.eventDescriptor].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var piece = [UInt8](repeating: 0, count: 65536)
        while true {
            let ready = poll(&entries, 3, outcome.events.isEmpty ? 120_000 : 100)
            if ready == 0 { break }
            for index in 0..<2 where entries[index].revents != 0 {
                let count = read(entries[index].fd, &piece, piece.count)
                if count > 0 { said[index] += piece[..<count] }
                if count <= 0 || said[index].count >= 1 << 20 { entries[index].fd = -1 }
            }
            if said[0].count >= 1 << 20 { break }
            guard entries[2].revents != 0, let event = machine.nextEvent(milliseconds: 0) else { continue }
            outcome.events.append(event)
            if case .programEnded(let code) = event { outcome.code = code }
            if case .gone = event { break }
        }
        outcome.output = String(decoding: said[0], as: UTF8.self)
        outcome.errors = String(decoding: said[1], as: UTF8.self)
        return outcome
    }

    /// The machine's engine answers.
    static func checkEngine(_ machine: ReplayMachine) throws {
        let status = try machine.client.request("GET", "/_ping").status
        #expect(status == 200)
    }

    // MARK: what is left

    /// What the kernel still has of machines of this process: cgroups, processes of their users, mounts; "" when nothing.
    static var residue: String { residue(of: getpid()) }

    static func residue(of grader: pid_t, slots: ClosedRange<Int> = 0...9) -> String {
        let cgroups = shell("find /sys/fs/cgroup -name 'drydock-replay-\(grader)-*'")
        let users = slots.map { "\(2_000_000 + $0)" }.joined(separator: ",")
        let processes = shell("ps -o pid=,args= -u \(users)")
        let engines = shell("pgrep -f -a '^/opt/drydock/drydock-engine --root /var/lib/drydock --confined'")
        let mounts = shell("grep drydock-machine /proc/self/mountinfo")
        return cgroups + processes + engines + mounts
    }

    @discardableResult
    static func shell(_ line: String) -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", line]
        let pipe = Pipe()
        process.standardOutput = pipe
        do { try process.run() } catch { return "\(error)" }
        let output = (try? readAll(pipe.fileHandleForReading.fileDescriptor)) ?? []
        process.waitUntilExit()
        return String(decoding: output, as: UTF8.self)
    }
}
