import Basics
import Glibc

/// Questions to, and settings of, a terminal.
enum Terminal {
    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// Columns of the terminal at a descriptor; 80 when it does not say.
    static func width(_ descriptor: Int32) -> Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    static func size(_ descriptor: Int32) -> (columns: UInt16, rows: UInt16) {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
        return (size.ws_col, size.ws_row)
    }

    /// Every key as it is, every byte as it comes (cfmakeraw(3)): another terminal, behind this one, takes care of the rest.
    static func raw(from settings: termios) -> termios {
        var raw = settings
        raw.c_iflag &= ~tcflag_t(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON)
        raw.c_oflag &= ~tcflag_t(OPOST)
        raw.c_lflag &= ~tcflag_t(ECHO | ECHONL | ICANON | ISIG | IEXTEN)
        raw.c_cflag = raw.c_cflag & ~tcflag_t(CSIZE | PARENB) | tcflag_t(CS8)
        withUnsafeMutableBytes(of: &raw.c_cc) { keys in
            keys[Int(VMIN)] = 1
            keys[Int(VTIME)] = 0
        }
        return raw
    }

    static func settings(_ descriptor: Int32) -> termios? {
        var settings = termios()
        return tcgetattr(descriptor, &settings) == 0 ? settings : nil
    }

    static func apply(_ settings: termios, to descriptor: Int32) {
        var settings = settings
        tcsetattr(descriptor, TCSADRAIN, &settings)
    }

    /// True when output is passed on as it is: a bare line feed then does not return to the first column.
    static func isRaw(_ descriptor: Int32) -> Bool {
        guard let settings = settings(descriptor) else { return false }
        return settings.c_oflag & tcflag_t(OPOST) == 0
    }

    /// Runs `body` with Ctrl-C, Ctrl-\ and Ctrl-Z as ordinary keys, so that the line editor sees them and no signal is sent.
    /// The keys are taken away from the terminal; clearing ISIG would not do, since libreadline sets it again.
    static func withoutSignals<T>(_ descriptor: Int32, endOfLine: UInt8 = 0, _ body: () throws -> T) rethrows -> T {
        guard let before = settings(descriptor) else { return try body() }
        var quiet = before
        withUnsafeMutableBytes(of: &quiet.c_cc) { keys in
            // _POSIX_VDISABLE is 0 on Linux.
            for key in [VINTR, VQUIT, VSUSP] { keys[Int(key)] = 0 }
            if endOfLine != 0 { keys[Int(VEOL)] = endOfLine }
        }
        apply(quiet, to: descriptor)
        defer { apply(before, to: descriptor) }
        return try body()
    }

    /// What a terminal is left with when a command dies without tidying up: line editing, echo, signals, new lines.
    static func cooked(from settings: termios) -> termios {
        var cooked = settings
        cooked.c_iflag |= tcflag_t(ICRNL | BRKINT | IXON)
        cooked.c_oflag |= tcflag_t(OPOST | ONLCR)
        cooked.c_lflag |= tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
        return cooked
    }
}

/// What output may look like, from the environment: `NO_COLOR`, `TERM`, the locale.
struct Appearance: Sendable {
    var colour: Bool
    var unicode: Bool
    /// Lines may be drawn over.
    var live: Bool
    var width: Int

    init(descriptor: Int32, environment: Environment) {
        let isTerminal = Terminal.isTerminal(descriptor)
        let term = environment["TERM"] ?? ""
        let isDumb = term.isEmpty || term == "dumb"
        colour = isTerminal && !isDumb && (environment["NO_COLOR"] ?? "").isEmpty
        live = isTerminal && !isDumb
        width = isTerminal ? Terminal.width(descriptor) : 0
        let locale = environment.locale.lowercased()
        // A file is read by programs and editors, which all know UTF-8; an old terminal may not.
        unicode = !isTerminal || !isDumb && !(locale == "c" || locale == "posix") || locale.contains("utf")
    }
}

/// Writes a message to standard error, ignoring a reader that has gone.
func complain(_ text: String) {
    try? writeAll(2, text + "\n")
}

/// Writes to standard output, ignoring a reader that has gone.
func say(_ text: String) {
    try? writeAll(1, text + "\n")
}
