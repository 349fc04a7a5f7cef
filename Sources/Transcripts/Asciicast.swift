import Basics

/// A transcript as a recording that asciinema plays: https://docs.asciinema.org/manual/asciicast/v3/ and …/v2/.
public struct Asciicast {
    public enum Version: Int, Sendable, CaseIterable {
        case two = 2
        case three = 3
    }

    /// What a pause is shortened to, in milliseconds.
    public static let pause = 2000
    /// How long a key takes, when the recording types a command line that was recorded as a whole.
    private static let key = 30

    /// One thing on the screen, and how long after the one before.
    public struct Moment: Sendable, Hashable {
        public var wait: Int
        /// `o` output, `m` a marker, `r` a new size.
        public var code: Character
        public var text: String
    }

    private let transcript: Transcript
    private let prompt: String

    /// - Parameter prompt: what stands before each command line.
    public init(_ transcript: Transcript, prompt: String = "drydock> ") {
        self.transcript = transcript
        self.prompt = prompt
    }

    /// The whole file.
    /// - Parameter title: for the player's window.
    public func text(_ version: Version, title: String? = nil) -> String {
        var lines = [header(version, title)]
        var time = 0
        for moment in moments {
            time += moment.wait
            let seconds = Self.seconds(version == .three ? moment.wait : time)
            lines.append("[\(seconds), \(JSONValue.string(String(moment.code))), \(JSONValue.string(moment.text))]")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func header(_ version: Version, _ title: String?) -> String {
        let header = transcript.header
        var object: JSONObject = ["version": .integer(Int64(version.rawValue))]
        if version == .three {
            object["term"] = ["cols": .integer(Int64(header.columns)), "rows": .integer(Int64(header.rows)), "type": "xterm-256color"]
        } else {
            object["width"] = .integer(Int64(header.columns))
            object["height"] = .integer(Int64(header.rows))
        }
        if let started = Timestamp(rfc3339: header.started) { object["timestamp"] = .integer(started.seconds) }
        if let title = title ?? header.lesson { object["title"] = .string(title) }
        return "\(JSONValue.object(object))"
    }

    private static func seconds(_ milliseconds: Int) -> String {
        "\(milliseconds / 1000)." + String("\(1000 + milliseconds % 1000)".dropFirst())
    }

    /// Everything that is shown, with pauses shortened.
    public var moments: [Moment] {
        var moments = [Moment(wait: 0, code: "o", text: prompt)]
        var last = 0
        for event in transcript.events {
            let wait = min(Self.pause, event.time - last)
            last = event.time
            switch event.kind {
            case .command(_, let line, _, _): type(line, wait, &moments)
            case .output(_, _, let text): moments.append(Moment(wait: wait, code: "o", text: text))
            case .exit: moments.append(Moment(wait: wait, code: "o", text: prompt))
            case .step(let id): moments.append(Moment(wait: wait, code: "m", text: id))
            case .size(let columns, let rows): moments.append(Moment(wait: wait, code: "r", text: "\(columns)x\(rows)"))
            case .resume where moments.last?.text != prompt: moments.append(Moment(wait: wait, code: "o", text: "\r\n" + prompt))
            // What was typed is shown by its echo.
            case .input, .prediction, .lesson, .network, .resume, .end: break
            }
        }
        moments.append(Moment(wait: 500, code: "o", text: "\r\n"))
        return moments
    }

    private func type(_ line: String, _ wait: Int, _ moments: inout [Moment]) {
        let characters = Array(line)
        // A long line shall not take long.
        let key = characters.count > 80 ? 2400 / characters.count : Self.key
        for (place, character) in characters.enumerated() {
            moments.append(Moment(wait: place == 0 ? wait : key, code: "o", text: character == "\n" ? "\r\n> " : String(character)))
        }
        moments.append(Moment(wait: characters.isEmpty ? wait : 200, code: "o", text: "\r\n"))
    }
}
