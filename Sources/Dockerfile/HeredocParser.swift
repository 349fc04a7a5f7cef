import Basics

/// What instructions do with the lines that belong to them.
///
/// Source: moby/buildkit 0.10, `frontend/dockerfile/instructions/parse.go`, `dockerfile2llb/convert.go` (`dispatchRun`, `dispatchCopy`).
extension Instruction {
    /// `RUN` with heredocs.
    func heredocCommand() throws(DrydockError) -> BuildCommand.CommandLine {
        guard let first = heredocs.first, heredocs.count == 1, Heredoc(word: arguments) != nil else {
            // Other words stand beside it: it is the shell's own heredoc, and the shell gets the lines back.
            let text = heredocs.reduce(arguments) { $0 + "\n\($1.lines)\($1.name)" }
            return BuildCommand.CommandLine(words: [text], isForShell: true)
        }
        guard first.content.hasPrefix("#!") else { return BuildCommand.CommandLine(words: [first.content], isForShell: true) }
        let file = BuildCommand.InlineFile(name: try Self.fileName(first), content: first.content, isExpanded: false)
        return BuildCommand.CommandLine(words: ["\(BuildCommand.CommandLine.scriptFolder)/\(file.name)"], isForShell: true, script: file)
    }

    /// The sources of `COPY` and `ADD`: paths, and files whose content stands here.
    func heredocSources(_ words: [String]) throws(DrydockError) -> ([String], [BuildCommand.InlineFile]) {
        if let last = words.last, Heredoc(word: last) != nil {
            throw DrydockError(.invalid, "\(keyword.uppercased()) cannot accept a heredoc as a destination")
        }
        var (paths, files): ([String], [BuildCommand.InlineFile]) = ([], [])
        for word in words.dropLast() {
            // Of several with one name the last one counts, as in BuildKit.
            guard let announced = Heredoc(word: word), let heredoc = heredocs.last(where: { $0.name == announced.name }) else {
                paths.append(word)
                continue
            }
            files.append(
                BuildCommand.InlineFile(name: try Self.fileName(heredoc), content: heredoc.content, isExpanded: heredoc.isExpanded))
        }
        return (paths, files)
    }

    private static func fileName(_ heredoc: Heredoc) throws(DrydockError) -> String {
        let name = heredoc.name
        guard !name.isEmpty, name != ".", name != "..", name.utf8.count <= 255, !name.utf8.contains(where: { $0 == 0x2f || $0 == 0 }) else {
            throw DrydockError(.invalid, "a heredoc's name is that of a file here, and \"\(name.prefix(64))\" can't be one")
        }
        return name
    }
}
