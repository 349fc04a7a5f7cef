import Basics
import DockerAPI
import EngineInterface
import Glibc
import Runtime
import Steps

extension ContainerEngine {
    public func streamEvents(_ selection: EventSelection, _ detail: EventDetail, context call: CallContext, sink: any ByteSink) throws {
        let session: String? = if case .session(let token) = selection { token } else { nil }
        let subscription = hub.subscribe(session: session, stepBegins: detail.stepBegins)
        defer { hub.unsubscribe(subscription) }
        let token = call.onDisconnect { subscription.finish() }
        defer { call.cancellation.remove(token) }
        defer {
            if call.isCancelled, let session { closeSession(session) }
            // Nobody waits for the word of a watcher who has gone.
            if case .watcher(let token) = selection { closeSession(token) }
        }
        try sink.begin()
        // A session that is ended lasts until what is under way in it has ended. Engines before this one cut it short, and don't say so.
        try sink.write(Array("{\"event\":\"subscribed\",\"outlasts\":true}\n".utf8))
        while let events = subscription.next() {
            var lines: [UInt8] = []
            for event in events { lines += event.json(calls: detail.calls).bytes() + [0x0a] }
            try sink.write(lines)
        }
    }

    public func awaitListener(_ session: String) throws {
        guard hub.awaitListener(session: session) else {
            throw DrydockError(.unavailable, "nobody came to hear what this command does, so it was not begun", advice: "try again")
        }
    }

    public func updateSession(_ token: String, _ request: SessionRequest) throws {
        guard !token.isEmpty, token.utf8.count <= 128 else { throw DrydockError(.invalid, "a session's token has 1 to 128 bytes") }
        guard ["", "instruction", "verb", "step", "call"].contains(request.level) else {
            throw DrydockError(.invalid, "unknown level \(request.level)", advice: "instruction, verb, step or call")
        }
        let existing = sessions.update { all -> SteppingSession? in
            if let existing = all[token] { return existing }
            all[token] = SteppingSession(
                token: token, hub: hub, step: request.step, breakpoints: request.breakpoints, level: request.level,
                holdsOthers: request.others)
            return nil
        }
        existing?.change(step: request.step, breakpoints: request.breakpoints, level: request.level)
    }

    public func endSession(_ token: String) throws {
        closeSession(token)
        hub.end(session: token)
    }

    /// The user has left: what is paused for a word that will not come is rolled back.
    private func closeSession(_ token: String) {
        let session = sessions.update { $0.removeValue(forKey: token) }
        session?.close()
    }

    func session(pausing operation: String) throws -> SteppingSession {
        let found = sessions.read { $0.values.first { $0.pausePoint(of: operation) != nil } }
        guard let found else { throw DrydockError(.notFound, "operation \(operation) is not paused") }
        return found
    }

    public func resumeOperation(_ operation: String, _ request: ResumeRequest) throws {
        try session(pausing: operation).resume(operation: operation, action: request.action, breakpoints: request.breakpoints)
    }

    /// What the kernel says at this moment about what a paused operation is working on.
    public func lookAtOperation(_ operation: String) throws -> LookReport {
        _ = try session(pausing: operation)
        let subject = subjects.read { $0[operation] }
        guard let subject else {
            return LookReport(sections: [LookSection(title: "operation", lines: ["nothing of it exists in the kernel yet"])])
        }
        return Look(engine: self, subject: subject).report()
    }
}

/// What an operation is working on, as far as it has come.
struct OperationSubject: Sendable {
    /// Files that are there though no process sees them.
    enum Files: Sendable {
        /// Those of the image so far.
        case image
        /// On them a layer that is still being written: what is written into it becomes part of the image.
        case written(String)
        /// On them a layer that is done: nothing that is written now reaches the image.
        case read(String)
    }

    /// Where in a build an operation works.
    struct Place: Sendable {
        /// Chain ids, the lowest first.
        var layers: [String]
        var files: Files
        var config: ContainerConfig
        var host: HostConfig
        /// Whose layer is being written: while it runs, that is where to look.
        var containerID: String?
    }

    var containerID = ""
    var directory = ""
    var pid: Int32 = 0
    /// The container's program runs, and nobody holds it any more.
    var isRunning = false
    var place: Place?

    /// The layer that is being written; nil where there is none.
    var upper: String? {
        switch place?.files {
        case .written(let upper), .read(let upper): upper
        case .image: nil
        case nil: directory.isEmpty ? nil : "\(directory)/upper"
        }
    }
}

/// Reads the kernel for the user who has paused an operation.
struct Look {
    let engine: ContainerEngine
    let subject: OperationSubject

    func report() -> LookReport {
        var report = LookReport()
        let pid = subject.pid
        let isAlive = pid > 0 && access("/proc/\(pid)", F_OK) == 0
        if isAlive {
            report.pid = Int(pid)
            report.sections.append(LookSection(title: "mounts", lines: lines("/proc/\(pid)/mountinfo")))
            report.sections.append(LookSection(title: "namespaces", lines: Evidence.namespaceLines(of: pid)))
            report.sections.append(LookSection(title: "cgroup", lines: lines("/proc/\(pid)/cgroup")))
            report.sections.append(LookSection(title: "addresses", lines: Evidence.addressLines(of: pid)))
            report.sections.append(
                LookSection(
                    title: "process",
                    lines: lines("/proc/\(pid)/status").filter { line in
                        ["Name:", "State:", "Uid:", "Gid:", "CapEff:", "CapBnd:", "Seccomp:"].contains { line.hasPrefix($0) }
                    }))
        }
        guard let upper = subject.upper else {
            if report.sections.isEmpty {
                report.sections = [LookSection(title: "operation", lines: ["nothing of it exists in the kernel yet"])]
            }
            return report
        }
        report.rootfs = upper
        let files = Evidence.tree(upper, limit: 200)
        report.sections.append(
            LookSection(
                title: "files of the container's own layer", lines: files.isEmpty ? ["(empty: every file is still the image's)"] : files))
        return report
    }

    private func lines(_ path: String) -> [String] { Evidence.text(path).split(separator: "\n").map(String.init) }
}
