import Basics
import CArchive
import Foundation
import Glibc
import Testing

@testable import Store

/// What each layer does to those below it, told file by file.
@Suite(.enabled(if: geteuid() == 0, "owners, devices and overlayfs's attributes need root"))
struct LayerListingTests {
    /// The layers of an image, unpacked of archives, the lowest first.
    private struct Layers {
        let fixture: Fixture
        let folders: [String]

        init(_ build: ((inout Tar) -> Void)...) throws {
            fixture = try Fixture()
            let image = try fixture.image(
                build.map { fill in
                    var tar = Tar()
                    fill(&tar)
                    return tar.finished
                }, ["test:1"])
            folders = image.chain.map { [fixture] in fixture.store.filesFolder(of: $0) }
        }

        /// - Parameter number: 1 for the lowest.
        func listing(_ number: Int) throws -> LayerListing {
            try LayerListing(of: folders[number - 1], on: folders.prefix(number - 1).reversed())
        }

        func told(_ number: Int, limit: Int? = nil) throws -> [String] {
            try listing(number).lines(limit: limit).map { "\($0.mark?.rawValue ?? "-") \($0.path)" }
        }
    }

    @Test func theLowestLayerAddsEverything() throws {
        let layers = try Layers { tar in
            tar.add("etc/", .folder, mode: 0o755)
            tar.add("etc/hosts", data: "one")
            tar.add("etc/link", .symbolicLink, link: "/etc/hosts")
        }
        #expect(try layers.told(1) == ["A /etc", "A /etc/hosts", "A /etc/link"])
        let listing = try layers.listing(1)
        #expect((listing.added, listing.changed, listing.deleted) == (3, 0, 0))
        let lines = listing.lines()
        #expect(lines.map(\.depth) == [0, 1, 1])
        #expect(lines[1].now?.size == 3 && lines[1].before == nil)
        #expect(lines[2].target == "/etc/hosts" && lines[2].now?.kind == .link && lines[2].now?.size == 0)
    }

    @Test func marksAreThoseOfDiff() throws {
        let layers = try Layers(
            { tar in
                tar.add("etc/", .folder, mode: 0o755)
                tar.add("etc/hosts", data: "one")
                tar.add("etc/gone", data: "two")
                tar.add("usr/", .folder, mode: 0o755)
                tar.add("usr/lib/", .folder, mode: 0o755)
                tar.add("usr/lib/a", data: "a")
            },
            { tar in
                tar.add("etc/", .folder, mode: 0o755)
                tar.add("etc/hosts", data: "three", mode: 0o600, owner: 7)
                tar.add("etc/.wh.gone")
                tar.add("etc/.wh.never")
                tar.add("usr/", .folder, mode: 0o755)
                tar.add("usr/lib/", .folder, mode: 0o755)
                tar.add("usr/lib/deep/", .folder, mode: 0o755)
                tar.add("usr/lib/deep/new", data: "x")
            })
        // /usr only leads there; what was never there can't be deleted.
        #expect(
            try layers.told(2) == [
                "C /etc", "D /etc/gone", "C /etc/hosts", "- /usr", "C /usr/lib", "A /usr/lib/deep", "A /usr/lib/deep/new",
            ])
        let hosts = try #require(layers.listing(2).lines().first { $0.path == "/etc/hosts" })
        #expect(hosts.before?.mode == 0o644 && hosts.now?.mode == 0o600)
        #expect(hosts.before?.user == 0 && hosts.now?.user == 7)
        let gone = try #require(layers.listing(2).lines().first { $0.path == "/etc/gone" })
        #expect(gone.now == nil && gone.before?.size == 3)
    }

    @Test func aFolderThatOnlyLiesThereIsNoChange() throws {
        let layers = try Layers(
            { $0.add("etc/", .folder, mode: 0o755) },
            { tar in
                tar.add("etc/", .folder, mode: 0o755)
                tar.add("srv/", .folder, mode: 0o700)
            })
        #expect(try layers.told(2) == ["A /srv"])
    }

    @Test func aFolderOfOtherModeHasChanged() throws {
        let layers = try Layers({ $0.add("tmp/", .folder, mode: 0o755) }, { $0.add("tmp/", .folder, mode: 0o1777) })
        #expect(try layers.told(2) == ["C /tmp"])
        #expect(try layers.listing(2).lines()[0].now?.mode == 0o1777)
    }

    @Test func whatAnOpaqueFolderHidesIsDeleted() throws {
        let layers = try Layers(
            { tar in
                tar.add("var/", .folder, mode: 0o755)
                tar.add("var/old", data: "1")
                tar.add("var/stays", data: "1")
                tar.add("var/inner/", .folder, mode: 0o755)
                tar.add("var/inner/lost", data: "1")
                tar.add("var/inner/kept", data: "1")
            },
            { tar in
                tar.add("var/", .folder, mode: 0o755)
                tar.add("var/.wh.old")
            },
            { tar in
                tar.add("var/", .folder, mode: 0o755)
                tar.add("var/.wh..wh..opq")
                tar.add("var/stays", data: "2")
                tar.add("var/inner/", .folder, mode: 0o755)
                tar.add("var/inner/kept", data: "2")
                tar.add("var/fresh", data: "3")
            },
            { tar in
                tar.add("var/", .folder, mode: 0o755)
                tar.add("var/inner/", .folder, mode: 0o755)
                tar.add("var/inner/lost", data: "again")
            })
        // The second layer has deleted /var/old already: the third can't do it again.
        #expect(try layers.told(3) == ["C /var", "A /var/fresh", "C /var/inner", "C /var/inner/kept", "D /var/inner/lost", "C /var/stays"])
        #expect(try layers.listing(3).lines()[0].isOpaque)
        // What comes back from behind an opaque folder is new.
        #expect(try layers.told(4) == ["- /var", "C /var/inner", "A /var/inner/lost"])
    }

    @Test func fileAndFolderTakeEachOthersPlace() throws {
        let layers = try Layers(
            { tar in
                tar.add("a", data: "1")
                tar.add("b/", .folder, mode: 0o755)
                tar.add("b/x", data: "1")
            },
            { tar in
                tar.add("a/", .folder, mode: 0o755)
                tar.add("a/x", data: "1")
                tar.add("b", data: "1")
            })
        #expect(try layers.told(2) == ["C /a", "A /a/x", "C /b"])
        #expect(try layers.listing(2).lines()[2].before?.kind == .folder)
    }

    @Test func noLinkIsFollowed() throws {
        let outside = NSTemporaryDirectory() + "/drydock-outside-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: outside, withIntermediateDirectories: true)
        defer { try? FileTree.remove(outside) }
        try #require(FileManager.default.createFile(atPath: outside + "/secret", contents: Data("1".utf8)))
        let layers = try Layers(
            { $0.add("door", .symbolicLink, link: outside) },
            { tar in
                tar.add("door/", .folder, mode: 0o755)
                tar.add("door/secret", data: "2")
            })
        #expect(try layers.told(1) == ["A /door"])
        // Through the link below there would be a /door/secret to change.
        #expect(try layers.told(2) == ["C /door", "A /door/secret"])
    }

    @Test func largeLayersLeaveFoldersClosed() throws {
        let layers = try Layers(
            { tar in
                tar.add("etc/", .folder, mode: 0o755)
                tar.add("etc/hosts", data: "1")
            },
            { tar in
                tar.add("big/", .folder, mode: 0o755)
                tar.add("big/inner/", .folder, mode: 0o755)
                for number in 100..<150 { tar.add("big/inner/\(number)", data: "12345") }
                tar.add("etc/", .folder, mode: 0o755)
                tar.add("etc/hosts", data: "2")
            })
        #expect(try layers.listing(2).lines().count == 54)
        #expect(try layers.told(2, limit: 54).count == 54)
        #expect(try layers.told(2, limit: 53) == ["A /big", "A /big/inner", "C /etc", "C /etc/hosts"])
        let closed = try #require(layers.listing(2).lines(limit: 10).first { $0.path == "/big/inner" })
        #expect(closed.contents == LayerFile.Contents(count: 50, size: 250))
        // What was there before comes before what is new.
        #expect(try layers.told(2, limit: 3) == ["A /big", "C /etc", "C /etc/hosts"])
        #expect(try layers.listing(2).lines(limit: 3)[0].contents?.count == 51)
        let root = try layers.listing(2).lines(limit: 1)
        #expect(root.map(\.path) == ["/"] && root[0].contents?.count == 54)
    }

    @Test func readingEndsWhenAsked() throws {
        let layers = try Layers { $0.add("a", data: "1") }
        #expect(throws: DrydockError.self) {
            try LayerListing(of: layers.folders[0], on: []) { throw DrydockError(.unavailable, "gone") }
        }
    }
}
