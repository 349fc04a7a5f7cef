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
            let archive = try tarOfOneFile()
            for path in ["/images/load", "/images/create?fromSrc=-&repo=broken&tag=1"] {
                let fd = dd_unix_connect("\(dock.root)/run", "engine.sock")
                try #require(fd >= 0)
                let head = "POST \(path) HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n\(String(archive.count, radix: 16))\r\n"
                send(fd, Array(head.utf8) + archive + Array("\r\n".utf8))
                // Whole members, but the end of the body never comes.
                close(fd)
            }
            // Both requests are over when the engine has ended.
            dock.must("shutdown")
            #expect(dock.must("images", "-aq").isEmpty)
            #expect(dock.ailments == "")
        }
    }

    @Test func publishedPortsAreFreeThoughAClientDoesNotRead() throws {
        try Dock.with { dock in
            dock.must("create", "--name", "loud", "-p", "127.0.0.1:48321:80", "ubuntu:14.04", "sh", "-c", "seq 1 100000")
            let stream = try dock.client().hijack("/containers/loud/attach", query: [("stdout", "1"), ("stream", "1")])
            dock.must("start", "loud")
            dock.must("kill", "loud")
            #expect(dock.must("wait", "loud") == "137")
            dock.must("run", "--rm", "-p", "127.0.0.1:48321:80", "ubuntu:14.04", "true")
            withExtendedLifetime(stream) {}
        }
    }

    private func tarOfOneFile() throws -> [UInt8] {
        let folder = "/var/tmp/drydock-test-tar-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data("content".utf8).write(to: URL(filePath: folder + "/file"))
        try #require(Outcome("/bin/tar", ["-C", folder, "-cf", folder + "/archive", "file"]).code == 0)
        // Without the two zero blocks and the padding that end it: libarchive takes such a file for whole.
        return Array(try Data(contentsOf: URL(filePath: folder + "/archive")).prefix(1024))
    }

    private func send(_ fd: Int32, _ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { write(fd, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            sent += count
        }
    }
}
