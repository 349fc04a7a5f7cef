import CReadline
import Glibc

/// What came of asking for a line.
enum LineResult: Equatable {
    case line(String)
    /// Ctrl-C at the prompt.
    case interrupted
    case end
}

/// Asks for lines on a terminal.
protocol LineReader {
    func read(prompt: String) -> LineResult
}

/// Chooses the best way to ask that there is.
enum LineInput {
    /// - Parameters:
    ///   - terminal: the terminal's descriptor; 0 for the standard input and output.
    ///   - name: the application that `~/.inputrc` may have conditions on (`$if drydock`).
    static func open(terminal: Int32, name: String) -> any LineReader {
        switch Readline.shared {
        case .loaded(let library): ReadlineReader(library, terminal: terminal, name: name)
        case .missing: PlainReader(terminal: terminal)
        }
    }
}

/// libreadline, loaded once.
///
/// Unchecked: the library keeps global state; only the thread that asks the user uses it.
final class Readline: @unchecked Sendable {
    enum Loading: Sendable {
        case loaded(Readline)
        case missing(String)
    }

    static let shared: Loading = {
        var api = drydock_readline()
        if let problem = drydock_readline_load(&api) { return .missing(String(cString: problem)) }
        return .loaded(Readline(api))
    }()

    let api: drydock_readline
    /// Set by the key binding of Ctrl-C.
    fileprivate var wasInterrupted = false
    private var isPrepared = false
    /// What completes the word before the cursor: (line up to the word, word).
    var completer: ((_ before: String, _ word: String) -> Completion)?
    /// Stands in the next line to begin with, to be changed or run.
    var prefill: String?

    private init(_ api: drydock_readline) { self.api = api }

    /// Reads `~/.inputrc` for an application name and binds what is ours, once.
    func prepare(name: String) {
        guard !isPrepared else { return }
        isPrepared = true
        // The library keeps the pointer.
        api.name.pointee = UnsafePointer(strdup(name))
        // Without a locale that knows UTF-8, Korean input would be edited byte by byte.
        if setlocale(LC_ALL, "") == nil || String(cString: nl_langinfo(Int32(CODESET))) != "UTF-8" { setlocale(LC_CTYPE, "C.UTF-8") }
        _ = api.initialize()
        for map in [api.emacs_map, api.vi_insertion_map, api.vi_movement_map] {
            _ = api.bind_key_in_map(3, interruptLine, map)
        }
        api.attempted_completion_function.pointee = completeWord
        api.startup_hook.pointee = insertPrefill
        // As bash has it, without `=` and `:` which occur inside words here (`--name=web`, `ubuntu:14.04`).
        api.completer_word_break_characters.pointee = UnsafePointer(strdup(" \t\n\"'><;|&()`"))
    }
}

/// rl_startup_hook: called when a line begins.
private func insertPrefill() -> Int32 {
    guard case .loaded(let library) = Readline.shared, let text = library.prefill else { return 0 }
    library.prefill = nil
    _ = library.api.insert_text(text)
    return 0
}

/// Ctrl-C at the prompt: gives the line up.
private func interruptLine(_ count: Int32, _ key: Int32) -> Int32 {
    guard case .loaded(let library) = Readline.shared else { return 0 }
    library.wasInterrupted = true
    library.api.point.pointee = library.api.end.pointee
    _ = library.api.insert_text("^C")
    library.api.redisplay()
    _ = library.api.new_line()
    library.api.done.pointee = 1
    return 0
}

/// rl_attempted_completion_function: an array of C strings, the first of which is what all have in common.
private func completeWord(
    _ text: UnsafePointer<CChar>?, _ start: Int32, _ end: Int32
) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
    guard case .loaded(let library) = Readline.shared, let text, let completer = library.completer,
        let buffer = library.api.line_buffer.pointee
    else { return nil }
    let typed = UnsafeBufferPointer(start: buffer, count: Int(max(0, start)))
    let before = String(decoding: typed.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let word = String(cString: text)
    let completion = completer(before, word)
    // Without candidates of ours the library completes file names, where those make sense.
    library.api.attempted_completion_over.pointee = completion.allowsFiles ? 0 : 1
    library.api.completion_suppress_append.pointee = completion.continues ? 1 : 0
    guard !completion.candidates.isEmpty else { return nil }
    let common = commonPrefix(completion.candidates)
    let all = (completion.candidates.count == 1 ? completion.candidates : [common] + completion.candidates)
    guard let array = calloc(all.count + 1, MemoryLayout<UnsafeMutablePointer<CChar>?>.stride) else { return nil }
    let pointers = array.assumingMemoryBound(to: UnsafeMutablePointer<CChar>?.self)
    for (index, candidate) in all.enumerated() { pointers[index] = strdup(candidate) }
    return pointers
}

/// The longest beginning that all words share.
func commonPrefix(_ words: [String]) -> String {
    guard var prefix = words.first else { return "" }
    for word in words.dropFirst() {
        while !word.hasPrefix(prefix) { prefix.removeLast() }
    }
    return prefix
}

/// Asks through libreadline.
struct ReadlineReader: LineReader {
    private let library: Readline
    private let terminal: Int32
    private let input: UnsafeMutablePointer<FILE>?
    private let output: UnsafeMutablePointer<FILE>?

    init(_ library: Readline, terminal: Int32, name: String) {
        self.library = library
        self.terminal = terminal
        // The streams keep copies of the descriptors, which children do not get.
        input = fdopen(fcntl(terminal, F_DUPFD_CLOEXEC, 3), "r")
        output = fdopen(fcntl(terminal == 0 ? 1 : terminal, F_DUPFD_CLOEXEC, 3), "w")
        library.prepare(name: name)
    }

    func read(prompt: String) -> LineResult {
        library.api.input.pointee = input
        library.api.output.pointee = output
        library.wasInterrupted = false
        let line = Terminal.withoutSignals(terminal) { library.api.read_line(prompt) }
        if library.wasInterrupted {
            free(line)
            return .interrupted
        }
        guard let line else { return .end }
        defer { free(line) }
        return .line(String(cString: line))
    }
}

/// Asks with no more than the terminal itself offers.
struct PlainReader: LineReader {
    let terminal: Int32

    func read(prompt: String) -> LineResult {
        let output = terminal == 0 ? 1 : terminal
        _ = prompt.withCString { write(output, $0, strlen($0)) }
        // With signals off Ctrl-C is a character; it is made one that ends the line.
        return Terminal.withoutSignals(terminal, endOfLine: 3) { readLine(output) }
    }

    private func readLine(_ output: Int32) -> LineResult {
        var line: [UInt8] = []
        while line.count < 1 << 20 {
            var byte: UInt8 = 0
            let got = Glibc.read(terminal, &byte, 1)
            if got < 0, errno == EINTR { continue }
            guard got == 1 else { return line.isEmpty ? .end : .line(String(decoding: line, as: UTF8.self)) }
            if byte == 10 { break }
            if byte == 3 {
                _ = write(output, "\n", 1)
                return .interrupted
            }
            line.append(byte)
        }
        return .line(String(decoding: line, as: UTF8.self))
    }
}
