import Basics
import EngineClient
import Glibc

/// The language of what drydock itself adds; Docker's own output stays English.
public enum Language: String, Sendable {
    case english = "en"
    case korean = "ko"
}

/// What a command runs with: where it reads and writes, whom it asks, what time it is.
public struct CLIContext: Sendable {
    public var input: Int32
    public var output: Int32
    public var error: Int32
    public var inputIsTerminal: Bool
    public var outputIsTerminal: Bool
    public var errorIsTerminal: Bool
    public var language: Language = .english
    /// Columns for help texts and progress; nil asks the terminal.
    public var terminalWidth: Int?
    /// The clock.
    public var now: @Sendable () -> Timestamp = { Timestamp.now() }
    /// Gives the engine; called once, by commands that need one. The argument is `-H`'s value, nil without the flag.
    public var connect: @Sendable (_ host: String?) throws -> EngineClient
    /// Headers for each request of a command (drydock's session and command path), asked with the command's top verb (`run`).
    public var requestHeaders: (@Sendable (_ verb: String) -> [EngineClient.Header])?
    /// A descriptor with what was typed ahead of the command, for a container that gets the terminal; -1 for none.
    public var typedAhead: Int32 = -1
    /// True in a shell: Ctrl-C ends the command and not the process.
    public var catchesInterrupt = false
    /// True while operations are single-stepped or narrated: of several containers one is dealt with after the other.
    public var runsOneAtATime = false
    /// Has a command's output written between what others write to the same terminal; nil where nobody else does.
    public var takeTurn: (@Sendable (_ write: () -> Void) -> Void)?
    /// Called when a command has asked for everything that it will ask for, and waits for the end of it.
    public var allIsUnderWay: (@Sendable () -> Void)?
    /// Called once a container runs, right before the terminal turns raw and input is pumped to it; and after the terminal
    /// is as before. A shell stops writing of its own in between.
    public var willTakeTerminal: (@Sendable () -> Void)?
    public var didReturnTerminal: (@Sendable () -> Void)?

    /// - Parameters:
    ///   - connect: gives the engine when a command needs one.
    public init(
        input: Int32 = 0, output: Int32 = 1, error: Int32 = 2, connect: @escaping @Sendable (_ host: String?) throws -> EngineClient
    ) {
        self.input = input
        self.output = output
        self.error = error
        self.connect = connect
        inputIsTerminal = isatty(input) == 1
        outputIsTerminal = isatty(output) == 1
        errorIsTerminal = isatty(error) == 1
    }

    /// Writes to standard output; a reader that went away is no error of ours.
    func print(_ text: String, terminator: String = "\n") { write(Array((text + terminator).utf8), to: output) }

    /// Writes a line to standard error.
    func complain(_ text: String) { write(Array((text + "\n").utf8), to: error) }

    func write(_ bytes: [UInt8], to descriptor: Int32) {
        guard let takeTurn else {
            try? writeAll(descriptor, bytes)
            return
        }
        takeTurn { try? writeAll(descriptor, bytes) }
    }

    /// One line from standard input, without its end; nil at the end of the input.
    /// - Parameter interrupt: a descriptor that turns readable when the user wants out, or -1.
    /// - Throws: `EngineClientError.interrupted`
    func readLine(interrupt: Int32) throws -> String? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            var entries = [pollfd(fd: input, events: Int16(POLLIN), revents: 0), pollfd(fd: interrupt, events: Int16(POLLIN), revents: 0)]
            if poll(&entries, 2, -1) < 0, errno == EINTR { continue }
            if entries[1].revents != 0 { throw EngineClientError.interrupted }
            let got = read(input, &byte, 1)
            if got < 0, errno == EINTR { continue }
            guard got == 1 else { return line.isEmpty ? nil : String(decoding: line, as: UTF8.self) }
            if byte == 10 { return String(decoding: line, as: UTF8.self) }
            guard line.count < 65536 else { return nil }
            line.append(byte)
        }
    }

    /// Rows and columns of a terminal, nil if it is none.
    static func size(of descriptor: Int32) -> (rows: Int, columns: Int)? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 else { return nil }
        return (Int(size.ws_row), Int(size.ws_col))
    }
}
