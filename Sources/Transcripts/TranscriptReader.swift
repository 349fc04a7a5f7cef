import Basics

/// Reads transcripts that may come from anybody: bounded in every direction, and refused with one sentence at the first wrong line.
public struct TranscriptReader {
    /// How long a line may be, a file, and how many commands there may be.
    public static let lineLimit = 1 << 20
    public static let fileLimit = 64 << 20
    public static let commandLimit = 20_000
    /// How many lines: keystrokes and output are many more than commands.
    public static let eventLimit = 500_000

    private var events: [TranscriptEvent] = []
    private var commands = 0
    /// The command that has not ended.
    private var running: Int?
    private var hasEnded = false

    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - toleratesTornEnd: leaves out a last line without its end, as a crash leaves it, instead of refusing the file.
    /// - Throws: `TranscriptProblem`.
    public static func read(_ bytes: [UInt8], toleratesTornEnd: Bool = false) throws(TranscriptProblem) -> Transcript {
        guard bytes.count <= fileLimit else { throw TranscriptProblem(0, "is longer than \(fileLimit >> 20) MiB") }
        guard !bytes.isEmpty else { throw TranscriptProblem(0, "is empty") }
        var header: TranscriptHeader?
        var reader = TranscriptReader()
        var number = 0
        var start = 0
        while start < bytes.count {
            number += 1
            guard let end = bytes[start...].firstIndex(of: 10) else {
                if toleratesTornEnd, header != nil { break }
                throw TranscriptProblem(number, "has no end: the transcript is cut off there")
            }
            let json = try Self.parse(bytes[start..<end], number)
            start = end + 1
            if header == nil { header = try TranscriptHeader(json) } else { try reader.take(json, number) }
        }
        guard let header else { throw TranscriptProblem(0, "is empty") }
        return Transcript(header: header, events: reader.events)
    }

    private static func parse(_ bytes: ArraySlice<UInt8>, _ number: Int) throws(TranscriptProblem) -> JSONValue {
        guard bytes.count <= lineLimit else { throw TranscriptProblem(number, "is longer than \(lineLimit >> 20) MiB") }
        if bytes.contains(0) { throw TranscriptProblem(number, "has a NUL: this is no text") }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw TranscriptProblem(number, "is not UTF-8") }
        do throws(JSONError) {
            return try JSONValue(parsing: bytes, limits: JSONLimits(maximumDepth: 4, maximumBytes: lineLimit))
        } catch { throw TranscriptProblem(number, "is no JSON: \(error.reason)") }
    }

    private mutating func take(_ json: JSONValue, _ line: Int) throws(TranscriptProblem) {
        if json["drydock"] != nil { throw TranscriptProblem(line, "is a second beginning") }
        let event = try TranscriptEvent(json, line: line)
        guard event.time >= events.last?.time ?? 0 else { throw TranscriptProblem(line, "is earlier than the line before it") }
        guard events.count < Self.eventLimit else {
            throw TranscriptProblem(line, "is one too many: there are over \(Self.eventLimit) lines")
        }
        try checkOrder(of: event.kind, line)
        events.append(event)
    }

    /// Commands one after the other, what belongs to one within it, nothing after the end.
    private mutating func checkOrder(of kind: TranscriptEvent.Kind, _ line: Int) throws(TranscriptProblem) {
        if hasEnded, kind != .resume { throw TranscriptProblem(line, "comes after the end") }
        switch kind {
        case .command(let number, _, _, _):
            if let running { throw TranscriptProblem(line, "begins a command before command \(running) has ended") }
            guard commands < Self.commandLimit else {
                throw TranscriptProblem(line, "is one too many: there are over \(Self.commandLimit) commands")
            }
            guard number == commands + 1 else { throw TranscriptProblem(line, "is out of order: command \(number) follows \(commands)") }
            commands = number
            running = number
        case .input(let number, _, _), .output(let number, _, _), .exit(let number, _):
            guard number == running else { throw TranscriptProblem(line, "is out of order: command \(number) is not running there") }
            if case .exit = kind { running = nil }
        case .step, .prediction, .lesson:
            if let running { throw TranscriptProblem(line, "is out of order: command \(running) is still running there") }
            if case .lesson(.undo(let command)) = kind, command > commands {
                throw TranscriptProblem(line, "undoes command \(command), which nobody ran")
            }
        case .size, .network: break
        case .resume:
            hasEnded = false
            running = nil
        case .end:
            if let running { throw TranscriptProblem(line, "is out of order: command \(running) is still running there") }
            hasEnded = true
        }
    }
}
