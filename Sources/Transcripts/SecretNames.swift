/// Names that secrets go by.
enum SecretNames {
    enum Kind {
        /// `NAME=value` and `"name": "value"`.
        case name
        /// Also `--name value`.
        case option
        /// `Authorization: scheme value`, to the line's end.
        case header
    }

    private static let parts = ["password", "passwd", "passphrase", "secret", "token", "apikey", "api_key", "api-key"].map {
        Array($0.utf8)
    }
    private static let keys = ["accesskey", "access_key", "access-key", "privatekey", "private_key", "private-key"].map { Array($0.utf8) }
    private static let tokens =
        [
            "ghp_", "gho_", "ghs_", "ghu_", "github_pat_", "glpat-", "dckr_pat_", "dckr_oat_", "AKIA", "xoxb-", "xoxp-", "sk-", "npm_",
            "hf_", "SWMTKN-",
        ].map { Array($0.utf8) }

    static func kind(_ word: [UInt8]) -> Kind? {
        var name = word.map { (65...90).contains($0) ? $0 + 32 : $0 }
        if name.starts(with: "--".utf8) { name.removeFirst(2) }
        if name.elementsEqual("authorization".utf8) || name.elementsEqual("x-registry-auth".utf8) { return .header }
        if name.elementsEqual("auth".utf8) { return .name }
        // The path of a file that holds one is none.
        if ["_file", "-file", "-stdin"].contains(where: { name.suffix($0.utf8.count).elementsEqual($0.utf8) }) { return nil }
        if name.suffix(8).elementsEqual("password".utf8) || name.suffix(5).elementsEqual("token".utf8) { return .option }
        return (parts + keys).contains { part in name.indices.contains { name[$0...].starts(with: part) } } ? .name : nil
    }

    /// A word that is a token by its form: known beginnings, and JSON web tokens.
    static func isToken(_ word: [UInt8]) -> Bool {
        if tokens.contains(where: { word.starts(with: $0) && word.count >= $0.count + 16 }) { return true }
        return word.starts(with: "eyJ".utf8) && word.count > 40 && word.filter { $0 == UInt8(ascii: ".") }.count == 2
    }
}

/// Follows which program a command line runs, for those whose `-p` is a password: everybody else's is something else.
struct ProgramWords {
    private var words: [[UInt8]] = []

    /// Something between words: an operator begins another program.
    mutating func passed(_ byte: UInt8) { if ";|&\n(".utf8.contains(byte) { words = [] } }

    private func has(_ name: String) -> Bool { words.contains { $0.elementsEqual(name.utf8) } }
    private var takesAttached: Bool { ["mysql", "mysqldump", "mysqladmin", "mariadb", "login"].contains(where: has) || has("sshpass") }

    /// `-pSECRET`: how many bytes of the word are the option's own.
    mutating func attachedPassword(_ word: [UInt8]) -> Int? {
        takesAttached && word.count > 2 && word.starts(with: "-p".utf8) ? 2 : nil
    }

    /// Takes note of a word.
    /// - Returns: whether the next word is a password: of `login -p`, or of an `echo` that is piped into `--password-stdin`.
    mutating func passwordFollows(_ word: [UInt8], in line: [UInt8]) -> Bool {
        defer { if words.count < 100 { words.append(word) } }
        if word.elementsEqual("-p".utf8) { return has("login") || has("sshpass") }
        guard word.elementsEqual("echo".utf8) || word.elementsEqual("printf".utf8) || word.elementsEqual("-n".utf8) && has("echo") else {
            return false
        }
        let wish = Array("--password-stdin".utf8)
        return line.indices.contains { line[$0] == wish[0] && line[$0...].starts(with: wish) }
    }
}
