/// Compares what a document says with what a command printed: ids, ages, sizes and made-up names are nobody's to foretell.
public enum ClaimedOutput {
    /// - Returns: the document's lines for which the output has none.
    public static func missing(_ claimed: [String], _ printed: String) -> [String] {
        let lines = Set(printed.split(separator: "\n").map { folded(String($0)) })
        // Lines of dots stand for what was left out.
        return claimed.filter { !$0.allSatisfy { ".… \t".contains($0) } && !lines.contains(folded($0)) }
    }

    /// With each run of blanks as one, and what differs from run to run as `<id>`, `<age>` or `<size>`.
    static func folded(_ line: String) -> String {
        var words = line.split { $0 == " " || $0 == "\t" }.map { word -> String in
            let plain = word.drop { "\"".contains($0) }
            let bare = plain.hasPrefix("sha256:") ? plain.dropFirst(7) : plain
            let digits = bare.prefix { $0.isHexDigit && !$0.isUppercase }
            if digits.count == 12 || digits.count == 64 { return "<id>" }
            if isSize(word) { return "<size>" }
            return String(word)
        }
        fold(&words, ages: ["second", "seconds", "minute", "minutes", "hour", "hours", "day", "days", "week", "weeks", "month", "months"])
        return words.joined(separator: " ")
    }

    private static func isSize(_ word: Substring) -> Bool {
        let unit = word.drop { $0.isNumber || $0 == "." }
        return word.first?.isNumber == true && ["B", "kB", "kb", "KB", "MB", "Mb", "GB", "Gb"].contains(String(unit))
    }

    /// `10 seconds ago`, `About a minute ago`, `Less than a second ago`.
    private static func fold(_ words: inout [String], ages: Set<String>) {
        guard let unit = words.firstIndex(where: ages.contains) else { return }
        var start = max(0, unit - 1)
        while start > 0, ["About", "Less", "than", "a", "an"].contains(words[start - 1]) { start -= 1 }
        let end = words.indices.contains(unit + 1) && words[unit + 1] == "ago" ? unit + 1 : unit
        words.replaceSubrange(start...end, with: ["<age>"])
    }
}
