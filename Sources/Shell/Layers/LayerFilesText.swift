import Basics
import Narration
import TextTools

/// `drydock layers --files`: what each layer of an image does to those below it, as an indented tree. One line of the engine's answer
/// is drawn without a look at the others, so an image of any size can be listed.
struct LayerFilesText {
    let language: Language
    let style: Style
    let unicode: Bool
    /// Something has been left out so far.
    private(set) var leavesOut = false
    private var isFirst = true

    init(language: Language, style: Style, unicode: Bool) {
        self.language = language
        self.style = style
        self.unicode = unicode
    }

    /// What one line of the answer becomes.
    mutating func lines(for json: JSONValue) -> [String] {
        if let layer = json["layer"] {
            defer { isFirst = false }
            return (isFirst ? [] : [""]) + head(of: layer)
        }
        guard let file = json["file"] else { return [] }
        if file["inside"] != nil { leavesOut = true }
        return [line(of: file)]
    }

    private func number(_ json: JSONValue?) -> Int { json?.intValue ?? 0 }
    private func text(_ json: JSONValue?) -> String { printable(json?.stringValue ?? "") }
    private var arrow: String { unicode ? "→" : "->" }

    private func head(of layer: JSONValue) -> [String] {
        let place = Phrase.filesLayer.text(language, "\(number(layer["number"]))", "\(number(layer["of"]))")
        let counts = [number(layer["added"]), number(layer["changed"]), number(layer["deleted"])]
        let told =
            counts == [0, 0, 0]
            ? Phrase.filesNothing.text(language)
            : Phrase.filesCounts.text(language, "\(counts[0])", "\(counts[1])", "\(counts[2])")
        let id = printable(LayerGraphAnswer.short(layer["chainId"]?.stringValue ?? ""))
        var lines = [style.bold("\(place)  \(id)  \(humanSize(number(layer["size"])))") + "  " + told]
        let maker = text(layer["createdBy"])
        if !maker.isEmpty { lines.append("  " + style.dim(truncated(maker, 120))) }
        return lines
    }

    private func line(of file: JSONValue) -> String {
        let mark = text(file["mark"])
        let now = file["now"]
        let kind = now?["kind"]?.stringValue ?? file["before"]?["kind"]?.stringValue ?? ""
        var size = now?["kind"]?.stringValue == "file" ? humanSize(number(now?["size"])) : ""
        if let inside = file["insideSize"] { size = humanSize(number(inside)) }
        let path = text(file["path"])
        var name = String(path.split(separator: "/").last ?? "/")
        if kind == "folder", name != "/" { name += "/" }
        if let target = file["target"]?.stringValue { name += " \(arrow) \(printable(target))" }
        // A hostile depth must not become a hostile amount of spaces.
        let indent = String(repeating: "  ", count: min(max(number(file["depth"]), 0), 400))
        let head = "\(mark.isEmpty ? " " : mark)  \(String(repeating: " ", count: max(0, 7 - displayWidth(size))))\(size)  "
        let notes = notes(on: file)
        return coloured(head + indent + name, mark) + (notes.isEmpty ? "" : "  " + style.dim("(" + notes.joined(separator: ", ") + ")"))
    }

    private func coloured(_ text: String, _ mark: String) -> String {
        switch mark {
        case "A": style.green(text)
        case "C": style.yellow(text)
        case "D": style.red(text)
        default: text
        }
    }

    private func notes(on file: JSONValue) -> [String] {
        var notes: [String] = []
        if let now = file["now"], let before = file["before"] {
            let kinds = (text(before["kind"]), text(now["kind"]))
            if kinds.0 != kinds.1 { notes.append(Phrase.filesWas.text(language, kindName(kinds.0))) }
            // The kernel gives symbolic links a mode that means nothing.
            if kinds.1 != "link", kinds.0 == kinds.1, text(before["mode"]) != text(now["mode"]) {
                notes.append("\(Phrase.filesMode.text(language)) \(text(before["mode"])) \(arrow) \(text(now["mode"]))")
            }
            if text(before["owner"]) != text(now["owner"]) {
                notes.append("\(Phrase.filesOwner.text(language)) \(text(before["owner"])) \(arrow) \(text(now["owner"]))")
            }
        }
        if file["opaque"]?.boolValue == true { notes.append(Phrase.filesOpaque.text(language)) }
        if let inside = file["inside"] { notes.append(Phrase.filesInside.text(language, "\(number(inside))")) }
        return notes
    }

    private func kindName(_ kind: String) -> String {
        switch kind {
        case "file": Phrase.filesKindFile.text(language)
        case "folder": Phrase.filesKindFolder.text(language)
        case "link": Phrase.filesKindLink.text(language)
        case "pipe": Phrase.filesKindPipe.text(language)
        case "socket": Phrase.filesKindSocket.text(language)
        default: Phrase.filesKindDevice.text(language)
        }
    }
}
