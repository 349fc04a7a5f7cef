import Basics
import EngineClient
import TextTools

/// Shows the engine's stream of progress messages (pull, load): on a terminal a line per layer that is rewritten in place,
/// elsewhere plain lines.
struct ProgressDisplay {
    let context: CLIContext
    let descriptor: Int32
    let isTerminal: Bool
    /// Columns; decides whether there is room for a bar.
    let width: Int
    /// Collects what would be written instead of writing it, if it is there (`build -q`).
    var captured: [UInt8]?
    private var lines: [String: Int] = [:]
    private var partial: [UInt8] = []

    init(context: CLIContext, descriptor: Int32, isTerminal: Bool) {
        self.context = context
        self.descriptor = descriptor
        self.isTerminal = isTerminal
        width = context.terminalWidth ?? CLIContext.size(of: descriptor)?.columns ?? 200
    }

    /// Shows a whole stream.
    /// - Parameter onMessage: sees each message; what it returns false for is not shown, what it throws ends the display.
    /// - Throws: `CommandFailure` with the engine's own error, if the stream carries one.
    mutating func show(_ stream: ResponseStream, onMessage: (JSONValue) throws -> Bool = { _ in true }) throws {
        while let bytes = try stream.next() {
            partial += bytes
            try showWholeLines(onMessage)
        }
        if !partial.isEmpty {
            partial.append(10)
            try showWholeLines(onMessage)
        }
    }

    private mutating func showWholeLines(_ onMessage: (JSONValue) throws -> Bool) throws {
        while let end = partial.firstIndex(of: 10) {
            let line = partial[..<end]
            partial.removeSubrange(...end)
            guard line.contains(where: { $0 > 32 }) else { continue }
            guard let message = try? JSONValue(parsing: line) else {
                throw EngineClientError.malformed("the engine sent a progress message that is not JSON")
            }
            if try onMessage(message) { try show(message) }
        }
        guard partial.count < 1 << 20 else { throw EngineClientError.malformed("the engine sent a progress message without an end") }
    }

    mutating func show(_ message: JSONValue) throws {
        if message["aux"] != nil { return }
        let id = message["id"]?.stringValue ?? ""
        var distance = 0
        if !id.isEmpty, message["progressDetail"]?.objectValue != nil || message["progress"]?.stringValue?.isEmpty == false {
            if lines[id] == nil {
                lines[id] = lines.count
                if isTerminal { write("\n") }
            }
            distance = lines.count - (lines[id] ?? 0)
            if isTerminal { write("\u{1b}[\(distance)A") }
        } else {
            // Something else was written below: the places of the lines so far are lost.
            lines = [:]
        }
        try display(message, id)
        if !id.isEmpty, isTerminal, distance > 0 { write("\u{1b}[\(distance)B") }
    }

    private mutating func display(_ message: JSONValue, _ id: String) throws {
        if let failure = message["errorDetail"]?["message"]?.stringValue ?? message["error"]?.stringValue {
            throw CommandFailure(message["errorDetail"]?["code"]?.intValue == 401 ? "authentication is required" : failure)
        }
        let detail = message["progressDetail"]?.objectValue
        let bar = detail.map { Self.bar(JSONValue.object($0), width: width) } ?? ""
        let text = message["stream"]?.stringValue ?? ""
        var lineEnd = ""
        var out = ""
        if isTerminal, text.isEmpty, detail != nil {
            lineEnd = "\r"
            out = "\u{1b}[2K\r"
        } else if !bar.isEmpty {
            return
        }
        if !id.isEmpty { out += "\(id): " }
        if let from = message["from"]?.stringValue, !from.isEmpty { out += "(from \(from)) " }
        let status = message["status"]?.stringValue ?? ""
        if detail != nil, isTerminal {
            out += "\(status) \(bar)\(lineEnd)"
        } else if !text.isEmpty {
            out += text + lineEnd
        } else {
            out += status + lineEnd + "\n"
        }
        write(out)
    }

    /// `[=====>        ]  1.2MB/4MB`, the bar only where there is room.
    static func bar(_ detail: JSONValue, width: Int) -> String {
        let current = detail["current"]?.intValue ?? 0
        let total = detail["total"]?.intValue ?? 0
        let units = detail["units"]?.stringValue ?? ""
        guard current > 0 || total > 0 else { return "" }
        guard total > 0 else { return units.isEmpty ? rightAligned(humanSize(current, precision: 4), 8) : "\(current) \(units)" }
        let share = max(0, min(50, Int(Double(current) / Double(total) * 100) / 2))
        let bar = width > 110 ? "[\(String(repeating: "=", count: share))>\(String(repeating: " ", count: 50 - share))] " : ""
        if detail["hidecounts"]?.boolValue == true { return bar }
        if !units.isEmpty { return bar + (current > total ? "\(current) \(units)" : "\(current)/\(total) \(units)") }
        let amount = rightAligned(humanSize(current, precision: 4), 8)
        return bar + (current > total ? amount : "\(amount)/\(humanSize(total, precision: 4))")
    }

    private static func rightAligned(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private mutating func write(_ text: String) {
        if captured != nil { captured?.append(contentsOf: text.utf8) } else { context.write(Array(text.utf8), to: descriptor) }
    }
}
