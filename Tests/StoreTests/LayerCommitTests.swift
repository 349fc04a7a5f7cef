import Basics
import CArchive
import Foundation
import Glibc
import Hashing
import OCI
import Testing

@testable import Store

/// A container's own layer becomes an image's: nothing of it is lost, and only it is in it.
@Suite(.enabled(if: geteuid() == 0, "owners, devices and overlayfs's attributes need root"))
struct LayerCommitTests {
    /// A folder of a test, removed at its end.
    private final class Folder {
        let path = NSTemporaryDirectory() + "/drydock-upper-\(UUID().uuidString)"
        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileTree.remove(path) }

        func file(_ name: String, _ content: String, mode: mode_t = 0o644) throws {
            let place = "\(path)/\(name)"
            try #require(FileManager.default.createFile(atPath: place, contents: Data(content.utf8)))
            try #require(chmod(place, mode) == 0)
        }

        func folder(_ name: String) throws {
            try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
        }
    }

    @Test func everythingComesBackAsItWas() throws {
        let fixture = try Fixture()
        let upper = try Folder()
        let long = String(repeating: "n", count: 200)
        try upper.folder("\(long)/\(long)")
        try upper.file("\(long)/\(long)/\(long)", "deep")
        try upper.file("program", "#!/bin/sh\n", mode: 0o4755)
        try #require(chown("\(upper.path)/program", 12, 345) == 0 && chmod("\(upper.path)/program", 0o4755) == 0)
        try #require(link("\(upper.path)/program", "\(upper.path)/same") == 0)
        try #require(symlink("/한글/파일", "\(upper.path)/링크") == 0)
        try #require(mkfifo("\(upper.path)/pipe", 0o600) == 0)
        try #require(mknod("\(upper.path)/null", S_IFCHR | 0o666, dd_makedev(1, 3)) == 0)
        try #require(setxattr("\(upper.path)/program", "user.note", "x", 1, 0) == 0)
        var capability: [UInt8] = [0, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        try upper.file("ping", "x", mode: 0o755)
        try #require(setxattr("\(upper.path)/ping", "security.capability", &capability, capability.count, 0) == 0)
        let times = [timespec(tv_sec: 1_000_000_000, tv_nsec: 0), timespec(tv_sec: 1_000_000_000, tv_nsec: 0)]
        try #require(utimensat(AT_FDCWD, "\(upper.path)/ping", times, 0) == 0)
        let sparse = open("\(upper.path)/sparse", O_WRONLY | O_CREAT, 0o600)
        try #require(pwrite(sparse, "end", 3, 8 << 20) == 3)
        close(sparse)

        let lease = try fixture.store.lease(operation: "commit")
        defer { lease.end() }
        let layer = try lease.commitLayer(of: upper.path, parent: nil)
        let files = fixture.store.filesFolder(of: layer.record.chainID)
        #expect(content("\(files)/\(long)/\(long)/\(long)") == "deep")
        let program = try #require(status("\(files)/program"))
        #expect(program.st_mode & 0o7777 == 0o4755 && program.st_uid == 12 && program.st_gid == 345 && program.st_nlink == 2)
        #expect(status("\(files)/same")?.st_ino == program.st_ino)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(files)/링크") == "/한글/파일")
        #expect(try #require(status("\(files)/pipe")).st_mode & S_IFMT == S_IFIFO)
        #expect(status("\(files)/null")?.st_rdev == dd_makedev(1, 3))
        #expect(attribute("\(files)/program", "user.note") == [UInt8(ascii: "x")])
        #expect(attribute("\(files)/ping", "security.capability") == capability)
        #expect(status("\(files)/ping")?.st_mtim.tv_sec == 1_000_000_000)
        let holes = try #require(status("\(files)/sparse"))
        #expect(holes.st_size == (8 << 20) + 3 && holes.st_blocks * 512 < 1 << 20)
    }

    @Test func whatIsDeletedIsNotedAndComesBackAsOverlayfsWantsIt() throws {
        let fixture = try Fixture()
        let upper = try Folder()
        try upper.folder("etc")
        try #require(mknod("\(upper.path)/etc/passwd", S_IFCHR, 0) == 0)
        try upper.folder("var")
        try #require(setxattr("\(upper.path)/var", "trusted.overlay.opaque", "y", 1, 0) == 0)
        try #require(setxattr("\(upper.path)/etc", "trusted.overlay.impure", "y", 1, 0) == 0)
        let lease = try fixture.store.lease(operation: "commit")
        defer { lease.end() }
        let layer = try lease.commitLayer(of: upper.path, parent: nil)
        #expect(layer.record.members == 4)
        let files = fixture.store.filesFolder(of: layer.record.chainID)
        let whiteout = try #require(status("\(files)/etc/passwd"))
        #expect(whiteout.st_mode & S_IFMT == S_IFCHR && whiteout.st_rdev == 0)
        #expect(attribute("\(files)/var", "trusted.overlay.opaque") == [UInt8(ascii: "y")])
        #expect(attribute("\(files)/etc", "trusted.overlay.impure") == nil)
    }

    @Test func theSameDifferenceIsTheSameLayer() throws {
        let fixture = try Fixture()
        let upper = try Folder()
        try upper.file("b", "2")
        try upper.file("a", "1")
        let lease = try fixture.store.lease(operation: "commit")
        defer { lease.end() }
        let first = try lease.commitLayer(of: upper.path, parent: nil)
        let second = try lease.commitLayer(of: upper.path, parent: nil)
        #expect(first.record.chainID == second.record.chainID)
        #expect(first.blob.digest == first.record.diffID)
    }

    @Test func noChangeIsTheEmptyLayerThatDockerKnows() throws {
        let fixture = try Fixture()
        let lease = try fixture.store.lease(operation: "commit")
        defer { lease.end() }
        let upper = try Folder()
        let layer = try withExtendedLifetime(upper) { try lease.commitLayer(of: upper.path, parent: nil) }
        #expect(layer.record.members == 0)
        #expect(layer.record.diffID.description == "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef")
    }

    @Test func changesAreToldAsDockerDoes() throws {
        let (image, lower, upper) = (try Folder(), try Folder(), try Folder())
        try image.folder("etc/deep")
        try image.file("etc/hosts", "1")
        try image.file("etc/gone", "1")
        // What a layer in between has hidden can't be deleted again, and coming back it is new.
        try lower.folder("etc")
        try #require(mknod("\(lower.path)/etc/gone", S_IFCHR, 0) == 0)
        try upper.folder("etc/deep")
        for name in ["etc", "etc/deep"] {
            let time = [timespec(tv_sec: 1_000_000_000, tv_nsec: 0), timespec(tv_sec: 1_000_000_000, tv_nsec: 0)]
            for folder in [image, lower, upper] { utimensat(AT_FDCWD, "\(folder.path)/\(name)", time, 0) }
        }
        let comparison = try LayerComparison(lower: [lower.path, image.path])
        let told = { (try comparison.changes(in: upper.path)).map { "\(["C", "A", "D"][$0.kind.rawValue]) \($0.path)" } }
        // Only opened for writing deeper down: nothing to tell.
        #expect(try told() == [])
        try upper.file("etc/hosts", "2")
        try upper.file("etc/gone", "2")
        try upper.file("new", "x")
        #expect(try told() == ["C /etc", "A /etc/gone", "C /etc/hosts", "A /new"])
        unlink("\(upper.path)/etc/hosts")
        try #require(mknod("\(upper.path)/etc/hosts", S_IFCHR, 0) == 0)
        #expect(try told() == ["C /etc", "A /etc/gone", "D /etc/hosts", "A /new"])
    }

    @Test func aSavedImageLoadsWithItsID() throws {
        let (from, to) = (try Fixture(), try Fixture())
        let upper = try Folder()
        try upper.file("a", "1")
        let lease = try from.store.lease(operation: "commit")
        defer { lease.end() }
        let layer = try lease.commitLayer(of: upper.path, parent: nil)
        let image = try from.store.commitImage(
            config: Fixture.config([layer.record.diffID]), layers: [layer.blob], references: [Reference("test:1")], lease: lease
        ).image
        let archive = NSTemporaryDirectory() + "/drydock-save-\(UUID().uuidString)"
        defer { unlink(archive) }
        let output = open(archive, O_RDWR | O_CREAT, 0o600)
        try ImageSaver(lease: lease).save([.init(image: image, names: image.references)]) { try writeAll(output, Array($0)) }
        try #require(lseek(output, 0, SEEK_SET) == 0)
        let loading = try to.store.lease(operation: "load")
        defer { loading.end() }
        let loaded = try ArchiveLoader(lease: loading, say: { _ in }).load(from: reading(output))
        close(output)
        #expect(loaded.map(\.id) == [image.id])
        #expect(loaded.first?.references.map(\.familiar) == ["test:1"])
    }
}
