import Basics
import Foundation
import Hashing
import OCI
import Registry
import Testing

@testable import LabHub

@Suite("Pushing to the lab hub")
struct HubPushTests {
    private let hub: PushFixture
    private let token: String
    private let name = "me2u/app"
    private let blob = [UInt8]((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    private var digest: Digest { Digest.sha256(of: blob) }

    init() throws {
        hub = try PushFixture()
        token = try hub.token("me2u", "repository:me2u/app:pull,push,delete", "repository:me2u/other:pull,push,delete")
    }

    private func begin(_ query: String = "") throws -> RawAnswer { try hub.ask("POST", "/v2/\(name)/blobs/uploads/\(query)", [token], []) }

    @Test("A blob as Docker sends it: POST, one PATCH in chunks, PUT")
    func asDocker() throws {
        let begun = try begin()
        #expect(begun.status == 202)
        #expect(begun.headers["range"] == "0-0")
        let location = try #require(begun.headers["location"])
        #expect(location == "/v2/\(name)/blobs/uploads/\(begun.headers["docker-upload-uuid"] ?? "")")
        let connection = try hub.connection()
        connection.send(connection.head("PATCH", location, [token, "Transfer-Encoding: chunked"]))
        for start in stride(from: 0, to: blob.count, by: 30_000) {
            let piece = blob[start..<min(start + 30_000, blob.count)]
            connection.send(Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8))
        }
        connection.send("0\r\n\r\n")
        let patched = try connection.answer(to: "PATCH")
        #expect(patched.status == 202)
        #expect(patched.headers["range"] == "0-99999")
        let state = try connection.ask("GET", location, [token])
        #expect(state.status == 204)
        #expect(state.headers["range"] == "0-99999")
        let done = try connection.ask("PUT", "\(location)?digest=\(digest)", [token], [])
        #expect(done.status == 201)
        #expect(done.headers["location"] == "/v2/\(name)/blobs/\(digest)")
        #expect(done.headers["docker-content-digest"] == digest.description)
        #expect(try connection.ask("GET", location, [token]).code == "BLOB_UPLOAD_UNKNOWN")
        // It is there for its repository, though no manifest needs it yet.
        #expect(try connection.ask("GET", "/v2/\(name)/blobs/\(digest)", [token]).body == blob)
        #expect(try connection.ask("HEAD", "/v2/\(name)/blobs/\(digest)", [token]).headers["content-length"] == "100000")
        #expect(try connection.ask("HEAD", "/v2/me2u/other/blobs/\(digest)", [token]).status == 404)
        #expect(hub.staged.isEmpty)
    }

    @Test("A blob in pieces with ranges; a piece out of order is refused with where to go on")
    func pieces() throws {
        let location = try #require(try begin().headers["location"])
        let connection = try hub.connection()
        func patch(_ range: String, _ bytes: ArraySlice<UInt8>) throws -> RawAnswer {
            try connection.ask("PATCH", location, [token, "Content-Range: \(range)"], Array(bytes))
        }
        #expect(try patch("0-39999", blob[..<40_000]).headers["range"] == "0-39999")
        let refused = try hub.ask("PATCH", location, [token, "Content-Range: 50000-59999"], Array(blob[50_000..<60_000]))
        #expect(refused.status == 416)
        #expect(refused.code == "RANGE_INVALID")
        #expect(refused.headers["range"] == "0-39999")
        for range in ["40000-", "-1", "x-y", "40000-39999", "40000-40001", "bytes", "40000-99999999999999999999", "0-9,10-19"] {
            #expect(try hub.ask("PATCH", location, [token, "Content-Range: \(range)"], Array(blob[40_000..<40_010])).status == 416)
        }
        // Where the length is not said beforehand, it shows at the end.
        let short = try hub.connection()
        short.send(short.head("PATCH", location, [token, "Content-Range: 40000-40009", "Transfer-Encoding: chunked"]) + "0\r\n\r\n")
        let refusal = try short.answer(to: "PATCH")
        #expect(refusal.code == "SIZE_INVALID")
        #expect(refusal.headers["range"] == "0-39999")
        let last = try hub.ask("PUT", "\(location)?digest=\(digest)", [token, "Content-Range: 40000-99999"], Array(blob[40_000...]))
        #expect(last.status == 201)
        #expect(hub.isStored(digest))
    }

    @Test("After a lost connection a client goes on from what came")
    func resume() throws {
        let location = try #require(try begin().headers["location"])
        let connection = try hub.connection()
        connection.send(Array(connection.head("PATCH", location, [token, "Content-Length: 100000"]).utf8) + blob[..<60_000])
        // While one request writes, another one is not let in between.
        var size = ""
        for _ in 0..<200 where size != "0-59999" {
            size = try hub.ask("GET", location, [token]).headers["range"] ?? ""
            usleep(10_000)
        }
        #expect(size == "0-59999")
        #expect(try hub.ask("PATCH", location, [token], [1]).status == 409)
        connection.close()
        var next = RawAnswer()
        for _ in 0..<200 where next.status != 202 {
            next = try hub.ask("PATCH", location, [token, "Content-Range: 60000-99999"], Array(blob[60_000...]))
            usleep(10_000)
        }
        #expect(next.headers["range"] == "0-99999")
        #expect(try hub.ask("PUT", "\(location)?digest=\(digest)", [token], []).status == 201)
    }

    @Test("A whole blob in one request, waiting for a word before its body")
    func whole() throws {
        let connection = try hub.connection()
        let target = "/v2/\(name)/blobs/uploads/?digest=\(digest)"
        connection.send(connection.head("POST", target, [token, "Content-Length: \(blob.count)", "Expect: 100-continue"]))
        #expect(try connection.answer(to: "POST").status == 100)
        connection.send(blob)
        #expect(try connection.answer(to: "POST").status == 201)
        #expect(try connection.ask("GET", "/v2/", [token]).status == 200)
    }

    @Test("Content that does not have its digest is refused, and nothing stays")
    func wrongDigest() throws {
        let wrong = Digest.sha256(of: "other".utf8)
        let single = try hub.ask("POST", "/v2/\(name)/blobs/uploads/?digest=\(wrong)", [token], blob)
        #expect(single.status == 400)
        #expect(single.code == "DIGEST_INVALID")
        let location = try #require(try begin().headers["location"])
        for text in ["", "?digest=sha256:12", "?digest=md5:12", "?digest=sha512:\(String(repeating: "0", count: 128))"] {
            #expect(try hub.ask("PUT", location + text, [token], []).code == "DIGEST_INVALID")
        }
        #expect(try hub.ask("PUT", "\(location)?digest=\(wrong)", [token], blob).code == "DIGEST_INVALID")
        #expect(try hub.ask("PUT", "\(location)?digest=\(digest)", [token], blob).status == 404)
        #expect(!hub.isStored(wrong))
        #expect(hub.staged.isEmpty)
        #expect(hub.routes.uploads.count == 0)
    }

    @Test("A blob of another repository is mounted; one that is nowhere is uploaded")
    func mount() throws {
        let layer = try #require(hub.storage.catalogue.repository("tiny")?.blobs.values.first)
        for source in ["library/tiny", "tiny"] {
            let mounted = try begin("?mount=\(layer.digest)&from=\(source)")
            #expect(mounted.status == 201)
            #expect(mounted.headers["docker-content-digest"] == layer.digest.description)
        }
        #expect(try hub.ask("HEAD", "/v2/\(name)/blobs/\(layer.digest)", [token]).headers["content-length"] == String(layer.size))
        for query in [
            "?mount=\(digest)&from=tiny", "?mount=\(layer.digest)&from=no/such", "?mount=x&from=tiny", "?mount=\(layer.digest)&from=../x",
        ] {
            let begun = try begin(query)
            #expect(begun.status == 202)
            #expect(try hub.ask("DELETE", begun.headers["location"] ?? "", [token]).status == 204)
        }
        // Taken away here, it is still there.
        #expect(try hub.ask("DELETE", "/v2/\(name)/blobs/\(layer.digest)", [token]).status == 202)
        #expect(hub.isStored(layer.digest))
        #expect(hub.staged.isEmpty)
    }

    @Test("An image that was pushed is pulled elsewhere, is listed, and is there after a restart")
    func image() throws {
        let manifest = try hub.image(name, token)
        let digest = Digest.sha256(of: manifest)
        let put = try hub.put(manifest, name, "1", token)
        #expect(put.status == 201)
        #expect(put.headers["location"] == "/v2/\(name)/manifests/\(digest)")
        #expect(put.headers["docker-content-digest"] == digest.description)
        let client = RegistryClient(endpoint: RegistryEndpoint(scheme: "http", host: "127.0.0.1", port: hub.port))
        let pulled = try client.resolve(try Reference("me2u/app:1"))
        #expect(pulled.manifestDigest == digest)
        try client.fetchBlob(try Reference("me2u/app:1"), pulled.manifest.layers[0], to: { _ in })
        let list = try hub.token(nil, "registry:catalog:*", "repository:\(name):pull")
        #expect(try hub.ask("GET", "/v2/_catalog", [list]).json?["repositories"] == ["library/tiny", "me2u/app"])
        #expect(try hub.ask("GET", "/v2/\(name)/tags/list", [list]).json?["tags"] == ["1"])

        // A second image takes the tag; the first one stays by its digest.
        let second = try hub.image(name, token, text: "second")
        #expect(try hub.put(second, name, "1", token).status == 201)
        #expect(try hub.put(second, name, "\(Digest.sha256(of: second))", token).status == 201)
        #expect(try hub.ask("GET", "/v2/\(name)/manifests/\(digest)", [list]).body == manifest)
        #expect(try hub.ask("GET", "/v2/\(name)/manifests/1", [list]).body == second)
        let orphan = try hub.upload(Array("nobody needs it".utf8), to: name, token)
        let again = try HubStorage(directory: hub.storage.directory)
        let repository = try #require(again.catalogue.repository(name))
        #expect(repository.tags.keys.sorted() == ["1"])
        #expect(Set(repository.manifests.keys) == [digest, Digest.sha256(of: second)])
        #expect(!hub.isStored(orphan))
        #expect(again.catalogue.imageNames == ["me2u/app:1", "tiny:1", "tiny:latest"])
        for blob in Array(repository.blobs.values) + Array(repository.manifests.values) { #expect(again.holds(blob)) }
    }

    @Test("Manifests that are not what they should be are refused")
    func wrongManifests() throws {
        let manifest = try hub.image(name, token)
        func code(_ bytes: [UInt8], _ reference: String = "1", _ type: String = MediaType.ociManifest) throws -> String? {
            try hub.put(bytes, name, reference, token, type: type).code
        }
        #expect(try code(Array("{".utf8)) == "MANIFEST_INVALID")
        #expect(try code(Array("{\"schemaVersion\": 2}".utf8)) == "MANIFEST_INVALID")
        #expect(try code(manifest, "1", MediaType.dockerManifest) == "MANIFEST_INVALID")
        #expect(try code(manifest, "1", MediaType.ociIndex) == "MANIFEST_INVALID")
        #expect(try code(manifest, "1", "text/plain") == "MANIFEST_INVALID")
        #expect(try code(manifest, "\(digest)") == "DIGEST_INVALID")
        #expect(try code(manifest, ".x") == "TAG_INVALID")
        let config = try ImageManifest(parsing: manifest).config
        let lacking = PushFixture.manifest(config: (config.digest, Int(config.size)), layers: [(digest, 5)])
        #expect(try code(lacking) == "MANIFEST_BLOB_UNKNOWN")
        let lying = PushFixture.manifest(config: (config.digest, 5), layers: [])
        #expect(try code(lying) == "MANIFEST_INVALID")
        // A blob of another repository is none of this one.
        #expect(try hub.put(manifest, "me2u/other", "1", token).code == "MANIFEST_BLOB_UNKNOWN")
        let long = [UInt8](repeating: UInt8(ascii: " "), count: ImageLimits.manifestBytes + 1)
        #expect(try hub.put(long, name, "1", token).status == 413)
        #expect(hub.storage.catalogue.repository(name) == nil)
        #expect(hub.staged.isEmpty)
    }

    @Test("An index needs its manifests, with their types, and keeps them from being deleted")
    func index() throws {
        let manifest = try hub.image(name, token)
        let child = Descriptor(mediaType: MediaType.ociManifest, digest: Digest.sha256(of: manifest), size: Int64(manifest.count))
        let index = ImageIndex(manifests: [child]).bytes
        #expect(try hub.put(index, name, "multi", token, type: MediaType.ociIndex).code == "MANIFEST_BLOB_UNKNOWN")
        #expect(try hub.put(manifest, name, "\(child.digest)", token).status == 201)
        var lying = child
        lying.mediaType = MediaType.dockerManifest
        let liar = ImageIndex(manifests: [lying]).bytes
        #expect(try hub.put(liar, name, "multi", token, type: MediaType.ociIndex).code == "MANIFEST_INVALID")
        #expect(try hub.put(index, name, "multi", token, type: MediaType.ociIndex).status == 201)
        #expect(try hub.ask("DELETE", "/v2/\(name)/manifests/\(child.digest)", [token]).status == 405)
        #expect(try hub.ask("DELETE", "/v2/\(name)/manifests/\(Digest.sha256(of: index))", [token]).status == 202)
        #expect(try hub.ask("DELETE", "/v2/\(name)/manifests/\(child.digest)", [token]).status == 202)
        #expect(hub.storage.catalogue.repository(name) == nil)
    }

    @Test("Tags, manifests and blobs are deleted, each when nothing needs it")
    func delete() throws {
        let manifest = try hub.image(name, token)
        let digest = Digest.sha256(of: manifest)
        let layer = try ImageManifest(parsing: manifest).layers[0].digest
        for tag in ["1", "2"] { #expect(try hub.put(manifest, name, tag, token).status == 201) }
        func delete(_ what: String) throws -> RawAnswer { try hub.ask("DELETE", "/v2/\(name)/\(what)", [token]) }
        #expect(try delete("manifests/1").status == 202)
        #expect(try delete("manifests/1").code == "MANIFEST_UNKNOWN")
        #expect(hub.storage.catalogue.repository(name)?.tags.keys.sorted() == ["2"])
        #expect(try delete("blobs/\(layer)").status == 405)
        #expect(try delete("manifests/2").status == 202)
        #expect(try hub.ask("HEAD", "/v2/\(name)/manifests/\(digest)", [token]).status == 200)
        #expect(try delete("manifests/\(digest)").status == 202)
        #expect(try hub.ask("HEAD", "/v2/\(name)/manifests/\(digest)", [token]).status == 404)
        #expect(try delete("blobs/\(layer)").status == 202)
        #expect(!hub.isStored(layer))
        #expect(try delete("blobs/\(layer)").status == 404)
        #expect(try delete("blobs/x").code == "DIGEST_INVALID")
    }

    @Test("Many push at once, and the recipes are filled meanwhile: every image is there")
    func together() throws {
        let hub = hub
        DispatchQueue.concurrentPerform(iterations: 8) { turn in
            let failure = sentence {
                if turn == 0 {
                    var filler = try HubFiller(storage: hub.storage, platform: .host)
                    let text = HubFixture.recipe.replacing("hello", with: "good-bye")
                    _ = try filler.fill(try Recipe(parsing: Array(text.utf8), file: "x"), source: [1], progress: { _ in })
                }
                let name = "user\(turn)/app"
                let token = try hub.token("user\(turn)", "repository:\(name):pull,push")
                let manifest = try hub.image(name, token, text: "layer \(turn)")
                for tag in ["1", "2"] { #expect(try hub.put(manifest, name, tag, token).status == 201) }
            }
            #expect(failure == nil)
        }
        let again = try HubStorage(directory: hub.storage.directory).catalogue
        #expect(again.imageNames == ["tiny:1", "tiny:latest"] + (0..<8).flatMap { turn in ["1", "2"].map { "user\(turn)/app:\($0)" } })
        #expect(again.imageNames == hub.storage.catalogue.imageNames)
        #expect(hub.routes.users.names.count == 9)
    }

    @Test("What other tools wrote into the folder is not swept away while it is not understood")
    func strangers() throws {
        let orphan = try hub.upload(Array("orphan".utf8), to: name, token)
        let index = "\(hub.folder.path)/hub/index.json"
        let plain = try String(contentsOfFile: index, encoding: .utf8)
        let stranger = """
            {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "\(Digest.sha256(of: "?".utf8))", "size": 1},
            """
        try hub.folder.write("hub/index.json", plain.replacing("\"manifests\": [", with: "\"manifests\": [\(stranger)"))
        #expect(try HubStorage(directory: hub.storage.directory).catalogue.imageNames == ["tiny:1", "tiny:latest"])
        #expect(hub.isStored(orphan))
        try hub.folder.write("hub/index.json", plain)
        _ = try HubStorage(directory: hub.storage.directory)
        #expect(!hub.isStored(orphan))
    }
}
