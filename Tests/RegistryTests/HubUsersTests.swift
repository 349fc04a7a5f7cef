import Basics
import Foundation
import Hashing
import OCI
import Testing

@testable import LabHub

@Suite("Users of the lab hub")
struct HubUsersTests {
    private let hub: PushFixture

    init() throws { hub = try PushFixture() }

    private func login(_ user: String, _ password: String) throws -> RawAnswer {
        try hub.ask("GET", "/token?service=x&account=\(user)&client_id=docker&offline_token=true", [PushFixture.basic(user, password)])
    }

    @Test("The first login signs up, later ones must have the same password, also after a restart")
    func signUp() throws {
        #expect(try login("me2u", "pa:ss").status == 200)
        #expect(try login("me2u", "pa:ss").status == 200)
        let wrong = try login("me2u", "other")
        #expect(wrong.status == 401)
        #expect(wrong.code == "UNAUTHORIZED")
        #expect(wrong.json?["errors"]?[0]?["message"] == "incorrect username or password")
        var status = stat()
        #expect(stat("\(hub.folder.path)/hub/users.json", &status) == 0 && status.st_mode & 0o777 == 0o600)
        let text = try String(contentsOfFile: "\(hub.folder.path)/hub/users.json", encoding: .utf8)
        #expect(!text.contains("pa:ss"))
        let again = try HubUsers(storage: try HubStorage(directory: hub.storage.directory))
        #expect(again.names == ["me2u"])
        try again.login("me2u", password: "pa:ss")
        #expect(throws: HubRefusal.self) { try again.login("me2u", password: "other") }
        #expect(try LabHub(directory: hub.storage.directory).users == ["me2u"])
    }

    @Test(
        "Names are Docker Hub's",
        arguments: ["abc", "Upper", "with-dash", "library", "", "a/bcd", "..aa", String(repeating: "a", count: 31)])
    func names(_ name: String) throws {
        #expect(try login(name, "pw").status == 401)
        #expect(hub.routes.users.names.isEmpty)
    }

    @Test("Credentials that cannot be read are a failed login")
    func nonsense() throws {
        for value in ["Basic", "Basic !!!!", "Basic AAAA", "Bearer x", "Digest x", "Basic \(Data("me2u:".utf8).base64EncodedString())"] {
            #expect(try hub.ask("GET", "/token", ["Authorization: \(value)"]).status == 401)
        }
        #expect(try login("me2u", String(repeating: "x", count: 2000)).status == 401)
    }

    @Test("There are at most so many users")
    func tooMany() throws {
        let users = try HubUsers(storage: hub.storage, limits: HubUsers.Limits(users: 2, rounds: 1))
        try users.login("first", password: "a")
        try users.login("second", password: "a")
        #expect(throws: HubRefusal.self) { try users.login("third", password: "a") }
        try users.login("first", password: "a")
    }

    @Test("A damaged list of users is said, not taken for an empty one", arguments: ["{}", "{\"users\": {\"me2u\": {}}}", "["])
    func damaged(_ text: String) throws {
        try hub.folder.write("hub/users.json", text)
        #expect(throws: DrydockError.self) { try LabHub(directory: hub.storage.directory) }
    }

    @Test("A user pushes to what is below the user's name and nowhere else")
    func policy() throws {
        func begin(_ name: String, _ token: String?) throws -> RawAnswer {
            try hub.ask("POST", "/v2/\(name)/blobs/uploads/", token.map { [$0] } ?? [], [])
        }
        let bare = try begin("me2u/app", nil)
        #expect(bare.status == 401)
        #expect(bare.headers["www-authenticate"]?.hasSuffix("scope=\"repository:me2u/app:pull,push\"") == true)
        for (user, name) in [
            (nil, "me2u/app"), ("you2", "me2u/app"), ("me2u", "tiny"), ("me2u", "library/tiny"), ("me2u", "me2u"), ("me2u", "me2ux/a"),
        ] {
            let token = try hub.token(user, "repository:\(name):pull,push,delete")
            let refused = try begin(name, token)
            #expect(refused.status == 401)
            #expect(refused.headers["www-authenticate"]?.contains("error=\"insufficient_scope\"") == true)
            #expect(try hub.put([], name, "1", token).status == 401)
            #expect(try hub.ask("DELETE", "/v2/\(name)/manifests/1", [token]).status == 401)
        }
        let own = try hub.token("me2u", "repository:me2u/deep/er:*")
        #expect(try begin("me2u/deep/er", own).status == 202)
        // A token is for what it says, whoever holds it.
        #expect(try begin("me2u/app", own).status == 401)
        #expect(hub.storage.catalogue.imageNames == ["tiny:1", "tiny:latest"])
    }

    @Test("PBKDF2 gives what RFC 7914 says it does")
    func vectors() {
        let key = PasswordKey.derive(password: "passwd".utf8, salt: Array("salt".utf8), rounds: 1, length: 64)
        #expect(
            Digest(.sha512, hash: key)?.hex
                == "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
                + "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783")
        #expect(PasswordKey.derive(password: "".utf8, salt: [1], rounds: 2).count == 32)
    }
}

@Suite("Searching the lab hub")
struct HubSearchTests {
    @Test("Names and descriptions are searched, official ones first")
    func search() throws {
        let hub = try PushFixture()
        let token = try hub.token("me2u", "repository:me2u/tinyweb:push,pull", "repository:me2u/app:push,pull")
        #expect(try hub.put(try hub.image("me2u/tinyweb", token, description: "serves\\npages"), "me2u/tinyweb", "1", token).status == 201)
        #expect(try hub.put(try hub.image("me2u/app", token, text: "b"), "me2u/app", "1", token).status == 201)
        func search(_ query: String) throws -> JSONValue? { try hub.ask("GET", "/v1/search?\(query)").json }
        func names(_ query: String) throws -> [String] {
            try search(query)?["results"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? ["?"]
        }
        let found = try search("q=TINY&n=10")
        #expect(
            found
                == [
                    "num_results": 2, "query": "TINY", "num_pages": 1, "page": 1, "page_size": 10,
                    "results": [
                        [
                            "name": "tiny", "description": "lab stand-in for tiny:1", "star_count": 0, "is_official": true,
                            "is_automated": false,
                        ],
                        [
                            "name": "me2u/tinyweb", "description": "serves pages", "star_count": 0, "is_official": false,
                            "is_automated": false,
                        ],
                    ],
                ])
        #expect(try names("q=PAGES") == ["me2u/tinyweb"])
        #expect(try names("q=nothing") == [])
        #expect(try names("q=&n=1") == ["tiny"])
        for count in ["0", "101", "x", "-1"] { #expect(try hub.ask("GET", "/v1/search?q=a&n=\(count)").status == 400) }
        #expect(try hub.ask("GET", "/v1/_ping").body == Array("true\n".utf8))
    }
}
