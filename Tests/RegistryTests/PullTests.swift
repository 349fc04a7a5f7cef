import Basics
import Foundation
import Hashing
import LabHub
import OCI
import Registry
import Testing

@Suite("Pulling from the lab hub")
struct PullTests {
    @Test("A pull is a ping, a token, an index, a manifest, a config and its layers, each verified")
    func wholePull() throws {
        let fixture = try HubFixture()
        let reference = try Reference("tiny:1")
        let authorization = try fixture.client.authorize(reference)
        #expect(authorization.scope == "repository:library/tiny:pull")
        #expect(authorization.realm == "\(fixture.endpoint)/token")
        #expect(authorization.lifetime == 300)

        let image = try fixture.client.resolve(reference)
        #expect(image.index?.manifests.first?.platform == Platform.host)
        #expect(image.target.mediaType == MediaType.ociIndex)
        #expect(image.manifest.layers.count == 2)

        let config = try ImageConfig(parsing: try fixture.client.fetchConfig(reference, image.manifest))
        #expect(config.run.cmd == ["sh"])
        #expect(config.run.labels.contains { $0.key == "org.drydock.note" && $0.value == "lab stand-in for tiny:1" })
        #expect(config.diffIDs.count == 2)
        for layer in image.manifest.layers {
            var bytes: [UInt8] = []
            var last: Int64 = 0
            try fixture.client.fetchBlob(reference, layer, to: { bytes.append(contentsOf: $0) }, progress: { last = $0 })
            #expect(layer.digest.matches(bytes))
            #expect(last == layer.size)
        }
        #expect(
            fixture.requests == [
                "GET /v2/ 401", "GET /token 200", "GET /v2/library/tiny/manifests/1 200",
                "GET /v2/library/tiny/manifests/\(image.manifestDigest) 200",
                "GET /v2/library/tiny/blobs/\(image.manifest.config.digest) 200",
                "GET /v2/library/tiny/blobs/\(image.manifest.layers[0].digest) 200",
                "GET /v2/library/tiny/blobs/\(image.manifest.layers[1].digest) 200",
            ]
        )
    }

    @Test("A digest finds the same image as the tag")
    func byDigest() throws {
        let fixture = try HubFixture()
        let tagged = try fixture.client.resolve(try Reference("tiny"))
        let named = try fixture.client.resolve(try Reference("tiny@\(tagged.target.digest)"))
        #expect(named.manifestDigest == tagged.manifestDigest)
        let direct = try fixture.client.resolve(try Reference("tiny@\(tagged.manifestDigest)"))
        #expect(direct.index == nil)
        #expect(direct.manifest == tagged.manifest)
    }

    @Test("A repository can be asked for without library/")
    func withoutLibrary() throws {
        let fixture = try HubFixture()
        let reference = try Reference("127.0.0.1:\(fixture.endpoint.port)/tiny:1")
        #expect(reference.path == "tiny")
        #expect(try fixture.client.resolve(reference).manifest.layers.count == 2)
    }

    @Test("Layers come in parallel, each reporting to an observer of its own")
    func parallel() throws {
        let fixture = try HubFixture()
        let reference = try Reference("tiny")
        let layers = try fixture.client.resolve(reference).manifest.layers
        let records = layers.map { _ in Exchanges() }
        DispatchQueue.concurrentPerform(iterations: 8) { turn in
            let layer = layers[turn % layers.count]
            let record = records[turn % layers.count]
            #expect(sentence { try fixture.client.observed { record.add($0) }.fetchBlob(reference, layer, to: { _ in }) } == nil)
        }
        for (record, layer) in zip(records, layers) {
            #expect(record.lines == Array(repeating: "GET /v2/library/tiny/blobs/\(layer.digest) 200", count: 4))
        }
    }

    @Test("What is not there is said in Docker's words")
    func unknown() throws {
        let fixture = try HubFixture()
        func pull(_ name: String, _ platform: Platform = .host) -> String? {
            sentence { _ = try fixture.client.resolve(try Reference(name), platform: platform) }
        }
        let denied = "pull access denied for nosuch, repository does not exist or may require 'docker login'"
        #expect(pull("nosuch") == "\(denied): denied: requested access to the resource is denied")
        #expect(pull("tiny:99") == "manifest for tiny:99 not found: manifest unknown: manifest unknown")
        let digest = Digest.sha256(of: "nothing".utf8)
        #expect(pull("tiny@\(digest)") == "manifest for tiny@\(digest) not found: manifest unknown: manifest unknown")
        #expect(
            pull("tiny", Platform(os: "linux", architecture: "s390x"))
                == "no matching manifest for linux/s390x in the manifest list entries"
        )
    }

    @Test("A registry that is not there is said as Go says it")
    func refused() throws {
        let fixture = try HubFixture()
        let reference = try Reference("tiny")
        fixture.hub.stop()
        let address = "127.0.0.1:\(fixture.endpoint.port)"
        #expect(
            sentence { _ = try fixture.client.resolve(reference) }
                == "Get \"http://\(address)/v2/\": dial tcp \(address): connect: connection refused"
        )
        #expect(fixture.requests == ["GET /v2/ 0"])
    }

    @Test("A sink or a progress closure that throws ends the transfer with its own error")
    func aborted() throws {
        struct Stop: Error {}
        let fixture = try HubFixture()
        let reference = try Reference("tiny")
        let layer = try fixture.client.resolve(reference).manifest.layers[0]
        #expect(throws: Stop.self) { try fixture.client.fetchBlob(reference, layer, to: { _ in throw Stop() }) }
        #expect(throws: Stop.self) { try fixture.client.fetchBlob(reference, layer, to: { _ in }, progress: { _ in throw Stop() }) }
        // The handle that was stopped midway is as good as new.
        #expect(sentence { try fixture.client.fetchBlob(reference, layer, to: { _ in }) } == nil)
    }
}
