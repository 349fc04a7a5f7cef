import Basics

/// The words of lessons.
enum LessonWords {
    /// Those that stand alone while a lesson is under way.
    static let short: Set<String> = ["next", "hint", "check", "show", "skip", "undo", "reset"]
    /// What stands behind `lesson`.
    static let verbs = ["list", "start", "next", "hint", "check", "show", "skip", "undo", "reset", "quit", "lint", "new", "samples"]
}

/// `lesson start`'s words.
struct LessonStartOptions: Equatable {
    /// A lesson by number, id or section; nil to go on.
    var name: String?
    var record: String?
    var pack: String?
    /// Steps with real images, too.
    var isFull = false

    /// - Returns: nil when they make no sense.
    init?(_ arguments: [String]) {
        var rest = arguments[...]
        while let word = rest.popFirst() {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if word == "--full" {
                isFull = true
            } else if word.hasPrefix("-") {
                guard ["--record", "--pack"].contains(parts[0]), let value = parts.count == 2 ? parts[1] : rest.popFirst(), !value.isEmpty
                else { return nil }
                if parts[0] == "--record" { record = absolute(value) } else { pack = absolute(value) }
            } else if name == nil {
                name = word
            } else {
                return nil
            }
        }
    }
}
