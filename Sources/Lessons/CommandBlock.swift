/// Reads a ```drydock block: `$ command`, `> what is typed into it`, the output as it should look, `[1]` for an exit code.
enum CommandBlock {
    static func parse(_ lines: [String], file: String, line start: Int) throws(LessonProblem) -> [LessonCommand] {
        var commands: [LessonCommand] = []
        var rest = lines.enumerated().makeIterator()
        while let (offset, line) = rest.next() {
            let number = start + offset + 1
            if line.hasPrefix("$ ") {
                var text = String(line.dropFirst(2))
                if let mark = hereMark(in: text) {
                    repeat {
                        guard let (_, next) = rest.next() else { throw LessonProblem(file, number, "the line \(mark) is missing") }
                        text += "\n" + next
                        if next == mark { break }
                    } while true
                } else {
                    while text.hasSuffix("\\"), let (_, next) = rest.next() { text += "\n" + next }
                }
                commands.append(LessonCommand(text: text, line: number))
                continue
            }
            guard !commands.isEmpty else { throw LessonProblem(file, number, "a block begins with a command: $ docker …") }
            let last = commands.count - 1
            if line.hasPrefix("> ") {
                guard commands[last].expected.isEmpty else {
                    throw LessonProblem(file, number, "what is typed stands right below its command, before its output")
                }
                commands[last].keys.append(Keys(String(line.dropFirst(2))))
            } else if let code = exitCode(line) {
                commands[last].exitCode = code
            } else {
                commands[last].expected.append(ExpectedLine(line))
            }
        }
        guard !commands.isEmpty else { throw LessonProblem(file, start, "the block has no command") }
        return commands
    }

    /// The word that ends a here-document: `cat > Dockerfile <<'EOF'`.
    static func hereMark(in command: String) -> String? {
        guard let sign = command.range(of: "<<") else { return nil }
        let rest = command[sign.upperBound...].drop { $0 == "-" || $0 == " " }
        let word = rest.drop { $0 == "'" || $0 == "\"" }.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        return word.isEmpty ? nil : String(word)
    }

    private static func exitCode(_ line: String) -> Int? {
        guard line.hasPrefix("["), line.hasSuffix("]"), let code = Int(line.dropFirst().dropLast()), (0...255).contains(code) else {
            return nil
        }
        return code
    }
}

extension String {
    /// Where a text occurs first. (Foundation's is not to be had here.)
    fileprivate func range(of text: String) -> Range<String.Index>? {
        for start in indices where self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
        return nil
    }
}
