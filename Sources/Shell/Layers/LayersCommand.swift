import Basics
import EngineClient
import Glibc
import Narration
import TextTools

/// `drydock layers`: the graph of layers as a tree of text or as a picture, or the files of an image's layers.
struct LayersCommand {
    let access: EngineAccess
    let environment: Environment

    private var language: Language { access.settings.language }

    /// - Returns: the exit code.
    func run(_ arguments: [String]) throws -> Int32 {
        switch LayersOptions(arguments) {
        case .tree(let images):
            let graph = try graph(of: images)
            let look = Appearance(descriptor: 1, environment: environment)
            let tree = LayerTreeText(language: language, style: Style(isTerminal: look.colour), unicode: look.unicode)
            say(tree.lines(of: graph).joined(separator: "\n"))
        case .picture(let file, let images): try draw(images, to: file)
        case .files(let image, let all): try list(image, all: all)
        case .help: say(Phrase.layersUsage.text(language))
        case nil:
            complain(Phrase.layersUsage.text(language))
            return 1
        }
        return 0
    }

    private func graph(of images: [String]) throws -> LayerGraphAnswer {
        try access.withDrydock("layers") {
            LayerGraphAnswer(try $0.request("GET", "/drydock/layers", query: images.map { ("image", $0) }).json())
        }
    }

    private func draw(_ images: [String], to file: String) throws {
        if file != "-", FileReplacement.isFolder(file) {
            throw DrydockError(.invalid, Phrase.pictureIsFolder.text(language, printable(file), "--svg"))
        }
        let picture = Array(LayerPicture(try graph(of: images), language: language).svg().utf8)
        guard file != "-" else { return try writeAll(1, picture) }
        try FileReplacement.write(picture, to: file)
        say(Phrase.pictureWritten.text(language, printable(file)))
    }

    private func list(_ image: String, all: Bool) throws {
        let look = Appearance(descriptor: 1, environment: environment)
        var text = LayerFilesText(language: language, style: Style(isTerminal: look.colour), unicode: look.unicode)
        try access.withDrydock("layers --files") { client in
            let path = "/drydock/images/\(percentEncoded(image, keepSlash: true))/files"
            var lines = EventStream(try client.stream("GET", path, query: all ? [("limit", "0")] : []))
            while let json = try lines.next() {
                let drawn = text.lines(for: json)
                // A reader that has seen enough (`| head`) is no error.
                do { try writeAll(1, drawn.map { $0 + "\n" }.joined()) } catch { return }
            }
        }
        if text.leavesOut { say("\n" + Phrase.filesLeftOut.text(language)) }
    }
}
