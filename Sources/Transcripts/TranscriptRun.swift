/// A command of a transcript with everything that belongs to it.
public struct TranscriptRun: Sendable, Hashable {
    public var number: Int
    public var line: String
    public var directory: String
    /// The lesson ran it for a learner who skipped its step.
    public var isSolution: Bool
    /// The step that was under way; nil outside of lessons.
    public var step: String?
    /// What was typed into it, each as `Keys` has it.
    public var inputs: [String] = []
    /// Some of that was a password and isn't there.
    public var isRedacted = false
    /// What it printed on its two streams, terminal sequences included.
    public var output = ""
    public var errors = ""
    /// nil when the recording broke off before its end.
    public var code: Int?
}

extension Transcript {
    /// All commands in order, undone ones too.
    public var runs: [TranscriptRun] {
        var runs: [TranscriptRun] = []
        var step: String?
        for event in events {
            let last = runs.count - 1
            switch event.kind {
            case .step(let id): step = id
            case .command(let number, let line, let directory, let isSolution):
                runs.append(TranscriptRun(number: number, line: line, directory: directory, isSolution: isSolution, step: step))
            case .input(_, _, let isRedacted) where isRedacted: runs[last].isRedacted = true
            case .input(_, let text, _): runs[last].inputs.append(text)
            case .output(_, .out, let text): runs[last].output += text
            case .output(_, .err, let text): runs[last].errors += text
            case .exit(_, let code): runs[last].code = code
            case .prediction, .lesson, .network, .size, .resume, .end: break
            }
        }
        return runs
    }

    /// The commands that count: none before the last reset, none that was undone. What they did is the state that the learner had.
    public var effectiveRuns: [TranscriptRun] {
        var undone: Set<Int> = []
        var last = 0
        var beginning = 0
        for event in events {
            switch event.kind {
            case .command(let number, _, _, _): last = number
            case .lesson(.undo(let command)): undone.insert(command)
            case .lesson(.reset): beginning = last
            default: break
            }
        }
        return runs.filter { $0.number > beginning && !undone.contains($0.number) }
    }

    /// The steps that the learner has been at, by their ids.
    public var visitedSteps: Set<String> {
        Set(events.compactMap { if case .step(let id) = $0.kind { id } else { nil } })
    }

    /// The steps that were left to the lesson since the last reset.
    public var skippedSteps: [String] {
        var steps: [String] = []
        for event in events {
            switch event.kind {
            case .lesson(.skip(let step)): steps.append(step)
            case .lesson(.reset): steps = []
            default: break
            }
        }
        return steps
    }

    /// The answers to questions, the last to each.
    public var predictions: [String: Int] {
        var answers: [String: Int] = [:]
        for event in events {
            if case .prediction(let id, let choice) = event.kind { answers[id] = choice }
        }
        return answers
    }

    /// The network that addresses in the last commands are of; nil for 172.17.0.0/16, of which lessons speak.
    public var network: String? {
        for event in events.reversed() {
            if case .network(let subnet) = event.kind { return subnet }
        }
        return nil
    }
}
