import Basics
import Glibc
import Testing

@Suite("Connections and streams")
struct StreamTests {
    @Test("one connection takes request after request")
    func keepAlive() throws {
        try withServer { server in
            let client = try server.connect()
            for _ in 0..<100 {
                try client.send("GET /containers/web/top HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try client.read(until: "]}\n").contains("200 OK"))
            }
        }
    }

    @Test("requests sent at once are answered in order")
    func pipelining() throws {
        try withServer { server in
            let client = try server.connect()
            let create = #"{"Image":"x"}"#
            try client.send(
                "POST /containers/create?name=a HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: \(create.utf8.count)\r\n\r\n"
                    + create + "GET /images/json HTTP/1.1\r\n\r\nGET /_ping HTTP/1.1\r\n\r\n"
                    + "GET /nope HTTP/1.1\r\n\r\nGET /drydock/ping HTTP/1.1\r\nConnection: close\r\n\r\n")
            let text = String(decoding: try client.readToEnd(), as: UTF8.self)
            let statuses = text.split(separator: "HTTP/1.1 ").map { Int($0.prefix(3)) ?? 0 }
            #expect(statuses == [201, 200, 200, 404, 200])
            #expect(text.hasSuffix("\"version\":\"0\"}\n"))
        }
    }

    @Test("the list of requests leaves out who only looks")
    func listOfRequests() throws {
        try withServer { server in
            let client = try server.connect()
            try client.send(
                "GET /v1.41/images/json?all=1 HTTP/1.1\r\n\r\nGET /containers/json HTTP/1.1\r\nX-Drydock-Looks: 1\r\n\r\n"
                    + "GET /drydock/requests HTTP/1.1\r\nConnection: close\r\n\r\n")
            let text = String(decoding: try client.readToEnd(), as: UTF8.self)
            #expect(text.contains("\"request\":\"GET /images/json?all=1\"") && !text.contains("GET /containers/json"))
        }
    }

    @Test("a client that ends its input behind its requests gets all answers")
    func halfClosedRequests() throws {
        try withServer { server in
            let client = try server.connect()
            try client.send("GET /drydock/ping HTTP/1.1\r\n\r\nGET /_ping HTTP/1.1\r\n\r\n")
            client.endInput()
            let text = String(decoding: try client.readToEnd(), as: UTF8.self)
            #expect(text.contains("\"root\"") && text.hasSuffix("OK"))
        }
    }

    @Test("HTTP/1.0 gets its answer without chunks, ended by the connection")
    func oldHTTP() throws {
        try withServer { server in
            let client = try server.connect()
            try client.send("POST /containers/web/wait HTTP/1.0\r\n\r\n")
            let answer = Answer(try client.readToEnd())
            #expect(answer.header("Transfer-Encoding") == nil)
            #expect(answer.body == "{\"Error\":null,\"StatusCode\":42}\n")
        }
    }

    @Test("wait sends its head when waiting has begun, its body at the end")
    func wait() throws {
        try withServer { server in
            let client = try server.connect()
            try client.send("POST /containers/forever/wait?condition=next-exit HTTP/1.1\r\n\r\n")
            #expect(try client.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200 OK"))
            server.openGate()
            #expect(try client.read(until: "0\r\n\r\n").contains("\"StatusCode\":42"))
        }
    }

    @Test(
        "calls that wait for a client end when it goes",
        arguments: [
            "POST /containers/forever/wait", "GET /containers/web/logs?stdout=1&follow=1", "GET /drydock/events?session=s",
        ])
    func disconnect(_ request: String) throws {
        try withServer { server in
            let client = try server.connect()
            try client.send(request + " HTTP/1.1\r\n\r\n")
            _ = try client.read(until: "\r\n\r\n")
            client.vanish()
            #expect(server.eventually { server.engine.calls.contains("client has gone") })
        }
    }

    @Test("each event is sent at once, and the stream ends with its session")
    func events() throws {
        try withServer { server in
            let client = try server.connect()
            try client.send("GET /drydock/events?session=s HTTP/1.1\r\n\r\n")
            #expect(try client.read(until: "subscribed\"}\n\r\n").contains("application/x-ndjson"))
            #expect(try server.post("/drydock/sessions/s", json: #"{"step":true,"breakpoints":["start.mount"]}"#).status == 204)
            #expect(try server.ask("DELETE", "/drydock/sessions/s").status == 204)
            #expect(try client.read(until: "0\r\n\r\n").contains("\"last\""))
            #expect(server.engine.calls == ["session s step=true [\"start.mount\"]"])
        }
    }

    @Test("a slow reader holds the engine back")
    func backPressure() throws {
        try withServer { server in
            let client = try server.connect()
            try client.send("GET /containers/flood/logs?stdout=1 HTTP/1.1\r\nConnection: close\r\n\r\n")
            _ = try client.read(until: "\r\n\r\n")
            usleep(300_000)
            #expect(!server.engine.calls.contains("flood is out"))
            let count = try client.readToEnd().filter { $0 == 120 }.count
            // What came with the head is missing here.
            #expect(count > FakeEngine.floodBytes - 65536)
            #expect(server.engine.calls.contains("flood is out"))
        }
    }

    @Test("a pull that fails before its first message has a status, later an error line")
    func pullErrors() throws {
        try withServer { server in
            let early = try server.ask("POST", "/images/create?fromImage=nobody/none&tag=latest")
            #expect(early.status == 404)
            #expect(early.body.contains("pull access denied"))
            let late = try server.ask("POST", "/images/create?fromImage=broken&tag=1")
            #expect(late.status == 200)
            let lines = late.body.split(separator: "\r\n")
            #expect(lines[1] == #"{"status":"Pulling fs layer","progressDetail":{},"id":"4f4fb700ef54"}"#)
            #expect(
                lines[2]
                    == #"{"errorDetail":{"message":"layer 4f4fb700ef54 is truncated"},"error":"layer 4f4fb700ef54 is truncated"}"#)
        }
    }

    @Test("load takes its archive as it comes")
    func load() throws {
        try withServer { server in
            let client = try server.connect()
            try client.send("POST /images/load HTTP/1.1\r\nContent-Length: \(6 << 20)\r\nExpect: 100-continue\r\n\r\n")
            #expect(try client.read(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            for _ in 0..<6 { try client.send([UInt8](repeating: 7, count: 1 << 20)) }
            #expect(try client.read(until: "0\r\n\r\n").contains("Loaded image: test:\(6 << 20)"))
            try client.send("GET /_ping HTTP/1.1\r\n\r\n")
            #expect(try client.read(until: "OK").contains("200 OK"))
        }
    }

    @Test("many waiting clients leave room for others")
    func crowd() throws {
        try withServer { server in
            let waiting = try (0..<200).map { _ in
                let client = try server.connect()
                try client.send("POST /containers/forever/wait HTTP/1.1\r\n\r\n")
                return client
            }
            for client in waiting { _ = try client.read(until: "\r\n\r\n") }
            #expect(try server.ask("GET", "/containers/json").status == 200)
            server.openGate()
            for client in waiting { #expect(try client.read(until: "0\r\n\r\n").contains("42")) }
        }
    }
}
