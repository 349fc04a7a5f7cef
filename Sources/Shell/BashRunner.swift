import Basics
import Glibc

/// Runs lines with bash so that they follow each other as in one shell: directory, variables, functions, aliases, options,
/// umask and `$?` hold from line to line.
///
/// Each line has a bash of its own. A single one for all lines would be lost with the first `exit`, and could not be
/// interrupted in the middle of a loop without being lost.
struct BashRunner {
    /// Private to this shell: `bin/docker`, and the state that one line leaves to the next.
    let directory: String
    let bash: String
    /// Docker's command names, which become functions where the host has no program of that name.
    let dockerNames: [String]

    private static let stateFiles = ["functions", "variables", "aliases", "umask", "shopts", "options", "complete"]

    /// Makes the private directory.
    /// - Parameter executable: the drydock program, which `docker` shall be inside bash lines.
    init(executable: String, environment: Environment, dockerNames: [String]) throws(DrydockError) {
        guard let bash = environment.program("bash") else {
            throw DrydockError(.unavailable, "bash is not installed", advice: "apt install bash")
        }
        self.bash = bash
        self.dockerNames = dockerNames
        let base = environment["XDG_RUNTIME_DIR"].flatMap { access($0, W_OK) == 0 ? $0 : nil } ?? environment["TMPDIR"] ?? "/tmp"
        var template = Array("\(base)/drydock-shell.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw DrydockError(.failed, "cannot make a directory below \(base)", errno: .current)
        }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        mkdir(directory + "/bin", 0o700)
        mkdir(directory + "/kept", 0o700)
        symlink(executable, directory + "/bin/docker")
        symlink(executable, directory + "/bin/drydock")
        do {
            try Self.write(BashScript.prelude + "\n", to: directory + "/prelude")
        } catch {
            throw DrydockError(.failed, "cannot write \(directory)/prelude", errno: error)
        }
    }

    /// Removes the private directory. It holds files and two directories only.
    func remove() {
        for folder in ["/bin", "/kept", ""] {
            for name in (try? folderNames(directory + folder)) ?? [] { unlink("\(directory)\(folder)/\(name)") }
            rmdir(directory + folder)
        }
    }

    /// Runs a line.
    /// - Parameters:
    ///   - last: the status of the line before, which `$?` is.
    ///   - environment: what the line sees; afterwards what it left exported.
    /// - Returns: how it ended; a stopped one can be resumed and then `adopt`ed.
    func run(
        _ line: String, last: Int32, _ environment: inout Environment, terminal: Int32?, started: (pid_t) -> Void = { _ in }
    ) throws(DrydockError) -> Outcome {
        try run(line, last: last, &environment) { path, arguments, child throws(Errno) in
            let pid = try Process.spawn(path, arguments, child, terminal: terminal)
            started(pid)
            return Process.wait(for: pid, terminal: terminal)
        }
    }

    /// The same with a way of one's own to run a program and wait for it.
    func run(
        _ line: String, last: Int32, _ environment: inout Environment, by launch: (String, [String], Environment) throws(Errno) -> Outcome
    ) throws(DrydockError) -> Outcome {
        do {
            try Self.write(line, to: directory + "/line")
            unlink(directory + "/complete")
            var child = environment
            child["DRYDOCK_STATE"] = directory
            child["DRYDOCK_LAST"] = "\(last)"
            child["DRYDOCK_NAMES"] = dockerNames.joined(separator: " ")
            let outcome = try launch(bash, ["bash", "-c", BashScript.main, "bash"], child)
            if outcome != .stopped { adopt(&environment) }
            return outcome
        } catch {
            throw DrydockError(.failed, "cannot run \(bash)", errno: error)
        }
    }

    /// Takes over what the last line left. A line that was replaced by `exec`, or killed, left nothing: then all is as before it.
    func adopt(_ environment: inout Environment) {
        guard access(directory + "/complete", F_OK) == 0 else { return }
        let kept = environment.variables.filter { $0.key.hasPrefix("DRYDOCK_") }
        if let bytes = try? readFile(directory + "/environment") {
            environment = Environment(nulSeparated: bytes)
            // What the shell itself governs is not a line's to change: `narrate`, `step`, `lang` do that.
            for (name, value) in kept { environment[name] = value }
        }
        if let bytes = try? readFile(directory + "/directory") {
            chdir(String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self))
        }
        for name in Self.stateFiles { rename("\(directory)/\(name)", "\(directory)/kept/\(name)") }
    }

    /// Asks bash whether a line is whole; compound commands (`for … do`) are beyond what a scanner of ours should guess.
    func isIncomplete(_ line: String, _ environment: Environment) -> Bool {
        guard (try? Self.write(line + "\n", to: directory + "/check")) != nil else { return false }
        var plain = environment
        plain["LC_ALL"] = "C"
        let command = "\"$0\" -n \"$1/check\" 2> \"$1/said\""
        guard let outcome = try? Process.run(bash, ["bash", "-c", command, bash, directory], plain, terminal: nil),
            let said = try? readFile(directory + "/said", limit: 1 << 16)
        else { return false }
        let text = String(decoding: said, as: UTF8.self)
        let ends = text.contains("unexpected end of file") || text.contains("unexpected EOF")
        return text.contains("delimited by end-of-file") || outcome != .exited(0) && ends
    }

    private static func write(_ text: String, to path: String) throws(Errno) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .current }
        defer { close(descriptor) }
        try writeAll(descriptor, text)
    }
}
