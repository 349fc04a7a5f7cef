import Basics
import CDrydock
import Glibc
import Runtime
import Steps

/// What the kernel says of a container's first process, read back after a step. Nothing here is made up: what can't be read isn't said.
enum Evidence {
    /// Where the child of an operation stands still. What these steps leave is changed by a later one, or goes with the process.
    /// - Parameter remountsRoot: the root is made read-only in the end: until then it is not.
    static func watch(_ operation: Operation, remountsRoot: Bool = false) -> ChildPlan.Watch {
        if operation.isStepped { return .stepped }
        guard operation.isObserved else { return .nobody }
        let always: Set = ["start.mount", "exec.privileges"]
        return .told(standsAfter: remountsRoot ? always.union(["start.pivot"]) : always)
    }

    /// Reads back what belongs to a step of the child.
    /// - Parameter plan: what the child does; it may be at a later step by now.
    /// - Returns: tells it to the step; the process need not stand still for that.
    static func read(after id: String, pid: Int32, plan: ChildPlan, for step: Step) -> (Step) -> Void {
        guard step.isObserved else { return { _ in } }
        func file(_ name: String) -> ProcText { ProcText("/proc/\(pid)/\(name)") }
        switch id {
        case "start.mount":
            let mounts = file("mountinfo")
            return { fact("mountinfo", mounts.lastLine { $0.contains(overlay) }, $0) }
        case "start.pivot":
            let mounts = file("mountinfo")
            return { fact("/", mounts.lastLine { $0.count > 4 && $0[4] == root }, $0) }
        case "start.mounts":
            let mounts = file("mountinfo")
            return { fact("mounts", mounts.mounts(besides: ["/"] + plan.mountPoints(after: id)), $0) }
        case "start.mask":
            let mounts = file("mountinfo")
            return { fact("mounts", mounts.lineCount, $0) }
        case "start.devices":
            let found = devices(pid)
            return { fact("/dev", found, $0) }
        case "start.cgroup.enter", "exec.cgroup":
            let groups = file("cgroup")
            return { fact("cgroup", groups.text, $0) }
        case "start.network.interface": return interfaces(pid)
        case "start.limits", "exec.limits":
            let limits = file("limits")
            return { step in
                for (name, line) in zip(ProcessLimits.kernelOrder, limits.lines.dropFirst()) {
                    step.fact(name, line.dropFirst(26).split(separator: " ").prefix(2).joined(separator: " "))
                }
            }
        case "start.seccomp", "exec.seccomp": return fields(["Seccomp", "Seccomp_filters"], of: file("status"))
        case "start.privileges", "exec.privileges": return fields(["Uid", "Gid", "CapEff", "CapBnd"], of: file("status"))
        case "exec.clone": return fields(["NSpid"], of: file("status"))
        case "start.exec", "exec.exec":
            let program = link("/proc/\(pid)/exe")
            return { fact("program", program, $0) }
        case "exec.namespaces":
            // Those that it has not joined are the host's until its program runs, or are the container's, too.
            let joined = namespaceLines(of: pid).filter { !$0.hasSuffix("(the host's)") }
            let forChildren = link("/proc/\(pid)/ns/pid_for_children")
            return { step in
                tellLines(joined, separator: " ", step)
                fact("pid for children", forChildren, step)
            }
        default: return { _ in }
        }
    }

    private static let overlay = ArraySlice("overlay".utf8)
    private static let root = ArraySlice("/".utf8)

    private static func fields(_ names: [String], of file: ProcText) -> (Step) -> Void {
        { step in for name in names { fact(name, file.field(name), step) } }
    }

    private static func tellLines(_ lines: [String], separator: Character, _ step: Step) {
        for line in lines {
            let parts = line.split(separator: separator, maxSplits: 1)
            step.fact(String(parts[0]), String(parts[1].drop { $0 == " " }))
        }
    }

    /// The namespaces in which a process lives.
    static func namespaces(of pid: Int32, _ step: Step) {
        guard step.isObserved else { return }
        tellLines(namespaceLines(of: pid), separator: " ", step)
    }

    /// `net net:[4026532]`, with a word where the namespace is the host's own.
    static func namespaceLines(of pid: Int32) -> [String] {
        hostNamespaces.compactMap { name, host in
            guard let own = link("/proc/\(pid)/ns/\(name)") else { return nil }
            return own != host ? "\(name) \(own)" : "\(name) \(own) (the host's)"
        }
    }

    /// The engine's own, which it never leaves.
    private static let hostNamespaces = ["mnt", "pid", "uts", "ipc", "net", "cgroup"].map { ($0, link("/proc/self/ns/\($0)")) }

    static func text(_ path: String) -> String { ProcText(path).text }

    private static func fact(_ key: String, _ value: String?, _ step: Step) {
        if let value { step.fact(key, value) }
    }

    static func link(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { readlink(path, $0.bindMemory(to: CChar.self).baseAddress!, $0.count) }
        return count > 0 ? String(decoding: buffer[0..<count], as: UTF8.self) : nil
    }

    private static func devices(_ pid: Int32) -> String? {
        let found = (try? folderNames("/proc/\(pid)/root/dev")) ?? []
        return found.isEmpty ? nil : found.joined(separator: " ")
    }

    private static func interfaces(_ pid: Int32) -> (Step) -> Void {
        let addresses = Addresses(of: pid)
        return { tellLines(addresses.lines, separator: ":", $0) }
    }

    /// Interfaces and local addresses of a process's network namespace, as /proc tells them.
    static func addressLines(of pid: Int32) -> [String] { Addresses(of: pid).lines }

    private struct Addresses {
        private let devices: ProcText
        private let routes: ProcText

        init(of pid: Int32) {
            devices = ProcText("/proc/\(pid)/net/dev")
            routes = ProcText("/proc/\(pid)/net/fib_trie")
        }

        var lines: [String] {
            var result: [String] = []
            let names = devices.lines.dropFirst(2).compactMap { $0.split(separator: ":").first?.drop { $0 == " " } }
            if !names.isEmpty { result.append("interfaces: " + names.joined(separator: " ")) }
            var found: [String] = []
            for address in routes.lastWords(beforeEndings: "/32 host LOCAL") where !found.contains(address) { found.append(address) }
            if !found.isEmpty { result.append("addresses: " + found.joined(separator: " ")) }
            return result
        }
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
}
