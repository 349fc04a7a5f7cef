import Basics
import CDrydock
import Glibc
import Steps

/// What the kernel says of a container's first process, read back after a step. Nothing here is made up: what can't be read isn't said.
enum Evidence {
    /// Reads back what belongs to a step of the child.
    static func gather(after id: String, pid: Int32, _ step: Step) {
        guard step.isObserved else { return }
        switch id {
        case "start.mount": fact("mountinfo", mountLine(pid) { $0.contains(" - overlay ") }, step)
        case "start.pivot": fact("/", mountLine(pid) { $0.split(separator: " ").dropFirst(4).first == "/" }, step)
        case "start.mounts": fact("mounts", count("/proc/\(pid)/mountinfo"), step)
        case "start.devices": fact("/dev", devices(pid), step)
        case "start.mask": fact("mounts", count("/proc/\(pid)/mountinfo"), step)
        case "start.cgroup.enter": fact("cgroup", text("/proc/\(pid)/cgroup"), step)
        case "start.network.interface": interfaces(pid, step)
        case "start.limits", "exec.limits":
            let kernel = text("/proc/\(pid)/limits").split(separator: "\n").dropFirst()
            for (name, line) in zip(ProcessLimits.kernelOrder, kernel) {
                step.fact(name, line.dropFirst(26).split(separator: " ").prefix(2).joined(separator: " "))
            }
        case "start.seccomp": status(pid, ["Seccomp", "Seccomp_filters"], step)
        case "start.privileges": status(pid, ["Uid", "Gid", "CapEff", "CapBnd"], step)
        case "start.exec", "exec.exec": fact("program", link("/proc/\(pid)/exe"), step)
        case "exec.cgroup": fact("cgroup", text("/proc/\(pid)/cgroup"), step)
        case "exec.namespaces":
            // Those that it has not joined are the host's until its program runs, or are the container's, too.
            for line in namespaceLines(of: pid) where !line.hasSuffix("(the host's)") {
                let parts = line.split(separator: " ", maxSplits: 1)
                step.fact(String(parts[0]), String(parts[1]))
            }
            fact("pid for children", link("/proc/\(pid)/ns/pid_for_children"), step)
        case "exec.seccomp": status(pid, ["Seccomp", "Seccomp_filters"], step)
        case "exec.privileges": status(pid, ["Uid", "Gid", "CapEff", "CapBnd"], step)
        case "exec.clone": status(pid, ["NSpid"], step)
        default: break
        }
    }

    /// The namespaces in which a process lives.
    static func namespaces(of pid: Int32, _ step: Step) {
        guard step.isObserved else { return }
        for line in namespaceLines(of: pid) {
            let parts = line.split(separator: " ", maxSplits: 1)
            step.fact(String(parts[0]), String(parts[1]))
        }
    }

    /// `net net:[4026532]`, with a word where the namespace is the host's own.
    static func namespaceLines(of pid: Int32) -> [String] {
        ["mnt", "pid", "uts", "ipc", "net", "cgroup"].compactMap { name in
            guard let own = link("/proc/\(pid)/ns/\(name)") else { return nil }
            return own != link("/proc/self/ns/\(name)") ? "\(name) \(own)" : "\(name) \(own) (the host's)"
        }
    }

    static func text(_ path: String) -> String {
        String(decoding: (try? readFile(path)) ?? [], as: UTF8.self).split(separator: "\n").joined(separator: "\n")
    }

    private static func fact(_ key: String, _ value: String?, _ step: Step) {
        if let value { step.fact(key, value) }
    }

    static func link(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { readlink(path, $0.bindMemory(to: CChar.self).baseAddress!, $0.count) }
        return count > 0 ? String(decoding: buffer[0..<count], as: UTF8.self) : nil
    }

    private static func mountLine(_ pid: Int32, _ matches: (Substring) -> Bool) -> String? {
        text("/proc/\(pid)/mountinfo").split(separator: "\n").last(where: matches).map(String.init)
    }

    private static func count(_ path: String) -> String? {
        let lines = text(path).split(separator: "\n").count
        return lines > 0 ? "\(lines)" : nil
    }

    private static func devices(_ pid: Int32) -> String? {
        let found = (try? folderNames("/proc/\(pid)/root/dev")) ?? []
        return found.isEmpty ? nil : found.joined(separator: " ")
    }

    private static func interfaces(_ pid: Int32, _ step: Step) {
        for line in addressLines(of: pid) {
            let parts = line.split(separator: ":", maxSplits: 1)
            step.fact(String(parts[0]), String(parts[1].dropFirst()))
        }
    }

    /// Interfaces and local addresses of a process's network namespace, as /proc tells them.
    static func addressLines(of pid: Int32) -> [String] {
        var result: [String] = []
        let names = text("/proc/\(pid)/net/dev").split(separator: "\n").dropFirst(2)
            .compactMap { $0.split(separator: ":").first?.drop { $0 == " " } }
        if !names.isEmpty { result.append("interfaces: " + names.joined(separator: " ")) }
        let lines = text("/proc/\(pid)/net/fib_trie").split(separator: "\n")
        var found: [String] = []
        for (line, next) in zip(lines, lines.dropFirst()) where next.contains("/32 host LOCAL") {
            if let address = line.split(separator: " ").last.map(String.init), !found.contains(address) { found.append(address) }
        }
        if !found.isEmpty { result.append("addresses: " + found.joined(separator: " ")) }
        return result
    }

    /// Paths below a directory, at most `limit`.
    static func tree(_ root: String, limit: Int) -> [String] {
        var found: [String] = []
        var pending = [""]
        while let folder = pending.popLast(), found.count < limit {
            for name in (try? folderNames("\(root)\(folder)")) ?? [] {
                let path = "\(folder)/\(name)"
                found.append(path)
                var what = stat()
                if lstat("\(root)\(path)", &what) == 0, what.st_mode & S_IFMT == S_IFDIR { pending.append(path) }
            }
        }
        return found.sorted()
    }

    private static func status(_ pid: Int32, _ keys: [String], _ step: Step) {
        for line in text("/proc/\(pid)/status").split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, keys.contains(String(parts[0])) else { continue }
            step.fact(String(parts[0]), parts[1].split(whereSeparator: { $0 == "\t" || $0 == " " }).joined(separator: " "))
        }
    }
}
