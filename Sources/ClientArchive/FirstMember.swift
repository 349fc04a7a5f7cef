import CArchive
import Glibc

/// The first member of an archive: all that there is in what an engine sends for one file.
public struct FirstMember: Sendable {
    /// The bytes of a regular file, cut at the limit; nil for anything else.
    public let content: [UInt8]?

    /// - Parameters:
    ///   - limit: the bytes that are read at most.
    ///   - next: the archive's next piece; nil at its end.
    /// - Throws: `DrydockError` for what is no archive; what `next` throws.
    public static func read(limit: Int, next: @escaping () throws -> [UInt8]?) throws -> FirstMember {
        let reader = try TarReader(next)
        guard let entry = try reader.nextEntry(), mode_t(archive_entry_filetype(entry)) == S_IFREG else { return FirstMember(content: nil) }
        var content: [UInt8] = []
        while content.count < limit, let block = try reader.nextBlock() {
            // A hole between two blocks reads as zeros.
            let gap = min(max(0, Int(block.offset) - content.count), limit - content.count)
            content += [UInt8](repeating: 0, count: gap)
            content += block.bytes.prefix(limit - content.count)
        }
        return FirstMember(content: content)
    }
}
