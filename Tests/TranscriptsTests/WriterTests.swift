import Basics
import Foundation
import Testing

@testable import Transcripts

@Suite struct WriterTests {
    private static let header = TranscriptHeader(started: "2026-11-24T19:00:00Z", lesson: "a")

    private func withPath(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "transcripts-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path + "/t.ndjson")
    }

    private func transcript(_ path: String) throws -> Transcript { try TranscriptReader.read(try readFile(path)) }

    @Test func whatIsWrittenCanBeRead() throws {
        try withPath { path in
            var now = 5000
            let writer = try TranscriptWriter(creating: path, Self.header) { now }
            try writer.write(.step("one"))
            now += 1234
            let number = try writer.begin("docker login -u me -p hunter2", directory: "/root")
            try writer.output(.out, "Login Succeeded\r\n")
            try writer.write(.exit(number: number, code: 0))
            try writer.end()
            let read = try transcript(path)
            #expect(read.hasEnded)
            #expect(read.events[1].time == 1234)
            #expect(read.runs.map(\.line) == ["docker login -u me -p REDACTED"])
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        }
    }

    /// A kill in the middle of a line, of a command, of anything: the recording goes on behind the last whole line.
    @Test func aRecordingGoesOnWhereverItBrokeOff() throws {
        try withPath { path in
            let writer = try TranscriptWriter(creating: path, Self.header)
            for line in ["one", "two"] {
                let number = try writer.begin(line, directory: "/")
                try writer.output(.out, "그림\r\n")
                try writer.write(.exit(number: number, code: 0))
            }
            writer.stop()
            let whole = try readFile(path)
            for length in stride(from: Self.header.line.utf8.count + 1, through: whole.count, by: 3) {
                try Data(whole[..<length]).write(to: URL(filePath: path))
                let (again, before) = try TranscriptWriter.resume(path)
                let number = try again.begin("three", directory: "/")
                #expect(number == before.runs.count + 1)
                try again.write(.exit(number: number, code: 0))
                try again.end()
                #expect(try transcript(path).runs.last?.line == "three")
            }
        }
    }

    @Test func oneWritesAtATime() throws {
        try withPath { path in
            let writer = try TranscriptWriter(creating: path, Self.header)
            #expect(throws: DrydockError.self) { _ = try TranscriptWriter.resume(path) }
            #expect(throws: DrydockError.self) { _ = try TranscriptWriter(creating: path, Self.header) }
            try writer.end()
            #expect(throws: DrydockError.self) { _ = try TranscriptWriter(creating: path, Self.header) }
            _ = try TranscriptWriter.resume(path)
        }
    }

    @Test func endlessOutputIsCut() throws {
        try withPath { path in
            let writer = try TranscriptWriter(creating: path, Self.header)
            let number = try writer.begin("yes", directory: "/")
            for _ in 0..<100 { try writer.output(.out, String(repeating: "\u{1}가", count: 10_000)) }
            try writer.write(.exit(number: number, code: 130))
            try writer.end()
            let run = try #require(try transcript(path).runs.first)
            #expect(run.output.utf8.count < 2 << 20)
            #expect(run.errors.contains("…"))
        }
    }

    @Test(arguments: [
        ("docker login -u me -p hunter2 reg", "docker login -u me -p REDACTED reg"), ("docker login -phunter2", "docker login -pREDACTED"),
        ("docker login --password hunter2", "docker login --password REDACTED"),
        ("docker login --password='a b c' x", "docker login --password='REDACTED' x"),
        ("echo hunter2 | docker login --password-stdin", "echo REDACTED | docker login --password-stdin"),
        ("docker run -p 80:80 nginx", "docker run -p 80:80 nginx"),
        ("docker run -e DB_PASSWORD=hunter2 -e A=b x", "docker run -e DB_PASSWORD=REDACTED -e A=b x"),
        ("docker run -e DB_PASSWORD=$PW x", "docker run -e DB_PASSWORD=$PW x"), ("mysql -uroot -phunter2 db", "mysql -uroot -pREDACTED db"),
        ("ls -p; echo mysql", "ls -p; echo mysql"),
        ("curl -H 'Authorization: Bearer abc.def' x", "curl -H 'Authorization: Bearer REDACTED' x"),
        ("git clone https://me:hunter2@host/x", "git clone https://me:REDACTED@host/x"),
        ("curl http://host:80/a@b", "curl http://host:80/a@b"),
        ("export TOKEN=ghp_abcdefghijklmnop1234", "export TOKEN=REDACTED"), ("echo ghp_abcdefghijklmnop1234", "echo REDACTED"),
        ("docker swarm join --token SWMTKN-1-abcdefghijklmnopqrstu x", "docker swarm join --token REDACTED x"),
        ("docker run -e MYSQL_ROOT_PASSWORD=lesson x", "docker run -e MYSQL_ROOT_PASSWORD=lesson x"),
        ("docker run -e MYSQL_PASSWORD_FILE=/run/x y", "docker run -e MYSQL_PASSWORD_FILE=/run/x y"), ("echo 가나 | cat", "echo 가나 | cat"),
    ])
    func linesWithoutSecrets(_ line: String, _ expected: String) {
        let redaction = Redaction(publicTexts: ["docker run -e MYSQL_ROOT_PASSWORD=lesson mysql"])
        #expect(redaction.line(line) == expected)
    }

    @Test(arguments: [
        (#"{"auths":{"a":{"auth": "bWU6aHVudGVyMg=="}}}"#, #"{"auths":{"a":{"auth": "REDACTED"}}}"#),
        ("> Authorization: Basic bWU6aHVudGVyMg==\r\n> Host: x", "> Authorization: Basic REDACTED\r\n> Host: x"),
        ("MYSQL_PASSWORD=hunter2\r\nHOME=/root\r\n", "MYSQL_PASSWORD=REDACTED\r\nHOME=/root\r\n"),
        ("Password: \r\nLogin Succeeded", "Password: \r\nLogin Succeeded"),
        (#""Env": ["API_TOKEN=a\"b", "PATH=/bin"]"#, #""Env": ["API_TOKEN=REDACTED", "PATH=/bin"]"#),
        ("a token is unexpected: tokens", "a token is unexpected: tokens"),
    ])
    func outputWithoutSecrets(_ text: String, _ expected: String) { #expect(Redaction().output(text) == expected) }
}
