import Narration

extension Translator {
    /// Files and folders.
    mutating func file(_ call: NarratedEvent.Call) -> [String]? {
        let args = call.args
        guard let first = args.first else { return nil }
        switch call.name {
        case "mkdir" where args.count == 2: return names.isNote(first) ? [] : makeFolder(first, mode: args[1])
        case "rmdir":
            return first.hasPrefix("/sys/fs/cgroup/") ? ["gone \(path(first))"] : ["rmdir \(path(first))"]
        case "unlink": return names.isNote(first) ? [] : ["rm -f \(path(first))"]
        case "rename" where args.count == 2: return rename(first, args[1])
        case "symlink" where args.count == 2: return ["ln -s \(path(first)) \(path(args[1]))"]
        // A layer's short name: drydock makes it when it first needs it, and the script's folders have theirs already.
        case "symlinkat" where args.count == 2 && args[1].hasPrefix("\(names.root)/layers/l/"):
            return ["[ -e \(path(args[1])) ] || ln -s \(path(first)) \(path(args[1]))"]
        case "link" where args.count == 2: return ["ln \(path(first)) \(path(args[1]))"]
        case "lchown" where args.count == 3: return ["chown -h \(args[1]):\(args[2]) \(path(first))"]
        case "chmod" where args.count == 2: return ["chmod \(args[1]) \(path(first))"]
        case "openat": return open(args)
        case "write" where args.count == 3: return write(first, args[1], count: Int(args[2]) ?? -1)
        case "fsync": return names.isNote(first) ? [] : ["sync \(path(first))"]
        case "mknodat" where args.count == 4: return node(args)
        case "umask": return ["umask \(first)"]
        case "chdir": return enter(first)
        default: return nil
        }
    }

    private mutating func makeFolder(_ folder: String, mode: String) -> [String] {
        guard folder.hasPrefix("/sys/fs/cgroup/"), !hasPivoted else { return ["mkdir -m \(mode) \(path(folder))"] }
        var lines: [String] = []
        let parent = String(folder[..<(folder.lastIndex(of: "/") ?? folder.endIndex)])
        if let own = names.cgroup, parent.hasSuffix("/\(own)"), !cgroups.contains(parent) {
            lines += remark(.cgroupParent) + newCgroup(parent)
            // A cpuset begins empty, and nothing can run in one.
            if parent.contains("/cpuset/") {
                let above = names.path(String(parent.dropLast(own.count + 1)))
                for file in ["cpuset.cpus", "cpuset.mems"] { lines.append("cat \(above)/\(file) >\(names.path("\(parent)/\(file)"))") }
            }
        }
        return lines + newCgroup(folder)
    }

    private mutating func newCgroup(_ folder: String) -> [String] {
        cgroups.insert(folder)
        undo.append("gone \(names.path(folder))")
        return ["mkdir -p \(names.path(folder))"]
    }

    private func rename(_ from: String, _ to: String) -> [String] {
        if names.isNote(from) || names.isNote(to) { return [] }
        return ["mv -T \(path(from)) \(path(to))"]
    }

    private mutating func open(_ args: [String]) -> [String] {
        // The child's input, which a table of operations describes.
        if args.first == "AT_FDCWD", args.count >= 3 {
            return ["exec 0<>\(ShellText.quoted(args[1]))"] + (joined == nil ? [] : remark(.execInput, args[1]))
        }
        guard args.count >= 2 else { return [] }
        opened[args[0]] = args[1]
        if args[1].contains("O_DIRECTORY") || !args[1].contains("O_CREAT") { return [] }
        if names.isNote(args[0]) { return remark(.notes, ShellText.lastPart(args[0])) }
        // Made where it is missing; opened for writing it would be copied up into the container's layer.
        return args[1].contains("O_WRONLY") ? [] : ["[ -e \(path(args[0])) ] || : >\(path(args[0]))"]
    }

    private mutating func write(_ file: String, _ recorded: String, count: Int) -> [String] {
        if names.isNote(file) { return [] }
        let text = ShellText.unescaped(recorded)
        guard text.utf8.count == count else { return remark(.textLost, file) }
        let isHosts = ShellText.lastPart(file) == "hosts" && file.hasPrefix(names.root + "/")
        let flags = opened[file] ?? ""
        // The first write after O_TRUNC empties the file; one to a file of the kernel's is a word of its own each time.
        let isAppended = flags == "written"
        if flags.contains("O_TRUNC") { opened[file] = "written" }
        let word = isHosts ? names.addressed(text) : ShellText.quoted(text)
        return ["printf %s \(word) >\(isAppended ? ">" : "")\(path(file))"]
    }

    /// `AT_FDCWD, /dev/null, S_IFCHR|0666, makedev(1, 3)`
    private func node(_ args: [String]) -> [String]? {
        let numbers = args[3].split(whereSeparator: { !$0.isNumber })
        guard args[2].hasPrefix("S_IFCHR|"), numbers.count == 2 else { return nil }
        return ["mknod -m \(args[2].dropFirst(8)) \(path(args[1])) c \(numbers[0]) \(numbers[1])"]
    }

    private mutating func enter(_ folder: String) -> [String] {
        workingDirectory = folder
        if hasPivoted {
            program.directory = folder
            return []
        }
        return ["cd \(path(folder))"]
    }
}

extension ShellText {
    static func lastPart(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    /// Written text as a record has it, with its escapes taken out.
    static func unescaped(_ text: String) -> String {
        var result = ""
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                switch scalar {
                case "n": result += "\n"
                case "t": result += "\t"
                default: result.unicodeScalars.append(scalar)
                }
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
