import Basics
import Foundation
import OCI
import Registry
import Testing

@testable import LabHub

@Suite("The lab hub")
struct HubTests {
    @Test("The same recipe gives the same digests, and is not made twice")
    func deterministic() throws {
        let (first, second) = (try HubFixture(), try HubFixture())
        let index = try String(contentsOfFile: "\(first.folder.path)/hub/index.json", encoding: .utf8)
        #expect(try String(contentsOfFile: "\(second.folder.path)/hub/index.json", encoding: .utf8) == index)
        var made: [String] = []
        #expect(try first.hub.fill(recipes: "\(first.folder.path)/recipes") { made.append($0) } == ["tiny:1", "tiny:latest"])
        #expect(made.isEmpty)
    }

    @Test("A changed recipe replaces its image, and a lost blob is made again")
    func refilled() throws {
        let fixture = try HubFixture()
        let recipes = "\(fixture.folder.path)/recipes"
        var made: [String] = []
        try fixture.folder.write("recipes/tiny.json", HubFixture.recipe.replacing("hello", with: "good-bye"))
        _ = try fixture.hub.fill(recipes: recipes) { made.append($0) }
        #expect(made == ["tiny:1"])
        let image = try fixture.client.resolve(try Reference("tiny"))
        try FileManager.default.removeItem(atPath: "\(fixture.folder.path)/hub/blobs/sha256/\(image.manifest.layers[0].digest.hex)")
        #expect(
            sentence { try fixture.client.fetchBlob(try Reference("tiny"), image.manifest.layers[0], to: { _ in }) }
                == "unknown: unknown error"
        )
        _ = try fixture.hub.fill(recipes: recipes) { made.append($0) }
        #expect(made == ["tiny:1", "tiny:1"])
        #expect(try fixture.client.resolve(try Reference("tiny")).manifestDigest == image.manifestDigest)
    }

    @Test("A hub finds its images again")
    func reopened() throws {
        let fixture = try HubFixture()
        try fixture.folder.write("hub/staging/new-1-1", "half")
        let again = try LabHub(directory: "\(fixture.folder.path)/hub")
        #expect(again.images == ["tiny:1", "tiny:latest"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(fixture.folder.path)/hub/staging").isEmpty)
    }

    @Test("A damaged folder is said, not served")
    func damaged() throws {
        let folder = try TemporaryFolder()
        try folder.write("index.json", "{")
        #expect(throws: DrydockError.self) { try LabHub(directory: folder.path) }
    }

    @Test(
        "The recipes under Lessons/Images make real images",
        .enabled(if: access("/bin/busybox", X_OK) == 0 && access("/usr/bin/bash-static", X_OK) == 0)
    )
    func realRecipes() throws {
        let folder = try TemporaryFolder()
        let hub = try LabHub(directory: folder.path)
        let recipes = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../Lessons/Images").standardized.path
        let images = try hub.fill(recipes: recipes)
        for name in ["ubuntu:14.04", "ubuntu:latest", "busybox:latest", "alpine:latest", "centos:7"] { #expect(images.contains(name)) }
        #expect(hub.images == images)
    }

    @Test(
        "A wrong recipe is refused with the place and the problem",
        arguments: [
            (
                "\"/etc/motd\", \"text\"", "\"etc/motd\", \"text\"",
                "layers[0].entries[2] has a path that is not absolute and plain: \"etc/motd\""
            ),
            ("/srv/data/file", "/srv/../file", "layers[1].entries[0] has a path that is not absolute and plain: \"/srv/../file\""),
            ("\"1777\"", "\"1787\"", "layers[0].entries[1].mode must be an octal mode like \"1777\""),
            ("\"note\"", "\"nota\"", "the recipe has an unknown key \"nota\""),
            ("[\"1\", \"latest\"]", "[]", "tags must be one or more tags"),
            ("\"tiny\"", "\"Tiny\"", "name must be a repository name"),
        ]
    )
    func wrongRecipe(_ old: String, _ new: String, _ problem: String) {
        let text = HubFixture.recipe.replacing(old, with: new)
        #expect(sentence { _ = try Recipe(parsing: Array(text.utf8), file: "tiny.json") } == "the recipe tiny.json is wrong: \(problem)")
    }

    @Test("A missing file of the host comes with the package that has it")
    func missingHostFile() throws {
        let folder = try TemporaryFolder()
        let entry = "{\"copy\": \"/no/busybox\", \"package\": \"busybox-static\"}, {\"directories\": [\"/etc\"]}"
        try folder.write("r/tiny.json", HubFixture.recipe.replacing("{\"directories\": [\"/etc\"]}", with: entry))
        let hub = try LabHub(directory: "\(folder.path)/hub")
        do {
            _ = try hub.fill(recipes: "\(folder.path)/r")
            Issue.record("filled without the file")
        } catch let error as DrydockError {
            #expect(error.sentence == "the lab hub needs /no/busybox for tiny, and it is not there")
            #expect(error.advice == "apt-get install busybox-static")
        }
    }
}

@Suite("The hub's API")
struct HubRoutesTests {
    private let folder: TemporaryFolder
    private let routes: HubRoutes

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("recipes/tiny.json", HubFixture.recipe)
        let storage = try HubStorage(directory: "\(folder.path)/hub")
        var filler = try HubFiller(storage: storage, platform: .host)
        for found in try RecipeFinder.recipes(in: "\(folder.path)/recipes") {
            _ = try filler.fill(found.recipe, source: found.bytes, progress: { _ in })
        }
        routes = try HubRoutes(storage)
    }

    private func ask(_ target: String, _ headers: [String: String] = [:], method: String = "GET", token: Bool = true) -> HubAnswer {
        var headers = headers
        if token {
            headers["Authorization"] = "Bearer \(routes.tokens.mint([.repository("library/tiny", "pull"), .catalog]))"
        }
        let request = HubRequest(method: method, target: target, headers: headers.map { ($0.key, $0.value) }, address: "127.0.0.1:5000")
        switch routes.plan(request) {
        case .answer(let answer), .stream(_, let answer): return answer()
        case .collect(_, _, let answer): return answer([])
        case .refuse(let answer): return answer
        }
    }

    private func header(_ answer: HubAnswer, _ name: String) -> String? { answer.headers.first { $0.name == name }?.value }

    @Test("Without a token everything is refused with a challenge that names where to get one")
    func challenge() {
        let refused = ask("/v2/library/tiny/tags/list", ["Host": "hub.lan:5000"], token: false)
        #expect(refused.status == 401)
        #expect(
            header(refused, "WWW-Authenticate")
                == "Bearer realm=\"http://hub.lan:5000/token\",service=\"drydock-lab-hub\",scope=\"repository:library/tiny:pull\""
        )
        #expect(header(ask("/v2/", ["Host": "a\"b"], token: false), "WWW-Authenticate")?.contains("http://127.0.0.1:5000/token") == true)
    }

    @Test("A client that reads no index gets the manifest for this machine")
    func negotiation() {
        let manifest = ask("/v2/library/tiny/manifests/1", ["Accept": "\(MediaType.ociManifest), \(MediaType.dockerManifest)"])
        #expect(header(manifest, "Content-Type") == MediaType.ociManifest)
        #expect(header(ask("/v2/library/tiny/manifests/1"), "Content-Type") == MediaType.ociIndex)
        #expect(
            header(ask("/v2/library/tiny/manifests/1", ["Accept": "\(MediaType.ociManifest);q=0.5, \(MediaType.ociIndex)"]), "Content-Type")
                == MediaType.ociIndex
        )
        #expect(ask("/v2/library/tiny/manifests/1", ["Accept": "text/html"]).status == 404)
    }

    @Test("Lists come in pages")
    func pages() {
        let first = ask("/v2/library/tiny/tags/list?n=1")
        #expect(header(first, "Link") == "</v2/library/tiny/tags/list?last=1&n=1>; rel=\"next\"")
        #expect(header(ask("/v2/library/tiny/tags/list?n=1&last=1"), "Link") == nil)
        #expect(ask("/v2/_catalog?n=x").status == 400)
    }

    @Test(
        "What is no question of the API gets an error of the API",
        arguments: [
            ("GET", "/", 404), ("GET", "/v2/x", 404), ("GET", "/v2/Bad/tags/list", 400), ("PUT", "/v2/library/tiny/manifests/1", 401),
            ("GET", "/v2/library/tiny/blobs/sha256:12", 400), ("GET", "/v2/../../etc/passwd", 404), ("GET", "/v2//manifests/1", 400),
            ("POST", "/token", 405), ("POST", "/v2/library/tiny/manifests/1", 405), ("PUT", "/v2/library/tiny/tags/list", 405),
            ("POST", "/v2/library/tiny/blobs/uploads/", 401), ("POST", "/v2/../x/blobs/uploads/", 400), ("GET", "/v3/", 404),
        ]
    )
    func errors(_ method: String, _ target: String, _ status: Int) { #expect(ask(target, method: method).status == status) }

    @Test("Tokens end, and allow what they say")
    func tokens() {
        let pull = TokenMint.Scope.repository("a", "pull")
        let early = TokenMint(now: { 1000 })
        let token = early.mint([pull])
        #expect(early.judge(token, for: pull) == .allowed)
        #expect(early.judge(token, for: .repository("b", "pull")) == .insufficient)
        #expect(early.judge(token, for: .repository("a", "pull", "push")) == .insufficient)
        let several = early.mint([.repository("a", "pull"), .repository("a", "push"), .repository("b", "delete")])
        #expect(early.judge(several, for: .repository("a", "pull", "push")) == .allowed)
        #expect(early.judge(several, for: .repository("a", "delete")) == .insufficient)
        #expect(early.judge(token + "A", for: pull) == .invalid)
        #expect(early.judge(".", for: pull) == .invalid)
        #expect(TokenMint(now: { 1000 }).judge(token, for: pull) == .invalid)
        let clock = Clock()
        let mint = TokenMint(now: { clock.next() })
        let short = mint.mint([pull])
        #expect(mint.judge(short, for: pull) == .invalid)
    }

    /// Each look at it is 300 seconds later: a token is over at the second.
    private final class Clock: @unchecked Sendable {
        private var time: Int64 = 0
        func next() -> Int64 {
            defer { time += 300 }
            return time
        }
    }

    @Test(
        "Ranges",
        arguments: [
            ("bytes=0-1", ByteRange.part(0..<2)), ("bytes=5-", .part(5..<10)), ("bytes=-3", .part(7..<10)), ("bytes=-30", .part(0..<10)),
            ("bytes=8-99", .part(8..<10)), ("bytes=10-", .outside), ("bytes=-0", .outside), ("bytes=3-1", .whole), ("bytes=a-b", .whole),
            ("bytes=0-1,3-4", .whole), ("lines=1-2", .whole), ("bytes=99999999999999999999-", .whole), ("bytes=-", .whole),
        ]
    )
    func ranges(_ header: String, _ range: ByteRange) { #expect(ByteRange.parse([header], size: 10) == range) }

    @Test(
        "Names",
        arguments: [
            ("library/ubuntu", true), ("a", true), ("a__b", true), ("a-----b", true), ("a.b_c", true), ("a___b", false), ("a..b", false),
            ("A", false), ("", false), ("a/", false), ("/a", false), ("a//b", false), ("-a", false), ("a-", false), ("a._b", false),
        ]
    )
    func names(_ name: String, _ isName: Bool) { #expect(HubName.isRepository(name) == isName) }

    @Test("Base64 for URLs is read as it was written")
    func base64() {
        for count in 0...70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 199 &+ 251) }
            #expect(Base64.forURLsUnpadded.bytes(Base64.forURLsUnpadded.text(bytes)) == bytes)
        }
        #expect(Base64.forURLsUnpadded.bytes("A") == nil)
        #expect(Base64.forURLsUnpadded.bytes("AB") == nil)
        #expect(Base64.forURLsUnpadded.bytes("AA==") == nil)
    }
}
