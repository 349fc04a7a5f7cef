import Basics
import Glibc

/// How far the learner has come in each lesson: one small file, replaced as a whole.
struct LessonProgress: Sendable, Equatable {
    /// One lesson.
    struct Entry: Sendable, Equatable {
        /// The step under way, by its id; empty before the first.
        var step = ""
        var isDone = false
        var done: [String] = []
        var skipped: [String] = []
        /// What steps have kept.
        var values: [String: String] = [:]
        /// Commands that changed something, by their numbers in the journal.
        var changes: [Int] = []
        /// Questions that were answered or passed over.
        var asked: [String] = []
        /// The running machine's id when the lesson was left with containers running; empty without any.
        var boot = ""
        /// The steps with real images are played, too.
        var isFull = false

        var isBegun: Bool { !step.isEmpty }
    }

    /// The lesson that `lesson start` goes on with.
    var current: String?
    var lessons: [String: Entry] = [:]

    subscript(_ id: String) -> Entry {
        get { lessons[id] ?? Entry() }
        set { lessons[id] = newValue }
    }

    static func path(_ mainRoot: String) -> String { "\(LessonPlace.all(mainRoot))/progress.json" }

    /// - Throws: `DrydockError` when the file is there and broken.
    static func load(_ mainRoot: String) throws(DrydockError) -> LessonProgress {
        let path = path(mainRoot)
        let bytes: [UInt8]
        do { bytes = try readFile(path, limit: 4 << 20) } catch {
            if error.code == ENOENT { return LessonProgress() }
            throw DrydockError(.failed, "cannot read \(path)", errno: error)
        }
        guard let json = try? JSONValue(parsing: bytes), let lessons = json["lessons"]?.objectValue else {
            throw DrydockError(.invalid, "\(path) is broken", advice: "remove it: lessons begin anew then")
        }
        var progress = LessonProgress(current: json["current"]?.stringValue)
        for (id, entry) in lessons { progress[id] = Entry(entry) }
        return progress
    }

    func save(_ mainRoot: String) throws {
        try makeFolders(LessonPlace.all(mainRoot))
        var object: JSONObject = ["version": 1]
        if let current { object["current"] = .string(current) }
        object["lessons"] = .object(JSONObject(lessons.keys.sorted().map { ($0, self[$0].json) }))
        try FileReplacement.write(Array(JSONValue.object(object).text(indent: "  ").utf8) + [10], to: Self.path(mainRoot))
    }
}

extension LessonProgress.Entry {
    init(_ json: JSONValue) {
        func texts(_ name: String) -> [String] { (json[name]?.arrayValue ?? []).compactMap(\.stringValue) }
        step = json["step"]?.stringValue ?? ""
        isDone = json["isDone"]?.boolValue ?? false
        done = texts("done")
        skipped = texts("skipped")
        for (name, value) in json["values"]?.objectValue ?? [:] { values[name] = value.stringValue }
        changes = (json["changes"]?.arrayValue ?? []).compactMap(\.intValue)
        asked = texts("asked")
        boot = json["boot"]?.stringValue ?? ""
        isFull = json["isFull"]?.boolValue ?? false
    }

    var json: JSONValue {
        func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
        return .object([
            "step": .string(step), "isDone": .bool(isDone), "done": list(done), "skipped": list(skipped),
            "values": .object(JSONObject(values.keys.sorted().map { ($0, .string(values[$0] ?? "")) })),
            "changes": .array(changes.map { .integer(Int64($0)) }), "asked": list(asked), "boot": .string(boot),
            "isFull": .bool(isFull),
        ])
    }
}
