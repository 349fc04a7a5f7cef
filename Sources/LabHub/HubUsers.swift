import Basics
import Hashing
import OCI
import Synchronization

/// Who may push: names and what their passwords were turned into, in `users.json`, which only its owner can read.
///
/// The first login with a new name signs that name up, with whatever password came: a class without a network has nobody who
/// could confirm an address, and the hub guards pupils against each other's slips, not secrets. Whoever runs the hub takes a
/// user out of `users.json` to free the name.
final class HubUsers: Sendable {
    struct Limits: Sendable {
        var users = 10_000
        /// Some 30 ms for each login; whoever reads the file needs as long for each guess.
        var rounds = 100_000
        /// Longer passwords than this are not even hashed.
        var passwordBytes = 1024
    }

    private struct Record {
        let salt: [UInt8]
        let key: [UInt8]
        let rounds: Int

        func matches(_ password: String) -> Bool {
            isEqualInConstantTime(
                PasswordKey.derive(password: password.utf8, salt: salt, rounds: rounds, length: key.count), key)
        }
    }

    private let storage: HubStorage
    private let limits: Limits
    private let records: Mutex<[String: Record]>
    private static let fileName = "users.json"

    /// - Throws: `DrydockError` (`failed`) if the file is there and is damaged.
    init(storage: HubStorage, limits: Limits = Limits()) throws {
        self.storage = storage
        self.limits = limits
        records = Mutex(try Self.records(try storage.document(Self.fileName), of: storage))
    }

    /// Sorted.
    var names: [String] { records.withLock { $0.keys.sorted() } }

    /// Lets a user in; a new one is signed up.
    ///
    /// - Throws: `HubRefusal` for a wrong password and a name that is not to be had; `DrydockError` if the file cannot be written.
    func login(_ name: String, password: String) throws {
        guard !password.isEmpty, password.utf8.count <= limits.passwordBytes else { throw HubRefusal(.wrongCredentials) }
        if let record = records.withLock({ $0[name] }) { return try check(record, password) }
        guard Self.isUserName(name) else {
            throw HubRefusal(.wrongCredentials, "a name to sign up with has 4 to 30 lower-case letters and digits")
        }
        // Slow, so outside of the lock: logins of others go on meanwhile.
        var generator = SystemRandomNumberGenerator()
        let salt: [UInt8] = (0..<16).map { _ in generator.next() }
        let key = PasswordKey.derive(password: password.utf8, salt: salt, rounds: limits.rounds)
        let rival = try records.withLock { records -> Record? in
            if let rival = records[name] { return rival }
            guard records.count < limits.users else { throw HubRefusal(.wrongCredentials, "the lab hub takes no more users") }
            var next = records
            next[name] = Record(salt: salt, key: key, rounds: limits.rounds)
            try storage.replace(Self.fileName, with: Self.document(next), mode: 0o600)
            records = next
            return nil
        }
        if let rival { try check(rival, password) }
    }

    /// Docker Hub's rule for names. `library` is where the hub's own images are.
    static func isUserName(_ name: String) -> Bool {
        (4...30).contains(name.utf8.count) && name != "library"
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
    }

    private func check(_ record: Record, _ password: String) throws {
        guard record.matches(password) else { throw HubRefusal(.wrongCredentials) }
    }

    // MARK: The file

    private static func document(_ records: [String: Record]) -> JSONValue {
        let members = records.sorted { $0.key < $1.key }.map { name, record -> (String, JSONValue) in
            let hash: JSONValue = [
                "algorithm": "pbkdf2-sha256", "rounds": .integer(Int64(record.rounds)),
                "salt": .string(Base64.forURLsUnpadded.text(record.salt)), "key": .string(Base64.forURLsUnpadded.text(record.key)),
            ]
            return (name, hash)
        }
        return ["users": .object(JSONObject(members))]
    }

    private static func records(_ document: JSONValue?, of storage: HubStorage) throws -> [String: Record] {
        guard let document else { return [:] }
        var records: [String: Record] = [:]
        let members = document["users"]?.objectValue
        for (name, hash) in members ?? JSONObject() {
            guard isUserName(name), hash["algorithm"] == "pbkdf2-sha256", let rounds = hash["rounds"]?.intValue,
                (1...10_000_000).contains(rounds), let salt = hash["salt"]?.stringValue.flatMap({ Base64.forURLsUnpadded.bytes($0) }),
                let key = hash["key"]?.stringValue.flatMap({ Base64.forURLsUnpadded.bytes($0) }), (16...64).contains(key.count)
            else { break }
            records[name] = Record(salt: salt, key: key, rounds: rounds)
        }
        guard let members, records.count == members.count else {
            throw DrydockError(
                .failed, "the lab hub's file \(storage.directory)/\(fileName) is damaged",
                advice: "mend it or delete it; without it everybody signs up anew")
        }
        return records
    }
}
