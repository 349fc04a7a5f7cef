import Basics
import Testing

@testable import Transcripts

/// Against https://docs.asciinema.org/manual/asciicast/v3/ and v2: a header object, then events `[time, code, data]`.
@Suite struct AsciicastTests {
    private let transcript = Transcript(
        header: TranscriptHeader(started: "2026-11-24T19:00:00Z", lesson: "a", columns: 90, rows: 30),
        events: [
            TranscriptEvent(time: 0, .step("one")),
            TranscriptEvent(time: 86_400_000, .command(number: 1, line: "ls", directory: "/", isSolution: false)),
            TranscriptEvent(time: 86_400_250, .output(number: 1, stream: .out, text: "가\r\n")),
            TranscriptEvent(time: 86_400_300, .size(columns: 100, rows: 20)),
            TranscriptEvent(time: 86_400_400, .exit(number: 1, code: 0)), TranscriptEvent(time: 86_400_400, .end),
        ])

    private func lines(_ version: Asciicast.Version) throws -> [JSONValue] {
        let text = Asciicast(transcript).text(version)
        #expect(text.hasSuffix("\n"))
        return try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }

    @Test(arguments: Asciicast.Version.allCases)
    func everyLineIsWhatTheFormatSays(_ version: Asciicast.Version) throws {
        let lines = try lines(version)
        #expect(lines[0]["version"]?.intValue == version.rawValue)
        #expect(lines[0]["timestamp"]?.intValue == 1_795_546_800)
        let size = version == .three ? lines[0]["term"]?["cols"] : lines[0]["width"]
        #expect(size?.intValue == 90)
        for line in lines.dropFirst() {
            #expect(line.arrayValue?.count == 3)
            #expect(line[0]?.doubleValue ?? -1 >= 0)
            #expect(["o", "m", "r"].contains(line[1]?.stringValue))
        }
        #expect(lines.dropFirst().compactMap { $0[1] == "o" ? $0[2]?.stringValue : nil }.joined() == "drydock> ls\r\n가\r\ndrydock> \r\n")
        #expect(lines.contains { $0[1] == "m" && $0[2] == "one" })
        #expect(lines.contains { $0[1] == "r" && $0[2] == "100x20" })
    }

    /// v3 counts from the event before, v2 from the beginning; a day's pause is short in both.
    @Test func times() throws {
        let intervals = try lines(.three).dropFirst().compactMap { $0[0]?.doubleValue }
        let moments = try lines(.two).dropFirst().compactMap { $0[0]?.doubleValue }
        #expect(intervals.allSatisfy { $0 <= 2 })
        #expect(moments == moments.sorted())
        #expect(abs(intervals.reduce(0, +) - (moments.last ?? 0)) < 0.001)
    }
}
