extension Reference {
    /// What someone who wrote an invalid reference probably meant: `ubuntu:14:04` → `ubuntu:14.04`.
    ///
    /// Usual slips are mended one after the other until the text is a reference.
    /// - Returns: The reference in the user's own form, or nil when no slip explains the text.
    public static func suggestion(for text: String) -> String? {
        // Long texts are no slips of the hand.
        guard text.utf8.count <= 512, !isValid(text) else { return nil }
        var candidate = text
        for mend in [withoutSpace, withoutScheme, withForwardSlashes, withoutEmptyParts, withLowerCaseName, withOneColon] {
            candidate = mend(candidate)
            if candidate != text, isValid(candidate) { return candidate }
        }
        return nil
    }

    private static func isValid(_ text: String) -> Bool { (try? Reference(completing: text)) != nil }

    private static func withoutSpace(_ text: String) -> String { String(text.filter { !$0.isWhitespace }) }

    private static func withoutScheme(_ text: String) -> String {
        for scheme in ["https://", "http://", "docker://"] where text.hasPrefix(scheme) { return String(text.dropFirst(scheme.count)) }
        return text
    }

    private static func withForwardSlashes(_ text: String) -> String { String(text.map { $0 == "\\" ? "/" : $0 }) }

    /// `/ubuntu`, `ubuntu:`, `team//app` and `ubuntu::14.04`.
    private static func withoutEmptyParts(_ text: String) -> String {
        var result = ""
        for character in text where !(isMark(character) && (result.isEmpty || result.last == character)) { result.append(character) }
        while let last = result.last, isMark(last) { result.removeLast() }
        return result
    }

    private static func isMark(_ character: Character) -> Bool { character == "/" || character == ":" }

    private static func withLowerCaseName(_ text: String) -> String {
        let start = text.lastIndex(of: "/") ?? text.startIndex
        let end = text[start...].firstIndex { $0 == ":" || $0 == "@" } ?? text.endIndex
        return text[..<end].lowercased() + text[end...]
    }

    /// `ubuntu:14:04`: every colon of the tag but the first was meant as a dot.
    private static func withOneColon(_ text: String) -> String {
        let start = text.lastIndex(of: "/") ?? text.startIndex
        guard let colon = text[start...].firstIndex(of: ":") else { return text }
        let tag = text.index(after: colon)
        return text[..<tag] + String(text[tag...].map { $0 == ":" ? "." : $0 })
    }
}
