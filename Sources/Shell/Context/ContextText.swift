import DockerCLI
import Narration
import TextTools

/// A build's context as an indented tree, with a summary at its end.
struct ContextText {
    let language: Language
    let style: Style
    private var files = 0
    private var folders = 0
    private var size = 0
    private var leftOutFiles = 0
    private var leftOutSize = 0
    private var counts: [Int: Int] = [:]

    init(language: Language, style: Style) {
        self.language = language
        self.style = style
    }

    /// The line of one entry; it is counted by that.
    mutating func line(for entry: ContextListing.Entry) -> String {
        count(entry)
        let isSized = entry.kind == .file || entry.inside != nil
        let size = isSized ? humanSize(entry.size) : ""
        var name = printable(String(entry.path.split(separator: "/").last ?? "."))
        if entry.kind == .folder { name += "/" }
        // A hostile depth must not become a hostile amount of spaces.
        let indent = String(repeating: "  ", count: min(entry.depth, 400))
        let mark = entry.problem != nil ? "!" : entry.leftOutBy == nil ? " " : "-"
        let text = "\(mark)  \(String(repeating: " ", count: max(0, 7 - size.count)))\(size)  \(indent)\(name)"
        if let problem = entry.problem { return style.red("\(text)  \(problem)") }
        guard let rule = entry.leftOutBy else { return entry.kind == .folder ? style.bold(text) : text }
        let place = place(of: rule)
        var note = (entry.isLookedInto ? Phrase.contextKept : .contextLeftOut).text(language, place)
        if let inside = entry.inside { note += ", " + Phrase.contextInside.text(language, "\(inside)") }
        return style.dim("\(text)  (\(note))")
    }

    private mutating func count(_ entry: ContextListing.Entry) {
        guard entry.problem == nil else { return }
        if let rule = entry.leftOutBy {
            leftOutFiles += entry.inside ?? (entry.kind == .folder ? 0 : 1)
            leftOutSize += entry.size
            if !entry.isLookedInto { counts[rule.line, default: 0] += 1 }
        } else if entry.kind == .folder {
            folders += 1
        } else {
            files += 1
            size += entry.size
        }
    }

    private func place(of rule: ContextListing.Rule) -> String { ".dockerignore:\(rule.line) \(printable(rule.pattern))" }

    /// What stands below the tree.
    func summary(rules: [ContextListing.Rule]) -> [String] {
        var lines = ["", Phrase.contextTotal.text(language, "\(files)", "\(folders)", humanSize(size))]
        if leftOutFiles == 0, counts.isEmpty {
            lines.append(Phrase.contextNothing.text(language))
        } else {
            lines.append(Phrase.contextLeftOutTotal.text(language, "\(leftOutFiles)", humanSize(leftOutSize)))
        }
        let excluding = rules.filter { !$0.pattern.hasPrefix("!") }
        guard !excluding.isEmpty else { return lines }
        let width = excluding.map { displayWidth(place(of: $0)) }.max() ?? 0
        lines.append(Phrase.contextRules.text(language))
        for rule in excluding {
            let place = padded(place(of: rule), to: min(width, 60))
            let count = counts[rule.line] ?? 0
            lines.append(
                "  "
                    + (count == 0
                        ? style.yellow(Phrase.contextRuleUnused.text(language, place))
                        : Phrase.contextRule.text(language, place, "\(count)")))
        }
        return lines
    }
}
