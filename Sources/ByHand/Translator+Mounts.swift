import Narration

extension Translator {
    /// Mounts, and the change of the root.
    mutating func mount(_ call: NarratedEvent.Call) -> [String]? {
        let args = call.args
        switch call.name {
        case "mount" where args.count == 5: return mountLine(args)
        case "umount2" where args.count == 2: return unmount(args[0], args[1])
        case "open_tree" where args.count == 3: return takeCopy(args[1], isRecursive: args[2].contains("AT_RECURSIVE"))
        case "move_mount" where args.count == 5: return putCopy(args[0], at: args[3])
        case "pivot_root": return pivot()
        case "unshare": return []
        default: return nil
        }
    }

    private func mountLine(_ args: [String]) -> [String] {
        let (source, target, type, data) = (args[0], args[1], args[2], args[4])
        // In a terminal's place nothing was opened that could be mounted.
        if source == "/proc/self/fd/0" { return remark(.terminal, "mount(\(args.joined(separator: ", ")))") }
        let flags = args[3] == "0" ? [] : args[3].split(separator: "|").map(String.init)
        let spread = ["MS_PRIVATE": "private", "MS_SLAVE": "slave", "MS_SHARED": "shared", "MS_UNBINDABLE": "unbindable"]
        if let way = flags.compactMap({ spread[$0] }).first {
            return ["mount --make-\(flags.contains("MS_REC") ? "r" : "")\(way) \(path(target))"]
        }
        let words = flags.compactMap { Self.options[$0] }
        if flags.contains("MS_REMOUNT") {
            return [
                "mount -o \((["remount"] + (flags.contains("MS_BIND") ? ["bind"] : []) + words).joined(separator: ",")) none \(path(target))"
            ]
        }
        if flags.contains("MS_BIND") {
            return ["mount --\(flags.contains("MS_REC") ? "r" : "")bind \(path(source)) \(path(target))"]
        }
        let options = words.joined(separator: ",")
        let option: String
        if data == "NULL" {
            option = options.isEmpty ? "" : "-o \(options) "
        } else {
            option = "-o \(path(options.isEmpty ? data : "\(options),\(data)")) "
        }
        return ["mount -t \(ShellText.quoted(type)) \(option)\(path(source)) \(path(target))"]
    }

    private static let options = [
        "MS_RDONLY": "ro", "MS_NOSUID": "nosuid", "MS_NODEV": "nodev", "MS_NOEXEC": "noexec", "MS_RELATIME": "relatime",
        "MS_STRICTATIME": "strictatime",
    ]

    private func unmount(_ target: String, _ flags: String) -> [String] {
        // The old root goes when the tools have been used.
        if hasPivoted, target == "." { return [] }
        return ["umount \(flags.contains("MNT_DETACH") ? "-l " : "")\(path(target))"]
    }

    private mutating func takeCopy(_ source: String, isRecursive: Bool) -> [String] {
        defer { slotCount += 1 }
        slots.append((source, slotCount))
        return (slotCount == 0 ? remark(.slots) : []) + ["slot \(slotCount) \(isRecursive ? "--rbind" : "--bind") \(path(source))"]
    }

    /// `copy of /source`
    private mutating func putCopy(_ source: String, at target: String) -> [String]? {
        guard let index = slots.firstIndex(where: { "copy of \($0.source)" == source }) else { return nil }
        let slot = slots.remove(at: index)
        return ["mount --move \"..$B/slots/\(slot.number)\" \(ShellText.quoted(target))"]
    }

    private mutating func pivot() -> [String] {
        let root = path(workingDirectory)
        hasPivoted = true
        workingDirectory = "/"
        return remark(.pivot) + ["find_loader", "cd /usr", "( cd \(root) && exec pivot_root . . )", "use_hosts_tools"]
    }
}
