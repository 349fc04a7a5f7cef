/// How much is told.
public enum NarrationMode: String, Sendable, Hashable, CaseIterable {
    case off, brief, full, json
}

/// What a narrator has to know of the place that it writes to.
public struct NarratorOptions: Sendable {
    public var mode: NarrationMode
    public var language: Language
    /// Columns of the terminal; 0 never wraps (a file).
    public var width: Int
    /// Colours are used only when told so.
    public var colour: Bool
    /// Marks and units beyond ASCII.
    public var unicode: Bool
    /// A line that is drawn over while something long runs; for terminals that can.
    public var live: Bool
    /// Prefixes each line with its operation, when several clients are watched at once.
    public var showsOperation: Bool

    public init(
        mode: NarrationMode, language: Language = .english, width: Int = 80, colour: Bool = false, unicode: Bool = true,
        live: Bool = false, showsOperation: Bool = false
    ) {
        self.mode = mode
        self.language = language
        self.width = width
        self.colour = colour
        self.unicode = unicode
        self.live = live
        self.showsOperation = showsOperation
    }
}

/// The signs before lines; a terminal without UTF-8 gets letters.
struct Marks: Sendable {
    let done, failed, undone, verb, note, fact, ellipsis, dot: String

    init(unicode: Bool) {
        done = unicode ? "✓" : "+"
        failed = unicode ? "✗" : "x"
        undone = unicode ? "↩" : "<"
        verb = unicode ? "▸" : ">"
        note = unicode ? "※" : "*"
        fact = unicode ? "→" : "->"
        ellipsis = unicode ? "…" : "..."
        dot = unicode ? " · " : ", "
    }
}

/// The few words of a narrator's own.
struct NarratorWords: Sendable {
    let rolledBack, rollbackFailed, unknown: String
    /// Who made a call, where it was not the engine.
    let callers: [String: String]

    /// What an engine says besides its steps, where this language has it.
    /// - Parameter name: as the engine calls it.
    static func note(_ name: String, _ values: [String], _ language: Language) -> String? {
        switch (language, name, values.count) {
        case (.korean, "subnet.taken", 3):
            "\(Josa.topic.after(values[0])) \(Josa.subject.after(values[1])) 이미 쓰고 있다. 컨테이너는 \(values[2])에서 주소를 받는다"
        default: nil
        }
    }

    init(_ language: Language) {
        switch language {
        case .korean:
            rolledBack = "되돌림"
            rollbackFailed = "되돌리지 못함"
            callers = ["shim": "심", "child": "자식"]
            unknown = "이 drydock이 모르는 단계다. 엔진이 더 새로운 판일 수 있다."
        case .english:
            rolledBack = "rolled back"
            rollbackFailed = "could not roll back"
            callers = ["shim": "shim", "child": "child"]
            unknown = "A step that this drydock does not know; the engine may be newer."
        }
    }
}
