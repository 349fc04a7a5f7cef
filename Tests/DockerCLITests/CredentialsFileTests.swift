import Basics
import Testing

@testable import DockerCLI

struct CredentialsFileTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func file(_ text: String? = nil, language: Language = .english) throws -> CredentialsFile {
        if let text { try folder.write("config.json", text) }
        return try CredentialsFile(directory: folder.path, language: language)
    }

    private func me(_ server: String, _ password: String = "secret") -> RegistryCredentials {
        RegistryCredentials(username: "me", password: password, serverAddress: server)
    }

    @Test func `the file looks as Docker writes it, and only its owner may read it`() throws {
        var file = try file()
        file.set(me("localhost:5001"))
        try file.save()
        #expect(
            try folder.read("config.json")
                == "{\n\t\"auths\": {\n\t\t\"localhost:5001\": {\n\t\t\t\"auth\": \"bWU6c2VjcmV0\"\n\t\t}\n\t}\n}")
        #expect(folder.mode("config.json") == 0o600)
        // Nothing temporary is left beside it.
        #expect(folder.names == ["config.json"])
        file.remove("localhost:5001")
        try file.save()
        #expect(try folder.read("config.json") == "{\n\t\"auths\": {}\n}")
    }

    @Test func `a file that others could read is closed to them`() throws {
        var file = try file("{}")
        #expect(folder.mode("config.json") == 0o644)
        file.set(me("a"))
        try file.save()
        #expect(folder.mode("config.json") == 0o600)
    }

    @Test func `missing folders are made for the owner alone`() throws {
        let inner = "\(folder.path)/new"
        var file = try CredentialsFile(directory: inner, language: .english)
        file.set(me("a"))
        try file.save()
        #expect(folder.mode("new") == 0o700 && folder.mode("new/config.json") == 0o600)
        // ScratchFolder removes files only.
        removeFolder(inner)
    }

    @Test func `what is not about credentials stays as it is`() throws {
        var file = try file(
            #"{"psFormat":"{{.ID}}","auths":{"z":{"auth":"eDp5","email":"x@y"}},"zzz":{"b":[1,null,1.5],"a":"<&>"},"HttpHeaders":{}}"#
        )
        file.set(me("a"))
        file.set(me("z"))
        try file.save()
        let after = try JSONValue(parsing: folder.read("config.json"))
        #expect(after["zzz"] == ["b": [1, nil, 1.5], "a": "<&>"])
        #expect(after.objectValue?.keys == ["psFormat", "auths", "zzz", "HttpHeaders"])
        #expect(after["auths"] == ["a": ["auth": "bWU6c2VjcmV0"], "z": ["email": "x@y", "auth": "bWU6c2VjcmV0"]])
    }

    @Test func `credentials are read in each of the ways in which Docker wrote them`() throws {
        let file = try file(
            #"""
            {"auths":{"a":{"auth":"bWU6c2VjcmV0"},"b":{"username":"u","password":"p:q"},"c":{"auth":"bWU6","identitytoken":"T"},
            "old":{"auth":"YTpiAAA="},"colon":{"auth":"dTpwOnE="},"empty":{},"null":null}}
            """#)
        #expect(try file.credentials(for: "a") == me("a"))
        #expect(try file.credentials(for: "b") == RegistryCredentials(username: "u", password: "p:q", serverAddress: "b"))
        #expect(try file.credentials(for: "c") == RegistryCredentials(username: "me", serverAddress: "c", identityToken: "T"))
        #expect(try file.credentials(for: "old")?.password == "b")
        #expect(try file.credentials(for: "colon")?.password == "p:q")
        #expect(try file.credentials(for: "empty") == nil && file.credentials(for: "null") == nil && file.credentials(for: "no") == nil)
    }

    @Test(arguments: ["host:5000", "http://host:5000", "https://host:5000/v1/", "http://host:5000/v2/", "host:5000/v1"])
    func `an entry counts under each address of its host`(_ key: String) throws {
        let file = try file("{\"auths\":{\"\(key)\":{\"auth\":\"bWU6c2VjcmV0\"}}}")
        #expect(try file.credentials(for: "host:5000")?.password == "secret")
        #expect(try file.credentials(for: "host") == nil)
        #expect(try file.credentials(for: "host:50000") == nil)
    }

    @Test(arguments: ["{", "[]", "\"x\"", #"{"auths":[]}"#, #"{"credHelpers":"x"}"#, "{}x"])
    func `a damaged file is refused by name, and stays as it is`(_ text: String) throws {
        let failure = #expect(throws: CommandFailure.self) { try file(text) }
        #expect(failure?.text.hasPrefix("cannot read the config file \(folder.path)/config.json: ") == true)
        #expect(failure?.text.contains("\n") == false)
        let korean = #expect(throws: CommandFailure.self) { try file(text, language: .korean) }
        #expect(korean?.text.hasPrefix("설정 파일 \(folder.path)/config.json") == true)
        #expect(try folder.read("config.json") == text)
    }

    @Test func `a file of more than a mebibyte is refused`() throws {
        let failure = #expect(throws: CommandFailure.self) { try file(String(repeating: " ", count: (1 << 20) + 1)) }
        #expect(failure?.text == "the config file \(folder.path)/config.json is larger than 1 MiB")
    }

    @Test(arguments: ["", "\n", "null", #"{"auths":null}"#])
    func `an empty file is one without settings`(_ text: String) throws {
        var file = try file(text)
        #expect(!file.knowsCredentials)
        file.set(me("a"))
        #expect(try file.credentials(for: "a") == me("a"))
    }

    @Test(arguments: ["%%%", "YQ==", "bWU6c2VjcmV0Cg"])
    func `a damaged entry is named, without what is in it, and spoils no other`(_ auth: String) throws {
        let file = try file("{\"auths\":{\"a\":{\"auth\":\"\(auth)\"},\"b\":{\"auth\":\"bWU6c2VjcmV0\"}}}")
        let failure = #expect(throws: CommandFailure.self) { try file.credentials(for: "a") }
        #expect(failure?.text == "cannot read the config file \(folder.path)/config.json: \"auth\" of a is not user:password in base64")
        #expect(try file.credentials(for: "b")?.username == "me")
    }

    @Test func `a link to the file stays a link`() throws {
        try folder.write("real.json", "{}")
        try #require(makeLink("real.json", "\(folder.path)/config.json"))
        var file = try file()
        file.set(me("a"))
        try file.save()
        #expect(isLink("\(folder.path)/config.json"))
        #expect(try folder.read("real.json").contains("bWU6c2VjcmV0"))
    }
}

struct RegistryCredentialsTests {
    @Test func `base64 reads what it writes, of any length`() {
        for count in 0...70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 250) }
            let text = Base64.standard.text(bytes)
            #expect(text.utf8.count == (count + 2) / 3 * 4)
            #expect(Base64.standard.bytes(text) == bytes)
        }
        #expect(
            Base64.standard.text("f".utf8) == "Zg==" && Base64.standard.text("fo".utf8) == "Zm8="
                && Base64.standard.text("foo".utf8) == "Zm9v")
        #expect(
            Base64.standard.bytes("Zg") == nil && Base64.standard.bytes("Z===") == nil && Base64.standard.bytes("Zm9-") == nil
                && Base64.standard.bytes("=Zm9") == nil)
    }

    @Test func `the header is Docker's: base64 for URLs, with padding`() {
        #expect(RegistryCredentials.header(nil) == "e30=")
        // Both letters that differ from plain base64 occur.
        let odd = RegistryCredentials(username: "m?~", password: ">>>??", serverAddress: "localhost:5001")
        #expect(
            RegistryCredentials.header(odd)
                == "eyJ1c2VybmFtZSI6Im0_fiIsInBhc3N3b3JkIjoiPj4-Pz8iLCJzZXJ2ZXJhZGRyZXNzIjoibG9jYWxob3N0OjUwMDEifQ==")
        let token = RegistryCredentials(serverAddress: "t", identityToken: "T")
        #expect(token.json.text() == #"{"serveraddress":"t","identitytoken":"T"}"#)
    }

    @Test func `printing credentials tells no secret`() {
        let credentials = RegistryCredentials(username: "me", password: "geheim", serverAddress: "a", identityToken: "token")
        var dumped = ""
        dump([credentials], to: &dumped)
        for text in ["\(credentials)", "\([credentials])", "\(Optional(credentials) as Any)", String(reflecting: credentials), dumped] {
            #expect(!text.contains("geheim") && !text.contains("token"))
        }
    }

    @Test(arguments: [
        ("ubuntu", "docker.io"), ("a/b", "docker.io"), ("host.example/b", "host.example"), ("localhost/b", "localhost"),
        ("localhost:5001/a/b", "localhost:5001"), ("index.docker.io/a", "docker.io"), ("", "docker.io"),
    ])
    func `a search goes to the registry that its word names`(_ term: String, _ registry: String) throws {
        #expect(try RegistryAddress.ofSearchTerm(term) == registry)
    }

    @Test func `a registry's name has no hyphen at its ends`() {
        let failure = #expect(throws: CommandFailure.self) { try RegistryAddress.ofSearchTerm("-x.y/a") }
        #expect(failure?.text == "invalid index name (-x.y). Cannot begin or end with a hyphen")
    }
}
