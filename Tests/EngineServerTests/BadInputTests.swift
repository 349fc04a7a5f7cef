import Basics
import DockerAPI
import Glibc
import Testing

@Suite("Bad input")
struct BadInputTests {
    @Test(
        "is refused with one sentence",
        arguments: [
            ("GET", "/containers/%zz/json", 400, "invalid URL escape"),
            ("GET", "/containers/%2/json", 400, "invalid URL escape"),
            ("GET", "/containers/a%00b/json", 400, "not valid UTF-8"),
            ("GET", "/containers/%ff/json", 400, "not valid UTF-8"),
            ("GET", "/containers/json?filters=x", 400, "the filters are not understood"),
            ("GET", "/containers/json?filters=[]", 400, "the filters must be a JSON object"),
            ("GET", "/containers/json?filters=%7B%22a%22%3A1%7D", 400, "must have a list"),
            ("GET", "/containers/json?limit=x", 400, "strconv.Atoi: parsing \\\"x\\\": invalid syntax"),
            ("GET", "/containers/json?limit=99999999999999999999", 400, "invalid syntax"),
            ("POST", "/containers/a/stop?t=soon", 400, "invalid syntax"),
            ("POST", "/containers/a/resize?h=1", 400, "the terminal's size"),
            ("POST", "/containers/a/resize?h=1&w=70000", 400, "the terminal's size"),
            ("POST", "/containers/a/rename", 400, "Neither old nor new names may be empty"),
            ("GET", "/containers/a/logs", 400, "Bad parameters: you must choose at least one stream"),
            ("GET", "/containers/a/logs?stdout=1&since=x", 400, "invalid syntax"),
            ("GET", "/containers/a/logs?stdout=1&since=99999999999999", 400, "invalid syntax"),
            ("GET", "/drydock/events", 400, "session=TOKEN"),
            ("POST", "/containers/missing/attach?stream=1", 404, "No such container: missing"),
        ])
    func refused(_ method: String, _ target: String, _ status: Int, _ sentence: String) throws {
        try withServer { server in
            let answer = try server.ask(method, target)
            #expect(answer.status == status)
            #expect(answer.body.contains(sentence))
        }
    }

    @Test(
        "bodies that are no JSON, or the wrong one",
        arguments: [
            (#"{"Image":"#, "the request's body is not understood"),
            ("", "the request's body is not understood"),
            (#"{"Image":5}"#, "Image"),
            (#"{"HostConfig":{"Memory":"lots"}}"#, "HostConfig.Memory"),
            (String(repeating: "[", count: 100_000), "the request's body is not understood"),
        ])
    func badBodies(_ body: String, _ sentence: String) throws {
        try withServer { server in
            let answer = try server.post("/containers/create", json: body)
            #expect(answer.status == 400)
            #expect(answer.body.contains(sentence))
            #expect(try server.ask("GET", "/_ping").status == 200)
        }
    }

    @Test("a body of another type")
    func contentType() throws {
        try withServer { server in
            let answer = try server.ask("POST", "/containers/create", headers: ["Content-Type: text/html"], body: "{}")
            #expect(answer.body.contains("Content-Type specified (text/html) must be 'application/json'"))
        }
    }

    @Test("a body that says it is too large is refused before it comes")
    func announcedSize() throws {
        try withServer { server in
            let client = try server.connect()
            try client.send("POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999\r\n\r\n{")
            #expect(Answer(try client.readToEnd()).status == 413)
        }
    }

    @Test("a body that turns out too large is refused, and the client gets to read it")
    func realSize() throws {
        try withServer { server in
            let client = try server.connect()
            try client.send("POST /containers/create HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            let piece = [UInt8](repeating: 32, count: 1 << 20)
            for _ in 0..<8 { try client.send(Array("100000\r\n".utf8) + piece + Array("\r\n".utf8)) }
            #expect(Answer(try client.readToEnd()).status == 413)
        }
    }

    @Test("what is no HTTP", arguments: ["\u{1}\u{2}garbage\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /_ping HTTP/1.1\r\n: x\r\n\r\n"])
    func noHTTP(_ text: String) throws {
        try withServer { server in
            let client = try server.connect()
            try client.send(text)
            #expect(Answer(try client.readToEnd()).status == 400)
            #expect(try server.ask("GET", "/_ping").status == 200)
        }
    }

    @Test("headers without end")
    func longHeaders() throws {
        try withServer { server in
            let client = try server.connect()
            try client.send("GET /_ping HTTP/1.1\r\n")
            let line = "X-Long: " + String(repeating: "a", count: 60_000) + "\r\n"
            for _ in 0..<40 { do { try client.send(line) } catch { break } }
            let status = Answer(try client.readToEnd()).status
            #expect(status == 431 || status == 400)
        }
    }

    @Test(
        "a client that goes away in the middle of a request harms nobody",
        arguments: [
            "GET /_pi", "POST /containers/create HTTP/1.1\r\nContent-Length: 100\r\n\r\n{",
            "POST /images/load HTTP/1.1\r\nContent-Length: 100\r\n\r\nxx",
        ])
    func halfRequests(_ text: String) throws {
        try withServer { server in
            for _ in 0..<20 {
                let client = try server.connect()
                try client.send(text)
                client.vanish()
            }
            #expect(try server.ask("GET", "/_ping").status == 200)
        }
    }
}
