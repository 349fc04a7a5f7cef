import Basics
import Lessons

/// A grade as it is kept, in both languages.
extension Grade {
    /// Everything but what the lesson says anyway.
    public var record: JSONValue {
        .object(
            JSONObject([
                ("version", 2), ("steps", .array(steps.map(\.record))), ("divergence", divergence?.record ?? .null),
                ("attempts", .array(attempts.map { .string($0) })), ("remarks", .array(remarks.map(\.record))),
            ]))
    }

    /// - Returns: nil for what is no record of this lesson.
    public init?(_ json: JSONValue, file: String, lesson: Lesson) {
        guard json["version"]?.intValue == 2, let steps = json["steps"]?.arrayValue else { return nil }
        self.init(file: file, lesson: lesson.id, title: lesson.title)
        for step in steps {
            guard let known = lesson.steps.first(where: { $0.id == step["id"]?.stringValue }), let grade = StepGrade(step, known) else {
                return nil
            }
            self.steps.append(grade)
        }
        divergence = json["divergence"].flatMap(Localized.init)
        attempts = (json["attempts"]?.arrayValue ?? []).compactMap(\.stringValue)
        remarks = (json["remarks"]?.arrayValue ?? []).compactMap(Localized.init)
    }
}

extension StepGrade {
    fileprivate var record: JSONValue {
        .object(
            JSONObject([
                ("id", .string(id)), ("result", .string(result.rawValue)), ("points", .number(points)),
                ("command", command.map { .integer(Int64($0)) } ?? .null),
                (
                    "checks",
                    .array(
                        checks.map {
                            .object(
                                JSONObject([("check", .string($0.source)), ("text", $0.text.record), ("passed", .bool($0.hasPassed))]))
                        })
                ),
            ]))
    }

    fileprivate init?(_ json: JSONValue, _ step: LessonStep) {
        guard let result = json["result"]?.stringValue.flatMap(Result.init(rawValue:)), let points = json["points"]?.doubleValue else {
            return nil
        }
        self.init(id: step.id, title: step.title)
        self.result = result
        self.points = points
        command = json["command"]?.intValue
        checks = (json["checks"]?.arrayValue ?? []).compactMap { check in
            guard let source = check["check"]?.stringValue, let text = check["text"].flatMap(Localized.init),
                let hasPassed = check["passed"]?.boolValue
            else { return nil }
            return CheckGrade(source: source, text: text, hasPassed: hasPassed)
        }
    }
}

extension Localized {
    fileprivate var record: JSONValue { .object(JSONObject([("en", .string(english)), ("ko", .string(korean))])) }

    fileprivate init?(_ json: JSONValue) {
        guard let english = json["en"]?.stringValue, let korean = json["ko"]?.stringValue else { return nil }
        self.init(english: english, korean: korean)
    }
}
