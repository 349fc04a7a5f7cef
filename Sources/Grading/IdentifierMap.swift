import Basics

/// What a transcript calls by an id or a name that an engine made up, and what the replay's engine made up in its place.
///
/// Learned from output: the third id that a command printed then is the third that it prints now.
struct IdentifierMap {
    private var ids: [String: String] = [:]
    private var names: [String: String] = [:]

    /// Learns from a command's output in the transcript and in the replay.
    mutating func learn(recorded: String, replayed: String) {
        Self.pair(Self.ids(in: recorded), Self.ids(in: replayed), &ids)
        Self.pair(Self.names(in: recorded), Self.names(in: replayed), &names)
    }

    private static func pair(_ old: [String], _ new: [String], _ map: inout [String: String]) {
        guard old.count == new.count, map.count < 10_000 else { return }
        for (old, new) in zip(old, new) where old.utf8.count == new.utf8.count || !isHex(old.utf8) { map[old] = new }
    }

    /// The line with each of the transcript's ids and made-up names in the replay's words.
    func translate(_ line: String) -> String {
        guard !ids.isEmpty || !names.isEmpty else { return line }
        var places = ReferencePlaces()
        return line.split(separator: " ", omittingEmptySubsequences: false)
            .map { translate(token: $0, mayBeShort: places.mayBeShort($0)) }.joined(separator: " ")
    }

    private func translate(token: Substring, mayBeShort: Bool) -> String {
        var result = ""
        var word = ""
        for character in token + "\n" {
            if character.isASCII, character.isLetter || character.isNumber || character == "_" {
                word.append(character)
            } else {
                result += translated(word, mayBeShort) + String(character)
                word = ""
            }
        }
        return String(result.dropLast())
    }

    private func translated(_ word: String, _ mayBeShort: Bool) -> String {
        if let name = names[word] { return name }
        guard isHex(word.utf8), word.utf8.count >= (mayBeShort ? 2 : 12) else { return word }
        let found = Set(ids.filter { $0.key.hasPrefix(word) || word.hasPrefix($0.key) && $0.key.utf8.count >= 12 }.map(\.value))
        // Of one thing the short and the long id may both be known; of several none is meant.
        guard let longest = found.max(by: { $0.utf8.count < $1.utf8.count }), found.allSatisfy({ longest.hasPrefix($0) }) else {
            return word
        }
        return word.utf8.count > longest.utf8.count ? longest : String(longest.prefix(word.utf8.count))
    }

    private static func words(in text: String) -> [Substring] {
        text.prefix(1 << 20).split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")) }
    }

    /// Whole ids, long or short.
    private static func ids(in text: String) -> [String] {
        words(in: text).map(String.init).filter { ($0.utf8.count == 12 || $0.utf8.count == 64) && isHex($0.utf8) }
    }

    /// Names as Docker makes them up: two words, an underscore, perhaps a digit.
    private static func names(in text: String) -> [String] {
        words(in: text).map(String.init).filter { word in
            let parts = word.split(separator: "_", omittingEmptySubsequences: false)
            return parts.count == 2 && parts.allSatisfy { $0.count >= 3 } && parts[0].allSatisfy { $0.isLowercase }
                && parts[1].allSatisfy { $0.isLowercase || $0.isNumber }
        }
    }
}
