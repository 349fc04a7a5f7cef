import Basics
import EngineClient
import Glibc

/// A program that keeps credentials (`docker-credential-NAME`), asked in Docker's protocol:
/// the action is its argument, what it is about comes on standard input, the answer on standard output.
struct CredentialHelper {
    let name: String
    /// Folders to find it in, as in `PATH`.
    let searchPath: String
    /// Turns readable when the user wants out, or -1. A helper may well wait for somebody to unlock something.
    let interrupt: Int32
    /// Where the helper's own complaints go.
    var complaints: Int32 = 2
    /// Of what Docker has no words for.
    var language = Language.english

    /// How a helper says in words that it has nothing.
    private static let notFound = "credentials not found in native keychain"
    /// The user name that stands for an identity token.
    private static let tokenUser = "<token>"

    /// - Returns: nil if the helper has none.
    /// - Throws: `CommandFailure` with Docker's text.
    func get(_ server: String) throws -> RegistryCredentials? {
        let outcome = try run("get", Array(server.utf8))
        if outcome.failure != nil, outcome.text == Self.notFound { return nil }
        try check(outcome, "getting")
        guard let answer = try? JSONValue(parsing: outcome.output), answer.objectValue != nil else {
            // What it said instead is not shown: it may hold the secret.
            throw CommandFailure(
                language == .korean
                    ? "docker-credential-\(name)의 응답이 JSON이 아니다" : "docker-credential-\(name) answered something that is not JSON")
        }
        var found = RegistryCredentials(serverAddress: server)
        let secret = answer["Secret"]?.stringValue ?? ""
        let username = answer["Username"]?.stringValue ?? ""
        if username == Self.tokenUser { found.identityToken = secret } else { (found.username, found.password) = (username, secret) }
        return found.isEmpty ? nil : found
    }

    func store(_ credentials: RegistryCredentials) throws {
        let isToken = !credentials.identityToken.isEmpty
        let secret = isToken ? credentials.identityToken : credentials.password
        let request: JSONValue = [
            "ServerURL": .string(credentials.serverAddress), "Username": .string(isToken ? Self.tokenUser : credentials.username),
            "Secret": .string(secret),
        ]
        try check(try run("store", request.bytes()), "storing", secret: secret)
    }

    func erase(_ server: String) throws { try check(try run("erase", Array(server.utf8)), "erasing") }

    /// The servers it has something for, with their user names.
    func list() throws -> [String: String] {
        let outcome = try run("list", [])
        try check(outcome, "listing")
        let answer = (try? JSONValue(parsing: outcome.output))?.objectValue ?? [:]
        return Dictionary(answer.compactMap { entry in entry.value.stringValue.map { (entry.key, $0) } }) { first, _ in first }
    }

    private func check(_ outcome: HelperProcess.Outcome, _ action: String, secret: String = "") throws {
        guard let failure = outcome.failure else { return }
        var text = outcome.text
        // A helper that repeats its input in its complaint must not get the secret onto the screen through us.
        if !secret.isEmpty { text = text.replacing(JSONValue.string(secret).text().dropFirst().dropLast(), with: "*****") }
        throw CommandFailure("error \(action) credentials - err: \(failure), out: `\(text)`")
    }

    private func run(_ action: String, _ input: [UInt8]) throws -> HelperProcess.Outcome {
        guard Self.isName(name) else {
            throw CommandFailure(
                language == .korean
                    ? "config.json의 \"\(name)\": 자격 증명 도우미의 이름이 아니다"
                    : "\"\(name)\" in config.json is not the name of a credential helper")
        }
        let program = "docker-credential-\(name)"
        guard let path = find(program) else {
            return HelperProcess.Outcome(failure: "exec: \"\(program)\": executable file not found in $PATH", output: [])
        }
        return try HelperProcess(path: path, arguments: [program, action], complaints: complaints, language: language)
            .run(input: input, interrupt: interrupt)
    }

    /// A plain word: what a config file names must not lead to any other program.
    static func isName(_ name: String) -> Bool {
        let letters = name.utf8
        let isWordPart = { (byte: UInt8) in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard let first = letters.first, isWordPart(first), letters.count <= 64 else { return false }
        return letters.allSatisfy { isWordPart($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") }
    }

    /// Looks only into folders with an absolute path: the folder one happens to stand in decides nothing.
    private func find(_ program: String) -> String? {
        searchPath.split(separator: ":").filter { $0.hasPrefix("/") }.map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
    }

    /// Whether that helper is installed.
    static func isInstalled(_ name: String, searchPath: String) -> Bool {
        CredentialHelper(name: name, searchPath: searchPath, interrupt: -1).find("docker-credential-\(name)") != nil
    }
}
