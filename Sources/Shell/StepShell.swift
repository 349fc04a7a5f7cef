import Basics
import Glibc
import Narration
import TextTools

/// A root shell at the moment at which an operation is held: inside the container's namespaces if it has a process
/// already, else on the host with the container's files at hand.
struct StepShell {
    let terminal: Int32
    let language: Language
    let environment: Environment

    func run(_ event: NarratedEvent, look: JSONValue?) {
        var environment = environment
        // Commands in this shell are not part of the stepped one.
        environment["DRYDOCK_STEP"] = "0"
        environment["DRYDOCK_NARRATE"] = "off"
        let rootfs = look?["rootfs"]?.stringValue
        environment["DRYDOCK_STEP_ROOTFS"] = rootfs
        if let pid = look?["pid"]?.intValue, pid > 0, let nsenter = environment.program("nsenter") {
            runInside(pid, nsenter, event, &environment)
        } else {
            runOnHost(event, &environment, hasFiles: rootfs != nil)
        }
    }

    /// A shell in the container of a build's step, whether that runs or not: its files, environment, folder and user.
    /// - Returns: False where there is no such thing at this stop.
    func runInStep(_ event: NarratedEvent) -> Bool {
        guard let own = ownExecutable() else { return false }
        var environment = environment
        for (name, value) in [("DRYDOCK_STEP", "0"), ("DRYDOCK_NARRATE", "off")] { environment[name] = value }
        (environment["DRYDOCK_NARRATE_TO"], environment["DRYDOCK_BREAK"]) = (nil, nil)
        return spawn(own, ["drydock", "look-inside", "--at", event.operation], environment) != LookInsideCommand.nothingThere
    }

    private func runInside(_ pid: Int, _ nsenter: String, _ event: NarratedEvent, _ environment: inout Environment) {
        show(Phrase.stepShellInside.text(language, "\(pid)"))
        environment["PS1"] = "(\(event.id): container) \\w # "
        // Before the root is changed the process still sees the host's files, afterwards the image's.
        let root = "/proc/\(pid)/root"
        let shell = ["/bin/bash", "/bin/sh"].first { access(root + $0, X_OK) == 0 } ?? "/bin/sh"
        spawn(nsenter, ["nsenter", "--target", "\(pid)", "--all", "--", shell] + options(of: shell), environment)
    }

    private func runOnHost(_ event: NarratedEvent, _ environment: inout Environment, hasFiles: Bool) {
        show((hasFiles ? Phrase.stepShellHost : .stepShellNoRoot).text(language))
        environment["PS1"] = "(\(event.id): host) \\w # "
        let shell = environment.program("bash") ?? "/bin/sh"
        spawn(shell, [baseName(shell)] + options(of: shell), environment)
    }

    /// - Returns: how it ended.
    @discardableResult
    private func spawn(_ path: String, _ arguments: [String], _ environment: Environment) -> Int32 {
        // Taking the terminal back from the shell happens in the background, which SIGTTOU would otherwise stop.
        let before = signal(SIGTTOU, SIG_IGN)
        defer { _ = signal(SIGTTOU, before) }
        do throws(Errno) {
            return try Process.run(path, arguments, environment, terminal: terminal, usesTerminalForAll: true).status
        } catch {
            show("\(path): \(error.text)")
            return 127
        }
    }

    /// Without anybody's own settings, which would replace the prompt that says where one is.
    private func options(of shell: String) -> [String] { shell.hasSuffix("bash") ? ["--norc", "--noprofile", "-i"] : ["-i"] }

    private func show(_ text: String) {
        try? writeAll(terminal, wrap(text, width: Terminal.width(terminal)).joined(separator: "\n") + "\n")
    }
}
