import Basics
import OCI
import Testing

@Suite("References") struct ReferenceTests {
    static let sha = String(repeating: "a", count: 64)

    @Test(
        "are completed as Docker completes them",
        arguments: [
            ("ubuntu", "docker.io/library/ubuntu", "ubuntu"),
            ("ubuntu:14.04", "docker.io/library/ubuntu:14.04", "ubuntu:14.04"),
            ("docker.io/ubuntu", "docker.io/library/ubuntu", "ubuntu"),
            ("index.docker.io/library/ubuntu", "docker.io/library/ubuntu", "ubuntu"),
            ("team/app", "docker.io/team/app", "team/app"),
            ("docker.io/a/b/c", "docker.io/a/b/c", "a/b/c"),
            ("localhost/x", "localhost/x", "localhost/x"),
            ("localhost:5000/x:Y", "localhost:5000/x:Y", "localhost:5000/x:Y"),
            ("Example.COM/x", "Example.COM/x", "Example.COM/x"),
            ("a__b/c---d.e_f:_", "docker.io/a__b/c---d.e_f:_", "a__b/c---d.e_f:_"),
            ("x@sha256:\(sha)", "docker.io/library/x@sha256:\(sha)", "x@sha256:\(sha)"),
            ("x:t@sha256:\(sha)", "docker.io/library/x:t@sha256:\(sha)", "x:t@sha256:\(sha)"),
        ])
    func complete(text: String, full: String, familiar: String) throws {
        let reference = try Reference(text)
        #expect(reference.description == full)
        #expect(reference.familiar == familiar)
        #expect(try Reference(canonical: full) == reference)
    }

    @Test(
        "are refused in Docker's words",
        arguments: [
            ("", "invalid reference format"),
            (":", "invalid reference format"),
            ("/x", "invalid reference format"),
            ("x/", "invalid reference format"),
            ("a//b", "invalid reference format"),
            ("foo..bar", "invalid reference format"),
            ("foo___bar", "invalid reference format"),
            ("-foo", "invalid reference format"),
            ("foo-", "invalid reference format"),
            ("ubuntu:14:04", "invalid reference format"),
            ("ubuntu:", "invalid reference format"),
            ("ubuntu:-x", "invalid reference format"),
            ("ubuntu:14.04/x", "invalid reference format"),
            ("a b", "invalid reference format"),
            ("x:\(String(repeating: "t", count: 129))", "invalid reference format"),
            ("x@sha256:aa", "invalid reference format"),
            ("x@sha256:\(String(repeating: "a", count: 40))", "invalid checksum digest length"),
            ("x@SHA256:\(String(repeating: "a", count: 64))", "invalid reference format: repository name must be lowercase"),
            ("x:y@sha256:\(String(repeating: "A", count: 64))", "invalid checksum digest format"),
            ("x@md5:\(String(repeating: "a", count: 32))", "unsupported digest algorithm"),
            ("Ubuntu", "invalid reference format: repository name must be lowercase"),
            ("Foo/bar:1", "invalid reference format: repository name must be lowercase"),
            (sha, "invalid repository name (\(sha)), cannot specify 64-byte hexadecimal strings"),
            (String(repeating: "a", count: 256), "repository name must not be more than 255 characters"),
            ("ubuntu\n", "invalid reference format"),
            ("ubuntu:\u{301}x", "invalid reference format"),
        ])
    func refuse(text: String, message: String) {
        let error = #expect(throws: DrydockError.self) { try Reference(text) }
        #expect(error?.sentence == message)
        #expect(error?.code == .invalid)
    }

    @Test("without a name say so in full form") func empty() {
        let error = #expect(throws: DrydockError.self) { try Reference(canonical: "") }
        #expect(error?.sentence == "repository name must have at least one component")
    }

    @Test(
        "that were mistyped get a suggestion",
        arguments: [
            ("ubuntu:14:04", "ubuntu:14.04"), ("Ubuntu:14.04", "ubuntu:14.04"), ("ubuntu: 14.04", "ubuntu:14.04"), ("ubuntu:", "ubuntu"),
            ("/ubuntu", "ubuntu"), ("ubuntu::14.04", "ubuntu:14.04"), ("https://localhost:5000/x", "localhost:5000/x"),
            ("Team\\App:1", "team/app:1"), ("Foo:Bar", "foo:Bar"), ("localhost:5000/a:1:2", "localhost:5000/a:1.2"),
        ])
    func suggest(text: String, meant: String) {
        #expect(Reference.suggestion(for: text) == meant)
        let error = #expect(throws: DrydockError.self) { try Reference(text) }
        #expect(error?.advice == "did you mean \(meant)?")
    }

    @Test("get no suggestion when they are right or beyond help", arguments: ["ubuntu", "", "///", "!!!", "a..b"])
    func suggestNothing(text: String) { #expect(Reference.suggestion(for: text) == nil) }

    @Test("are matched in linear time") func linear() {
        let long = String(repeating: "a-", count: 200_000)
        let start = ContinuousClock.now
        #expect(throws: DrydockError.self) { try Reference(long) }
        #expect(throws: DrydockError.self) { try Reference("\(String(repeating: "a.", count: 200_000))/x:\(long)") }
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test("have forms for storing, tagging and addressing") func forms() throws {
        let digest = try Digest("sha256:\(Self.sha)")
        #expect(try Reference("x").withDefaultTag.familiar == "x:latest")
        #expect(try Reference("x:t@\(digest)").storageForm.familiar == "x@\(digest)")
        #expect(try Reference("x:1").with(tag: "2").familiar == "x:2")
        #expect(throws: DrydockError.self) { try Reference("x").with(tag: "a b") }
        #expect(try Reference("x:1").with(digest: digest).familiar == "x@\(digest)")
        #expect(try ImageName(Self.sha) == .id(ImageID(digest)))
        #expect(try ImageName("sha256:2573").familiar == "sha256:2573")
        #expect(try ImageName("2573").familiar == "2573:latest")
    }
}

@Suite("Names of containers") struct ContainerNameTests {
    @Test("follow Docker's rule", arguments: ["ab", "/ab", "x_", "0.-_", "A9"])
    func good(name: String) throws { _ = try ContainerName(name) }

    @Test("are refused in Docker's words", arguments: ["a", "-a", "", "a b", "/", "//ab", "é2", "a/b", ".ab"])
    func bad(name: String) {
        let error = #expect(throws: DrydockError.self) { try ContainerName(name) }
        #expect(error?.sentence == "Invalid container name (\(name)), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")
    }

    struct Fixed: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state
        }
    }

    @Test("are made up in Docker's form, the same from the same source") func random() throws {
        var (one, two) = (Fixed(state: 7), Fixed(state: 7))
        var seen: Set<String> = []
        for retry in [0, 0, 0, 0, 0, 0, 0, 0, 1, 5] {
            let name = RandomName.make(retry: retry, using: &one)
            #expect(name == RandomName.make(retry: retry, using: &two))
            #expect(name.split(separator: "_").count == 2)
            #expect(name.last?.isNumber == (retry > 0))
            _ = try ContainerName(name)
            seen.insert(name)
        }
        #expect(seen.count > 8)
    }
}
