import Basics
import Narration

extension Translator {
    /// What the process may do, who it is, what it becomes.
    mutating func privileges(_ call: NarratedEvent.Call) -> [String]? {
        let args = call.args
        switch call.name {
        case "sethostname": return args.first.map { ["printf %s \(ShellText.quoted($0)) >/proc/sys/kernel/hostname"] }
        case "setsid": program.makesSession = true
        case "ioctl": return remark(.terminal, describe(call))
        case "seccomp": return remark(.seccomp, describe(call))
        case "prctl" where args.count == 2: return process(args[0], args[1])
        case "setgroups" where args.count == 2:
            program.groups = args[1].filter { $0.isNumber || $0 == "," }
        case "setresgid": program.gid = args.first
        case "setresuid": program.uid = args.first
        case "capset": program.clearsInheritable = args.contains("inheritable 0x0")
        case "prlimit64" where args.count == 4: return limit(args[1], args[2])
        case "fchown": return remark(.streams, describe(call))
        case "setns" where args.count == 2:
            (joined, hasPivoted) = (args[1], true)
            return ShellText.comment(describe(call))
        case "execve" where args.count == 3:
            guard let words = Self.list(args[1]), let variables = Self.list(args[2]), !words.isEmpty else { return nil }
            (program.arguments, program.environment, program.isKnown) = (words, variables, true)
        default: return nil
        }
        return []
    }

    private static func list(_ text: String) -> [String]? {
        (try? JSONValue(parsing: text))?.arrayValue.map { $0.compactMap(\.stringValue) }
    }

    private mutating func process(_ option: String, _ argument: String) -> [String]? {
        switch option {
        case "PR_CAPBSET_DROP": program.dropped.append(argument.hasPrefix("CAP_") ? argument.dropFirst(4).lowercased() : argument)
        case "PR_SET_NO_NEW_PRIVS": program.noNewPrivileges = true
        case "PR_SET_PDEATHSIG": program.deathSignal = argument.hasPrefix("SIG") ? String(argument.dropFirst(3)) : argument
        // Clears itself with the next program.
        case "PR_SET_DUMPABLE": return []
        default: return nil
        }
        return []
    }

    /// `RLIMIT_NOFILE, {rlim_cur=1024, rlim_max=RLIM64_INFINITY}`
    private func limit(_ name: String, _ values: String) -> [String]? {
        let numbers = values.filter { !"{} ".contains($0) }.split(separator: ",").compactMap { $0.split(separator: "=").last }
            .map { $0 == "RLIM64_INFINITY" ? "unlimited" : String($0) }
        guard name.hasPrefix("RLIMIT_"), numbers.count == 2 else { return nil }
        return ["prlimit --pid $BASHPID --\(name.dropFirst(7).lowercased())=\(numbers[0]):\(numbers[1])"]
    }

    /// The last line: the process becomes the program, with all that was gathered.
    /// - Parameter entering: what stands before the chain of tools, such as nsenter.
    func execution(entering: String = "exec") -> [String] {
        guard program.isKnown else { return [] }
        var tools: [String] = []
        if program.makesSession { tools.append("./bin/setsid") }
        var privileges = ["./bin/setpriv"]
        if program.noNewPrivileges { privileges.append("--no-new-privs") }
        if program.clearsInheritable { privileges.append("--inh-caps=-all") }
        if !program.dropped.isEmpty { privileges.append("--bounding-set=\(program.dropped.map { "-\($0)" }.joined(separator: ","))") }
        if let groups = program.groups { privileges.append(groups.isEmpty ? "--clear-groups" : "--groups \(groups)") }
        if let gid = program.gid { privileges.append("--regid \(gid)") }
        if let uid = program.uid { privileges.append("--reuid \(uid)") }
        if let signal = program.deathSignal { privileges.append("--pdeathsig \(signal)") }
        tools.append(privileges.joined(separator: " "))
        let variables = program.environment.map(ShellText.quoted).joined(separator: " ")
        tools.append(
            "./bin/env -i -C \(ShellText.quoted(program.directory)) -- \(variables) \(program.arguments.map(ShellText.quoted).joined(separator: " "))"
        )
        return remark(.chain) + ["\(entering) " + tools.map { "\"${TOOL[@]}\" \($0)" }.joined(separator: " \\\n    ")]
    }
}
