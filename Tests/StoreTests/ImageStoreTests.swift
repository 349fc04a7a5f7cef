import Basics
import Foundation
import Glibc
import Hashing
import OCI
import Testing

@testable import Store

@Suite("A blob") struct BlobWriterTests {
    let bytes = Array("hello".utf8)

    private func write(_ digest: Digest, _ size: Int64?) throws -> Fixture {
        let fixture = try Fixture()
        let lease = try fixture.store.lease(operation: "pull")
        defer { lease.end() }
        let writer = try lease.blobWriter(.layer, digest: digest, size: size)
        do {
            try writer.write(bytes[..<2])
            try writer.write(bytes[2...])
            #expect(!fixture.store.hasBlob(digest))
            try writer.commit()
        } catch {
            #expect(try Files.names(in: lease.staging) == [])
            #expect(try Files.names(in: fixture.root + "/images/blobs/sha256") == [])
            throw error
        }
        return fixture
    }

    @Test("appears under its digest when all is right") func good() throws {
        let digest = Digest.sha256(of: bytes)
        for size in [5, nil] as [Int64?] {
            let fixture = try write(digest, size)
            #expect(try fixture.store.readBlob(digest) == bytes)
        }
    }

    @Test("is refused when its content is another") func wrong() {
        let digest = Digest.sha256(of: [1])
        let error = #expect(throws: DrydockError.self) { try write(digest, 5) }
        #expect(
            error?.description == "filesystem layer verification failed for digest \(digest): its content is \(Digest.sha256(of: bytes))")
    }

    @Test("is refused when it is too long or too short") func size() {
        let digest = Digest.sha256(of: bytes)
        #expect(throws: DrydockError(.failed, "filesystem layer \(digest) is longer than the 4 bytes that were announced")) {
            try write(digest, 4)
        }
        #expect(throws: DrydockError(.failed, "filesystem layer \(digest) ends after 5 of 6 bytes")) { try write(digest, 6) }
    }

    @Test("that is dropped leaves nothing") func dropped() throws {
        let fixture = try Fixture()
        let lease = try fixture.store.lease(operation: "pull")
        do { try lease.blobWriter(.layer, digest: nil).write(bytes) }
        #expect(try Files.names(in: lease.staging) == [])
    }
}

@Suite("The image store", .enabled(if: geteuid() == 0, "layers need root")) struct ImageStoreTests {
    private func layer(_ text: String) -> [UInt8] {
        var tar = Tar()
        tar.add(text, data: text)
        return tar.finished
    }

    @Test("finds images by name, id and beginning of an id") func lookup() throws {
        let fixture = try Fixture()
        let image = try fixture.image([layer("a"), layer("b")], ["ubuntu:14.04", "ubuntu"])
        for text in [
            "ubuntu", "ubuntu:14.04", "docker.io/library/ubuntu:latest", image.id.hex, image.id.description, image.id.short,
            "sha256:\(image.id.short)",
        ] {
            #expect(try fixture.store.lookup(text).id == image.id, "\(text)")
        }
        #expect(image.repoTags == ["ubuntu:14.04", "ubuntu:latest"])
        #expect(image.size == 2)
        #expect(throws: DrydockError(.notFound, "No such image: nope:latest")) { try fixture.store.lookup("nope") }
        #expect(throws: DrydockError(.notFound, "No such image: sha256:\(String(repeating: "0", count: 64))")) {
            try fixture.store.lookup(String(repeating: "0", count: 64))
        }
        #expect(throws: DrydockError.self) { try fixture.store.lookup("a b") }
    }

    @Test("does not wait for the disk to give a name again, and still keeps when") func sameName() throws {
        let fixture = try Fixture()
        let (image, name) = (try fixture.image([layer("a")]), try Reference("ubuntu"))
        func index() throws -> [UInt8]? { try Files.read(fixture.root + "/images/index.json", limit: 1 << 20) }
        try fixture.store.tag(name, as: image.id)
        let (before, first) = (try index(), try #require(fixture.store.lookup("ubuntu").lastTagged))
        let tagging = try fixture.store.tag(name, as: image.id)
        let second = try #require(fixture.store.lookup("ubuntu").lastTagged)
        #expect(try tagging.previous == nil && index() == before && second > first)
        try fixture.store.saveTimes()
        #expect(try ImageStore(root: fixture.root).lookup("ubuntu").lastTagged == second)
    }

    @Test("keeps the last story of a build, and tells when it was kept again") func stories() throws {
        let fixture = try Fixture()
        let images = try ["x", "y"].map { try fixture.image([layer("a")], cmd: $0).id }
        try fixture.store.setStory([1], of: images[0], isFailed: false)
        let first = try #require(fixture.store.story(of: images[0]))
        try fixture.store.setStory([2], of: images[1], isFailed: false)
        // The clock of a file system is as fine as the kernel's tick.
        let other = try #require(fixture.store.story(of: images[1]))
        var again = first
        while again.time <= other.time {
            try fixture.store.setStory([1], of: images[0], isFailed: false)
            again = try #require(fixture.store.story(of: images[0]))
        }
        #expect(try again.bytes == [1] && #require(fixture.store.latestStory()).bytes == [1])
        try fixture.store.setStory([3], of: images[0], isFailed: false)
        #expect(fixture.store.story(of: images[0])?.bytes == [3])
    }

    @Test("says which ids an ambiguous beginning could mean") func ambiguous() throws {
        let fixture = try Fixture()
        let ids = try (0..<40).map { try fixture.image([layer("a")], cmd: "\($0)").id.hex }
        let groups = Dictionary(grouping: ids, by: \.first)
        let digit = try #require(groups.first { $0.value.count > 1 }?.key)
        let error = #expect(throws: DrydockError.self) { try fixture.store.lookup(String(digit)) }
        #expect(error?.sentence == "No such image: \(digit):latest")
        #expect(error?.advice?.hasPrefix("several ids begin with \(digit): ") == true)
    }

    @Test("is the same after opening it again") func reopen() throws {
        let fixture = try Fixture()
        let image = try fixture.image([layer("a"), layer("b")], ["x:1", "localhost:5000/y"])
        _ = try fixture.image([layer("a")])
        let again = try ImageStore(root: fixture.root)
        #expect(again.images() == fixture.store.images())
        #expect(again.image(image.id)?.lastTagged != nil)
        #expect(try again.findings(keep: []) == [])
        #expect(content(fixture.root + "/images/oci-layout") == #"{"imageLayoutVersion":"1.0.0"}"#)
    }

    @Test("moves names, and keeps an image that lost its last one") func names() throws {
        let fixture = try Fixture()
        let (one, two) = (try fixture.image([layer("a")], ["x:1"]), try fixture.image([layer("b")], ["y:1"]))
        let tagging = try fixture.store.tag(Reference("x:1"), as: two.id)
        #expect(tagging.previous == one.id)
        #expect(fixture.store.image(one.id)?.references == [])
        #expect(try fixture.store.untag(Reference("y:1")) == two.id)
        #expect(fixture.store.image(two.id)?.repoTags == ["x:1"])
        let digest = try Reference("x").with(digest: one.manifest.digest)
        #expect(throws: DrydockError(.invalid, "refusing to create a tag with a digest reference")) {
            try fixture.store.tag(digest, as: two.id)
        }
        #expect(throws: DrydockError(.notFound, "No such image: y:1")) { try fixture.store.untag(Reference("y:1")) }
        #expect(try ImageStore(root: fixture.root).images() == fixture.store.images())
    }

    @Test("removes with an image what nobody else needs") func remove() throws {
        let fixture = try Fixture()
        let one = try fixture.image([layer("a"), layer("b")], ["one"])
        let two = try fixture.image([layer("a"), layer("c")], ["two"])
        let link = try fixture.store.shortLink(of: one.chain[1])
        let removal = try fixture.store.remove(one.id, keep: [])
        #expect(removal.layers == [one.chain[1]])
        #expect(status(fixture.store.layersFolder + "/" + link) == nil)
        #expect(try fixture.store.findings(keep: []) == [])
        // A container keeps its topmost layer, and with it those below.
        #expect(try fixture.store.remove(two.id, keep: [two.chain[1]]).layers == [])
        #expect(try fixture.store.findings(keep: [two.chain[1]]) == [])
        #expect(try fixture.store.findings(keep: []).count == 2)
        #expect(try fixture.store.collectGarbage(keep: []).count == 2)
        try fixture.expectClean()
        #expect(throws: DrydockError.self) { try fixture.store.remove(two.id, keep: []) }
    }

    @Test("keeps what a running operation has claimed") func leases() throws {
        let fixture = try Fixture()
        let image = try fixture.image([layer("a")])
        let lease = try fixture.store.lease(operation: "pull")
        #expect(lease.claim(layer: image.chain[0]) != nil)
        #expect(lease.claim(blob: image.layers[0].digest))
        try fixture.store.remove(image.id, keep: [])
        #expect(try fixture.store.collectGarbage(keep: []) == [])
        #expect(try fixture.store.findings(keep: []) == [])
        lease.end()
        #expect(try fixture.store.collectGarbage(keep: []).map(\.kind) == [.layer, .blob])
    }

    @Test("shortens paths for overlay, also when ids begin alike") func links() throws {
        let fixture = try Fixture()
        let chain = try fixture.image([layer("a")]).chain[0]
        let first = fixture.store.layersFolder + "/l/\(chain.short)"
        symlink("../someone-else/fs", first)
        let link = try fixture.store.shortLink(of: chain)
        #expect(link == "l/\(chain.hex.prefix(16))")
        #expect(try fixture.store.shortLink(of: chain) == link)
        #expect(content("\(fixture.store.layersFolder)/\(link)/a") == "a")
        #expect(try fixture.store.findings(keep: []).map(\.kind) == [.link])
        try fixture.store.collectGarbage(keep: [])
        #expect(try fixture.store.findings(keep: []) == [])
    }

    @Test("sweeps what an interrupted operation left") func sweep() throws {
        let fixture = try Fixture()
        let folder = fixture.store.stagingFolder + "/pull-1"
        try Files.makeFolders(folder + "/layer-1/fs/deep", mode: 0o755)
        let lease = try fixture.store.lease(operation: "pull-2")
        #expect(try fixture.store.findings(keep: []).map(\.path) == [folder])
        #expect(try fixture.store.sweepStaging() == ["pull-1"])
        #expect(status(lease.staging) != nil)
    }

    @Test("gives a clear error for a damaged index, and stays useful with one damaged image") func damage() throws {
        let fixture = try Fixture()
        let (one, two) = (try fixture.image([layer("a")], ["one"]), try fixture.image([layer("b")], ["two"]))
        try Files.write(Array("junk".utf8), to: fixture.store.blobPath(one.id.digest), by: fixture.root + "/t")
        let again = try ImageStore(root: fixture.root)
        #expect(again.images().map(\.id) == [two.id])
        #expect(try again.findings(keep: []).contains { $0.kind == .image && $0.why.contains("damaged") })
        try again.tag(Reference("three"), as: two.id)
        #expect(try ImageStore(root: fixture.root).forgetDamaged().count == 1)

        try Files.write(Array("{".utf8), to: fixture.root + "/images/index.json", by: fixture.root + "/t")
        let error = #expect(throws: DrydockError.self) { try ImageStore(root: fixture.root) }
        #expect(error?.sentence == "\(fixture.root)/images/index.json is damaged")
    }

    @Test("refuses an image whose parts are missing") func missingParts() throws {
        let fixture = try Fixture()
        let lease = try fixture.store.lease(operation: "load")
        let digest = Digest.sha256(of: [1])
        let ghost = Descriptor(mediaType: MediaType.ociLayer, digest: digest, size: 1)
        #expect(throws: DrydockError(.failed, "layer \(digest) is not in the store")) {
            try fixture.store.commitImage(config: Fixture.config([digest]), layers: [ghost], lease: lease)
        }
        #expect(throws: DrydockError(.invalid, "invalid manifest, layers length mismatch: expected 1, got 0")) {
            try fixture.store.commitImage(config: Fixture.config([]), layers: [ghost], lease: lease)
        }
        #expect(fixture.store.images().isEmpty)
    }

    @Test("unpacks one layer once when two operations want it at the same time") func race() throws {
        let fixture = try Fixture()
        let archive = layer("a")
        let digest = Digest.sha256(of: archive)
        DispatchQueue.concurrentPerform(iterations: 8) { number in
            do {
                let lease = try fixture.store.lease(operation: "pull")
                defer { lease.end() }
                try lease.writeBlob(.layer, archive)
                _ = try lease.unpackLayer(
                    blob: Descriptor(mediaType: MediaType.ociLayer, digest: digest, size: 0), diffID: digest, parent: nil)
            } catch { Issue.record(error) }
        }
        #expect(fixture.store.layer(ChainID(digest))?.size == 1)
        #expect(try Files.names(in: fixture.store.stagingFolder) == [])
    }
}

extension Fixture: @unchecked Sendable {}
