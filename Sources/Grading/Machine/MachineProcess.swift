import Basics
import CDrydock
import Glibc

/// The pipes between the grader and a machine.
struct MachineEnds {
    struct Pipe {
        var readEnd: Int32 = -1
        var writeEnd: Int32 = -1

        /// - Parameter isSocket: writing to one whose reader has gone raises no signal, if it is asked not to.
        mutating func open(isSocket: Bool = false) throws {
            var ends: [Int32] = [-1, -1]
            guard (isSocket ? dd_socketpair(&ends) : dd_pipe(&ends)) == 0 else {
                throw DrydockError(.failed, "cannot make a pipe", errno: .current)
            }
            (readEnd, writeEnd) = (ends[0], ends[1])
        }
    }

    /// The learner's program's.
    var input = Pipe()
    var output = Pipe()
    var errors = Pipe()
    /// What the machine says of itself.
    var reports = Pipe()
    /// Its end is the machine's.
    var life = Pipe()

    mutating func open() throws {
        try input.open()
        try output.open()
        try errors.open()
        try reports.open()
        try life.open(isSocket: true)
    }

    var ours: [Int32] { [input.writeEnd, output.readEnd, errors.readEnd, reports.readEnd, life.writeEnd] }

    mutating func closeTheirs() {
        for descriptor in [input.readEnd, output.writeEnd, errors.writeEnd, reports.writeEnd, life.readEnd] where descriptor >= 0 {
            close(descriptor)
        }
        (input.readEnd, output.writeEnd, errors.writeEnd, reports.writeEnd, life.readEnd) = (-1, -1, -1, -1, -1)
    }

    mutating func closeAll() {
        closeTheirs()
        for descriptor in ours where descriptor >= 0 { close(descriptor) }
        self = MachineEnds()
    }
}

/// The process that holds a machine: the parent of its first one.
struct MachineProcess: Sendable {
    let pid: pid_t
    private let pidfd: Int32

    /// - Throws: `DrydockError` when a program that it takes is not there.
    init(_ options: ReplayOptions, cgroups: MachineCgroups, ends: MachineEnds) throws {
        let shell = try Self.program("busybox", package: "busybox-static")
        let unshare = try Self.program("unshare", package: "util-linux")
        let environment = try Self.environment(options, cgroups, ends) + ["UNSHARE=\(unshare)", "BUSYBOX=\(shell)"]
        let arguments = ["busybox", "sh", "-c", MachineScripts.enter, "drydock-replay"] + options.arguments
        let null = dd_open("/dev/null", O_RDWR | O_CLOEXEC, 0)
        guard null >= 0 else { throw DrydockError(.failed, "cannot open /dev/null", errno: .current) }
        defer { close(null) }
        // 3 and 4 are known to the scripts; what the tools complain of goes where the scripts' own words go.
        let descriptors = [null, null, ends.reports.writeEnd, ends.life.readEnd, ends.reports.writeEnd]
        var handle: Int32 = -1
        let started = withCStrings(arguments) { argv in
            withCStrings(environment) { envp in dd_spawn(shell, argv, envp, descriptors, Int32(descriptors.count), &handle) }
        }
        guard started > 0 else { throw DrydockError(.failed, "cannot start \(shell)", errno: .current) }
        (pid, pidfd) = (started, handle)
    }

    /// Waits for the end, which is under way; helps it along when it takes its time.
    func end() {
        for patience in [Int32(5_000), 10_000] {
            var waited = pollfd(fd: pidfd, events: Int16(POLLIN), revents: 0)
            var ready = poll(&waited, 1, patience)
            while ready < 0 && errno == EINTR { ready = poll(&waited, 1, patience) }
            if ready > 0 { break }
            // unshare --kill-child: its end is its child's.
            _ = dd_pidfd_send_signal(pidfd, SIGKILL)
        }
        while waitpid(pid, nil, 0) < 0 && errno == EINTR {}
        close(pidfd)
    }

    private static func environment(_ options: ReplayOptions, _ cgroups: MachineCgroups, _ ends: MachineEnds) throws -> [String] {
        let learner = options.learner
        let paths = [options.programs, options.recipes, options.images.folder]
        // It gets a file system over it for the moment that the machine is made, in no eyes but the machine's.
        guard
            let place = ["/mnt", "/media", "/srv", "/opt"].first(where: { place in
                access(place, F_OK) == 0 && !paths.contains { $0 == place || $0.hasPrefix(place + "/") }
            })
        else { throw DrydockError(.failed, "there is no place to build a replay machine: neither /mnt nor /media nor /srv nor /opt") }
        let values: KeyValuePairs = [
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PLACE": place, "BUILDER": MachineScripts.build, "KEEPER": MachineScripts.keep,
            "TASKS": cgroups.entrances.joined(separator: " "), "DISK": "\(options.diskBytes)", "INODES": "64k",
            "HOME_SIZE": "\(learner.homeBytes)", "LEARNER": "\(options.user)", "PROGRAMS": options.programs, "RECIPES": options.recipes,
            "PREPARED": options.images.folder, "SWIFT": swiftLibraries() ?? "", "GRADER": "\(getpid())", "INPUT": "\(ends.input.readEnd)",
            "OUTPUT": "\(ends.output.writeEnd)", "ERRORS": "\(ends.errors.writeEnd)", "LEARNER_MEMORY": "\(learner.memoryBytes)",
            "LEARNER_PROCESSES": "\(learner.processes)", "LEARNER_FILE_KIB": "\(learner.fileBytes >> 10)",
            "LEARNER_CPU": "\(learner.processorSeconds)", "LEARNER_ADDRESS_KIB": "\(learner.addressBytes >> 10)",
            "SECONDS_LIMIT": "\(max(1, options.seconds))",
        ]
        return values.map { "\($0)=\($1)" }
    }

    private static func program(_ name: String, package: String) throws -> String {
        for folder in ["/usr/bin", "/bin", "/usr/sbin", "/sbin"] where access("\(folder)/\(name)", X_OK) == 0 { return "\(folder)/\(name)" }
        throw DrydockError(.notFound, "a replay machine needs \(name), and it is not there", advice: "apt-get install \(package)")
    }

    /// Where the Swift runtime lies that this program, and so its siblings, run on; nil where that is among the system's libraries or
    /// within the programs.
    private static func swiftLibraries() -> String? {
        let maps = String(decoding: (try? readFile("/proc/self/maps")) ?? [], as: UTF8.self)
        for line in maps.split(separator: "\n") where line.hasSuffix("/libswiftCore.so") {
            guard let slash = line.firstIndex(of: "/") else { continue }
            let folder = String(line[slash...].dropLast("/libswiftCore.so".count))
            return ["/usr/", "/lib"].contains { folder.hasPrefix($0) } ? nil : folder
        }
        return nil
    }
}

/// The vector of C strings that exec takes.
func withCStrings<T>(_ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> T) -> T {
    let pointers: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers + [nil])
}
