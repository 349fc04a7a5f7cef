import Basics
import Glibc

/// Docker's `config.json`, as far as credentials go. What else is in it is kept as it is.
struct CredentialsFile {
    let path: String
    private let language: Language
    private var members: JSONObject

    private static let longest = 1 << 20

    /// Reads the file; one that does not exist is empty.
    /// - Throws: `CommandFailure`, one sentence that names the file, if it cannot be used. It must not be written then either.
    init(directory: String, language: Language) throws {
        path = (directory.hasSuffix("/") ? String(directory.dropLast()) : directory) + "/config.json"
        self.language = language
        members = [:]
        let bytes: [UInt8]
        do { bytes = try readFile(path, limit: Self.longest) } catch {
            if error.code == ENOENT { return }
            throw error.code == EFBIG ? tooLarge() : unusable(error.text)
        }
        // Docker takes an empty file for one without settings.
        guard bytes.contains(where: { $0 > 32 }) else { return }
        let value: JSONValue
        do { value = try JSONValue(parsing: bytes) } catch { throw unusable(error.description) }
        if value.isNull { return }
        guard let object = value.objectValue else {
            throw unusable(language == .korean ? "JSON 객체가 아니다" : "it is not a JSON object")
        }
        members = object
        for key in ["auths", "credHelpers"] {
            guard let member = members[key], !member.isNull, member.objectValue == nil else { continue }
            throw unusable(language == .korean ? "\"\(key)\": JSON 객체가 아니다" : "\"\(key)\" is not a JSON object")
        }
    }

    private var entries: JSONObject { members["auths"]?.objectValue ?? [:] }

    /// The helper that keeps everything which no other one keeps.
    var commonHelper: String {
        get { members["credsStore"]?.stringValue ?? "" }
        set { members["credsStore"] = .string(newValue) }
    }

    /// The helper that keeps one registry's credentials.
    func helper(for server: String) -> String? { members["credHelpers"]?[server]?.stringValue }

    /// Whether anything says where credentials are.
    var knowsCredentials: Bool { !entries.isEmpty || !commonHelper.isEmpty || members["credHelpers"]?.objectValue?.isEmpty == false }

    /// The servers with an entry, or with a helper of their own.
    var servers: [String] { entries.map(\.key) + (members["credHelpers"]?.objectValue?.map(\.key) ?? []) }

    // MARK: Entries

    /// The credentials under that address, or under another address of the same host (old files have `https://host/v1/`).
    /// - Throws: `CommandFailure` for an entry that is damaged.
    func credentials(for server: String) throws -> RegistryCredentials? {
        if let entry = entries[server] { return try read(entry, server) }
        guard let (address, entry) = entries.first(where: { RegistryAddress.host($0.key) == server }) else { return nil }
        return try read(entry, address)
    }

    private func read(_ entry: JSONValue, _ server: String) throws -> RegistryCredentials? {
        var found = RegistryCredentials(serverAddress: server)
        found.username = entry["username"]?.stringValue ?? ""
        found.password = entry["password"]?.stringValue ?? ""
        found.identityToken = entry["identitytoken"]?.stringValue ?? ""
        if let auth = entry["auth"]?.stringValue, !auth.isEmpty {
            // Go skips line ends; some files have them from `base64` on a command line.
            let letters = auth.filter { !$0.isNewline }
            guard let pair = Base64.standard.bytes(letters),
                let colon = pair.firstIndex(of: UInt8(ascii: ":"))
            else { throw damagedEntry(server) }
            found.username = String(decoding: pair[..<colon], as: UTF8.self)
            // Files of old had the password padded with zeros.
            let password = pair[(colon + 1)...].reversed().drop { $0 == 0 }.reversed()
            found.password = String(decoding: Array(password), as: UTF8.self)
        }
        return found.isEmpty ? nil : found
    }

    /// Notes credentials under their server's address; members of the entry that others put there stay.
    mutating func set(_ credentials: RegistryCredentials) {
        var entry = entries[credentials.serverAddress]?.objectValue ?? [:]
        for key in ["username", "password", "auth", "identitytoken"] { entry[key] = nil }
        if !credentials.username.isEmpty || !credentials.password.isEmpty {
            entry["auth"] = .string(Base64.standard.text("\(credentials.username):\(credentials.password)".utf8))
        }
        if !credentials.identityToken.isEmpty { entry["identitytoken"] = .string(credentials.identityToken) }
        change { $0[credentials.serverAddress] = .object(entry) }
    }

    mutating func remove(_ server: String) { change { $0[server] = nil } }

    private mutating func change(_ body: (inout JSONObject) -> Void) {
        var entries = entries
        body(&entries)
        let sorted = JSONValue.object(entries.sortedByKey())
        if members["auths"] == nil {
            // First, where Docker writes it.
            members = JSONObject([("auths", sorted)] + members.map { ($0.key, $0.value) })
        } else {
            members["auths"] = sorted
        }
    }

    // MARK: Writing

    /// Replaces the file in one step, so that no reader ever sees half of it; only its owner may read it.
    /// - Throws: `CommandFailure`
    func save() throws {
        // A link (dotfiles in a repository) stays one: what it leads to is replaced.
        let target = realpath(path, nil).map { pointer in
            defer { free(pointer) }
            return String(cString: pointer)
        }
        do throws(Errno) { try PrivateFile.replace(target ?? path, with: JSONValue.object(members).bytes(indent: "\t")) } catch {
            throw CommandFailure(
                language == .korean ? "\(path): 쓸 수 없다: \(error.text)" : "cannot write \(path): \(error.text)")
        }
    }

    // MARK: What is wrong

    private func unusable(_ why: String) -> CommandFailure {
        CommandFailure(language == .korean ? "설정 파일 \(path): 읽을 수 없다: \(why)" : "cannot read the config file \(path): \(why)")
    }

    private func tooLarge() -> CommandFailure {
        CommandFailure(
            language == .korean ? "설정 파일 \(path): 1MiB보다 크다" : "the config file \(path) is larger than 1 MiB")
    }

    /// Names the entry, never what is in it.
    private func damagedEntry(_ server: String) -> CommandFailure {
        unusable(
            language == .korean
                ? "\(server)의 \"auth\"가 base64로 된 user:password가 아니다" : "\"auth\" of \(server) is not user:password in base64")
    }
}
