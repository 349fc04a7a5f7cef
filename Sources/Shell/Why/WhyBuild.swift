import Basics
import Narration

/// Why a build's steps came from the cache or had to be run.
struct WhyBuild {
    let language: Language

    private func tell(_ phrase: WhyPhrase, _ values: String...) -> String { phrase.text(language, values) }

    func answer(_ story: BuildStoryAnswer) -> WhyAnswer {
        let words = StagesWords(language: language)
        let steps = story.stages.flatMap(\.steps)
        let looked = steps.filter { ["HIT", "MISS"].contains($0.result) }
        var answer = WhyAnswer()
        if let failed = steps.first(where: { $0.result == "FAILED" }) {
            answer.text.append(tell(.buildFailed, "\(failed.number)", words.instruction(failed)))
            answer.evidence.append(words.why(failed))
            let rest = steps.filter { $0.result == "NOT RUN" }.count
            if rest > 0 { answer.text.append(tell(.buildNotRun, "\(rest)")) }
        }
        let missed = steps.first { $0.result == "MISS" || $0.result == "FAILED" && !["exit-code", "error", ""].contains($0.why) }
        if let missed, !missed.why.isEmpty {
            answer.text.append(tell(.buildMissed, "\(missed.number)", words.instruction(missed)))
            answer.text += reason(missed, words)
            let after = looked.filter { $0.why == "after-miss" }.count
            if after > 0 { answer.text.append(tell(.buildAfter, "\(after)")) }
        } else if !story.isFailed, !looked.isEmpty {
            answer.text.append(tell(.buildAllHit, "\(looked.count)"))
        } else if looked.isEmpty, !story.isFailed {
            answer.text.append(tell(.buildNoSteps))
        }
        answer.evidence += steps.filter { !$0.result.isEmpty && $0.result != "NOT RUN" }.map { step in
            let why = words.why(step)
            return "\(step.number). \(words.instruction(step))  \(step.result)" + (why.isEmpty || step.result != "MISS" ? "" : "  \(why)")
        }
        return answer
    }

    private func reason(_ step: BuildStoryAnswer.Step, _ words: StagesWords) -> [String] {
        let detail = step.details.first.map(Self.plain) ?? ""
        switch step.why {
        case "no-cache": return [tell(.missNoCache)]
        case "nothing-built": return [tell(.missNothing, detail)]
        case "files": return [tell(.missFiles, step.details.map(Self.plain).joined(separator: ", "))]
        case "argument": return [tell(.missArgument, detail)]
        case "configuration": return [tell(.missConfiguration, detail)]
        case "instruction": return [tell(.missInstruction, detail, words.instruction(step))]
        case "after-miss": return [tell(.missParent)]
        default: return []
        }
    }

    /// A command of an image's history as it stands in a Dockerfile.
    static func plain(_ text: String) -> String {
        var text = text
        for prefix in ["/bin/sh -c #(nop) ", "/bin/sh -c "] where text.hasPrefix(prefix) {
            let isRun = prefix == "/bin/sh -c "
            text = (isRun ? "RUN " : "") + text.dropFirst(prefix.count).drop { $0 == " " }
            break
        }
        return printable(text.split(whereSeparator: { " \t\n".contains($0) }).joined(separator: " "))
    }
}
