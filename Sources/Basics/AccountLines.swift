/// Lines of a file like /etc/passwd and /etc/group, split at colons. See passwd(5), group(5).
/// - Parameters:
///   - bytes: the file, which may be a stranger's.
///   - fields: how many a line has at least; those with fewer are passed over.
public func accountLines(_ bytes: [UInt8], fields: Int) -> [[String]] {
    bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
        let parts = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        return parts.count >= fields ? parts.map { String(decoding: $0, as: UTF8.self) } : nil
    }
}
