import Basics
import CArchive
import Foundation
import Glibc
import Hashing
import OCI
import Testing

@testable import Store

@Suite("Unpacking a layer", .enabled(if: geteuid() == 0, "owners, devices and whiteouts need root"))
struct LayerUnpackerTests {
    @Test("keeps owner, mode, times, links, devices and attributes") func keeps() throws {
        let fixture = try Fixture()
        var tar = Tar()
        tar.add("./", .folder, mode: 0o711, mtime: 5)
        tar.add("bin/", .folder, mode: 0o1777, mtime: 1_234_567_890)
        tar.add("bin/su", data: "program", mode: 0o4755, owner: 7, mtime: 86_400)
        tar.add("bin/su2", .hardLink, link: "./bin/su")
        tar.add("bin/sh", .symbolicLink, link: "/etc/absolute", owner: 8, mtime: 99)
        tar.add("dev/null", .character, mode: 0o666, device: (1, 3))
        tar.add("run/pipe", .pipe, mode: 0o600)
        tar.add("cap", data: "x", pax: [("SCHILY.xattr.user.note", Array("a\u{0}b".utf8)), ("mtime", Array("12.5".utf8))])
        let fs = try fixture.unpack(tar.finished)
        #expect(status(fs)?.st_mode == S_IFDIR | 0o711)
        #expect(status(fs)?.st_mtim.tv_sec == 5)
        #expect(status(fs + "/bin")?.st_mode == S_IFDIR | 0o1777)
        #expect(status(fs + "/bin")?.st_mtim.tv_sec == 1_234_567_890)
        let su = try #require(status(fs + "/bin/su"))
        #expect((su.st_mode, su.st_uid, su.st_gid, su.st_nlink, su.st_mtim.tv_sec) == (S_IFREG | 0o4755, 7, 7, 2, 86_400))
        #expect(status(fs + "/bin/su2")?.st_ino == su.st_ino)
        #expect(ImageStore.linkTarget(fs + "/bin/sh") == "/etc/absolute")
        #expect(status(fs + "/bin/sh")?.st_uid == 8)
        #expect(status(fs + "/bin/sh")?.st_mtim.tv_sec == 99)
        #expect(status(fs + "/dev/null")?.st_rdev == dd_makedev(1, 3))
        #expect(status(fs + "/dev/null")?.st_mode == S_IFCHR | 0o666)
        #expect(status(fs + "/run/pipe")?.st_mode == S_IFIFO | 0o600)
        #expect(status(fs + "/cap")?.st_mtim.tv_nsec == 500_000_000)
        if let note = attribute(fs + "/cap", "user.note") { #expect(note == Array("a\u{0}b".utf8)) }
        let record = try #require(fixture.store.layer(ChainID(Digest.sha256(of: tar.finished))))
        #expect(record.size == 8 + 13)
        #expect(record.members == 8)
    }

    @Test("keeps names byte for byte, whatever Unicode says of them") func names() throws {
        let fixture = try Fixture()
        var tar = Tar()
        tar.add("e\u{301}", data: "decomposed")
        tar.add("long", data: "pax", pax: [("path", Array("\u{1112}\u{1161}\u{11ab}/e\u{301}".utf8))])
        tar.add("raw", data: "latin1", pax: [("path", [0xe9, 0x2e])])
        let fs = try fixture.unpack(tar.finished)
        #expect(content(fs + "/e\u{301}") == "decomposed")
        #expect(content(fs + "/\u{1112}\u{1161}\u{11ab}/e\u{301}") == "pax")
        #expect(try Files.names(in: fs).count == 3)
    }

    @Test(
        "refuses what points outside, and leaves nothing",
        arguments: [
            ("../x", Tar.Kind.file, "", #"member "../x" points outside its layer"#),
            ("a/../../x", .file, "", #"member "a/../../x" points outside its layer"#),
            ("/../x", .folder, "", #"member "/../x" points outside its layer"#),
            ("x", .hardLink, "../../etc/passwd", #"member "x" is a hard link to "../../etc/passwd", which points outside its layer"#),
            ("x", .hardLink, "/etc/passwd", #"can't unpack "x": no such file or directory"#),
            ("x", .hardLink, "nowhere", #"can't unpack "x": no such file or directory"#),
            ("..", .folder, "", #"member ".." points outside its layer"#),
            ("a/.wh...", .file, "", #"member "a/.wh..." hides no possible name"#),
            (".wh.", .file, "", #"member ".wh." hides no possible name"#),
        ])
    func refuses(name: String, kind: Tar.Kind, link: String, message: String) throws {
        let fixture = try Fixture()
        var tar = Tar()
        tar.add("good", data: "x")
        tar.add(name, kind, data: kind == .file ? "evil" : "", link: link)
        let error = #expect(throws: DrydockError.self) { try fixture.unpack(tar.finished) }
        #expect(error?.description == "layer \(Digest.sha256(of: tar.finished)): \(message)")
        try fixture.expectClean()
    }

    @Test("follows symbolic links only beneath the layer's root") func symbolicLinks() throws {
        let fixture = try Fixture()
        let outside = fixture.root + "/outside"
        try Files.makeFolder(outside, mode: 0o755)
        var tar = Tar()
        tar.add("up", .symbolicLink, link: "../../../../../../..\(outside)")
        tar.add("up/x", data: "evil")
        #expect(throws: DrydockError.self) { try fixture.unpack(tar.finished) }
        #expect(try Files.names(in: outside) == [])
        try fixture.expectClean()

        var inside = Tar()
        inside.add("usr/bin/", .folder, mode: 0o755)
        inside.add("bin", .symbolicLink, link: "/usr/bin")
        inside.add("bin/x", data: "tool")
        inside.add("/abs/y", data: "as in Docker")
        inside.add("bin", data: "a file in place of the link")
        inside.add("bin2", .symbolicLink, link: "/etc/passwd")
        inside.add("bin2", data: "not through the link")
        let fs = try fixture.unpack(inside.finished)
        #expect(content(fs + "/usr/bin/x") == "tool")
        #expect(content(fs + "/abs/y") == "as in Docker")
        #expect(content(fs + "/bin") == "a file in place of the link")
        #expect(content(fs + "/bin2") == "not through the link")
    }

    @Test("forgets resolved folders when one of them is replaced") func replaced() throws {
        let fixture = try Fixture()
        var tar = Tar()
        tar.add("a/b/one", data: "1")
        tar.add("a", .symbolicLink, link: "c")
        tar.add("c/b/", .folder, mode: 0o755)
        tar.add("a/b/two", data: "2")
        let fs = try fixture.unpack(tar.finished)
        #expect(content(fs + "/c/b/two") == "2")
        #expect(status(fs + "/c/b/one") == nil)
    }

    @Test("turns whiteouts into overlayfs's") func whiteouts() throws {
        let fixture = try Fixture()
        var tar = Tar()
        tar.add("etc/.wh.gone")
        tar.add("opaque/.wh..wh..opq")
        tar.add("opaque/new", data: "x")
        tar.add(".wh.again")
        tar.add("again/", .folder, mode: 0o755)
        tar.add("both/", .folder, mode: 0o755)
        tar.add(".wh.both")
        tar.add("kept", data: "x")
        tar.add(".wh.kept")
        tar.add(".wh..wh.plnk/1.2", data: "aufs")
        let fs = try fixture.unpack(tar.finished)
        #expect(status(fs + "/etc/gone").map { [UInt64($0.st_mode & S_IFMT), UInt64($0.st_rdev)] } == [UInt64(Glibc.S_IFCHR), 0])
        #expect(content(fs + "/kept") == "x")
        #expect(try Files.names(in: fs) == ["again", "both", "etc", "kept", "opaque"])
        for folder in ["opaque", "again", "both"] where attribute(fs, "trusted.overlay.none") == nil {
            #expect(attribute(fs + "/" + folder, "trusted.overlay.opaque") == Array("y".utf8), "\(folder)")
        }
    }

    @Test("refuses attributes that steer overlayfs") func overlayAttributes() throws {
        let fixture = try Fixture()
        var tar = Tar()
        tar.add("d", .folder, mode: 0o755, pax: [("SCHILY.xattr.trusted.overlay.redirect", Array("/other".utf8))])
        let error = #expect(throws: DrydockError.self) { try fixture.unpack(tar.finished) }
        #expect(error?.sentence.hasSuffix(#"member "d" has the attribute trusted.overlay.redirect, which is overlayfs's own"#) == true)
        try fixture.expectClean()
    }

    @Test("refuses what is cut short, and what is no archive") func broken() throws {
        let fixture = try Fixture()
        var tar = Tar()
        tar.add("file", data: String(repeating: "x", count: 5000))
        for archive in [Array(tar.finished[..<3000]), Array("not an archive at all".utf8), [0x1f, 0x8b, 8, 0, 1, 2, 3]] {
            let error = #expect(throws: DrydockError.self) { try fixture.unpack(archive) }
            #expect(error?.sentence.hasPrefix("layer sha256:") == true, "\(error?.description ?? "")")
            try fixture.expectClean()
        }
    }

    @Test("refuses content other than the image announced") func wrongContent() throws {
        let fixture = try Fixture()
        var tar = Tar()
        tar.add("file", data: "x")
        let error = #expect(throws: DrydockError.self) { try fixture.unpack(tar.finished, diffID: Digest.sha256(of: [1])) }
        #expect(error?.cause == "it unpacks to \(Digest.sha256(of: tar.finished))")
        try fixture.expectClean()
    }

    @Test("has bounds for size and number") func bounds() throws {
        var limits = StoreLimits()
        limits.layerBytes = 100_000
        limits.layerMembers = 50
        let fixture = try Fixture(limits: limits)
        var absurd = Tar()
        absurd.add("x", size: 1 << 32)
        var many = Tar()
        for number in 0..<51 { many.add("f\(number)") }
        var sparse = Tar()
        sparse.add(
            "s", pax: [("GNU.sparse.major", [0x31]), ("GNU.sparse.minor", [0x30]), ("GNU.sparse.realsize", Array("999999999999999".utf8))])
        for archive in [absurd.finished, many.finished, sparse.finished] {
            #expect(throws: DrydockError.self) { try fixture.unpack(archive) }
            try fixture.expectClean()
        }
        var bomb = Tar()
        bomb.add("zeros", bytes: [UInt8](repeating: 0, count: 200_000))
        #expect(throws: DrydockError.self) {
            try fixture.unpack(try compressed(bomb.finished, "gzip"), diffID: Digest.sha256(of: bomb.finished))
        }
        try fixture.expectClean()
    }

    @Test("undoes gzip, zstd and no compression at all", arguments: ["gzip", "zstd", "cat"])
    func compression(tool: String) throws {
        let fixture = try Fixture()
        var tar = Tar()
        tar.add("file", bytes: (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* $0) })
        // Padding after the end mark belongs to the diff id.
        let archive = tar.finished + [UInt8](repeating: 0, count: 9000)
        let fs = try fixture.unpack(try compressed(archive, tool), diffID: Digest.sha256(of: archive))
        #expect(status(fs + "/file")?.st_size == 300_000)
    }

    @Test("of no members makes an empty folder") func empty() throws {
        for archive in [Tar().finished, []] {
            let fixture = try Fixture()
            #expect(try Files.names(in: fixture.unpack(archive)) == [])
        }
    }

    @Test("can be ended by its progress") func cancel() throws {
        let fixture = try Fixture()
        var tar = Tar()
        tar.add("file", bytes: [UInt8](repeating: 1, count: 2_000_000))
        let lease = try fixture.store.lease(operation: "pull")
        let digest = try lease.writeBlob(.layer, tar.finished)
        let error = #expect(throws: DrydockError.self) {
            try lease.unpackLayer(
                blob: Descriptor(mediaType: MediaType.ociLayer, digest: digest, size: 0), diffID: digest, parent: nil
            ) { current, _ in if current > 500_000 { throw DrydockError(.aborted, "aborted") } }
        }
        #expect(error?.code == .aborted)
        lease.end()
        try fixture.expectClean()
    }

    @Test("on a full disk leaves the state as before") func fullDisk() throws {
        let mountpoint = NSTemporaryDirectory() + "/drydock-full-\(UUID().uuidString)"
        try Files.makeFolder(mountpoint, mode: 0o700)
        guard mount("tmpfs", mountpoint, "tmpfs", 0, "size=3m") == 0 else { return }
        defer {
            umount2(mountpoint, Int32(MNT_DETACH))
            rmdir(mountpoint)
        }
        let store = try ImageStore(root: mountpoint + "/root")
        var tar = Tar()
        tar.add("big", bytes: [UInt8](repeating: 7, count: 2_000_000))
        let lease = try store.lease(operation: "pull")
        let digest = try lease.writeBlob(.layer, tar.finished)
        let error = #expect(throws: DrydockError.self) {
            try lease.unpackLayer(blob: Descriptor(mediaType: MediaType.ociLayer, digest: digest, size: 0), diffID: digest, parent: nil)
        }
        #expect(error?.cause == "no space left on device")
        #expect(error?.advice == "free some space on the disk that holds the state")
        lease.end()
        #expect(try Files.names(in: store.layersFolder) == ["l"])
        #expect(try Files.names(in: store.stagingFolder) == [])
    }

    @Test("nested deeper than files can be open is removed again") func deep() throws {
        let fixture = try Fixture()
        var tar = Tar()
        tar.add("deep", data: "x", pax: [("path", Array((Array(repeating: "d", count: 2000) + ["x"]).joined(separator: "/").utf8))])
        tar.add("deep", data: "y", pax: [("path", Array("d".utf8))])
        let fs = try fixture.unpack(tar.finished)
        #expect(content(fs + "/d") == "y")
    }
}

/// The bytes as a tool of the system compresses them.
func compressed(_ bytes: [UInt8], _ tool: String) throws -> [UInt8] {
    let path = NSTemporaryDirectory() + "/drydock-\(UUID().uuidString)"
    defer { unlink(path) }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = tool == "cat" ? ["cat", path] : [tool, "-qc", path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = try readAll(pipe.fileHandleForReading.fileDescriptor, limit: 1 << 30)
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return output
}
