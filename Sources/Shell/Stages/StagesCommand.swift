import Basics
import EngineClient
import Glibc
import Narration
import TextTools

/// `drydock stages`: how an image was built, as text or as a picture: what each step added, what went from stage to stage, what stayed.
struct StagesCommand {
    let access: EngineAccess
    let environment: Environment

    private var language: Language { access.settings.language }

    /// - Returns: the exit code.
    func run(_ arguments: [String]) throws -> Int32 {
        switch StagesOptions(arguments) {
        case .text(let image):
            let look = Appearance(descriptor: 1, environment: environment)
            let text = StagesText(
                language: language, style: Style(isTerminal: look.colour), unicode: look.unicode, width: look.width == 0 ? 100 : look.width)
            say(text.lines(of: BuildStoryAnswer(try fetch(image))).joined(separator: "\n"))
        case .json(let image): say(try fetch(image).text())
        case .picture(let file, let image): try draw(image, to: file)
        case .help: say(Phrase.stagesUsage.text(language))
        case nil:
            complain(Phrase.stagesUsage.text(language))
            return 1
        }
        return 0
    }

    private func fetch(_ image: String?) throws -> JSONValue {
        try access.withDrydock("stages") { try $0.request("GET", "/drydock/builds", query: image.map { [("image", $0)] } ?? []).json() }
    }

    private func draw(_ image: String?, to file: String) throws {
        if file != "-", FileReplacement.isFolder(file) {
            throw DrydockError(.invalid, Phrase.pictureIsFolder.text(language, printable(file), "--svg"))
        }
        let picture = Array(StagesPicture(BuildStoryAnswer(try fetch(image)), language: language).svg().utf8)
        guard file != "-" else { return try writeAll(1, picture) }
        try FileReplacement.write(picture, to: file)
        say(Phrase.pictureWritten.text(language, printable(file)))
    }
}
