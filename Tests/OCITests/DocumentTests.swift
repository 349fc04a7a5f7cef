import Basics
import Hashing
import OCI
import Testing

private let hex = String(repeating: "ab", count: 32)
private func manifest(_ members: String) -> [UInt8] { Array(#"{"schemaVersion":2,\#(members)}"#.utf8) }
private let descriptor = #"{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:\#(hex)","size":3}"#

@Suite("Digests") struct DigestTests {
    @Test(
        "are strict",
        arguments: [
            "sha256:\(hex.uppercased())", "sha256:ab", hex, "md5:\(hex)", "sha256:\(hex)0", "sha512:\(hex)",
            "sha256:../\(hex.dropFirst(3))", "",
        ])
    func strict(text: String) { #expect(throws: DrydockError.self) { try Digest(text) } }

    @Test("of bytes are OpenSSL's") func compute() {
        #expect(Digest.sha256(of: []).hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(Digest.compute(.sha512, of: Array("abc".utf8)).hex.hasPrefix("ddaf35a193617abacc417349ae204131"))
        let hasher = ContentHasher()
        hasher.update(Array("ab".utf8))
        hasher.update("c".utf8)
        #expect(hasher.count == 3)
        #expect(hasher.finish().description == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(hasher.finish() == Digest.sha256(of: []))
    }

    @Test("of layers form chains") func chain() throws {
        let (a, b) = (Digest.sha256(of: [1]), Digest.sha256(of: [2]))
        #expect(ChainID.chain(of: [a, b]).map(\.digest) == [a, Digest.sha256(of: Array("\(a) \(b)".utf8))])
        #expect(ChainID.chain(of: []).isEmpty)
    }
}

@Suite("Manifests") struct ManifestTests {
    @Test("of both kinds are read and keep their bytes") func read() throws {
        let bytes = manifest(#""config":\#(descriptor),"layers":[\#(descriptor)],"new":1"#)
        let document = try ImageManifest(parsing: bytes, mediaType: MediaType.dockerManifest)
        #expect(document.bytes == bytes)
        #expect(document.mediaType == MediaType.dockerManifest)
        #expect(document.totalSize == 6)
        let written = ImageManifest(config: document.config, layers: document.layers)
        #expect(try ImageManifest(parsing: written.bytes).layers == document.layers)
    }

    @Test(
        "that are nonsense are refused with a sentence",
        arguments: [
            ("nonsense", "manifest is not valid JSON: "),
            ("[]", "manifest is not an object"),
            (#"{"schemaVersion":1,"layers":[]}"#, "the manifest is not of schema version 2"),
            (#"{"schemaVersion":2}"#, "the document is neither a manifest nor an index"),
            (#"{"schemaVersion":2,"layers":[],"manifests":[]}"#, "the document is both a manifest and an index"),
            (#"{"schemaVersion":2,"config":{},"layers":[]}"#, "manifest.config.digest is missing"),
            (#"{"schemaVersion":2,"config":7,"layers":[]}"#, "manifest.config is not an object"),
            (#"{"schemaVersion":2,"config":\#(descriptor),"layers":{}}"#, "manifest.layers is not a list"),
            (#"{"schemaVersion":2,"config":\#(descriptor),"layers":[{"digest":"x","size":1}]}"#, "manifest.layers[0].digest is no digest"),
            (
                #"{"schemaVersion":2,"config":\#(descriptor),"layers":[{"digest":"sha256:\#(hex)","size":-1}]}"#,
                "manifest.layers[0].size is not a size"
            ),
            (#"{"schemaVersion":2,"mediaType":"text/plain","layers":[]}"#, "the manifest was sent as"),
            (#"{"schemaVersion":2,"mediaType":"\#(MediaType.ociManifest)","layers":[]}"#, "the manifest was sent as"),
        ])
    func refuse(text: String, beginning: String) {
        let error = #expect(throws: DrydockError.self) {
            try ManifestDocument(parsing: Array(text.utf8), mediaType: MediaType.dockerManifest)
        }
        #expect(error?.description.hasPrefix(beginning) == true, "\(error?.description ?? "no error")")
    }

    @Test("that are too large are refused unread") func large() {
        let many = manifest(#""config":\#(descriptor),"layers":[\#(Array(repeating: descriptor, count: 128).joined(separator: ","))]"#)
        #expect(throws: DrydockError.self) { try ImageManifest(parsing: many) }
        #expect(throws: DrydockError.self) { try ImageManifest(parsing: [UInt8](repeating: 32, count: ImageLimits.manifestBytes + 1)) }
    }

    @Test("are chosen by platform") func platform() throws {
        func entry(_ os: String, _ architecture: String, _ variant: String?, _ size: Int64) -> Descriptor {
            Descriptor(
                mediaType: MediaType.ociManifest, digest: Digest.sha256(of: [UInt8(size)]), size: size,
                platform: Platform(os: os, architecture: architecture, variant: variant))
        }
        let list = [
            entry("windows", "amd64", nil, 1), entry("linux", "arm", "v6", 2), entry("linux", "arm", "v7", 3),
            entry("linux", "arm64", "v8", 4),
            entry("linux", "amd64", "v3", 5), entry("linux", "amd64", nil, 6),
        ]
        let index = try ImageIndex(parsing: ImageIndex(manifests: list).bytes)
        #expect(index.manifests == list)
        func best(_ architecture: String, _ variant: String? = nil) -> Int64? {
            Platform(os: "linux", architecture: architecture, variant: variant).best(of: index.manifests)?.size
        }
        #expect(best("x86_64") == 6)
        #expect(best("aarch64") == 4)
        #expect(best("arm", "v7") == 3)
        #expect(best("arm", "v6") == 2)
        #expect(best("arm", "v5") == nil)
        #expect(best("riscv64") == nil)
        #expect(["amd64", "arm64"].contains(Platform.host.architecture))
    }
}

@Suite("Image configs") struct ImageConfigTests {
    @Test("are read, and what is unknown survives") func read() throws {
        let text = """
            {"architecture":"amd64","os":"linux","created":"2026-11-23T23:02:37.077678902Z","zzz":1,\
            "config":{"Env":["A=b"],"Cmd":["/bin/bash"],\
            "Entrypoint":null,"ExposedPorts":{"80/tcp":{}},"Labels":null,"Future":2},"history":[{"created_by":"x","empty_layer":true}],\
            "rootfs":{"type":"layers","diff_ids":["sha256:\(hex)"]}}
            """
        let config = try ImageConfig(parsing: Array(text.utf8))
        #expect(config.run.cmd == ["/bin/bash"])
        #expect(config.run.entrypoint.isEmpty)
        #expect(config.run.exposedPorts == ["80/tcp"])
        #expect(config.run.json?["Future"]?.intValue == 2)
        #expect(try config.json()["zzz"]?.intValue == 1)
        #expect(config.history.first?.isEmptyLayer == true)
        #expect(config.created?.description == "2026-11-23T23:02:37.077678902Z")
        #expect(config.id.digest == Digest.sha256(of: Array(text.utf8)))
    }

    @Test(
        "that are nonsense are refused with a sentence",
        arguments: [
            ("{}", "invalid image JSON, no RootFS key"),
            (#"{"rootfs":{"type":"base"}}"#, "image config: rootfs of type \"base\" instead of \"layers\""),
            (#"{"rootfs":{"type":"layers","diff_ids":["x"]}}"#, "image config.rootfs.diff_ids[0] is no digest"),
            (#"{"config":{"Env":"A=b"}}"#, "image config.config.Env is not a list"),
            (#"{"config":{"Cmd":["a\u0000b"]}}"#, "image config.config.Cmd[0] is not free of NUL bytes"),
            (#"{"config":[]}"#, "image config.config is not an object"),
            (#"{"created":"yesterday"}"#, "image config.created is not a time as RFC 3339 writes it"),
        ])
    func refuse(text: String, sentence: String) {
        let error = #expect(throws: DrydockError.self) { try ImageConfig(parsing: Array(text.utf8)) }
        #expect(error?.sentence == sentence)
    }
}
