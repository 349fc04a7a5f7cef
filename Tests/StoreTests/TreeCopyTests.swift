import Basics
import CArchive
import Foundation
import Glibc
import Testing

@testable import Store

/// A volume's first content: what the image has, as it has it, and nothing from outside of the image.
@Suite(.enabled(if: geteuid() == 0, "owners and devices need root"))
struct TreeCopyTests {
    /// A root to copy from and an empty folder to copy into, removed at the test's end.
    private final class Places {
        let root: String
        let target: String

        init() throws {
            let folder = NSTemporaryDirectory() + "/drydock-copy-\(UUID().uuidString)"
            (root, target) = (folder + "/root", folder + "/target")
            for path in [root, target] { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        }

        deinit { try? FileTree.remove(String(root.dropLast("/root".count))) }

        func file(_ name: String, _ content: String = "content") throws {
            let path = "\(root)/\(name)"
            try FileManager.default.createDirectory(
                atPath: String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]), withIntermediateDirectories: true)
            try #require(FileManager.default.createFile(atPath: path, contents: Data(content.utf8)))
        }

        func copy(_ path: String) throws -> TreeCopy.Result? {
            try TreeCopy.copy(path, beneath: root, to: target, isSynced: false)
        }

        func status(_ path: String) -> stat? {
            var status = stat()
            return lstat(path, &status) == 0 ? status : nil
        }
    }

    @Test func everythingIsCopiedAsItIs() throws {
        let places = try Places()
        try places.file("data/program")
        let program = "\(places.root)/data/program"
        try #require(chown(program, 12, 345) == 0 && chmod(program, 0o4755) == 0)
        try #require(setxattr(program, "user.note", "x", 1, 0) == 0)
        try #require(link(program, "\(places.root)/data/same") == 0)
        try #require(symlink("/etc/passwd", "\(places.root)/data/link") == 0)
        try #require(mkfifo("\(places.root)/data/pipe", 0o600) == 0)
        try #require(mknod("\(places.root)/data/null", S_IFCHR | 0o666, dd_makedev(1, 3)) == 0)
        try places.file("data/sub/inner", "inner")
        try #require(chmod("\(places.root)/data/sub", 0o1777) == 0)
        let sparse = open("\(places.root)/data/sparse", O_WRONLY | O_CREAT, 0o600)
        try #require(pwrite(sparse, "end", 3, 8 << 20) == 3)
        close(sparse)
        try #require(chown("\(places.root)/data", 7, 8) == 0 && chmod("\(places.root)/data", 0o750) == 0)

        let result = try #require(try places.copy("/data"))
        #expect(result.files == 7)
        #expect(result.bytes == 7 + 5 + (8 << 20) + 3)
        let top = try #require(places.status(places.target))
        #expect(top.st_uid == 7 && top.st_gid == 8 && top.st_mode & 0o7777 == 0o750)
        let copied = try #require(places.status("\(places.target)/program"))
        #expect(copied.st_mode & 0o7777 == 0o4755 && copied.st_uid == 12 && copied.st_gid == 345 && copied.st_nlink == 2)
        #expect(places.status("\(places.target)/same")?.st_ino == copied.st_ino)
        var value = [UInt8](repeating: 0, count: 8)
        #expect(getxattr("\(places.target)/program", "user.note", &value, 8) == 1 && value[0] == UInt8(ascii: "x"))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(places.target)/link") == "/etc/passwd")
        #expect(try #require(places.status("\(places.target)/pipe")).st_mode & S_IFMT == S_IFIFO)
        #expect(try #require(places.status("\(places.target)/null")).st_rdev == dd_makedev(1, 3))
        #expect(try #require(places.status("\(places.target)/sub")).st_mode & 0o7777 == 0o1777)
        let hole = try #require(places.status("\(places.target)/sparse"))
        #expect(hole.st_size == (8 << 20) + 3 && Int64(hole.st_blocks) * 512 < 1 << 20)
        #expect(FileTree.contentSize(places.target) == result.bytes + 11, "a link's size counts, a file's second name doesn't")
    }

    @Test func linksOnTheWayStayInTheRoot() throws {
        let places = try Places()
        try places.file("etc/inside")
        try #require(symlink("../../../../../../../etc", "\(places.root)/up") == 0)
        try #require(symlink("/etc", "\(places.root)/absolute") == 0)
        for path in ["/up", "/absolute", "up", "/../../etc"] {
            #expect(try places.copy(path)?.files == 1, "\(path)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: places.target) == ["inside"])
            try FileTree.empty(places.target)
        }
        try #require(symlink("/proc/self/root", "\(places.root)/magic") == 0)
        #expect(try places.copy("/magic/etc") == nil)
    }

    @Test func whatIsNoFolderIsRefusedAndWhatIsNotThereIsNothing() throws {
        let places = try Places()
        try places.file("file")
        try #require(symlink("/nowhere", "\(places.root)/dangling") == 0)
        #expect(try places.copy("/missing") == nil && places.copy("/dangling") == nil)
        let error = #expect(throws: DrydockError.self) { try places.copy("/file") }
        #expect(error?.sentence == "source /file is not directory")
    }

    @Test func aFolderThatIsThereIsFilled() throws {
        let places = try Places()
        try places.file("a/b")
        try places.file("c")
        try #require(chown(places.root, 3, 4) == 0 && chmod(places.root, 0o701) == 0)
        #expect(try TreeCopy.isEmpty(places.target))
        try TreeCopy.move(contentOf: places.root, to: places.target)
        #expect(try FileManager.default.contentsOfDirectory(atPath: places.target).sorted() == ["a", "c"])
        #expect(try TreeCopy.isEmpty(places.root) && !TreeCopy.isEmpty(places.target))
        let status = try #require(places.status(places.target))
        #expect(status.st_uid == 3 && status.st_gid == 4 && status.st_mode & 0o7777 == 0o701)
        try FileTree.empty(places.target)
        #expect(try TreeCopy.isEmpty(places.target))
    }
}
