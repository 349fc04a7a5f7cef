import Basics
import EngineClient
import Glibc

/// Where credentials are kept: in Docker's config file, or with a helper that the file names.
struct CredentialStore {
    private(set) var file: CredentialsFile
    private let searchPath: String
    private let interrupt: Int32
    private let complaints: Int32
    private let language: Language
    /// The helper for a file that says nothing about credentials yet.
    private let detected: String

    /// - Parameter searchPath: where helpers are found; `PATH` by default.
    /// - Throws: `CommandFailure` if the config file cannot be used.
    init(
        directory: String, language: Language, searchPath: String? = nil, interrupt: Int32 = -1, complaints: Int32 = 2
    ) throws {
        file = try CredentialsFile(directory: directory, language: language)
        self.searchPath = searchPath ?? environmentVariable("PATH") ?? ""
        self.interrupt = interrupt
        self.complaints = complaints
        self.language = language
        detected = file.knowsCredentials ? "" : Self.detect(self.searchPath)
    }

    /// Docker's choice for Linux: `pass` where it is installed, the desktop's secret service otherwise, if their helper is there.
    private static func detect(_ searchPath: String) -> String {
        let hasPass = searchPath.split(separator: ":").contains { $0.hasPrefix("/") && access("\($0)/pass", X_OK) == 0 }
        let name = hasPass ? "pass" : "secretservice"
        return CredentialHelper.isInstalled(name, searchPath: searchPath) ? name : ""
    }

    /// Whether there can be anything to find.
    var mayHaveCredentials: Bool { file.knowsCredentials || !detected.isEmpty }

    /// Whether a password for that server would stand readable in the file.
    func keepsInFile(_ server: String) -> Bool { helper(for: server) == nil }

    private func helper(for server: String) -> CredentialHelper? {
        let name = file.helper(for: server) ?? (file.commonHelper.isEmpty ? detected : file.commonHelper)
        return name.isEmpty ? nil : helper(named: name)
    }

    private func helper(named name: String) -> CredentialHelper {
        CredentialHelper(name: name, searchPath: searchPath, interrupt: interrupt, complaints: complaints, language: language)
    }

    /// The servers that anything is kept for.
    func servers() throws -> [String] {
        guard mayHaveCredentials else { return [] }
        let name = file.commonHelper.isEmpty ? detected : file.commonHelper
        let common = name.isEmpty ? [] : Array(try helper(named: name).list().keys)
        return common + file.servers
    }

    func get(_ server: String) throws -> RegistryCredentials? {
        guard let helper = helper(for: server) else { return try file.credentials(for: server) }
        return try helper.get(server)
    }

    /// - Parameter server: as the user gave it, which decides on the helper; the entry's name is in the credentials.
    mutating func store(_ credentials: RegistryCredentials, givenAs server: String) throws {
        if let helper = helper(for: server) {
            try helper.store(credentials)
            if file.commonHelper.isEmpty, file.helper(for: server) == nil { file.commonHelper = helper.name }
            // An entry without contents says that the helper has something for it.
            file.set(RegistryCredentials(serverAddress: credentials.serverAddress))
        } else {
            file.set(credentials)
        }
        try file.save()
    }

    mutating func erase(_ server: String) throws {
        if let helper = helper(for: server) { try helper.erase(server) }
        file.remove(server)
        try file.save()
    }
}
