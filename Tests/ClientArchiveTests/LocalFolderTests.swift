import Basics
import ClientArchive
import Foundation
import Glibc
import Testing

/// What comes from an engine is unpacked beneath a folder, and nowhere else: the engine may lie.
struct LocalFolderTests {
    private let folder: String

    init() throws {
        var template = Array("/tmp/drydock-archive-test-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for name in ["in", "out"] { mkdir("\(folder)/\(name)", 0o755) }
    }

    private func archive(_ members: [StreamMember], content: String = "") throws -> [UInt8] {
        var bytes: [UInt8] = []
        let writer = try StreamingTarWriter { bytes += $0 }
        for var member in members {
            if member.mode & S_IFMT == S_IFREG, member.hardLink == nil { member.size = Int64(content.utf8.count) }
            try writer.begin(member)
            if member.size > 0 { try Array(content.utf8).withUnsafeBytes { try writer.write($0) } }
        }
        try writer.finish()
        return bytes
    }

    /// What is said when an archive is unpacked into `in`; empty when all is well.
    private func unpack(_ bytes: [UInt8], renaming: [(old: String, new: String)] = []) -> String {
        // Small pieces: members and headers are torn apart.
        var pieces = stride(from: 0, to: bytes.count, by: 100).map { Array(bytes[$0..<min($0 + 100, bytes.count)]) }[...]
        do {
            try LocalFolder("\(folder)/in").unpack(renaming: renaming) { pieces.popFirst() }
            return ""
        } catch let failure as LocalPathFailure {
            return failure.sentence.replacing(folder, with: "")
        } catch { return "\(error)" }
    }

    private func member(_ name: String, _ mode: mode_t = S_IFREG | 0o644, target: String = "", link: String? = nil) -> StreamMember {
        var member = StreamMember(name: Array(name.utf8), mode: mode)
        member.target = Array(target.utf8)
        member.hardLink = link.map { Array($0.utf8) }
        return member
    }

    private func close() { try? FileManager.default.removeItem(atPath: folder) }

    @Test func `a tree comes back as it was packed`() throws {
        defer { close() }
        mkdir("\(folder)/out/sub", 0o750)
        try Data("hello".utf8).write(to: URL(filePath: "\(folder)/out/sub/f"))
        chmod("\(folder)/out/sub/f", 0o4755)
        link("\(folder)/out/sub/f", "\(folder)/out/twin")
        symlink("sub/f", "\(folder)/out/link")
        var bytes: [UInt8] = []
        try LocalTree.pack("\(folder)/out", as: "new") { bytes += $0 }
        #expect(unpack(bytes) == "")
        var status = stat()
        #expect(stat("\(folder)/in/new/sub/f", &status) == 0 && status.st_mode == S_IFREG | 0o4755 && status.st_nlink == 2)
        #expect(try String(contentsOfFile: "\(folder)/in/new/link", encoding: .utf8) == "hello")
        #expect(unpack(bytes, renaming: [("new", "other")]) == "")
        #expect(access("\(folder)/in/other/twin", F_OK) == 0)
    }

    @Test func `nothing lands outside`() throws {
        defer { close() }
        #expect(unpack(try archive([member("../x")])) == #""../x" is outside of "/in""#)
        #expect(unpack(try archive([member("a/../../x")])) == #""../x" is outside of "/in""#)
        #expect(unpack(try archive([member("/abs")], content: "a")) == "" && access("\(folder)/in/abs", F_OK) == 0)
        #expect(unpack(try archive([member("s", S_IFLNK | 0o777, target: "../out")])) == #"invalid symlink "/in/s" -> "../out""#)
        #expect(unpack(try archive([member("h", link: "../out/f")])) == #"invalid hardlink "/out/f" -> "../out/f""#)
        // A link of the archive's own, and then a file through it.
        #expect(unpack(try archive([member("l", S_IFLNK | 0o777, target: "\(folder)/out"), member("l/f")])).hasPrefix("open /in/l"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/out") == [])
    }

    @Test func `a folder stays a folder, and a file a file`() throws {
        defer { close() }
        mkdir("\(folder)/in/d", 0o755)
        #expect(unpack(try archive([member("d")])) == #"cannot overwrite directory "/in/d" with non-directory "/in""#)
        #expect(unpack(try archive([member("f")], content: "1")) == "")
        #expect(unpack(try archive([member("f", S_IFDIR | 0o755)])) == #"cannot overwrite non-directory "/in/f" with directory "/in""#)
        #expect(unpack(try archive([member("f")], content: "2")) == "")
        #expect(try String(contentsOfFile: "\(folder)/in/f", encoding: .utf8) == "2")
    }

    @Test func `an archive that breaks off leaves no half file`() throws {
        defer { close() }
        let bytes = try archive([member("f")], content: String(repeating: "x", count: 5000))
        #expect(unpack(Array(bytes.prefix(3000))) != "")
        #expect(access("\(folder)/in/f", F_OK) != 0)
    }
}
