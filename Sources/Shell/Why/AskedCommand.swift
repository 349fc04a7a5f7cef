/// A command that was run, as `why` needs it.
struct AskedCommand {
    /// Carries the token from the shell to the command, and from there to the engine with each request.
    static let variable = "DRYDOCK_ASKED"
    static let header = "X-Drydock-Asked"

    /// As it was typed; nil when it wasn't typed in this shell.
    var line: String?
    /// What stands for it in the engine's notes.
    var token: String
    /// What it ended with; nil when that isn't known.
    var status: Int32?
    /// A Docker command by itself, rather than a line of bash's.
    var isDockers = true
    /// When, as RFC 3339 has it.
    var began = ""
}
