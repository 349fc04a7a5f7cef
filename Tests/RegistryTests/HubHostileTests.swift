import Basics
import Foundation
import Hashing
import OCI
import Synchronization
import Testing

@testable import LabHub

@Suite("What the lab hub refuses")
struct HubHostileTests {
    private static let name = "me2u/app"

    private func token(_ hub: PushFixture) throws -> String { try hub.token("me2u", "repository:\(Self.name):pull,push") }

    @Test("A body without end ends at the limit, with one clear error and nothing left")
    func endless() throws {
        let hub = try PushFixture(uploads: Uploads.Limits(blobBytes: 1 << 20))
        let token = try token(hub)
        let begun = try hub.ask("POST", "/v2/\(Self.name)/blobs/uploads/", [token], [])
        let connection = try hub.connection()
        connection.send(connection.head("PATCH", begun.headers["location"] ?? "", [token, "Transfer-Encoding: chunked"]))
        let chunk = Array("10000\r\n".utf8) + [UInt8](repeating: 7, count: 0x10000) + Array("\r\n".utf8)
        for _ in 0..<20 { connection.send(chunk) }
        let refused = try connection.answer(to: "PATCH")
        #expect(refused.status == 413)
        #expect(refused.code == "DENIED")
        #expect(refused.headers["connection"] == "close")
        // It is not read for ever either.
        var count = 0
        while count < 4000, connection.send(chunk) { count += 1 }
        #expect(count < 4000)
        #expect(try hub.ask("GET", begun.headers["location"] ?? "", [token]).status == 404)
        #expect(hub.staged.isEmpty)
    }

    @Test("A body that says beforehand that it is too long is not read at all")
    func announced() throws {
        let hub = try PushFixture(uploads: Uploads.Limits(blobBytes: 1000))
        let token = try token(hub)
        let digest = Digest.sha256(of: "x".utf8)
        let connection = try hub.connection()
        let target = "/v2/\(Self.name)/blobs/uploads/?digest=\(digest)"
        connection.send(connection.head("POST", target, [token, "Content-Length: 99999999999999", "Expect: 100-continue"]))
        #expect(try connection.answer(to: "POST").status == 413)
        #expect(hub.staged.isEmpty)
        #expect(hub.routes.uploads.count == 0)
    }

    @Test("A body that ends early leaves no upload that nobody knows")
    func vanished() throws {
        let hub = try PushFixture()
        let token = try token(hub)
        let connection = try hub.connection()
        let target = "/v2/\(Self.name)/blobs/uploads/?digest=\(Digest.sha256(of: "x".utf8))"
        connection.send(connection.head("POST", target, [token, "Content-Length: 1000"]) + "half")
        for _ in 0..<200 where hub.staged.isEmpty { usleep(10_000) }
        #expect(hub.staged.count == 1)
        connection.close()
        for _ in 0..<200 where !hub.staged.isEmpty { usleep(10_000) }
        #expect(hub.staged.isEmpty)
        #expect(hub.routes.uploads.count == 0)
    }

    @Test("So many uploads are open and no more; those whose client has gone make room")
    func thousands() throws {
        let clock = Clock()
        let hub = try PushFixture(now: { clock.time.withLock { $0 } })
        let token = try token(hub)
        let connection = try hub.connection()
        var statuses: [Int: Int] = [:]
        for _ in 0..<2000 {
            statuses[try connection.ask("POST", "/v2/\(Self.name)/blobs/uploads/", [token], []).status, default: 0] += 1
        }
        #expect(statuses == [202: 64, 429: 1936])
        #expect(hub.staged.count == 64)
        clock.time.withLock { $0 += 15 * 60 }
        #expect(try connection.ask("POST", "/v2/\(Self.name)/blobs/uploads/", [token], []).status == 202)
        #expect(hub.staged.count == 1)
    }

    private final class Clock: Sendable {
        let time = Mutex<Int64>(0)
    }

    @Test("An upload belongs to its repository, and its id is not a path")
    func foreignUpload() throws {
        let hub = try PushFixture()
        let token = try token(hub)
        let other = try hub.token("you2", "repository:you2/app:pull,push")
        let id = try hub.ask("POST", "/v2/\(Self.name)/blobs/uploads/", [token], []).headers["docker-upload-uuid"] ?? ""
        for method in ["GET", "PATCH", "DELETE", "PUT"] {
            #expect(try hub.ask(method, "/v2/you2/app/blobs/uploads/\(id)", [other], []).code == "BLOB_UPLOAD_UNKNOWN")
            #expect(try hub.ask(method, "/v2/\(Self.name)/blobs/uploads/..%2f..%2fx", [token], []).code == "BLOB_UPLOAD_UNKNOWN")
        }
        #expect(try hub.ask("GET", "/v2/\(Self.name)/blobs/uploads/\(id)", [token]).status == 204)
    }

    @Test(
        "Names with dots, blanks or nothing are no names",
        arguments: ["..", "me2u/..", "me2u/../library/tiny", "me2u//app", "me2u/%2e%2e", "ME2U/a"])
    func names(_ name: String) throws {
        let hub = try PushFixture()
        let token = try hub.token("me2u", "repository:\(name):pull,push")
        #expect(try hub.ask("POST", "/v2/\(name)/blobs/uploads/", [token], []).status == 400)
        #expect(try hub.put([1], name, "1", token).status == 400)
        #expect(hub.staged.isEmpty)
    }

    @Test("A hub whose list is full says so and goes on serving")
    func full() throws {
        let hub = try PushFixture(storage: HubStorage.Limits(entries: 3, looseBlobs: 3))
        let token = try token(hub)
        let manifest = try hub.image(Self.name, token)
        #expect(try hub.put(manifest, Self.name, "1", token).status == 201)
        let full = try hub.put(manifest, Self.name, "2", token)
        #expect(full.status == 403)
        #expect(full.code == "DENIED")
        #expect(hub.storage.catalogue.repository(Self.name)?.tags.count == 1)
        for text in ["a", "b", "c"] { try hub.upload(Array(text.utf8), to: Self.name, token) }
        #expect(throws: DrydockError.self) { try hub.upload(Array("d".utf8), to: Self.name, token) }
        #expect(hub.staged.isEmpty)
        #expect(try hub.ask("GET", "/v2/\(Self.name)/manifests/1", [token]).body == manifest)
        #expect(try HubStorage(directory: hub.storage.directory).catalogue.imageNames.contains("me2u/app:1"))
        let image = try #require(hub.storage.catalogue.repository("tiny")?.tags["1"])
        #expect(throws: DrydockError.self) { try hub.storage.tag(image, repository: "more", tags: ["1"]) }
    }
}
