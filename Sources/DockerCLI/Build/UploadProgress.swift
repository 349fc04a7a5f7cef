import Basics
import TextTools

/// `Sending build context to Docker daemon  2.048kB`: on a terminal redrawn while it is sent, elsewhere written once at the end.
/// Source: moby 20.10, `pkg/progress/progressreader.go`, `pkg/streamformatter`.
struct UploadProgress {
    /// Bytes between two updates, and nanoseconds.
    private static let step = 512 << 10
    /// Bytes that Docker's client reads at a time; it looks at the clock after each.
    private static let piece = 32 << 10
    private static let pause: Int64 = 100_000_000

    let isTerminal: Bool
    private(set) var sent = 0
    private var shownBytes = 0
    private var shownAt: Int64?

    init(isTerminal: Bool) { self.isTerminal = isTerminal }

    /// - Returns: what to write after a piece was sent, or nothing.
    mutating func advance(by count: Int, now: Int64) -> String {
        var text = ""
        var left = count
        while left > 0 {
            let part = min(left, Self.piece - sent % Self.piece)
            sent += part
            left -= part
            guard sent % Self.piece == 0, sent - shownBytes > Self.step else { continue }
            shownBytes = sent
            guard isTerminal, shownAt.map({ now - $0 >= Self.pause }) ?? true else { continue }
            shownAt = now
            text += line
        }
        return text
    }

    /// What to write at the end.
    var end: String { line + "\r\n" }

    private var line: String {
        let size = sent == 0 ? "" : humanSize(sent, precision: 4)
        let padding = sent == 0 ? "" : String(repeating: " ", count: max(0, 8 - size.count))
        return "Sending build context to Docker daemon \(padding)\(size)\r" + (sent == 0 ? "\n" : "")
    }
}

/// `Downloading build context from remote url: URL  31B/31B`, redrawn while the engine fetches it.
/// Source: docker/cli 20.10, `cli/command/image/build/context.go`, `GetContextFromURL`.
struct RemoteProgress {
    /// Columns; decides whether there is room for a bar.
    let width: Int

    /// - Returns: what to write instead of the message; nil where it is another one.
    func text(_ message: JSONValue) -> String? {
        guard message["id"]?.stringValue == "Downloading context" else { return nil }
        let bar = message["progressDetail"].map { ProgressDisplay.bar($0, width: width) } ?? ""
        let line = "Downloading build context from remote url: \(message["status"]?.stringValue ?? "") \(bar)\r"
        // The engine says so when all is there.
        return line + (message["progress"]?.stringValue == "done" ? "\r\n" : "")
    }
}
