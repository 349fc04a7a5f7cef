import Basics
import Glibc

/// Reads lines from something that is not a terminal, byte by byte: what follows a line belongs to the command on it,
/// as with bash.
struct ByteReader: LineReader {
    let descriptor: Int32

    func read(prompt: String) -> LineResult {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while line.count < 1 << 20 {
            let got = Glibc.read(descriptor, &byte, 1)
            if got < 0, errno == EINTR { continue }
            guard got == 1 else { return line.isEmpty ? .end : .line(String(decoding: line, as: UTF8.self)) }
            if byte == 10 { break }
            line.append(byte)
        }
        return .line(String(decoding: line, as: UTF8.self))
    }
}

/// Joins physical lines to whole ones: quotes, backslashes, here documents and compound commands go on.
struct InputLines {
    enum Result: Equatable {
        case line(String)
        /// Ctrl-C: what had been typed is dropped.
        case interrupted
        /// The end of input; true when it came in the middle of a command.
        case end(unfinished: Bool)
    }

    let reader: any LineReader
    let stripper: PromptStripper
    /// Asks bash about lines that only bash can judge.
    let isIncomplete: (String) -> Bool
    /// Hears how many lines of a paste were left out, being a command's output and not commands.
    let leftOut: (Int) -> Void
    /// Lines of a paste that came as one.
    private(set) var pending: [String] = []
    /// Whole lines that were typed while a command ran which did not read them.
    private var ahead: [String] = []

    init(
        reader: any LineReader, stripper: PromptStripper, isIncomplete: @escaping (String) -> Bool,
        leftOut: @escaping (Int) -> Void = { _ in }
    ) {
        self.reader = reader
        self.stripper = stripper
        self.isIncomplete = isIncomplete
        self.leftOut = leftOut
    }

    /// The rest of the paste has been read by a command.
    mutating func dropPending() { pending = [] }

    /// Takes keys back that a command has left unread.
    /// - Returns: the beginning of a line without its end.
    mutating func giveBack(_ keys: [UInt8]) -> String {
        var lines = keys.split(separator: 10, omittingEmptySubsequences: false).map { line in
            String(decoding: line.filter { $0 >= 32 && $0 != 127 }, as: UTF8.self)
        }
        let rest = lines.popLast() ?? ""
        ahead += lines
        return rest
    }

    /// The next whole line.
    mutating func next(prompt: String) -> Result {
        var text: String
        var hadPrompt: Bool
        switch physical(prompt) {
        case .end: return .end(unfinished: false)
        case .interrupted: return .interrupted
        case .line(let line): (text, hadPrompt) = stripper.strip(line)
        }
        while goesOn(text) {
            switch physical("> ") {
            case .end: return .end(unfinished: true)
            case .interrupted: return .interrupted
            case .line(let line): text += "\n" + stripper.stripContinuation(line, firstHadPrompt: hadPrompt)
            }
            guard text.utf8.count < 4 << 20 else { return .line(text) }
        }
        return .line(text)
    }

    private mutating func physical(_ prompt: String) -> LineResult {
        if !pending.isEmpty { return .line(pending.removeFirst()) }
        if !ahead.isEmpty {
            let line = ahead.removeFirst()
            say(prompt.filter { $0 != "\u{1}" && $0 != "\u{2}" } + line)
            return .line(line)
        }
        let result = reader.read(prompt: prompt)
        guard case .line(let text) = result else { return result }
        // readline hands a paste over as it is, line ends included.
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let first = lines.removeFirst()
        // A line of equals signs is what notes put between commands and what they printed.
        if let rule = lines.firstIndex(where: Self.isRule) {
            leftOut(lines.count - rule)
            lines.removeSubrange(rule...)
        }
        pending = lines
        return .line(first)
    }

    private static func isRule(_ line: String) -> Bool {
        let text = line.drop { $0 == " " || $0 == "\t" }
        return text.utf8.count >= 3 && text.allSatisfy { $0 == "=" }
    }

    private func goesOn(_ text: String) -> Bool {
        let scanned = LineScanner.scan(text)
        if scanned.unfinished != nil { return true }
        return scanned.needsBash && Self.mayBeCompound(text) && isIncomplete(text)
            || !scanned.needsBash && Self.opensCompound(scanned.words.first) && isIncomplete(text)
    }

    private static let openers: Set<String> = ["for", "while", "until", "if", "case", "select", "function", "{", "[[", "time", "coproc"]

    private static func opensCompound(_ word: String?) -> Bool { word.map(openers.contains) ?? false }

    /// A cheap look that spares most lines the question to bash.
    private static func mayBeCompound(_ text: String) -> Bool {
        text.contains("{") || text.contains("()") || text.contains("((")
            || text.split(whereSeparator: { " \t\n;|&()".contains($0) }).contains { openers.contains(String($0)) }
    }
}
