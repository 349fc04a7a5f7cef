import Basics
import Glibc
import Testing

@testable import Transcripts

@Suite struct TranscriptTests {
    static let header = #"{"drydock":"transcript","version":1,"started":"2026-11-24T19:00:00Z","lesson":"a","columns":80,"rows":24}"#

    private func read(_ lines: String...) throws(TranscriptProblem) -> Transcript {
        try TranscriptReader.read(Array((lines.joined(separator: "\n") + "\n").utf8))
    }

    /// Every kind of event survives being written and read.
    @Test func everyEventReadsBackAsItWas() throws {
        let kinds: [TranscriptEvent.Kind] = [
            .step("write"), .prediction(id: "where", choice: 1), .lesson(.hint(tier: 2)), .lesson(.show),
            .command(number: 1, line: "docker ps \"가\"", directory: "/root", isSolution: false),
            .input(number: 1, text: "exit", isRedacted: false), .input(number: 1, text: "", isRedacted: true),
            .size(columns: 100, rows: 30), .output(number: 1, stream: .out, text: "a\u{1b}[0m\u{0}\r\n"),
            .output(number: 1, stream: .err, text: "b"),
            .exit(number: 1, code: 130), .lesson(.skip(step: "write")),
            .command(number: 2, line: "x", directory: "/", isSolution: true), .exit(number: 2, code: 0), .lesson(.undo(command: 2)),
            .lesson(.reset), .network("172.18.0.0/16"), .end, .resume, .end,
        ]
        let header = TranscriptHeader(
            started: "2026-11-24T19:00:00Z", lesson: "a", lessonDigest: "00", language: "ko", columns: 90, rows: 30)
        let events = kinds.enumerated().map { TranscriptEvent(time: $0.offset * 7, $0.element) }
        let text = ([header.line] + events.map(\.line)).joined(separator: "\n") + "\n"
        #expect(try TranscriptReader.read(Array(text.utf8)) == Transcript(header: header, events: events))
    }

    @Test(
        "what is refused, and at which line",
        arguments: [
            (["x"], 1), ([#"{"drydock":"transcript","version":2}"#], 1), ([#"{"version":1}"#], 1), ([header, "{"], 2),
            ([header, #"{"event":"end"}"#], 2), ([header, #"{"t":0,"event":"dance"}"#], 2),
            ([header, #"{"t":0,"event":"command","n":2,"line":"x","directory":"/"}"#], 2),
            ([header, #"{"t":5,"event":"step","id":"a"}"#, #"{"t":4,"event":"step","id":"b"}"#], 3),
            ([header, #"{"t":0,"event":"exit","n":1,"code":0}"#], 2), ([header, #"{"t":0,"event":"end"}"#, #"{"t":0,"event":"end"}"#], 3),
            ([header, #"{"t":0,"event":"command","n":1,"line":"x","directory":"/"}"#, #"{"t":0,"event":"step","id":"a"}"#], 3),
            ([header, #"{"t":0,"event":"command","n":1,"line":"a\u0000","directory":"/"}"#], 2), ([header, header], 2),
            ([header, #"{"t":0,"event":"lesson","verb":"undo","n":1}"#], 2), ([header, #"{"t":-1,"event":"end"}"#], 2),
            ([header, #"{"t":0,"event":"exit","n":1,"code":1e300}"#], 2),
        ])
    func refused(_ lines: [String], _ line: Int) {
        let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
        let problem = #expect(throws: TranscriptProblem.self) { try TranscriptReader.read(bytes) }
        #expect(problem?.line == line, "\(problem?.description ?? "")")
        #expect(problem?.description.contains("\n") == false)
    }

    @Test func whatIsNoText() {
        for bytes in [[], [0x7f, 0x45], [0xff, 0xfe, 10], Array((Self.header + "\n").utf8) + [0xff, 10]] as [[UInt8]] {
            #expect(throws: TranscriptProblem.self) { try TranscriptReader.read(bytes) }
        }
        let long = Array(Self.header.utf8) + [10] + [UInt8](repeating: 32, count: (1 << 20) + 1) + [10]
        #expect(throws: TranscriptProblem(2, "is longer than 1 MiB", korean: "1 MiB보다 길다")) { try TranscriptReader.read(long) }
    }

    /// A file without its end is refused by whom it was sent to, and read by who goes on with it.
    @Test func aTornEndIsToleratedOnlyWhereThatIsWished() throws {
        let bytes = Array((Self.header + "\n" + #"{"t":0,"event":"st"#).utf8)
        #expect(throws: TranscriptProblem(2, "has no end: the transcript is cut off there", korean: "끝이 없다. 기록이 여기서 잘렸다")) {
            try TranscriptReader.read(bytes)
        }
        #expect(try TranscriptReader.read(bytes, toleratesTornEnd: true).events.isEmpty)
    }

    @Test func whatWasUndoneOrResetDoesNotCount() throws {
        let transcript = try read(
            Self.header, #"{"t":0,"event":"step","id":"a"}"#, #"{"t":0,"event":"command","n":1,"line":"one","directory":"/"}"#,
            #"{"t":0,"event":"exit","n":1,"code":0}"#, #"{"t":0,"event":"lesson","verb":"reset"}"#, #"{"t":0,"event":"step","id":"a"}"#,
            #"{"t":0,"event":"command","n":2,"line":"two","directory":"/"}"#, #"{"t":0,"event":"input","n":2,"text":"ls"}"#,
            #"{"t":0,"event":"output","n":2,"stream":"out","text":"x"}"#, #"{"t":0,"event":"output","n":2,"stream":"out","text":"y"}"#,
            #"{"t":0,"event":"exit","n":2,"code":3}"#, #"{"t":0,"event":"command","n":3,"line":"three","directory":"/"}"#,
            #"{"t":0,"event":"exit","n":3,"code":0}"#, #"{"t":0,"event":"lesson","verb":"undo","n":3}"#)
        #expect(transcript.runs.map(\.line) == ["one", "two", "three"])
        let run = try #require(transcript.effectiveRuns.first)
        #expect(transcript.effectiveRuns.count == 1)
        #expect(run.inputs == ["ls"] && run.output == "xy" && run.code == 3 && run.step == "a")
        #expect(!transcript.hasEnded)
    }

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func digests(_ text: String, _ digest: String) { #expect(ContentDigest.text(Array(text.utf8)) == digest) }
}
