import Narration

/// Turns recorded calls into the lines of shell that do the same. It remembers what one call leaves for the next: which file was opened
/// how, where the process stands, what the program that is executed at last shall have.
struct Translator {
    let names: Names
    let language: Language
    let told: Told
    /// What takes back what was made, in the order of making.
    var undo: [String] = []
    /// The program that a process becomes, gathered from the calls before execve.
    var program = Program()

    /// How files were opened last: their flags.
    var opened: [String: String] = [:]
    var workingDirectory = "/"
    /// Copies of mounts that wait for their place.
    var slots: [(source: String, number: Int)] = []
    var slotCount = 0
    /// From here on paths are the container's.
    var hasPivoted = false
    /// Namespaces of a running container that the process has joined.
    var joined: String?
    /// cgroups that were made in this recording or by an earlier line.
    var cgroups: Set<String> = []

    init(_ names: Names, _ language: Language, _ told: Told) {
        self.names = names
        self.language = language
        self.told = told
    }

    /// The lines of a step's calls.
    mutating func lines(of step: NarratedEvent) -> [String] {
        var lines: [String] = []
        var told: [String] = []
        for call in step.calls {
            let new = self.lines(of: call)
            // Privileges are many small calls: they share lines of comment.
            if new.isEmpty, isGathered(call) {
                told.append(describe(call))
            } else {
                lines += flush(&told) + new
            }
        }
        lines += flush(&told)
        if step.calls.contains(where: { $0.name == "sendmsg" && $0.args.contains { $0.hasPrefix("NFNL_MSG_BATCH_BEGIN") } }) {
            lines += firewall(step)
        }
        return lines
    }

    private func flush(_ calls: inout [String]) -> [String] {
        defer { calls = [] }
        let text = calls.joined(separator: "; ")
        return calls.isEmpty || !told.isNew(list: text) ? [] : ShellText.comment(text)
    }

    private mutating func lines(of call: NarratedEvent.Call) -> [String] {
        if call.errno != 0 { return failed(call) }
        return file(call) ?? mount(call) ?? network(call) ?? privileges(call) ?? process(call) ?? remark(.cannot, describe(call))
    }

    /// A call that failed and need not have succeeded. A folder that drydock had already may be missing in the script's own place.
    private func failed(_ call: NarratedEvent.Call) -> [String] {
        if call.name == "mkdir", !hasPivoted, call.args.count == 2, call.args[0].hasPrefix(names.root + "/"), !names.isNote(call.args[0]) {
            return ["mkdir -p -m \(call.args[1]) \(names.path(call.args[0]))"]
        }
        // The kernel's answers to questions, and removals of what isn't there, change nothing.
        guard !["recvmsg", "recvfrom", "unlink"].contains(call.name) else { return [] }
        return remark(.failedCall, describe(call), "errno \(call.errno)")
    }

    /// Processes and signals.
    private func process(_ call: NarratedEvent.Call) -> [String]? {
        switch call.name {
        case "pidfd_send_signal", "kill":
            guard call.args.count == 2, call.args[1].hasPrefix("SIG") else { return nil }
            return ["kill -s \(call.args[1].dropFirst(3)) \"$PID\""]
        case "bpf": return remark(.deviceFilter, describe(call))
        case "pidfd_open", "getcwd", "read", "fcntl": return []
        default: return nil
        }
    }

    private func isGathered(_ call: NarratedEvent.Call) -> Bool {
        ["prctl", "setgroups", "setresgid", "setresuid", "capset", "setsid"].contains(call.name)
            || call.name == "chdir" && hasPivoted
    }

    /// A remark's comment. Said again, it is only what it says of this very call.
    func remark(_ remark: Remark, _ first: String = "", _ second: String = "") -> [String] {
        let text = remark.text(language, first, second)
        if told.isNew(remark) { return ShellText.comment(text) }
        return first.isEmpty ? [] : ShellText.comment(text.split(separator: "\n").first.map(String.init) ?? text)
    }

    /// As the narrator writes a call.
    func describe(_ call: NarratedEvent.Call) -> String { printable("\(call.name)(\(call.args.joined(separator: ", ")))") }

    /// A path as it is meant where the process stands.
    func path(_ text: String) -> String { hasPivoted ? ShellText.quoted(text) : names.path(text) }
}

/// What stands between a process and the program that it becomes.
struct Program {
    var makesSession = false
    var noNewPrivileges = false
    var dropped: [String] = []
    var groups: String?
    var gid: String?
    var uid: String?
    var clearsInheritable = false
    var deathSignal: String?
    var directory = "/"
    var arguments: [String] = []
    var environment: [String] = []
    var isKnown = false
}
