import Basics
import CDrydock
import Engine
import EngineClient
import Foundation
import Runtime
import ShimProtocol
import Testing

/// A state root of its own with an engine of its own, on the real kernel. Nothing of it is left when it is closed, and that is checked.
final class Dock: Sendable {
    let root: String
    private let folder: String
    /// The state root's name in the kernel: part of its bridge's, its table's and its cgroups' names.
    let suffix: String

    /// Where the built programs are; `make test` says it.
    static let binaries = ProcessInfo.processInfo.environment["DRYDOCK_BIN"] ?? ""

    /// Why engine tests can't run here; nil when they can.
    static var obstacle: String? {
        if geteuid() != 0 { return "making containers needs root" }
        if binaries.isEmpty { return "DRYDOCK_BIN names no folder with built programs (make test does)" }
        return nil
    }

    /// - Parameter place: The folder in which the root's own folder is made.
    init(below place: String = "/var/tmp") throws {
        _ = Self.sweeping
        var template = Array("\(place)/drydock-test-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        root = folder + "/state"
        suffix = EnginePaths(root: root).suffix
        try Data(Kernel.identity(of: getpid()).utf8).write(to: URL(filePath: folder + "/owner"))
    }

    /// Takes up what an earlier run that was itself killed has left, and closes it.
    private init(abandoned folder: String) {
        self.folder = folder
        root = folder + "/state"
        suffix = EnginePaths(root: root).suffix
    }

    /// Once in a run: whatever docks there are whose test process has gone.
    private static let sweeping: Void = {
        for name in Kernel.entries("/var/tmp") where name.hasPrefix("drydock-test-") {
            let owner = Kernel.text("/var/tmp/\(name)/owner")
            guard let pid = Int32(owner.prefix { $0 != " " }), Kernel.identity(of: pid) != owner else { continue }
            Dock(abandoned: "/var/tmp/\(name)").close()
        }
    }()

    /// Runs `body` with a dock and closes the dock, whatever `body` does.
    static func with(_ body: (Dock) throws -> Void) throws {
        let dock = try Dock()
        defer { dock.close() }
        _ = dock.drydock("hub", "fill")
        try body(dock)
    }

    // MARK: commands

    /// Runs `drydock WORDS` on this root.
    func drydock(_ words: String..., input: String = "", environment: [String: String] = [:]) -> Outcome {
        drydock(words, input: input, environment: environment)
    }

    func drydock(_ words: [String], input: String = "", environment: [String: String] = [:]) -> Outcome {
        // What a test logs in with is not the user's.
        let own = ["DOCKER_CONFIG": folder + "/config"].merging(environment) { $1 }
        return Outcome(Self.binaries + "/drydock", ["--root", root] + words, input: input, environment: own)
    }

    /// Runs a command that must work, and gives its output.
    @discardableResult
    func must(_ words: String..., input: String = "", line: SourceLocation = #_sourceLocation) -> String {
        let outcome = drydock(words, input: input)
        #expect(outcome.code == 0, "drydock \(words.joined(separator: " ")): \(outcome.error)", sourceLocation: line)
        return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func client() throws -> EngineClient {
        setenv("DRYDOCK_REGISTRY", "lab", 1)
        return try EngineLauncher.connect(root: root, engine: Self.binaries + "/drydock-engine")
    }

    var enginePID: Int32? {
        let answer = try? EngineClient(endpoint: EngineLauncher.endpoint(root: root)).request("GET", "/drydock/ping").json()
        return answer?["pid"]?.intValue.map(Int32.init)
    }

    /// Kills the engine as the machine's memory killer would, and waits until it has gone.
    func killEngine() throws {
        let pid = try #require(enginePID)
        kill(pid, SIGKILL)
        EngineLauncher.awaitEnd(root: root)
    }

    /// The shims of this root's containers.
    var shims: [Int32] { processes.filter { Kernel.name(of: $0) == "drydock-shim" } }

    /// What drydock's doctor says, when it isn't that all is clean; "" otherwise.
    var ailments: String {
        let outcome = drydock("doctor")
        return outcome.code == 0 ? "" : outcome.output + outcome.error
    }

    // MARK: the end

    /// Everything that the kernel still has of this root.
    var residue: [String] {
        let links = Kernel.entries("/sys/class/net").filter { $0.contains(suffix) }
        let cgroups = Kernel.cgroupHierarchies.map { (place: String) -> String in "\(place)/drydock-\(suffix)" }.filter {
            access($0, F_OK) == 0
        }
        let mounts = Kernel.text("/proc/self/mountinfo").split(separator: "\n").filter { $0.contains(folder) }.map(String.init)
        return links + cgroups + mounts + processes.map { "\(Kernel.name(of: $0)) \($0)" }
    }

    private var processes: [Int32] {
        Kernel.entries("/proc").compactMap { Int32($0) }.filter { pid in
            let name = Kernel.name(of: pid)
            guard name.hasPrefix("drydock") else { return false }
            if Kernel.text("/proc/\(pid)/cmdline").contains(folder) { return true }
            return Kernel.link("/proc/\(pid)/fd/\(ShimConfiguration.Descriptor.directory)")?.hasPrefix(folder) ?? false
        }
    }

    func close() {
        let all = drydock("ps", "-aq").output.split(separator: "\n").map(String.init)
        if !all.isEmpty { _ = drydock(["rm", "-f"] + all) }
        let engine = enginePID.map { dd_pidfd_open($0, 0) } ?? -1
        let ending = drydock("shutdown")
        #expect(ending.code == 0, "\(ending.error)")
        if engine >= 0 {
            var end = pollfd(fd: engine, events: Int16(POLLIN), revents: 0)
            #expect(poll(&end, 1, 10_000) == 1, "the engine does not end")
            Glibc.close(engine)
        }
        let left = residue
        #expect(left.isEmpty, "left of the test in the kernel: \(left)")
        for pid in processes { kill(pid, SIGKILL) }
        try? FileManager.default.removeItem(atPath: folder)
    }
}

/// A program that has run to its end.
struct Outcome {
    let code: Int32
    let output: String
    let error: String

    init(_ program: String, _ words: [String], input: String = "", environment: [String: String] = [:]) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = words
        var variables = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("DRYDOCK_") && $0.key != "DOCKER_HOST" }
        // Whatever network there is: images come from the lab hub.
        variables["DRYDOCK_REGISTRY"] = "lab"
        variables.merge(environment) { $1 }
        process.environment = variables
        let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
        (process.standardInput, process.standardOutput, process.standardError) = (stdin, stdout, stderr)
        do { try process.run() } catch {
            (code, output, self.error) = (-1, "", "\(error)")
            return
        }
        // Not by FileHandle's own reading and writing: it ends the process when a signal comes, or when the program has ended by then.
        signal(SIGPIPE, SIG_IGN)
        try? writeAll(stdin.fileHandleForWriting.fileDescriptor, input)
        try? stdin.fileHandleForWriting.close()
        let errors = DispatchQueue(label: "stderr")
        nonisolated(unsafe) var said: [UInt8] = []
        errors.async { said = (try? readAll(stderr.fileHandleForReading.fileDescriptor)) ?? [] }
        output = String(decoding: (try? readAll(stdout.fileHandleForReading.fileDescriptor)) ?? [], as: UTF8.self)
        process.waitUntilExit()
        errors.sync {}
        error = String(decoding: said, as: UTF8.self)
        code = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }
}

/// What /proc and /sys say.
enum Kernel {
    static func text(_ path: String) -> String { (try? readFile(path)).map { String(decoding: $0, as: UTF8.self) } ?? "" }
    static func name(of pid: Int32) -> String { text("/proc/\(pid)/comm").trimmingCharacters(in: .newlines) }
    static func link(_ path: String) -> String? { try? FileManager.default.destinationOfSymbolicLink(atPath: path) }
    static func entries(_ path: String) -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }

    /// A process's number and when it began, which no other process shares; "" when there is none. See proc(5), `/proc/PID/stat`.
    static func identity(of pid: Int32) -> String {
        let fields = text("/proc/\(pid)/stat").split(separator: ")").last?.split(separator: " ") ?? []
        return fields.count > 19 ? "\(pid) \(fields[19])" : ""
    }

    /// The engine's own cgroup in each hierarchy: it runs in ours.
    static var cgroupHierarchies: [String] {
        (try? CgroupTree.current())?.hierarchies.map(\.directory) ?? []
    }
}
