import Basics
import Lessons
import Narration
import TextTools

/// Tells a lesson's texts on the terminal: broken to its width, `code` in colour.
struct LessonTeller {
    let language: Language
    let width: Int
    let colour: Bool

    init(_ language: Language, _ appearance: Appearance) {
        self.language = language
        // Lines as long as a wide screen are hard to read.
        width = appearance.width > 0 ? min(appearance.width, 100) : 100
        colour = appearance.colour
    }

    func text(_ phrase: LessonPhrase) -> String { phrase.text(language) }

    func heading(_ text: String) -> String { colour ? "\u{1B}[1;36m\(text)\u{1B}[0m" : text }
    func good(_ text: String) -> String { colour ? "\u{1B}[1;32m\(text)\u{1B}[0m" : text }
    func bad(_ text: String) -> String { colour ? "\u{1B}[33m\(text)\u{1B}[0m" : text }
    private func dim(_ text: String) -> String { colour ? "\u{1B}[2m\(text)\u{1B}[0m" : text }

    /// A line of what can be done, which stands behind the text.
    func aside(_ text: String) -> String { wrap(text, width: width).map(dim).joined(separator: "\n") }

    /// What a sentence rests on, below it.
    func evidence(_ text: String) -> String { wrap(text, width: width, indent: "    ", hanging: "      ").map(dim).joined(separator: "\n") }

    /// A text of the lesson's.
    func prose(_ text: String) -> String {
        var lines: [String] = []
        for paragraph in Self.paragraphs(text) {
            if !lines.isEmpty, paragraph.startsAnew { lines.append("") }
            if paragraph.isVerbatim {
                lines.append(paragraph.text)
            } else {
                lines += wrap(paragraph.text, width: width, hanging: paragraph.hanging, columns: shownWidth)
            }
        }
        return highlighted(lines).joined(separator: "\n")
    }

    private struct Paragraph {
        var text: String
        var startsAnew: Bool
        var isVerbatim = false
        var hanging = ""
    }

    /// Lines that follow each other are one paragraph; items of a list and what is indented keep their lines.
    private static func paragraphs(_ text: String) -> [Paragraph] {
        var paragraphs: [Paragraph] = []
        var wasEmpty = true
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if line.allSatisfy({ $0 == " " }) {
                wasEmpty = true
            } else if line.hasPrefix("    ") {
                paragraphs.append(Paragraph(text: line, startsAnew: wasEmpty, isVerbatim: true))
                wasEmpty = false
            } else if line.hasPrefix("- ") {
                paragraphs.append(Paragraph(text: line, startsAnew: wasEmpty, hanging: "  "))
                wasEmpty = false
            } else if wasEmpty || paragraphs.last?.isVerbatim == true {
                paragraphs.append(Paragraph(text: line, startsAnew: wasEmpty))
                wasEmpty = false
            } else {
                paragraphs[paragraphs.count - 1].text += " " + line
            }
        }
        return paragraphs
    }

    /// Backticks take no room where a colour stands for them.
    private func shownWidth(_ text: String) -> Int { displayWidth(text) - (colour ? text.utf8.count { $0 == UInt8(ascii: "`") } : 0) }

    /// `code` in a colour of its own, also where it goes on in the next line; without colours the backticks stay.
    private func highlighted(_ lines: [String]) -> [String] {
        guard colour else { return lines }
        var isCode = false
        return lines.map { line in
            var result = isCode ? "\u{1B}[33m" : ""
            for character in line {
                if character == "`" {
                    isCode.toggle()
                    result += isCode ? "\u{1B}[33m" : "\u{1B}[39m"
                } else {
                    result.append(character)
                }
            }
            return isCode ? result + "\u{1B}[39m" : result
        }
    }

    /// A sentence with its mark.
    func item(_ mark: String, _ text: String) -> String {
        let hanging = String(repeating: " ", count: displayWidth(mark) + 1)
        return highlighted(wrap(text, width: width, indent: mark + " ", hanging: hanging, columns: shownWidth)).joined(separator: "\n")
    }
}
