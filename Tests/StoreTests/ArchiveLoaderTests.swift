import Basics
import Foundation
import Glibc
import Hashing
import OCI
import Testing

@testable import Store

@Suite("docker load", .enabled(if: geteuid() == 0, "layers need root")) struct ArchiveLoaderTests {
    private func load(_ archive: [UInt8], into store: ImageStore) throws -> String {
        let path = NSTemporaryDirectory() + "/drydock-load-\(UUID().uuidString)"
        try Data(archive).write(to: URL(fileURLWithPath: path))
        let file = open(path, O_RDONLY)
        defer {
            close(file)
            unlink(path)
        }
        let lease = try store.lease(operation: "load")
        defer { lease.end() }
        var lines = ""
        _ = try ArchiveLoader(lease: lease, say: { lines += $0 }).load(from: reading(file))
        return lines
    }

    private func layer(_ name: String) -> [UInt8] {
        var tar = Tar()
        tar.add(name, data: name)
        return tar.finished
    }

    /// What docker save writes for images that share their lowest layer.
    private func saved() -> (archive: [UInt8], configs: [[UInt8]]) {
        let (base, top) = (layer("base"), layer("top"))
        let one = Fixture.config([Digest.sha256(of: base), Digest.sha256(of: top)])
        let two = Fixture.config([Digest.sha256(of: base)])
        var tar = Tar()
        tar.add("aa/layer.tar", bytes: base)
        tar.add("bb/layer.tar", bytes: top)
        tar.add("cc/layer.tar", .symbolicLink, link: "../aa/layer.tar")
        tar.add("one.json", bytes: one)
        tar.add("two.json", bytes: two)
        tar.add(
            "manifest.json",
            data: """
                [{"Config":"one.json","RepoTags":["one:1","also:latest"],"Layers":["aa/layer.tar","bb/layer.tar"]},\
                {"Config":"two.json","RepoTags":null,"Layers":["cc/layer.tar"]}]
                """)
        return (tar.finished, [one, two])
    }

    @Test("adds images and names, and says it in Docker's words") func saves() throws {
        let fixture = try Fixture()
        let (archive, configs) = saved()
        let ids = configs.map { ImageID(config: $0) }
        let lines = "Loaded image: one:1\nLoaded image: also:latest\nLoaded image ID: \(ids[1])\n"
        #expect(try load(archive, into: fixture.store) == lines)
        #expect(Set(fixture.store.images().map(\.id)) == Set(ids))
        #expect(try load(compressed(archive, "gzip"), into: fixture.store) == lines)
        #expect(try fixture.store.findings(keep: []) == [])
    }

    @Test("tells when a name moves to another image") func moves() throws {
        let fixture = try Fixture()
        let old = try fixture.image([layer("old")], ["one:1"])
        let lines = try load(saved().archive, into: fixture.store)
        #expect(
            lines.hasPrefix("The image one:1 already exists, renaming the old one with ID \(old.id) to empty string\nLoaded image: one:1\n")
        )
    }

    @Test("reads OCI layouts, such as the store itself is") func layout() throws {
        let source = try Fixture()
        let image = try source.image([layer("a"), layer("b")], ["localhost:5000/x:1"])
        let images = source.root + "/images"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["tar", "-cf", source.root + "/layout.tar", "-C", images, "."]
        try process.run()
        process.waitUntilExit()
        let archive = try readFile(source.root + "/layout.tar")
        let target = try Fixture()
        #expect(try load(archive, into: target.store) == "Loaded image: localhost:5000/x:1\n")
        #expect(try target.store.lookup("localhost:5000/x:1").manifest == image.manifest)
    }

    @Test(
        "refuses what is no image archive, with a sentence and no remainder",
        arguments: [
            ([:], "can't load the archive: it holds neither manifest.json nor index.json"),
            (["manifest.json": "{"], "can't load the archive: manifest.json is not valid JSON"),
            (["manifest.json": "{}"], "can't load the archive: manifest.json is not a list"),
            (
                ["manifest.json": #"[{"Config":"../x"}]"#],
                #"can't load the archive: manifest.json names "../x", which the archive does not hold"#
            ),
            (
                ["manifest.json": #"[{"Config":"c","Layers":["l"]}]"#, "c": "{}", "l": ""],
                "can't load the archive: invalid image JSON, no RootFS key"
            ),
            (
                ["manifest.json": #"[{"Config":"c","RepoTags":["X:y"]}]"#, "c": #"{"rootfs":{"type":"layers"}}"#],
                "can't load the archive: invalid reference format: repository name must be lowercase"
            ),
            (
                ["manifest.json": #"[{"Config":"c","Layers":["l"]}]"#, "c": #"{"rootfs":{"type":"layers"}}"#, "l": ""],
                "can't load the archive: invalid manifest, layers length mismatch: expected 1, got 0"
            ),
        ] as [([String: String], String)])
    func refuses(members: [String: String], sentence: String) throws {
        let fixture = try Fixture()
        var tar = Tar()
        for (name, data) in members.sorted(by: { $0.key < $1.key }) { tar.add(name, data: data) }
        let error = #expect(throws: DrydockError.self) { try load(tar.finished, into: fixture.store) }
        #expect(error?.sentence == sentence)
        #expect(fixture.store.images().isEmpty)
        try fixture.expectClean()
    }
}

/// Compares with a real Docker Engine where one has saved something: `DRYDOCK_DOCKER_ARCHIVE=/tmp/x.tar DRYDOCK_DOCKER_ID=sha256:…`.
@Suite("A real docker save", .enabled(if: geteuid() == 0 && environmentVariable("DRYDOCK_DOCKER_ARCHIVE") != nil, "no archive given"))
struct RealArchiveTests {
    @Test("gives the same image id as in Docker") func identity() throws {
        let fixture = try Fixture()
        let file = open(environmentVariable("DRYDOCK_DOCKER_ARCHIVE") ?? "", O_RDONLY)
        defer { close(file) }
        let lease = try fixture.store.lease(operation: "load")
        defer { lease.end() }
        let loaded = try ArchiveLoader(lease: lease).load(from: reading(file))
        #expect(loaded.map(\.id.description).contains(environmentVariable("DRYDOCK_DOCKER_ID") ?? ""))
        if let keep = environmentVariable("DRYDOCK_KEEP") { rename(fixture.root, keep) }
    }
}
