import Basics
import Grading
import Lessons
import Narration
import Replay
import TextTools

/// `drydock replay FILE.md`: runs the commands of a document in a machine of its own, and says which of its claims hold.
struct ReplayCommand {
    let settings: Settings
    let environment: Environment

    private var isKorean: Bool { settings.language == .korean }

    func run(_ arguments: [String]) throws -> Int32 {
        guard arguments.count == 1, let file = arguments.first, !file.hasPrefix("-") else {
            complain(isKorean ? "사용법: drydock replay 문서.md" : "usage: drydock replay DOCUMENT.md")
            return 125
        }
        let bytes: [UInt8]
        do { bytes = try readFile(file, limit: DocumentCommands.limit + 1) } catch {
            throw DrydockError(.notFound, "cannot read \(printable(file))", errno: error)
        }
        guard bytes.count <= DocumentCommands.limit, let document = String(validating: bytes, as: UTF8.self) else {
            throw DrydockError(.invalid, "\(printable(file)) is no document of text, or is longer than a megabyte")
        }
        let host = try MachineHost(try MachineFolder.options(settings: settings, environment: environment), images: [])
        defer { host.end() }
        var (held, wrong) = (0, 0)
        for part in DocumentCommands.parse(document) {
            switch part {
            case .file(let name, let content, let line): try write(name, content, line, host)
            case .command(let command): if try judge(command, host, baseName(file)) { held += 1 } else { wrong += 1 }
            }
        }
        say(isKorean ? "맞는 것 \(held), 다른 것 \(wrong)" : "\(held) hold, \(wrong) do not")
        return wrong == 0 ? 0 : 1
    }

    /// Where the document's own commands have gone by now, so by the same shell.
    private func write(_ name: String, _ content: String, _ line: Int, _ host: MachineHost) throws {
        let mark = "END-OF-FILE-FROM-THE-DOCUMENT"
        _ = try host.run("cat > \(name) <<'\(mark)'\n\(content)\(mark)", keys: [], seconds: 10)
        say("\(line): \(isKorean ? "파일" : "file") \(name)")
    }

    /// - Returns: whether the command runs and prints what the document says.
    private func judge(_ command: DocumentCommand, _ host: MachineHost, _ file: String) throws -> Bool {
        let result = try host.run(command.text, keys: command.keys.map { Keys($0) }, seconds: 60)
        let printed = result.output + result.errors
        let missing = ClaimedOutput.missing(command.claimed, printed)
        // A document may show how something fails; then it shows the message.
        let fails = result.code != 0 && (command.claimed.isEmpty || !missing.isEmpty) && (command.keys.isEmpty || result.code >= 125)
        let holds = missing.isEmpty && !fails
        say("\(file):\(command.line): \(holds ? "✓" : "✗") \(printable(firstLine(command.text)))")
        if holds { return true }
        if fails { say("    \(isKorean ? "끝난 코드" : "ends with") \(result.code): \(printable(lastLine(printed)))") }
        for line in missing.prefix(5) { say("    \(isKorean ? "출력에 없음" : "not printed"): \(printable(line))") }
        if let correction = DocumentCorrection.suggest(command.text, message: printed) {
            say("    \(isKorean ? "이렇게 고쳐 보라" : "try"): \(printable(correction))")
        }
        return false
    }

    private func firstLine(_ text: String) -> String { text.split(separator: "\n").first.map(String.init) ?? "" }
    private func lastLine(_ text: String) -> String { text.split(separator: "\n").last.map(String.init) ?? "" }
}
