import Basics
import Narration
import TextTools

/// Why a container ended as it did, or never began.
struct WhyExit {
    let evidence: WhyEvidence
    private var language: Language { evidence.language }

    private func tell(_ phrase: WhyPhrase, _ values: String...) -> String { phrase.text(language, values) }

    /// - Parameter ending: The answer to `GET /drydock/containers/NAME/ending`.
    func answer(_ ending: JSONValue) -> WhyAnswer {
        let name = printable(ending["name"]?.stringValue ?? "")
        let code = ending["exitCode"]?.intValue ?? 0
        let clock = WhyEvidence.clock(ending["finishedAt"]?.stringValue ?? "")
        switch ending["status"]?.stringValue {
        case "running": return WhyAnswer(tell(.exitRunning, name, WhyEvidence.clock(ending["startedAt"]?.stringValue ?? "")))
        case "paused": return WhyAnswer(tell(.exitPaused, name))
        case "created":
            guard let error = ending["error"]?.stringValue, !error.isEmpty else { return WhyAnswer(tell(.exitCreated, name)) }
            return neverBegan(name, error)
        default: break
        }
        if let error = ending["error"]?.stringValue, !error.isEmpty { return neverBegan(name, error) }
        guard let signal = ending["signal"]?.intValue else {
            return WhyAnswer(tell(.exitUnknown, name, "\(code)"))
        }
        var answer = WhyAnswer(evidence: sent(ending) + [tell(.exitFact, name, "\(code)", clock)])
        if ending["unrecorded"]?.boolValue == true {
            answer.text = [tell(.exitUnrecorded, name, "\(code)")]
        } else if signal > 0 {
            answer.text = bySignal(name, signal, code, ending)
        } else {
            answer.text = byItself(name, code, ending)
        }
        return answer
    }

    /// A signal was sent, and the container runs all the same.
    /// - Parameter signal: as `docker kill -s` had it: `TERM`, `SIGTERM`, `15`.
    /// - Returns: nil for signals that are not meant to end anything.
    func runsOn(_ id: String, _ signal: String, _ ending: JSONValue) -> WhyAnswer? {
        let word = signal.uppercased()
        guard let number = Int(word) ?? Self.signalNumber(word.hasPrefix("SIG") ? word : "SIG" + word), ![0, 9].contains(number),
            Self.names[number] != nil
        else { return nil }
        let name = printable(ending["name"]?.stringValue ?? "")
        var answer = WhyAnswer(tell(.exitRunsOn, name, Self.signalName(number)))
        if let pid = evidence.state("/containers/\(id)/json")?["State"]?["Pid"]?.intValue, pid > 0,
            let handles = evidence.handles(pid, number)
        {
            answer.text.append(tell(handles ? .exitHandled : .exitNotHandled, Self.signalName(number), "\(pid)"))
        }
        return answer
    }

    /// Nothing of the container's own was ever run.
    func neverBegan(_ name: String, _ error: String) -> WhyAnswer {
        let program = error.split(separator: "\"").dropFirst().first.map { printable(String($0)) } ?? ""
        let phrase: WhyPhrase? =
            switch error {
            case let text where text.contains("executable file not found in $PATH"): .startNotInPath
            case let text where text.contains("no such file or directory") && text.contains("exec: "): .startNoFile
            case let text where text.contains("permission denied") && text.contains("exec: "): .startNotAllowed
            default: nil
            }
        guard let phrase else { return WhyAnswer(tell(.startFailed, name), evidence: [printable(error)]) }
        return WhyAnswer(tell(phrase, program, name), evidence: [printable(error)])
    }

    // MARK: A signal

    private func bySignal(_ name: String, _ signal: Int, _ code: Int, _ ending: JSONValue) -> [String] {
        let word = Self.signalName(signal)
        var text = [tell(.exitSignal, name, word, "\(code)", "\(signal)")]
        let sent = ending["sent"]?.arrayValue ?? []
        if let last = sent.last(where: { $0["signal"]?.stringValue == word }) {
            let by = last["by"]?.stringValue ?? "?"
            let first = sent.first { $0["by"]?.stringValue == by && $0["signal"]?.stringValue != word }
            if let first, signal == 9, ["stop", "restart"].contains(by) {
                let seconds = Self.seconds(from: first["at"]?.stringValue ?? "", to: last["at"]?.stringValue ?? "")
                text.append(tell(.exitStopKilled, "docker \(by)", printable(first["signal"]?.stringValue ?? ""), seconds))
            } else {
                text.append(tell(.exitSent, "docker \(printable(by))", word, WhyEvidence.clock(last["at"]?.stringValue ?? "")))
            }
            if ending["oom"]?.boolValue == true { text.append(tell(.exitAlsoMemory)) }
        } else if ending["oom"]?.boolValue == true, signal == 9 {
            let limit = ending["memory"]?.intValue ?? 0
            text.append(limit > 0 ? tell(.exitMemory, binarySize(Double(limit))) : tell(.exitMemoryUnlimited))
        } else {
            text.append(tell(signal == 9 ? .exitKilledUnknown : .exitSignalUnknown, word))
            if let cause = Self.faults[signal] { text.append(tell(cause, word)) }
        }
        return text
    }

    // MARK: By itself

    private func byItself(_ name: String, _ code: Int, _ ending: JSONValue) -> [String] {
        var text = [tell(code == 0 ? .exitZero : .exitCode, name, "\(code)", printable(ending["command"]?.stringValue ?? ""))]
        if let asked = (ending["sent"]?.arrayValue ?? []).last {
            text.append(
                tell(
                    .exitAfterSignal, "docker \(printable(asked["by"]?.stringValue ?? "?"))", printable(asked["signal"]?.stringValue ?? ""))
            )
        }
        switch code {
        case 126, 127: text.append(tell(code == 127 ? .exitShell127 : .exitShell126))
        case 129...192: text.append(tell(.exitShellSignal, "\(code)", "\(code - 128)", Self.signalName(code - 128)))
        default: break
        }
        if ending["oom"]?.boolValue == true { text.append(tell(.exitMemoryInside)) }
        return text
    }

    private func sent(_ ending: JSONValue) -> [String] {
        (ending["sent"]?.arrayValue ?? []).map {
            tell(
                .exitSentFact, WhyEvidence.clock($0["at"]?.stringValue ?? ""), "docker \(printable($0["by"]?.stringValue ?? "?"))",
                printable($0["signal"]?.stringValue ?? "?"))
        }
    }

    // MARK: Words

    /// What the kernel itself sends for: signal(7).
    private static let faults: [Int: WhyPhrase] = [
        11: .faultMemory, 7: .faultMemory, 8: .faultNumber, 4: .faultInstruction, 6: .faultAbort,
    ]

    /// Those that end a process which has no handler for them: signal(7).
    private static let names = [
        1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL",
        10: "SIGUSR1", 11: "SIGSEGV", 12: "SIGUSR2", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM", 24: "SIGXCPU", 25: "SIGXFSZ",
        31: "SIGSYS",
    ]

    static func signalName(_ number: Int) -> String { names[number] ?? "signal \(number)" }

    private static func signalNumber(_ name: String) -> Int? { names.first { $0.value == name }?.key }

    /// Between two moments of one day or two, to a tenth.
    static func seconds(from first: String, to last: String) -> String {
        func parse(_ text: String) -> Double? {
            let fields = text.drop { $0 != "T" }.dropFirst().prefix { $0 != "Z" && $0 != "+" }.split(separator: ":").compactMap {
                Double($0)
            }
            return fields.count == 3 ? fields[0] * 3600 + fields[1] * 60 + fields[2] : nil
        }
        guard let from = parse(first), let to = parse(last) else { return "?" }
        let tenths = Int(((to >= from ? to - from : to - from + 86400) * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
