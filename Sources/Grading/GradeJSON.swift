import Basics
import Lessons
import Narration

/// A grade for programs.
extension Grade {
    /// check50's shape: what passed, failed or wasn't reached, why, expected and found.
    public func json(_ language: Language) -> JSONValue {
        var object = JSONObject([("file", .string(file)), ("lesson", .string(lesson))])
        if let refusal {
            object["refused"] = .string(refusal)
            return .object(object)
        }
        object["title"] = .string(title[language])
        object["points"] = Self.json(points)
        object["maximum"] = Self.json(maximum)
        object["results"] = .array(steps.map { $0.json(language) })
        if let divergence { object["divergence"] = .string(divergence[language]) }
        object["attempts"] = .array(attempts.map { .string($0) })
        object["remarks"] = .array(remarks.map { .string($0[language]) })
        return .object(object)
    }

    /// Gradescope's results.json (gradescope-autograders.readthedocs.io, "Autograder Specifications").
    public func gradescope(_ language: Language) -> JSONValue {
        let tests = steps.map { step -> JSONValue in
            .object(
                JSONObject([
                    ("name", .string(step.title[language])), ("number", .string(step.id)), ("score", Self.json(step.points)),
                    ("max_score", step.result == .notJudged ? 0 : 1),
                    ("status", .string([.passed, .notJudged].contains(step.result) ? "passed" : "failed")),
                    ("output", .string(step.rationale(language))), ("visibility", "visible"),
                ]))
        }
        return .object(
            JSONObject([
                ("score", Self.json(points)), ("output", .string(text(language))), ("output_format", "text"),
                ("stdout_visibility", "hidden"), ("tests", .array(tests)),
            ]))
    }

    /// Rounded to hundredths: the last bits of thirds are nobody's.
    static func json(_ value: Double) -> JSONValue {
        let hundredths = (value * 100).rounded()
        return hundredths.truncatingRemainder(dividingBy: 100) == 0 ? .integer(Int64(hundredths / 100)) : .number(hundredths / 100)
    }
}

extension StepGrade {
    func json(_ language: Language) -> JSONValue {
        var object = JSONObject([
            ("name", .string(id)), ("description", .string(title[language])), ("result", .string(result.rawValue)),
            ("points", Grade.json(points)),
        ])
        if let command { object["command"] = .integer(Int64(command)) }
        object["checks"] = .array(
            checks.map {
                .object(JSONObject([("check", .string($0.source)), ("passed", .bool($0.hasPassed)), ("text", .string($0.text[language]))]))
            })
        return .object(object)
    }

    /// Why it isn't whole, in one text.
    func rationale(_ language: Language) -> String {
        let missing = checks.filter { !$0.hasPassed }.map { $0.text[language] }
        return result == .passed ? result.words(language) : ([result.words(language)] + missing).joined(separator: "\n")
    }
}
