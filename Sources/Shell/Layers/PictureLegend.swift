import Narration
import TextTools

/// What the signs in the picture of layers mean, in as many rows as they need.
struct PictureLegend {
    let language: Language

    static let rowHeight = 24

    fileprivate enum Sign {
        case box(String)
        case line
    }

    fileprivate struct Entry {
        let sign: Sign
        let text: String
        let width: Int
    }

    struct Row {
        fileprivate var entries: [Entry] = []
    }

    private var entries: [Entry] {
        let signs: [(Sign, Phrase)] = [
            (.box("own"), .pictureOwn), (.box("shared"), .pictureShared), (.box("box"), .pictureBox), (.line, .pictureLine),
        ]
        return signs.map { sign, phrase in
            let text = phrase.text(language)
            return Entry(sign: sign, text: text, width: displayWidth(text) * 7 + 56)
        }
    }

    /// - Parameter width: what a row may take.
    func rows(width: Int) -> [Row] {
        var rows = [Row()]
        var used = 0
        for entry in entries {
            if used + entry.width > width, used > 0 {
                rows.append(Row())
                used = 0
            }
            rows[rows.count - 1].entries.append(entry)
            used += entry.width
        }
        return rows
    }

    func draw(_ rows: [Row], x: Int, y: Int, _ page: inout SVGPage) {
        for (number, row) in rows.enumerated() {
            var place = x
            let top = y + number * Self.rowHeight - 12
            for entry in row.entries {
                switch entry.sign {
                case .box(let style): page.rectangle(x: place, y: top, width: 26, height: 16, radius: 4, style: style)
                case .line:
                    page.line(fromX: place + 13, y: top - 2, toX: place + 13, toY: top + 18, style: "spine")
                    page.dot(x: place + 13, y: top + 8, radius: 5, style: "bead")
                }
                page.text(entry.text, x: place + 34, y: top + 13, style: "dim")
                place += entry.width
            }
        }
    }
}
