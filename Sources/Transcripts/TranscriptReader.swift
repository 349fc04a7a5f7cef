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
        guard bytes.count <= fileLimit else {
            throw TranscriptProblem(0, "is longer than \(fileLimit >> 20) MiB", korean: "\(fileLimit >> 20) MiB보다 길다")
        }
        guard !bytes.isEmpty else { throw TranscriptProblem(0, "is empty", korean: "비어 있다") }
        var header: TranscriptHeader?
        var reader = TranscriptReader()
        var number = 0
        var start = 0
        while start < bytes.count {
            number += 1
            guard let end = bytes[start...].firstIndex(of: 10) else {
                if toleratesTornEnd, header != nil { break }
                throw TranscriptProblem(number, "has no end: the transcript is cut off there", korean: "끝이 없다. 기록이 여기서 잘렸다")
            }
            let json = try Self.parse(bytes[start..<end], number)
            start = end + 1
            if header == nil { header = try TranscriptHeader(json) } else { try reader.take(json, number) }
        }
        guard let header else { throw TranscriptProblem(0, "is empty", korean: "비어 있다") }
        return Transcript(header: header, events: reader.events)
    }

    private static func parse(_ bytes: ArraySlice<UInt8>, _ number: Int) throws(TranscriptProblem) -> JSONValue {
        guard bytes.count <= lineLimit else {
            throw TranscriptProblem(number, "is longer than \(lineLimit >> 20) MiB", korean: "\(lineLimit >> 20) MiB보다 길다")
        }
        if bytes.contains(0) { throw TranscriptProblem(number, "has a NUL: this is no text", korean: "NUL 문자가 있다. 글이 아니다") }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw TranscriptProblem(number, "is not UTF-8", korean: "UTF-8이 아니다") }
        do throws(JSONError) {
            return try JSONValue(parsing: bytes, limits: JSONLimits(maximumDepth: 4, maximumBytes: lineLimit))
        } catch { throw TranscriptProblem(number, "is no JSON: \(error.reason)", korean: "JSON이 아니다: \(error.reason)") }
    }

    private mutating func take(_ json: JSONValue, _ line: Int) throws(TranscriptProblem) {
        if json["drydock"] != nil { throw TranscriptProblem(line, "is a second beginning", korean: "첫 줄이 또 나온다") }
        let event = try TranscriptEvent(json, line: line)
        guard event.time >= events.last?.time ?? 0 else {
            throw TranscriptProblem(line, "is earlier than the line before it", korean: "바로 앞줄보다 시각이 이르다")
        }
        guard events.count < Self.eventLimit else {
            throw TranscriptProblem(
                line, "is one too many: there are over \(Self.eventLimit) lines", korean: "너무 길다. \(Self.eventLimit)줄까지 읽는다")
        }
        try checkOrder(of: event.kind, line)
        events.append(event)
    }

    /// Commands one after the other, what belongs to one within it, nothing after the end.
    private mutating func checkOrder(of kind: TranscriptEvent.Kind, _ line: Int) throws(TranscriptProblem) {
        if hasEnded, kind != .resume { throw TranscriptProblem(line, "comes after the end", korean: "끝난 뒤에 나온다") }
        switch kind {
        case .command(let number, _, _, _):
            if let running {
                throw TranscriptProblem(
                    line, "begins a command before command \(running) has ended", korean: "\(running)번 명령이 끝나기 전에 다른 명령이 시작된다")
            }
            guard commands < Self.commandLimit else {
                throw TranscriptProblem(
                    line, "is one too many: there are over \(Self.commandLimit) commands", korean: "명령이 너무 많다. \(Self.commandLimit)개까지 읽는다")
            }
            guard number == commands + 1 else {
                throw TranscriptProblem(
                    line, "is out of order: command \(number) follows \(commands)", korean: "순서가 틀렸다. \(commands)번 명령 다음이 \(number)번이다")
            }
            commands = number
            running = number
        case .input(let number, _, _), .output(let number, _, _), .exit(let number, _):
            guard number == running else {
                throw TranscriptProblem(
                    line, "is out of order: command \(number) is not running there", korean: "순서가 틀렸다. 여기서 실행 중인 명령은 \(number)번이 아니다")
            }
            if case .exit = kind { running = nil }
        case .step, .prediction, .lesson:
            if let running {
                throw TranscriptProblem(
                    line, "is out of order: command \(running) is still running there", korean: "순서가 틀렸다. \(running)번 명령이 아직 실행 중이다")
            }
            if case .lesson(.undo(let command)) = kind, command > commands {
                throw TranscriptProblem(line, "undoes command \(command), which nobody ran", korean: "실행한 적 없는 \(command)번 명령을 되돌린다")
            }
        case .size, .network: break
        case .resume:
            hasEnded = false
            running = nil
        case .end:
            if let running {
                throw TranscriptProblem(
                    line, "is out of order: command \(running) is still running there", korean: "순서가 틀렸다. \(running)번 명령이 아직 실행 중이다")
            }
            hasEnded = true
        }
    }
}
