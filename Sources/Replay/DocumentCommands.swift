/// A command that stands in a Markdown document, with what the document says that it prints.
public struct DocumentCommand: Sendable, Hashable {
    public var text: String
    /// What is typed into it, since it opens a terminal in a container.
    public var keys: [String] = []
    public var claimed: [String] = []
    /// In the document, from 1.
    public var line: Int
}

/// Something that a document asks for, in its order.
public enum DocumentPart: Sendable, Hashable {
    case command(DocumentCommand)
    /// A Dockerfile that is shown, and would be written by who reads.
    case file(name: String, content: String, line: Int)
}

/// Finds the commands in a document's fenced blocks, as textbooks and notes write them: behind `$ ` or `# `, or with nothing before
/// `docker`; output below, perhaps behind a line of equals signs.
public struct DocumentCommands {
    /// Larger documents are none.
    public static let limit = 1 << 20

    private var parts: [DocumentPart] = []
    private var block: [(text: String, line: Int)] = []
    private var kind = ""

    public static func parse(_ document: String) -> [DocumentPart] {
        var reader = DocumentCommands()
        var fence: Substring?
        for (index, raw) in document.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            // Blocks in lists are indented.
            let line = raw.drop { $0 == " " || $0 == "\t" }
            if let open = fence {
                if line.hasPrefix(open), line.drop(while: { $0 == "`" }).allSatisfy(\.isWhitespace) {
                    reader.closeBlock()
                    fence = nil
                } else {
                    reader.block.append((String(raw.hasSuffix("\r") ? raw.dropLast() : raw), index + 1))
                }
            } else if line.hasPrefix("```") {
                fence = line.prefix { $0 == "`" }
                reader.kind = line.drop { $0 == "`" }.split(separator: " ").first.map { $0.lowercased() } ?? ""
            }
        }
        return reader.parts
    }

    private mutating func closeBlock() {
        defer { block = [] }
        if kind == "dockerfile" { return addDockerfile() }
        guard ["", "bash", "sh", "shell", "console", "text", "shell-session"].contains(kind) else { return }
        let indent = block.filter { !$0.text.allSatisfy(\.isWhitespace) }.map { $0.text.prefix { $0 == " " }.count }.min() ?? 0
        var rest = block.map { (text: String($0.text.dropFirst(indent)), line: $0.line) }[...]
        let hasPrompts = rest.contains { Self.prompted($0.text) != nil }
        var isOutput = false
        while let (text, line) = rest.popFirst() {
            if text.allSatisfy({ $0 == "=" }), text.count >= 3 {
                isOutput = true
            } else if let command = Self.prompted(text) ?? (hasPrompts || isOutput ? nil : Self.plain(text)) {
                isOutput = false
                add(Self.joined(command, &rest), line)
            } else if case .command(var last)? = parts.last, !text.isEmpty, hasPrompts || isOutput {
                last.claimed.append(text)
                parts[parts.count - 1] = .command(last)
            }
        }
    }

    private mutating func addDockerfile() {
        let content = block.map { $0.text + "\n" }.joined()
        // What follows an arrow is what it comes to, not a part of it.
        let lines = content.split(separator: "\n", omittingEmptySubsequences: false).prefix { !$0.hasPrefix("==>") }
        guard let line = block.first?.line else { return }
        parts.append(.file(name: "Dockerfile", content: lines.joined(separator: "\n") + "\n", line: line))
    }

    /// A line behind a prompt.
    private static func prompted(_ text: String) -> String? {
        for prompt in ["$ ", "# ", "> "] where text.hasPrefix(prompt) {
            let rest = text.dropFirst(2)
            return rest.isEmpty ? nil : String(rest)
        }
        return nil
    }

    /// Without prompts only Docker's commands are told from anything else.
    private static func plain(_ text: String) -> String? { text.hasPrefix("docker ") || text.hasPrefix("cd ") ? text : nil }

    private static func joined(_ command: String, _ rest: inout ArraySlice<(text: String, line: Int)>) -> String {
        var command = command
        while command.hasSuffix("\\"), let (next, _) = rest.popFirst() { command += "\n" + (prompted(next) ?? next) }
        return command
    }

    /// A new command, or what is typed into the one that has the terminal.
    private mutating func add(_ text: String, _ line: Int) {
        if case .command(var last)? = parts.last, Self.opensTerminal(last.text), last.keys.last != "exit", last.claimed.isEmpty,
            !text.hasPrefix("docker ")
        {
            last.keys.append(text)
            parts[parts.count - 1] = .command(last)
            return
        }
        closeTerminal()
        parts.append(.command(DocumentCommand(text: text, line: line)))
    }

    /// Who goes on with another command has left the container, said or not.
    private mutating func closeTerminal() {
        guard case .command(var last)? = parts.last, Self.opensTerminal(last.text), last.keys.last != "exit" else { return }
        last.keys.append("exit")
        parts[parts.count - 1] = .command(last)
    }

    /// `docker run -it IMAGE` without a command of its own.
    static func opensTerminal(_ line: String) -> Bool {
        let words = line.split(separator: " ").map(String.init)
        guard words.first == "docker", words.dropFirst().first == "run" || words.dropFirst().first == "attach" else { return false }
        if words[1] == "attach" { return true }
        let flags = words.filter { $0.hasPrefix("-") && !$0.hasPrefix("--") }.joined()
        return flags.contains("i") && flags.contains("t") && !flags.contains("d") && words.last?.hasPrefix("-") == false
    }
}
