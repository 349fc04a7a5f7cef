import LessonState

/// What a command printed on a terminal, as checks look at it.
enum CommandRunText {
    static func run(_ line: String, _ output: [UInt8], _ errors: [UInt8], _ code: Int32) -> CommandRun {
        CommandRun(line: line, output: TerminalText.plain(output), errors: TerminalText.plain(errors), code: code)
    }
}
