import Basics

/// Events and headers as lines of JSON, without their line feed.
extension TranscriptHeader {
    public var line: String {
        var object: JSONObject = ["drydock": "transcript", "version": .integer(Int64(Self.version)), "started": .string(started)]
        if let lesson { object["lesson"] = .string(lesson) }
        if let lessonDigest { object["lessonDigest"] = .string(lessonDigest) }
        object["lang"] = .string(language)
        object["columns"] = .integer(Int64(columns))
        object["rows"] = .integer(Int64(rows))
        return "\(JSONValue.object(object))"
    }

    /// - Throws: `TranscriptProblem` of line 1.
    init(_ json: JSONValue) throws(TranscriptProblem) {
        guard json["drydock"]?.stringValue == "transcript" else {
            throw TranscriptProblem(1, "is not the beginning of a transcript", korean: "기록 파일의 첫 줄이 아니다")
        }
        guard let version = json["version"]?.intValue, version == Self.version else {
            let text = json["version"].map { "\($0)".prefix(20) } ?? "none"
            throw TranscriptProblem(
                1, "says version \(text), and only version \(Self.version) can be read",
                korean: "버전이 \(text)인데, 읽을 수 있는 것은 버전 \(Self.version)뿐이다")
        }
        guard let started = json["started"]?.stringValue, Timestamp(rfc3339: started) != nil else {
            throw TranscriptProblem(1, "does not say when the transcript was started", korean: "언제 시작한 기록인지 적혀 있지 않다")
        }
        let fields = Fields(json, 1)
        self.started = started
        lesson = try fields.optionalText("lesson")
        lessonDigest = try fields.optionalText("lessonDigest")
        language = try fields.optionalText("lang") ?? "en"
        columns = try fields.number("columns", 1...10_000)
        rows = try fields.number("rows", 1...10_000)
    }
}

extension TranscriptEvent {
    public var line: String {
        let seconds = "\(time / 1000)." + String("\(1000 + time % 1000)".dropFirst())
        // Written by hand, since a number of JSON's would be 0.30000000000000004 now and then.
        return "{\"t\":\(seconds)," + "\(JSONValue.object(members))".dropFirst()
    }

    private var members: JSONObject {
        switch kind {
        case .step(let id): return ["event": "step", "id": .string(id)]
        case .command(let number, let line, let directory, let isSolution):
            var object: JSONObject = [
                "event": "command", "n": .integer(Int64(number)), "line": .string(line), "directory": .string(directory),
            ]
            if isSolution { object["solution"] = true }
            return object
        case .input(let number, let text, let isRedacted):
            var object: JSONObject = ["event": "input", "n": .integer(Int64(number)), "text": .string(text)]
            if isRedacted { object["redacted"] = true }
            return object
        case .output(let number, let stream, let text):
            return [
                "event": "output", "n": .integer(Int64(number)), "stream": .string(stream.rawValue), "text": .string(text),
            ]
        case .exit(let number, let code): return ["event": "exit", "n": .integer(Int64(number)), "code": .integer(Int64(code))]
        case .prediction(let id, let choice):
            return ["event": "prediction", "id": .string(id), "choice": .integer(Int64(choice))]
        case .lesson(let verb): return Self.members(of: verb)
        case .network(let subnet): return ["event": "network", "subnet": .string(subnet)]
        case .size(let columns, let rows):
            return ["event": "size", "columns": .integer(Int64(columns)), "rows": .integer(Int64(rows))]
        case .resume: return ["event": "resume"]
        case .end: return ["event": "end"]
        }
    }

    private static func members(of verb: LessonVerb) -> JSONObject {
        switch verb {
        case .hint(let tier): ["event": "lesson", "verb": "hint", "tier": .integer(Int64(tier))]
        case .show: ["event": "lesson", "verb": "show"]
        case .skip(let step): ["event": "lesson", "verb": "skip", "id": .string(step)]
        case .undo(let command): ["event": "lesson", "verb": "undo", "n": .integer(Int64(command))]
        case .reset: ["event": "lesson", "verb": "reset"]
        }
    }

    /// - Throws: `TranscriptProblem`.
    init(_ json: JSONValue, line: Int) throws(TranscriptProblem) {
        guard case .object = json else { throw TranscriptProblem(line, "is not a JSON object", korean: "JSON 객체가 아니다") }
        guard let seconds = json["t"]?.doubleValue, seconds >= 0, seconds < 1e9 else {
            throw TranscriptProblem(line, "has no time t, a number of seconds since the beginning", korean: "시작부터 몇 초인지 알려 주는 t가 없다")
        }
        time = Int((seconds * 1000).rounded())
        kind = try Self.kind(Fields(json, line))
    }

    private static func kind(_ fields: Fields) throws(TranscriptProblem) -> Kind {
        switch try fields.text("event") {
        case "step": return .step(try fields.text("id"))
        case "command":
            return .command(
                number: try fields.count("n"), line: try fields.text("line"), directory: try fields.text("directory"),
                isSolution: fields.flag("solution"))
        case "input":
            return .input(number: try fields.count("n"), text: try fields.text("text"), isRedacted: fields.flag("redacted"))
        case "output":
            guard let stream = Stream(rawValue: try fields.text("stream")) else {
                throw fields.problem("has a stream other than out and err", korean: "stream이 out도 err도 아니다")
            }
            return .output(number: try fields.count("n"), stream: stream, text: try fields.text("text"))
        case "exit": return .exit(number: try fields.count("n"), code: try fields.number("code", 0...255))
        case "prediction": return .prediction(id: try fields.text("id"), choice: try fields.number("choice", 0...99))
        case "lesson": return .lesson(try verb(fields))
        case "network": return .network(try fields.text("subnet"))
        case "size": return .size(columns: try fields.number("columns", 1...10_000), rows: try fields.number("rows", 1...10_000))
        case "resume": return .resume
        case "end": return .end
        case let name:
            throw fields.problem("has an event that nobody knows: \(Fields.short(name))", korean: "모르는 event이다: \(Fields.short(name))")
        }
    }

    private static func verb(_ fields: Fields) throws(TranscriptProblem) -> LessonVerb {
        switch try fields.text("verb") {
        case "hint": return .hint(tier: try fields.number("tier", 1...9))
        case "show": return .show
        case "skip": return .skip(step: try fields.text("id"))
        case "undo": return .undo(command: try fields.count("n"))
        case "reset": return .reset
        case let name:
            throw fields.problem("has a verb that no lesson knows: \(Fields.short(name))", korean: "모르는 verb이다: \(Fields.short(name))")
        }
    }
}

/// The members of a line's object, each with the sentence that is said when it isn't there.
struct Fields {
    private let json: JSONValue
    private let line: Int

    init(_ json: JSONValue, _ line: Int) {
        self.json = json
        self.line = line
    }

    func problem(_ sentence: String, korean: String) -> TranscriptProblem { TranscriptProblem(line, sentence, korean: korean) }

    func text(_ name: String) throws(TranscriptProblem) -> String {
        guard let text = json[name]?.stringValue else { throw problem("has no text \"\(name)\"", korean: "글인 \"\(name)\" 값이 없다") }
        // A command or path with one could never be run.
        guard !text.utf8.contains(0) || name == "text" else {
            throw problem("has a NUL in \"\(name)\"", korean: "\"\(name)\" 값에 NUL 문자가 있다")
        }
        return text
    }

    func optionalText(_ name: String) throws(TranscriptProblem) -> String? { json[name] == nil ? nil : try text(name) }

    func number(_ name: String, _ range: ClosedRange<Int>) throws(TranscriptProblem) -> Int {
        guard let number = json[name]?.intValue, range.contains(number) else {
            throw problem(
                "has no number \"\(name)\" from \(range.lowerBound) to \(range.upperBound)",
                korean: "\(range.lowerBound)에서 \(range.upperBound) 사이의 수인 \"\(name)\" 값이 없다")
        }
        return number
    }

    func count(_ name: String) throws(TranscriptProblem) -> Int { try number(name, 1...TranscriptReader.commandLimit) }
    func flag(_ name: String) -> Bool { json[name]?.boolValue ?? false }

    /// A stranger's text for a message: short, and without what would steer a terminal.
    static func short(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(30).map { $0.value < 32 || $0.value == 127 ? "?" : $0 }))
    }
}
