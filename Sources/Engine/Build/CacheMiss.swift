import Basics

/// Why an instruction was not found in the cache.
enum CacheMiss: Sendable {
    /// A file that is another than before: no hash where it was not, or is not.
    struct FileChange: Sendable {
        let path: String
        let before: String?
        let now: String?

        var text: String { "\(path): \(Self.short(before)) → \(Self.short(now))" }
        static func short(_ hash: String?) -> String { hash.map { String($0.prefix(12)) } ?? "-" }
    }

    case notWanted
    case afterMiss
    case nothingBuilt(on: String)
    case filesChanged(from: String, to: String, [FileChange])
    case argumentChanged(from: String, to: String)
    case configurationChanged(String)
    case otherInstruction(on: String, String)

    /// For clients, which tell it in the user's language.
    var code: String {
        switch self {
        case .notWanted: "no-cache"
        case .afterMiss: "after-miss"
        case .nothingBuilt: "nothing-built"
        case .filesChanged: "files"
        case .argumentChanged: "argument"
        case .configurationChanged: "configuration"
        case .otherInstruction: "instruction"
        }
    }

    /// What it is about: names, digests, values.
    var details: [String] {
        switch self {
        case .notWanted, .afterMiss: []
        case .nothingBuilt(let image): [image]
        case .filesChanged(let before, let now, let files):
            files.isEmpty ? ["\(before.prefix(17)) → \(now.prefix(17))"] : files.prefix(20).map(\.text)
        case .argumentChanged(let before, let now): ["\(before) → \(now)"]
        case .configurationChanged(let what): [what]
        case .otherInstruction(_, let old): [old]
        }
    }

    /// As evidence of a step.
    var text: String { ([code] + details).joined(separator: " ") }
}
