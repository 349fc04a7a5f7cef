import Narration

/// The process that becomes the container's program.
extension ScriptWriter {
    func process(_ clone: NarratedEvent) -> [String] {
        let flags = clone.calls.first { $0.name == "clone3" }?.args.first ?? ""
        var options = Namespaces.options(flags)
        let ownsCgroups = options.contains("--cgroup")
        options.removeAll { $0 == "--cgroup" }
        var lines = ["set -euo pipefail"] + (isPart ? [". \"$B/tools.sh\""] : ScriptFunctions.inside)
        var arrival = [
            "read -r pid _ </proc/self/stat", "echo \"$pid\" 1<>\"$B/born\"", "read -r _ <\"$B/go\"",
        ]
        arrival += cgroupOfClone(clone)
        if ownsCgroups {
            lines += ["if [ \"${1:-}\" != joined ]; then"] + arrival + ["exec unshare --cgroup bash \"$B/inside.sh\" joined", "fi"]
        } else {
            lines += arrival
        }
        lines += inside + [""] + outer.remark(.oldRoot)
        lines += [
            "umount -l /", "cd /proc/self/cwd",
            "for fd in /proc/self/fd/*; do fd=${fd##*/}; [ \"$fd\" -le 2 ] || [ \"$fd\" = 255 ] || eval \"exec $fd>&-\"; done",
            "echo ready 1<>\"..$B/born\"",
        ]
        lines += inner.execution()
        let words = "unshare \((options + ["--fork", "--propagation unchanged"]).joined(separator: " ")) bash \"$B/inside.sh\""
        let make =
            isForeground
            ? ["\(words) <&0 8>&- 9>&- &"] : outer.remark(.detachedLog) + ["setsid \(words) >\"$B/log\" 2>&1 </dev/null 8>&- 9>&- &"]
        return [""] + outer.remark(.inside) + ShellText.hereDocument("cat >\"$B/inside.sh\"", lines, "INSIDE")
            + section(clone, [])
            + outer.remark(.unlikeClone, flags) + [
                "rm -f \"$B/born\" \"$B/go\"", "mkfifo \"$B/born\" \"$B/go\"", "exec 8<>\"$B/born\" 9<>\"$B/go\"", "export BYHAND_INSIDE=1",
            ] + make + [
                "CHILD=$!", "read -r -t 30 PID <&8 || die \(ShellText.quoted(Remark.neverReady.text(language)))",
                "echo \"$PID\" >\"$B/pid\"",
            ]
    }

    /// The cgroup that a process is born into: here it goes there as the first thing.
    func cgroupOfClone(_ step: NarratedEvent) -> [String] {
        guard step.calls.contains(where: { $0.name == "clone3" && $0.args.first?.contains("CLONE_INTO_CGROUP") == true }),
            let folder = step.calls.last(where: { $0.name == "openat" && $0.args.count > 1 && $0.args[1].contains("O_DIRECTORY") })?.args[0]
        else { return [] }
        return outer.remark(.intoCgroup) + ["printf %s 0 >\(names.path("\(folder)/cgroup.procs"))"]
    }

    var started: [String] {
        let never = ShellText.quoted(Remark.neverReady.text(language))
        var lines = ["", "echo go >&9", "read -r -t 60 word <&8 && [ \"$word\" = ready ] || die \(never)"]
        guard isForeground else {
            lines += [
                "while grep -qsz '^BYHAND_INSIDE=' \"/proc/$PID/environ\"; do sleep 0.02; done",
                "trap - EXIT", "echo \(ShellText.quoted(Remark.running.text(language))) \"$PID\"",
                "echo \(ShellText.quoted(Remark.endHint.text(language)))",
            ]
            return lines
        }
        if isPart { return lines + outer.remark(.waits) + ["wait \"$CHILD\""] + ending }
        lines += outer.remark(.waits) + ["trap - EXIT", "code=0", "wait \"$CHILD\" || code=$?"] + ending
        return lines + (isRemoved ? ["clean"] : []) + ["exit \"$code\""]
    }

    /// `exec`: the process is made by nsenter, and its folder stays the host's /usr until the last tool has run.
    var joining: [String] {
        let options = Namespaces.options(inner.joined ?? "").joined(separator: " ")
        let lines =
            ["", "find_loader"] + (recording.isDetached ? outer.remark(.detachedExec) : []) + ["("] + inside + ["", "cd /usr"]
            + inner.execution(entering: "exec nsenter --target \"$PID\" \(options) --wd=/usr --")
        return lines + [recording.isDetached ? ") </dev/null >\"$B/exec.log\" 2>&1 &" : ")"]
    }
}
