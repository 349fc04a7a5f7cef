import Basics
import Glibc
import Narration
import Synchronization

/// A bar for many transcripts, on a terminal alone.
final class GradeProgress: Sendable {
    private let total: Int
    private let isShown: Bool
    private let language: Language
    private let done = Mutex(0)

    init(total: Int, environment: Environment, language: Language) {
        self.total = total
        self.language = language
        isShown = total > 1 && Appearance(descriptor: 2, environment: environment).live
    }

    func step(_ file: String) {
        done.withLock { done in
            done += 1
            guard isShown else { return }
            let width = max(10, min(40, Terminal.width(2) - 30))
            let filled = done * width / total
            let bar = String(repeating: "=", count: filled) + String(repeating: " ", count: width - filled)
            let word = language == .korean ? "채점" : "graded"
            try? writeAll(2, "\r\u{1B}[K[\(bar)] \(word) \(done)/\(total)")
        }
    }

    func finish() { if isShown { try? writeAll(2, "\r\u{1B}[K") } }
}
