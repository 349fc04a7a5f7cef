/// Writes the few elements of SVG that drydock's pictures are made of.
///
/// No element runs anything or fetches anything, and every text is escaped here: names come from strangers.
struct SVGPage {
    private(set) var body = ""

    /// Where a text is held at its point.
    enum Anchor: String {
        case start, middle, end
    }

    mutating func rectangle(x: Int, y: Int, width: Int, height: Int, radius: Int = 0, style: String) {
        body += #"<rect x="\#(x)" y="\#(y)" width="\#(width)" height="\#(height)" rx="\#(radius)" class="\#(style)"/>"# + "\n"
    }

    mutating func line(fromX: Int, y: Int, toX: Int, toY: Int, style: String) {
        body += #"<line x1="\#(fromX)" y1="\#(y)" x2="\#(toX)" y2="\#(toY)" class="\#(style)"/>"# + "\n"
    }

    mutating func dot(x: Int, y: Int, radius: Int, style: String) {
        body += #"<circle cx="\#(x)" cy="\#(y)" r="\#(radius)" class="\#(style)"/>"# + "\n"
    }

    mutating func text(_ text: String, x: Int, y: Int, anchor: Anchor = .start, style: String) {
        let held = anchor == .start ? "" : #" text-anchor="\#(anchor.rawValue)""#
        body += #"<text x="\#(x)" y="\#(y)"\#(held) class="\#(style)">\#(Self.escaped(text))</text>"# + "\n"
    }

    /// What belongs together, with a text that a viewer shows where the pointer rests.
    mutating func group(_ title: String, _ content: (inout SVGPage) -> Void) {
        body += "<g><title>\(Self.escaped(title))</title>\n"
        content(&self)
        body += "</g>\n"
    }

    /// The whole file.
    /// - Parameter style: a style sheet of drydock's own; it is not escaped.
    func document(width: Int, height: Int, language: String, title: String, style: String) -> String {
        #"<svg xmlns="http://www.w3.org/2000/svg" width="\#(width)" height="\#(height)" viewBox="0 0 \#(width) \#(height)" "#
            + #"role="img" xml:lang="\#(language)">"# + "\n<title>\(Self.escaped(title))</title>\n<style>\n\(style)\n</style>\n"
            + body + "</svg>\n"
    }

    /// A text as XML may hold it: five characters as entities, control characters and what turns the direction of writing left out.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&apos;"
            case "\n", "\t": result += " "
            case _ where !isShown(scalar): break
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Marks, embeddings and isolates of the bidirectional algorithm: with them a name can pass for another.
        case 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069, 0x061C: return false
        // XML 1.0 has no place for these.
        case 0xFFFE...0xFFFF: return false
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return false
        default: return true
        }
    }
}
