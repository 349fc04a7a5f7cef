import CCrypto

/// A key derived from a password, slowly, so that who reads the stored key must still guess for long.
public enum PasswordKey {
    /// PBKDF2 with HMAC-SHA-256; 100,000 rounds take some 30 ms.
    ///
    /// Source: RFC 8018, section 5.2.
    ///
    /// - Parameter rounds: at least 1.
    /// - Returns: `length` bytes, always the same for the same password, salt and rounds.
    public static func derive(password: some Collection<UInt8>, salt: [UInt8], rounds: Int, length: Int = 32) -> [UInt8] {
        let password = Array(password)
        var key = [UInt8](repeating: 0, count: length)
        let result = password.withUnsafeBytes { bytes in
            PKCS5_PBKDF2_HMAC(
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self), CInt(bytes.count), salt, CInt(salt.count), CInt(rounds),
                EVP_sha256(), CInt(length), &key)
        }
        // Fails only on arguments that make no sense and when memory is out.
        precondition(result == 1, "PKCS5_PBKDF2_HMAC failed")
        return key
    }
}

/// Compares secrets: takes as long whatever differs, so that time tells nothing of them.
public func isEqualInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
}
