import Basics
import Glibc
import Testing

@Suite("Hijacked connections")
struct HijackTests {
    private let upgrade = "Connection: Upgrade\r\nUpgrade: tcp\r\n"

    private func attach(_ server: TestServer, _ reference: String, headers: String, then: String = "") throws -> Client {
        let client = try server.connect()
        try client.send("POST /v1.41/containers/\(reference)/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: x\r\n\(headers)\r\n\(then)")
        return client
    }

    @Test("an upgrade is answered with 101, word for word Docker's")
    func upgraded() throws {
        try withServer { server in
            let client = try attach(server, "echo", headers: upgrade)
            #expect(
                try client.read(until: "\r\n\r\n")
                    == "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n"
                    + "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
            try client.send("hello")
            #expect(try client.read(until: "hello") == "hello")
            client.endInput()
            #expect(String(decoding: try client.readToEnd(), as: UTF8.self) == "bye")
        }
    }

    @Test("without an upgrade the answer is 200, and the stream the same")
    func notUpgraded() throws {
        try withServer { server in
            let client = try attach(server, "echo", headers: "")
            #expect(
                try client.read(until: "\r\n\r\n")
                    == "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n")
            try client.send("hello")
            #expect(try client.read(until: "hello") == "hello")
        }
    }

    @Test("bytes and end of input sent right behind the request arrive")
    func early() throws {
        try withServer { server in
            for _ in 0..<50 {
                let client = try attach(server, "echo", headers: upgrade, then: "early bytes")
                client.endInput()
                #expect(String(decoding: try client.readToEnd(), as: UTF8.self).hasSuffix("\r\n\r\nearly bytesbye"))
            }
        }
    }

    @Test("megabytes go both ways at once")
    func bothWays() throws {
        try withServer { server in
            let client = try attach(server, "echo", headers: upgrade)
            _ = try client.read(until: "\r\n\r\n")
            onThread {
                for _ in 0..<16 { try? client.send([UInt8](repeating: 1, count: 1 << 20)) }
                client.endInput()
            }
            let bytes = try client.readToEnd()
            #expect(bytes.count == (16 << 20) + 3)
            #expect(bytes.suffix(3) == Array("bye".utf8)[...])
        }
    }

    @Test("a slow reader loses nothing")
    func flood() throws {
        try withServer { server in
            let client = try attach(server, "flood", headers: upgrade)
            client.endInput()
            _ = try client.read(until: "\r\n\r\n")
            usleep(200_000)
            let bytes = try client.readToEnd()
            #expect(bytes.suffix(3) == Array("bye".utf8)[...])
            #expect(bytes.count > FakeEngine.floodBytes - 65536)
        }
    }

    @Test("a client that vanishes is an end of input to the engine")
    func vanish() throws {
        try withServer { server in
            let client = try attach(server, "silent", headers: upgrade)
            _ = try client.read(until: "\r\n\r\n")
            try client.send("abc")
            client.vanish()
            #expect(server.eventually { server.engine.calls.contains("attach got 3") })
        }
    }

    @Test("a refused upgrade is an ordinary error, and the connection ends")
    func refused() throws {
        try withServer { server in
            let client = try attach(server, "missing", headers: upgrade)
            let answer = Answer(try client.readToEnd())
            #expect(answer.status == 404)
            #expect(answer.header("Connection") == "close")
        }
    }
}
