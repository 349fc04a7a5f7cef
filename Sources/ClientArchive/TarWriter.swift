import Glibc

/// What stands in front of a member's content.
public struct TarMember: Sendable {
    /// Relative; any bytes. A folder's ends with a slash.
    public var name: [UInt8]
    /// S_IFREG, S_IFDIR, S_IFLNK, S_IFCHR, S_IFBLK or S_IFIFO.
    public var kind: mode_t
    /// Permissions with set-id and sticky bits.
    public var mode: mode_t
    public var owner: UInt32
    public var group: UInt32
    public var ownerName: String
    public var groupName: String
    /// Bytes of content; only regular files have some.
    public var size: Int64
    /// Seconds since 1970, also before.
    public var modified: Int64
    /// Of a symbolic link.
    public var target: [UInt8]
    /// Of a hard link: the member that has the content.
    public var hardLink: [UInt8]?
    public var deviceMajor: UInt32
    public var deviceMinor: UInt32
    /// Extended attributes by name.
    public var extended: [(name: String, value: [UInt8])]

    public init(name: [UInt8], kind: mode_t, mode: mode_t, size: Int64 = 0, modified: Int64 = 0) {
        self.name = name
        self.kind = kind
        self.mode = mode
        self.size = size
        self.modified = modified
        owner = 0
        group = 0
        ownerName = ""
        groupName = ""
        target = []
        deviceMajor = 0
        deviceMinor = 0
        extended = []
    }
}

/// Headers of a tar archive (POSIX pax), byte for byte as Docker's client writes them: the number of bytes that it sends is shown to the
/// user, and caches of build contexts compare them.
///
/// Not libarchive, which writes other headers, and whose names depend on the locale. The caller puts content between headers, so that an
/// archive can be produced while it is sent.
/// Sources: POSIX.1-2017, pax(1), "ustar Interchange Format"; Go's `archive/tar/writer.go`.
public enum TarWriter {
    public static let blockSize = 512
    /// What ends an archive.
    public static let end = [UInt8](repeating: 0, count: 2 * blockSize)

    /// What fills the last block of so many bytes of content.
    public static func padding(after size: Int64) -> [UInt8] { [UInt8](repeating: 0, count: Int((512 - size % 512) % 512)) }

    /// The header of a member, with one before it for what an old header can't hold.
    /// - Parameter keepsKind: The mode tells the kind of file too, as Docker's client writes it.
    public static func header(_ member: TarMember, keepsKind: Bool = true) -> [UInt8] {
        let records = records(of: member)
        let split = splitName(member.name)
        // A long name alone needs no records where a slash lets it stand in two fields.
        let needsRecords = records.contains { $0.key != "path" } || (!records.isEmpty && split == nil)
        guard needsRecords else { return plainHeader(member, split ?? ([], member.name), keepsKind: keepsKind) }
        return extendedHeader(records, for: member.name) + plainHeader(member, ([], member.name), keepsKind: keepsKind)
    }

    /// A name as prefix (155 bytes) and rest (100 bytes), cut at the last slash where that can be.
    private static func splitName(_ name: [UInt8]) -> (prefix: [UInt8], rest: [UInt8])? {
        guard name.count > 100, isASCII(name) else { return nil }
        let slash = UInt8(ascii: "/")
        let length = name.count > 156 ? 156 : name.last == slash ? name.count - 1 : name.count
        guard let cut = name[..<length].lastIndex(of: slash), cut > 0, cut <= 155 else { return nil }
        let rest = name[(cut + 1)...]
        return rest.isEmpty || rest.count > 100 ? nil : (Array(name[..<cut]), Array(rest))
    }

    // MARK: Records

    /// `path`, `size`, … where the plain header is too small, sorted by name.
    private static func records(of member: TarMember) -> [(key: String, value: [UInt8])] {
        var records: [(key: String, value: [UInt8])] = []
        if member.name.count > 100 || !isASCII(member.name) { records.append(("path", member.name)) }
        let link = member.hardLink ?? member.target
        if link.count > 100 || !isASCII(link) { records.append(("linkpath", link)) }
        if !fits(Int64(member.owner), 8) { records.append(("uid", text(Int64(member.owner)))) }
        if !fits(Int64(member.group), 8) { records.append(("gid", text(Int64(member.group)))) }
        if !fits(contentSize(member), 12) { records.append(("size", text(contentSize(member)))) }
        if !fits(member.modified, 12) { records.append(("mtime", text(member.modified))) }
        for (key, name) in [("uname", member.ownerName), ("gname", member.groupName)] where name.utf8.count > 32 || !isASCII(name.utf8) {
            records.append((key, Array(name.utf8)))
        }
        for (name, value) in member.extended { records.append(("SCHILY.xattr." + name, value)) }
        return records.sorted { $0.key < $1.key }
    }

    private static func extendedHeader(_ records: [(key: String, value: [UInt8])], for name: [UInt8]) -> [UInt8] {
        let data = records.flatMap { record($0.key, $0.value) }
        var block = Block()
        let (folder, file) = split(name)
        // As Go's path.Join: the folder of a folder is itself.
        var place = ascii((folder.isEmpty ? [] : folder + [UInt8(ascii: "/")]) + Array("PaxHeaders.0".utf8))
        if !file.isEmpty { place += [UInt8(ascii: "/")] + ascii(file) }
        place = Array(place.prefix(100))
        while place.last == UInt8(ascii: "/") { place.removeLast() }
        block.put(place, at: 0, width: 100)
        for (start, width) in [(100, 8), (108, 8), (116, 8), (136, 12)] { block.put(0, at: start, width: width) }
        block.put(Int64(data.count), at: 124, width: 12)
        block.finish(kind: "x")
        return block.bytes + data + padding(after: Int64(data.count))
    }

    /// `24 path=some/long/name\n`; the number counts itself.
    private static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
        // A space, an equals sign and the line's end.
        let rest = key.utf8.count + value.count + 3
        var length = rest + String(rest).utf8.count
        length = rest + String(length).utf8.count
        return Array("\(length) \(key)=".utf8) + value + [10]
    }

    private static func split(_ name: [UInt8]) -> (folder: [UInt8], file: [UInt8]) {
        guard let slash = name.lastIndex(of: UInt8(ascii: "/")) else { return ([], name) }
        return (Array(name[..<slash]), Array(name[(slash + 1)...]))
    }

    // MARK: The header itself

    private static func plainHeader(_ member: TarMember, _ name: (prefix: [UInt8], rest: [UInt8]), keepsKind: Bool) -> [UInt8] {
        var block = Block()
        block.put(ascii(name.rest), at: 0, width: 100)
        block.put(name.prefix, at: 345, width: 155)
        block.put(Int64(member.mode & 0o7777) + (keepsKind ? Int64(member.kind & S_IFMT) : 0), at: 100, width: 8)
        block.put(Int64(member.owner), at: 108, width: 8)
        block.put(Int64(member.group), at: 116, width: 8)
        block.put(contentSize(member), at: 124, width: 12)
        block.put(member.modified, at: 136, width: 12)
        block.put(ascii(member.hardLink ?? member.target), at: 157, width: 100)
        block.put(ascii(Array(member.ownerName.utf8)), at: 265, width: 32)
        block.put(ascii(Array(member.groupName.utf8)), at: 297, width: 32)
        block.put(Int64(member.deviceMajor), at: 329, width: 8)
        block.put(Int64(member.deviceMinor), at: 337, width: 8)
        block.finish(kind: kind(of: member))
        return block.bytes
    }

    private static func contentSize(_ member: TarMember) -> Int64 { member.kind == S_IFREG && member.hardLink == nil ? member.size : 0 }

    private static func kind(of member: TarMember) -> Unicode.Scalar {
        if member.hardLink != nil { return "1" }
        return switch member.kind {
        case S_IFLNK: "2"
        case S_IFCHR: "3"
        case S_IFBLK: "4"
        case S_IFDIR: "5"
        case S_IFIFO: "6"
        default: "0"
        }
    }

    private static func isASCII(_ bytes: some Sequence<UInt8>) -> Bool { bytes.allSatisfy { $0 < 0x80 && $0 != 0 } }
    private static func ascii(_ bytes: [UInt8]) -> [UInt8] { isASCII(bytes) ? bytes : bytes.filter { $0 < 0x80 && $0 != 0 } }
    private static func text(_ number: Int64) -> [UInt8] { Array(String(number).utf8) }

    /// Whether a number can be written in octal digits, one byte being left for the end.
    fileprivate static func fits(_ number: Int64, _ width: Int) -> Bool {
        number >= 0 && (width >= 22 || number < 1 << ((width - 1) * 3))
    }

    private struct Block {
        var bytes = [UInt8](repeating: 0, count: TarWriter.blockSize)

        /// A text; one that is too long is cut (an extended header has it whole), and never ends like a folder's name by that.
        mutating func put(_ text: [UInt8], at start: Int, width: Int) {
            for (index, byte) in text.prefix(width).enumerated() { bytes[start + index] = byte }
            guard text.count > width, bytes[start + width - 1] == UInt8(ascii: "/") else { return }
            var end = width
            while end > 0, bytes[start + end - 1] == UInt8(ascii: "/") { end -= 1 }
            bytes[start + end] = 0
        }

        mutating func put(_ number: Int64, at start: Int, width: Int) {
            let digits = Array(String(TarWriter.fits(number, width) ? number : 0, radix: 8).utf8)
            let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: max(0, width - 1 - digits.count))
            put(zeros + digits, at: start, width: width)
        }

        mutating func finish(kind: Unicode.Scalar) {
            bytes[156] = UInt8(ascii: kind)
            put(Array("ustar\0".utf8) + Array("00".utf8), at: 257, width: 8)
            // The checksum is counted with spaces in its own place.
            for place in 148..<156 { bytes[place] = UInt8(ascii: " ") }
            let sum = bytes.reduce(0) { $0 + Int64($1) }
            put(sum, at: 148, width: 7)
            bytes[154] = 0
            bytes[155] = UInt8(ascii: " ")
        }
    }
}
