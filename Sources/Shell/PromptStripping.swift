/// Takes the prompt off a line that was pasted together with it, as in books and notes: `# docker ps`, `$ cd /tmp`.
struct PromptStripper {
    /// Tells whether a word could start a command (a builtin, a program on the PATH, a Docker command).
    let isCommand: (String) -> Bool

    /// - Returns: the line without its prompt, and whether there was one. A true comment keeps its `#`.
    func strip(_ line: String) -> (line: String, hadPrompt: Bool) {
        let trimmed = line.drop { $0 == " " || $0 == "\t" }
        if trimmed.hasPrefix("drydock> ") { return (String(trimmed.dropFirst(9)), true) }
        if let rest = withoutLessonPrompt(trimmed) { return (rest, true) }
        // `$` followed by a space starts no command of bash's, so it can only be a prompt.
        if trimmed.hasPrefix("$ ") { return (String(trimmed.dropFirst(2)), true) }
        guard trimmed.hasPrefix("# ") else { return (line, false) }
        let rest = trimmed.dropFirst(2).drop { $0 == " " }
        let first = String(rest.prefix { !" \t;|&<>()".contains($0) })
        guard !first.isEmpty, first.contains("=") ? isAssignment(first) : isCommand(first) else { return (line, false) }
        return (String(rest), true)
    }

    /// Takes the continuation prompt off a further line, if the first one had a prompt as well: otherwise `> ` is a redirection.
    func stripContinuation(_ line: String, firstHadPrompt: Bool) -> String {
        firstHadPrompt && line.hasPrefix("> ") ? String(line.dropFirst(2)) : line
    }

    /// `2.3.1-commit 2/4> docker ps`
    private func withoutLessonPrompt(_ line: Substring) -> String? {
        let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count == 3, words[1].last == ">" else { return nil }
        let place = words[1].dropLast()
        let numbers = place.split(separator: "/", omittingEmptySubsequences: false)
        guard place == "✓" || numbers.count == 2 && numbers.allSatisfy({ Int($0) != nil }) else { return nil }
        return String(words[2])
    }

    private func isAssignment(_ word: String) -> Bool {
        let name = word.prefix { $0 != "=" }
        guard let first = name.unicodeScalars.first, first == "_" || first.properties.isAlphabetic else { return false }
        return name.unicodeScalars.allSatisfy { $0 == "_" || $0.properties.isAlphabetic || ("0"..."9").contains($0) }
    }
}
