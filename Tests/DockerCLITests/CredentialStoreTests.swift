import Basics
import EngineClient
import Testing

@testable import DockerCLI

/// A helper in shell that keeps one answer per server in files beside it, and notes what it was asked.
private let fakeHelper = """
    #!/bin/sh
    cd "$(dirname "$0")" || exit 9
    input=$(cat)
    echo "$1 $input" >> asked
    case $1 in
    get) cat "kept-$input" 2>/dev/null || { echo "credentials not found in native keychain"; exit 1; } ;;
    store) server=${input#*'"ServerURL":"'}; printf '%s' "$input" > "kept-${server%%'"'*}" ;;
    erase) rm "kept-$input" 2>/dev/null || { echo "nothing to erase"; exit 3; } ;;
    list) echo '{"a":"me"}' ;;
    esac
    """

struct CredentialStoreTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    /// The folder holds both the config file and the helpers.
    private func store(_ config: String, helpers: [String: String] = [:]) throws -> CredentialStore {
        try folder.write("config.json", config)
        for (name, script) in helpers { try folder.write("docker-credential-\(name)", script, mode: 0o755) }
        return try CredentialStore(
            directory: folder.path, language: .english, searchPath: "\(folder.path):/usr/bin:/bin")
    }

    private let me = RegistryCredentials(username: "me", password: "sec\"ret", serverAddress: "a")

    private func failure(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "(none)"
        } catch { return (error as? CommandFailure)?.text ?? "\(error)" }
    }

    @Test func `a helper keeps the secret, the file only notes that there is one`() throws {
        var store = try store(#"{"credsStore":"fake"}"#, helpers: ["fake": fakeHelper])
        #expect(try store.get("a") == nil)
        #expect(!store.keepsInFile("a"))
        try store.store(me, givenAs: "a")
        #expect(try store.get("a") == me)
        #expect(try JSONValue(parsing: folder.read("config.json")) == ["auths": ["a": [:]], "credsStore": "fake"])
        try store.erase("a")
        #expect(try store.get("a") == nil)
        #expect(try JSONValue(parsing: folder.read("config.json")) == ["auths": [:], "credsStore": "fake"])
        let asked = try folder.read("asked")
        #expect(asked.hasPrefix("get a\nstore {\"ServerURL\":\"a\",\"Username\":\"me\",\"Secret\":\"sec\\\"ret\"}\nget a\nerase a\n"))
    }

    @Test func `a token goes to a helper under the name that stands for one`() throws {
        var store = try store(#"{"credHelpers":{"t":"fake"}}"#, helpers: ["fake": fakeHelper])
        let token = RegistryCredentials(username: "me", serverAddress: "t", identityToken: "T")
        try store.store(token, givenAs: "t")
        #expect(try folder.read("kept-t").contains(#""Username":"<token>","Secret":"T""#))
        #expect(try store.get("t") == RegistryCredentials(serverAddress: "t", identityToken: "T"))
        // Other servers are the file's.
        #expect(store.keepsInFile("a"))
        try store.store(me, givenAs: "a")
        #expect(try store.get("a") == me)
        #expect(try !folder.read("asked").contains(" a\n"))
    }

    @Test func `a helper's failure is told in Docker's words, without the secret that it repeats`() throws {
        let sick = "#!/bin/sh\necho \"sick: $(cat)\"; exit 3\n"
        var store = try store(#"{"credsStore":"sick"}"#, helpers: ["sick": sick])
        #expect(
            failure { try store.store(me, givenAs: "a") }
                == #"error storing credentials - err: exit status 3, out: `sick: {"ServerURL":"a","Username":"me","Secret":"*****"}`"#)
        #expect(failure { _ = try store.get("a") } == "error getting credentials - err: exit status 3, out: `sick: a`")
        #expect(failure { try store.erase("a") } == "error erasing credentials - err: exit status 3, out: `sick: a`")
        #expect(try folder.read("config.json") == #"{"credsStore":"sick"}"#)
    }

    @Test func `a helper that is not there, or no name of one, is never run`() throws {
        let missing = try store(#"{"credsStore":"gone"}"#)
        #expect(
            failure { _ = try missing.get("a") }
                == "error getting credentials - err: exec: \"docker-credential-gone\": executable file not found in $PATH, out: ``")
        for name in ["../evil", "/bin/sh", "a b", "-x", ".x", "", "a/b", "é"] {
            #expect(!CredentialHelper.isName(name), "\(name)")
        }
        #expect(CredentialHelper.isName("osxkeychain") && CredentialHelper.isName("ecr-login") && CredentialHelper.isName("acr_linux.2"))
        let evil = try store(#"{"credsStore":"x/../../evil"}"#)
        #expect(failure { _ = try evil.get("a") } == "\"x/../../evil\" in config.json is not the name of a credential helper")
    }

    @Test func `a helper that answers without end, or no JSON, or reads nothing, does no harm`() throws {
        let endless = try store(
            #"{"credsStore":"endless","credHelpers":{"m":"mad","d":"deaf","k":"killed"}}"#,
            helpers: [
                "endless": "#!/bin/sh\nexec yes\n", "mad": "#!/bin/sh\necho my secret\n", "deaf": "#!/bin/sh\nexit 0\n",
                "killed": "#!/bin/sh\nkill -9 $$\n",
            ])
        #expect(failure { _ = try endless.get("a") }.hasSuffix("docker-credential-endless answered with more than 64 KiB"))
        #expect(failure { _ = try endless.get("m") } == "docker-credential-mad answered something that is not JSON")
        #expect(failure { _ = try endless.get("k") } == "error getting credentials - err: signal: killed, out: ``")
        var deaf = endless
        #expect(failure { try deaf.store(RegistryCredentials(username: "u", password: "p", serverAddress: "d"), givenAs: "d") } == "(none)")
    }

    @Test func `a wait for a helper ends with the user's interrupt`() throws {
        try folder.write("docker-credential-slow", "#!/bin/sh\nexec sleep 600\n", mode: 0o755)
        let ends = try closeOnExecPipe()
        try writeAll(ends.writeEnd, "x")
        let helper = CredentialHelper(name: "slow", searchPath: "\(folder.path):/usr/bin:/bin", interrupt: ends.readEnd)
        let start = ContinuousClock.now
        #expect(failure { _ = try helper.get("a") } == "interrupted")
        #expect(start.duration(to: .now) < .seconds(60))
    }

    @Test func `a helper that will not end is killed`() throws {
        try folder.write("docker-credential-stubborn", "#!/bin/sh\ntrap '' TERM\nwhile :; do echo x; done\n", mode: 0o755)
        let helper = CredentialHelper(name: "stubborn", searchPath: folder.path, interrupt: -1)
        #expect(failure { _ = try helper.get("a") }.hasSuffix("answered with more than 64 KiB"))
    }

    @Test func `a helper lists its servers`() throws {
        try folder.write("docker-credential-fake", fakeHelper, mode: 0o755)
        let helper = CredentialHelper(name: "fake", searchPath: "\(folder.path):/usr/bin:/bin", interrupt: -1)
        #expect(try helper.list() == ["a": "me"])
    }

    @Test func `the desktop's helper is used where it is installed and the file says nothing`() throws {
        try folder.write("docker-credential-secretservice", fakeHelper, mode: 0o755)
        // A search path without /usr/bin: `pass` may be installed on the machine.
        func fresh() throws -> CredentialStore {
            try CredentialStore(directory: folder.path, language: .english, searchPath: folder.path)
        }
        #expect(try fresh().mayHaveCredentials && !fresh().keepsInFile("a"))
        try folder.write("config.json", #"{"auths":{"b":{}}}"#)
        #expect(try fresh().keepsInFile("a"))
    }
}
