import Basics
import DockerCLI
import Narration
import TextTools

/// `drydock context`: what `docker build` would send from a folder, and what .dockerignore leaves out. Needs no engine.
struct ContextCommand {
    let language: Language
    let environment: Environment

    /// - Returns: the exit code.
    func run(_ arguments: [String]) throws -> Int32 {
        switch ContextOptions(arguments) {
        case .list(let path, let dockerfile, let json):
            let listing = try ContextListing(path, dockerfile: dockerfile)
            if json { try writeJSON(listing) } else { writeText(listing) }
            return 0
        case .help:
            say(Phrase.contextUsage.text(language))
            return 0
        case nil:
            complain(Phrase.contextUsage.text(language))
            return 1
        }
    }

    private func writeText(_ listing: ContextListing) {
        let look = Appearance(descriptor: 1, environment: environment)
        var text = ContextText(language: language, style: Style(isTerminal: look.colour))
        var piece = printable(listing.path) + "\n"
        // A reader that has seen enough (`| head`) is no error.
        do {
            try listing.visit { entry in
                piece += text.line(for: entry) + "\n"
                guard piece.utf8.count > 32 << 10 else { return }
                try writeAll(1, piece)
                piece = ""
            }
            try writeAll(1, piece + text.summary(rules: listing.rules).joined(separator: "\n") + "\n")
        } catch { return }
    }

    private func writeJSON(_ listing: ContextListing) throws {
        var sent: [JSONValue] = []
        var leftOut: [JSONValue] = []
        var total = 0
        listing.visit { entry in
            var members: [(String, JSONValue)] = [("path", .string(entry.path)), ("kind", .string(entry.kind.rawValue))]
            if entry.kind == .file || entry.inside != nil { members.append(("size", .integer(Int64(entry.size)))) }
            if let problem = entry.problem { members.append(("problem", .string(problem))) }
            guard let rule = entry.leftOutBy else {
                total += entry.size
                return sent.append(.object(JSONObject(members)))
            }
            if let inside = entry.inside { members.append(("files", .integer(Int64(inside)))) }
            members += [("line", .integer(Int64(rule.line))), ("pattern", .string(rule.pattern))]
            leftOut.append(.object(JSONObject(members)))
        }
        let answer: JSONValue = [
            "context": .string(listing.path), "dockerfile": .string(listing.dockerfile), "size": .integer(Int64(total)),
            "sent": .array(sent), "leftOut": .array(leftOut),
        ]
        try writeAll(1, answer.text(indent: "  ") + "\n")
    }
}
