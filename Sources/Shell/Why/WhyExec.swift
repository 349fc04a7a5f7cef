import Basics
import Narration

/// What became of a process that was to run in a container that runs already.
struct WhyExec {
    let evidence: WhyEvidence

    private func tell(_ phrase: WhyPhrase, _ values: String...) -> String { phrase.text(evidence.language, values) }

    /// `POST /exec/ID/start`.
    /// - Returns: nil when nothing is known of it any more.
    func started(_ request: WhyEvidence.Request) -> WhyAnswer? {
        guard request.pieces.count == 3 else { return nil }
        let asked = evidence.requests.last { $0.method == "POST" && $0.pieces.last == "exec" && $0.number < request.number }
        let name = printable(asked.flatMap { $0.pieces.count > 1 ? $0.pieces[1] : nil } ?? "?")
        if let error = evidence.operations.last(where: { $0.verb == "exec" })?.error ?? request.error { return notBegun(name, error) }
        guard let exec = evidence.state("/exec/\(request.pieces[1])/json") else { return nil }
        if exec["Running"]?.boolValue == true { return WhyAnswer(tell(.execRuns, name)) }
        guard let code = exec["ExitCode"]?.intValue else { return nil }
        var answer = WhyAnswer(tell(code == 0 ? .execZero : .execCode, name, "\(code)"))
        if (129...192).contains(code) { answer.text.append(tell(.execSignal, "\(code)", "\(code - 128)", WhyExit.signalName(code - 128))) }
        return answer
    }

    /// - Parameter error: `execve nosuch ["nosuch"]: no such file or directory`.
    private func notBegun(_ name: String, _ error: String) -> WhyAnswer {
        let words = error.split(separator: " ", maxSplits: 2).map(String.init)
        let program = words.first == "execve" && words.count > 1 ? printable(words[1]) : ""
        let phrase: WhyPhrase =
            switch error {
            case let text where !program.isEmpty && text.hasSuffix("no such file or directory"): .execNoProgram
            case let text where !program.isEmpty && text.lowercased().hasSuffix("permission denied"): .execNotAllowed
            default: .execFailed
            }
        return WhyAnswer(tell(phrase, program, name), evidence: [printable(error)])
    }
}
