import Basics
import CDrydock
import EngineClient
import Foundation
import Glibc
import Testing

/// Streams to and from clients that are slow, gone, or break off.
@Suite(.serialized, .enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct SlowClientTests {
    @Test func attachShowsALogLongerThanAnySocketTakes() throws {
        try Dock.with { dock in
            dock.must("run", "--name", "talker", "ubuntu:14.04", "sh", "-c", "seq 1 200000")
            let stream = try dock.client().hijack(
                "/containers/talker/attach", query: [("logs", "1"), ("stdout", "1"), ("stream", "0")])
            var received = stream.buffered.count
            while true {
                var readable = pollfd(fd: stream.descriptor, events: Int16(POLLIN), revents: 0)
                try #require(poll(&readable, 1, 30_000) == 1)
                guard let bytes = try stream.read() else { continue }
                if bytes.isEmpty { break }
                received += bytes.count
            }
            // Each line has a frame's header of 8 bytes.
            #expect(received == (1...200_000).reduce(0) { $0 + "\($1)\n".utf8.count + 8 })
        }
    }

    @Test func anUploadThatBreaksOffMakesNoImage() throws {
        try Dock.with { dock in
            let archive = "\(dock.root)-archive"
            dock.must("pull", "ubuntu:14.04")
            dock.must("save", "-o", archive, "ubuntu:14.04")
            dock.must("rmi", "ubuntu:14.04")
            // A whole archive each, but the end of the body never comes.
            let bytes = Array(try Data(contentsOf: URL(filePath: archive)))
            for (verb, path) in [("load", "/images/load"), ("import", "/images/create?fromSrc=-&repo=broken&tag=1")] {
                #expect(try end(of: verb, dock, path, halfOf: bytes)["error"] != nil, "\(path)")
            }
            #expect(dock.must("images", "-aq").isEmpty)
            #expect(dock.ailments == "")
        }
    }

    /// Sends a request whose body breaks off, goes away, and waits for what the engine says at the end of the operation.
    private func end(of verb: String, _ dock: Dock, _ path: String, halfOf body: [UInt8]) throws -> JSONValue {
        let token = UUID().uuidString
        let watcher = try dock.client()
        var events = EventStream(try watcher.stream("GET", "/drydock/events", query: [("session", token)]))
        _ = try events.next()
        let fd = dd_unix_connect("\(dock.root)/run", "engine.sock")
        try #require(fd >= 0)
        let head = "POST \(path) HTTP/1.1\r\nHost: d\r\nX-Drydock-Session: \(token)\r\nTransfer-Encoding: chunked\r\n\r\n"
        try writeAll(fd, Array(head.utf8) + Array("\(String(body.count, radix: 16))\r\n".utf8) + body + Array("\r\n".utf8))
        // Gone before the operation begins, it would be no request at all.
        while let event = try events.next(), event["event"]?.stringValue != "begin" || event["id"]?.stringValue != verb {}
        close(fd)
        while let event = try events.next() {
            if event["event"]?.stringValue == "end", event["id"]?.stringValue == verb { return event }
        }
        return .null
    }

    @Test func publishedPortsAreFreeThoughAClientDoesNotRead() throws {
        try Dock.with { dock in
            dock.must("create", "--name", "loud", "-p", "18321:80", "ubuntu:14.04", "yes")
            let stream = try dock.client().hijack("/containers/loud/attach", query: [("stdout", "1"), ("stream", "1")])
            // Without it there will be no log, and waiting for it would not end.
            try #require(dock.drydock("start", "loud").code == 0)
            awaitStillness(of: dock.must("inspect", "--format", "{{.LogPath}}", "loud"))
            dock.must("kill", "loud")
            #expect(dock.must("wait", "loud") == "137")
            dock.must("run", "--rm", "-p", "18321:80", "ubuntu:14.04", "true")
            withExtendedLifetime(stream) {}
        }
    }

    /// Waits until a log grows no more: every buffer on the way to the client is full. That nothing comes is no event, so it is looked for.
    private func awaitStillness(of log: String) {
        var sizes: [Int64] = [-1, 0]
        while sizes.suffix(3).contains(where: { $0 != sizes.last || $0 <= 0 }) {
            usleep(50_000)
            var what = stat()
            sizes.append(stat(log, &what) == 0 ? Int64(what.st_size) : 0)
        }
    }
}
