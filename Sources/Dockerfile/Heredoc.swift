/// Lines of a Dockerfile that are a file's content: `RUN <<EOF`, and what follows up to a line with `EOF` alone.
///
/// Source: moby/buildkit 0.10 (docker/dockerfile:1.4), `frontend/dockerfile/parser/parser.go`, `ParseHeredoc`.
public struct Heredoc: Sendable, Hashable {
    /// What ends it; of `COPY` the file's name, too.
    public let name: String
    /// False where the name stands in quotes: what looks like a variable is left as it is.
    public let isExpanded: Bool
    /// `<<-`: tabs at the beginning of lines are no part of it.
    let dropsTabs: Bool
    /// As it stands in the file, each line with its end.
    var lines = ""

    /// What it says.
    public var content: String {
        guard dropsTabs else { return lines }
        var text = ""
        var isAtBegin = true
        for character in lines {
            if isAtBegin, character == "\t" { continue }
            isAtBegin = character.isNewline
            text.append(character)
        }
        return text
    }

    /// A word that announces one: `<<EOF`, `3<<-"EOF"`.
    init?(word: some StringProtocol) {
        let rest = word.drop { ("0"..."9").contains($0) }
        guard rest.hasPrefix("<<") else { return nil }
        let marked = rest.dropFirst(2)
        dropsTabs = marked.first == "-"
        let quoted = marked.dropFirst(dropsTabs ? 1 : 0)
        guard !quoted.isEmpty, !quoted.contains("<"), let name = Self.unquoted(quoted) else { return nil }
        self.name = name
        isExpanded = name == quoted
    }

    private static func unquoted(_ text: some StringProtocol) -> String? {
        var name = ""
        var quote: Character?
        var isEscaped = false
        for character in text {
            if isEscaped {
                if quote == "\"", !"\"$\\".contains(character) { name.append("\\") }
                name.append(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if character == quote {
                quote = nil
            } else if quote == nil, character == "'" || character == "\"" {
                quote = character
            } else {
                name.append(character)
            }
        }
        return quote == nil ? name : nil
    }

    /// Whether a line ends it.
    func isEnded(by line: Substring) -> Bool {
        // CR LF is one character at a line's end, but the file's last line may end in CR alone.
        let whole = line.hasSuffix("\r") ? line.dropLast() : line
        return (dropsTabs ? whole.drop { $0 == "\t" } : whole) == name
    }
}

/// Which language a Dockerfile is written in, as `# syntax=` on its first line says.
enum DockerfileSyntax {
    /// The frontends of BuildKit that know heredocs: `docker/dockerfile:1` and those from 1.4 on. Docker 20.10's own builder takes no notice
    /// of the line, and knows none.
    static func hasHeredocs(_ value: String) -> Bool {
        var name = value.prefix { !$0.isBlank && $0 != "@" }
        if name.hasPrefix("docker.io/") { name = name.dropFirst("docker.io/".count) }
        guard name.hasPrefix("docker/dockerfile") else { return false }
        let rest = name.dropFirst("docker/dockerfile".count)
        // Without a tag it is the newest.
        if rest.isEmpty { return true }
        guard rest.first == ":" else { return false }
        let tag = rest.dropFirst()
        if tag == "latest" || tag == "labs" { return true }
        let parts = tag.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = (parts.first ?? "").split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard let major = numbers.first ?? nil, major >= 1, !numbers.contains(nil) else { return false }
        guard major == 1, numbers.count > 1, let minor = numbers[1] else { return true }
        return minor >= (parts.count > 1 && parts[1].hasPrefix("labs") ? 3 : 4)
    }
}
