import TextTools

/// What a command that failed was probably meant to be.
enum DocumentCorrection {
    /// - Parameter message: what it printed.
    /// - Returns: nil when nobody can tell.
    static func suggest(_ line: String, message: String) -> String? {
        var words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.first == "docker", words.count > 1 else { return nil }
        if !DockerWords.names.contains(words[1]), let meant = suggestion(for: words[1], among: DockerWords.names.sorted()) {
            words[1] = meant
            return words.joined(separator: " ")
        }
        // ubuntu:14:04 has a colon where a dot belongs.
        if message.contains("invalid reference format"), let place = words.firstIndex(where: { $0.count { $0 == ":" } == 2 }) {
            let parts = words[place].split(separator: ":")
            if parts.count == 3 {
                words[place] = "\(parts[0]):\(parts[1]).\(parts[2])"
                return words.joined(separator: " ")
            }
        }
        if words[1] == "build", message.contains("requires exactly 1 argument") { return line + " ." }
        // A flag that lost its dash: docker images -f dangling=true q.
        if let place = words.indices.dropFirst(2).first(where: { words[$0].count == 1 && words[$0].first?.isLetter == true }) {
            words[place] = "-" + words[place]
            return words.joined(separator: " ")
        }
        return nil
    }
}
