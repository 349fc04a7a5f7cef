import Basics
import CDrydock
import EngineClient
import Glibc
import Synchronization

/// A machine in which a learner's transcript is replayed: an engine of its own, and beside it, without any right, the program that runs
/// the transcript's lines. Nothing of the host can be reached from it, and nothing of it outlives it (docs/decisions/0016).
///
/// It ends with `end()`, with this object, with its time, or with this process, however that ends.
public final class ReplayMachine: Sendable {
    /// What a machine tells.
    public enum Event: Sendable, Equatable {
        /// The learner's program has ended, with this code; what it said is in the pipes. The engine can still be asked.
        case programEnded(code: Int)
        /// The engine has ended, with this code and these last words in its log: the machine is of no use any more.
        case engineEnded(code: Int, log: String)
        /// The time was over, and everything in the machine was killed.
        case timeIsOver
        /// The machine is gone.
        case gone
    }

    /// The learner's program's standard input (to be written), output and errors (to be read), close-on-exec. They belong to the machine,
    /// which closes them at its end. Whatever is read is a stranger's: as much as it likes. Who writes ignores SIGPIPE.
    public let input: Int32
    public let output: Int32
    public let errors: Int32
    /// The learner's home, to look files up beneath it (`dd_open_beneath`): what lies there is a stranger's.
    public let home: Int32
    /// Turns readable when there is an event.
    public var eventDescriptor: Int32 { reports.descriptor }
    /// The machine's engine, asked as root: nothing is refused to it.
    public let client: EngineClient

    private let reports: MachineReports
    private let state: Mutex<State>

    private struct State {
        var process: MachineProcess?
        var cgroups: MachineCgroups?
        var descriptors: [Int32]
    }

    /// Makes a machine, starts its engine, and then the learner's program.
    /// - Throws: `DrydockError` in one sentence; nothing is left then.
    public init(_ options: ReplayOptions) throws {
        try Self.check(options)
        MachineCgroups.sweep()
        var ends = MachineEnds()
        var cgroups: MachineCgroups?
        var process: MachineProcess?
        do {
            try ends.open()
            let own = try MachineCgroups(slot: options.slot)
            cgroups = own
            try own.create(memoryBytes: options.memoryBytes, processes: options.processes)
            let started = try MachineProcess(options, cgroups: own, ends: ends)
            process = started
            let reports = MachineReports(ends.reports.readEnd)
            let (engine, home) = try Self.awaitReady(reports, started, own)
            self.home = home
            ends.closeTheirs()
            self.reports = reports
            (input, output, errors) = (ends.input.writeEnd, ends.output.readEnd, ends.errors.readEnd)
            client = EngineClient(endpoint: .unixSocket(path: "/proc/self/fd/\(engine)/engine.sock"))
            state = Mutex(State(process: started, cgroups: own, descriptors: ends.ours + [engine, home]))
            // Whatever becomes of it is told by an event.
            _ = send(ends.life.writeEnd, "go\n", 3, Int32(MSG_NOSIGNAL))
        } catch {
            ends.closeAll()
            process?.end()
            cgroups?.remove()
            throw error
        }
    }

    deinit { end() }

    /// The next event.
    /// - Parameter milliseconds: how long to wait for one; -1 for as long as it takes.
    /// - Returns: nil when there was none.
    public func nextEvent(milliseconds: Int32) -> Event? {
        while let line = reports.next(milliseconds: milliseconds) {
            let words = line.split(separator: " ", maxSplits: 2)
            let code = words.count > 1 ? Int(words[1]) ?? -1 : -1
            switch words.first {
            case "exit": return .programEnded(code: code)
            case "engine": return .engineEnded(code: code, log: words.count > 2 ? String(words[2]) : "")
            case "timeout": return .timeIsOver
            case nil: return .gone
            // What a tool says besides: bash tells of each killed program.
            default: continue
            }
        }
        return nil
    }

    /// What the learner's program asked the engine for and did not get, oldest first.
    /// - Throws: `EngineClientError`, also when the machine has ended.
    public func refusals() throws -> [(request: String, message: String)] {
        let answer = try client.request("GET", "/drydock/refusals").json()
        return (answer["refusals"]?.arrayValue ?? []).map { ($0["request"]?.stringValue ?? "", $0["message"]?.stringValue ?? "") }
    }

    /// Ends everything in the machine and takes the machine away. Returns when nothing of it is left; a second time does nothing.
    public func end() {
        state.withLock { state in
            client.closeIdle()
            // With the end of this pipe its first process ends, and with that the kernel kills all others: pid_namespaces(7).
            for descriptor in state.descriptors { close(descriptor) }
            state.descriptors = []
            state.process?.end()
            state.process = nil
            state.cgroups?.remove()
            state.cgroups = nil
        }
    }

    private static func check(_ options: ReplayOptions) throws {
        guard geteuid() == 0 else {
            throw DrydockError(.unsupported, "a replay machine is made by root: it has namespaces and cgroups of its own")
        }
        for path in [options.programs, options.recipes, options.images.folder] {
            // They mean something in the options of a mount.
            guard path.hasPrefix("/"), !path.contains(where: { ":,\\\n".contains($0) }) else {
                throw DrydockError(.invalid, "the path \(path) must be absolute, without a colon, comma or backslash")
            }
        }
        guard let program = options.arguments.first, program.hasPrefix("/") else {
            throw DrydockError(.invalid, "the learner's program must be given by its path in the machine")
        }
    }

    /// - Returns: the folder of the engine's socket and the learner's home, held open, so that they are reached there and nowhere else
    ///   whatever becomes of the machine's processes and their numbers.
    private static func awaitReady(
        _ reports: MachineReports, _ process: MachineProcess, _ cgroups: MachineCgroups
    ) throws -> (engine: Int32, home: Int32) {
        var first: Int32?
        var said = ""
        let deadline = DrydockClock.milliseconds() + 60_000
        while let line = reports.next(milliseconds: Int32(max(0, deadline - DrydockClock.milliseconds()))) {
            if line.hasPrefix("first ") {
                first = Int32(line.dropFirst(6))
                continue
            }
            guard line == "ready" else {
                said = said.isEmpty ? line : said
                if line.isEmpty || line.hasPrefix("failed ") { break }
                continue
            }
            guard let first else { break }
            try cgroups.moveAside(process.pid)
            let folder = dd_open("/proc/\(first)/root/run/drydock", dd_o_path | O_DIRECTORY | O_CLOEXEC, 0)
            guard folder >= 0 else { throw DrydockError(.failed, "cannot reach the replay machine's engine", errno: .current) }
            let home = dd_open("/proc/\(first)/root/learner/home/learner", dd_o_path | O_DIRECTORY | O_CLOEXEC, 0)
            guard home >= 0 else {
                let reason = Errno.current
                close(folder)
                throw DrydockError(.failed, "cannot reach the replay machine's learner", errno: reason)
            }
            return (folder, home)
        }
        throw DrydockError(.failed, "the replay machine can't be made", cause: said.isEmpty ? "it says nothing" : said)
    }
}

/// The clock that nobody sets.
enum DrydockClock {
    static func milliseconds() -> Int {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return now.tv_sec * 1000 + now.tv_nsec / 1_000_000
    }
}
