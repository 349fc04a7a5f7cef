import Basics
import Testing

@testable import Dockerfile

/// What has to be brought and removed when a context follows another.
struct ContextManifestTests {
    private func entry(_ path: String, size: Int64 = 1, changed: Int64 = 5, inode: UInt64 = 7, isFolder: Bool = false)
        -> ContextManifest.Entry
    {
        ContextManifest.Entry(
            path: Array(path.utf8), mode: isFolder ? 0o040755 : 0o100644, size: size, modified: -3, changed: changed, device: 1,
            inode: inode)
    }

    private func folder(_ path: String) -> ContextManifest.Entry { entry(path, isFolder: true) }

    private func difference(_ old: [ContextManifest.Entry], _ new: [ContextManifest.Entry]) -> (brought: [String], removed: [String]) {
        let manifest = ContextManifest(entries: new)
        let difference = manifest.difference(from: ContextManifest(entries: old))
        return (
            difference.brought.map { String(decoding: new[$0].path, as: UTF8.self) },
            difference.removed.map { String(decoding: $0.path, as: UTF8.self) }
        )
    }

    @Test func whatIsTheSameStays() {
        let (brought, removed) = difference([folder("a"), entry("a/b"), entry("c")], [folder("a"), entry("a/b"), entry("c")])
        #expect(brought.isEmpty && removed.isEmpty)
    }

    @Test func aFilesFolderGetsItsTimeAnew() {
        let (brought, removed) = difference(
            [folder("a"), entry("a/b"), entry("c")], [folder("a"), entry("a/b", changed: 6), entry("c")])
        #expect(brought == ["a", "a/b"] && removed == ["a/b"])
    }

    @Test func whatIsGoneGoesBeforeItsFolder() {
        let (brought, removed) = difference([folder("a"), entry("a/b"), entry("c")], [entry("a"), entry("c")])
        #expect(brought == ["a"] && removed == ["a/b", "a"])
    }

    @Test func anEntryThatMayHaveChangedUnseenIsNeverTheSame() {
        let (brought, _) = difference([entry("a", inode: 0)], [entry("a", inode: 0)])
        #expect(brought == ["a"])
    }

    @Test func bytesReadBack() throws {
        var manifest = ContextManifest(generation: "boot.1", entries: [folder("a"), entry("a/b c\n"), entry("d")])
        manifest.sums = [Array("a/b c\n".utf8): "feed"]
        let read = try ContextManifest(parsing: manifest.bytes)
        #expect(read.generation == "boot.1" && read.entries == manifest.entries && read.sums == manifest.sums)
        #expect(read.size == 2)
    }

    @Test(
        "Refused in one sentence",
        arguments: [
            "": "cut off", "drydock-context 1 x": "cut off", "drydock-context 2 x\0": "beginning",
            "drydock-context 1 x\0- 1 2 3 4 5 6\0": "too few", "drydock-context 1 x\0- 1 two 3 4 5 6 a\0": "a number",
            "drydock-context 1 x\0- 1 2 3 4 5 6 ../a\0": "nowhere", "drydock-context 1 x\0- 1 2 3 4 5 6 /a\0": "nowhere",
            "drydock-context 1 x\0- 1 2 3 4 5 6 a/b\0": "folder isn't named", "drydock-context 1 x\0- 1 -2 3 4 5 6 a\0": "too large",
            "drydock-context 1 x\0- 99999999999 2 3 4 5 6 a\0": "too large",
        ])
    func refuses(text: String, why: String) {
        let error = #expect(throws: DrydockError.self) { try ContextManifest(parsing: Array(text.utf8)) }
        #expect(error?.sentence.contains(why) == true, "\(String(describing: error))")
    }
}
