import Basics

/// What a build's context consists of, as the machine that has it sees it: drydock's client and engine find out by it what has changed
/// since the last build of the same folder, so that only that is sent and hashed.
///
/// On the wire and on disk it is a first record, `drydock-context 1 GENERATION`, and one record for each entry, folders before what is in
/// them: `SUM MODE SIZE MODIFIED CHANGED DEVICE INODE PATH`. Each ends with a zero byte, since paths may hold anything else.
public struct ContextManifest: Sendable {
    /// A file, a folder or a link of the context.
    public struct Entry: Sendable, Hashable {
        /// Relative to the context.
        public let path: [UInt8]
        /// With the kind: `st_mode`.
        public let mode: UInt32
        /// In bytes.
        public let size: Int64
        /// Nanoseconds since 1970, as the following.
        public let modified: Int64
        public let changed: Int64
        public let device: UInt64
        /// 0 for an entry that may have been changed since without a trace in its times; it is never the same as another.
        public let inode: UInt64

        public init(path: [UInt8], mode: UInt32, size: Int64, modified: Int64, changed: Int64, device: UInt64, inode: UInt64) {
            (self.path, self.mode, self.size) = (path, mode, size)
            (self.modified, self.changed, self.device, self.inode) = (modified, changed, device, inode)
        }

        public var isFolder: Bool { mode & 0o170000 == 0o040000 }
        public func isSame(as other: Entry) -> Bool { inode != 0 && self == other }

        /// The folder that holds it; nil for an entry of the context itself.
        public var parent: [UInt8]? { path.lastIndex(of: slash).map { Array(path[..<$0]) } }
    }

    /// Changes with each build that uses the kept files; empty where none are kept.
    public var generation: String
    public var entries: [Entry]
    /// What an entry is to the build cache, where that is known, by path. The engine's own.
    public var sums: [[UInt8]: String] = [:]

    public init(generation: String = "", entries: [Entry] = []) {
        self.generation = generation
        self.entries = entries
    }

    /// Bytes of all files.
    public var size: Int64 { entries.reduce(0) { $0 + ($1.isFolder ? 0 : $1.size) } }

    /// How one context follows another.
    public struct Difference: Sendable {
        /// Places in the new manifest's entries of what has to be brought; folders too in which something comes or goes, for their times.
        public var brought: [Int] = []
        /// Of the old manifest, what has to go first: what is in a folder before the folder.
        public var removed: [Entry] = []
    }

    /// - Parameter old: what is there.
    public func difference(from old: ContextManifest) -> Difference {
        let known = Dictionary(old.entries.map { ($0.path, $0) }) { first, _ in first }
        let wanted = Dictionary(entries.map { ($0.path, $0) }) { first, _ in first }
        var difference = Difference()
        var touched: Set<[UInt8]> = []
        difference.removed = old.entries.reversed().filter { entry in
            guard let new = wanted[entry.path] else { return true }
            return !new.isSame(as: entry) && !(new.isFolder && entry.isFolder)
        }
        for entry in difference.removed { if let parent = entry.parent { touched.insert(parent) } }
        for entry in entries where known[entry.path].map({ !entry.isSame(as: $0) }) ?? true {
            if let parent = entry.parent { touched.insert(parent) }
        }
        difference.brought = entries.indices.filter { place in
            touched.contains(entries[place].path) || !(known[entries[place].path].map { entries[place].isSame(as: $0) } ?? false)
        }
        return difference
    }

    // MARK: As bytes

    private static let name = "drydock-context 1 "
    /// Limits of what is read.
    public static let mostEntries = 500_000
    public static let longest = 256 << 20
    /// Bytes of the files of one context that is kept.
    public static let mostKept: Int64 = 1 << 30
    private static let longestPath = 4096

    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.count * 128)
        bytes += Array((Self.name + generation).utf8) + [0]
        for entry in entries {
            let sum = sums[entry.path] ?? "-"
            let facts =
                "\(sum) \(entry.mode) \(entry.size) \(entry.modified) \(entry.changed) \(entry.device) \(entry.inode) "
            bytes += facts.utf8
            bytes += entry.path
            bytes.append(0)
        }
        return bytes
    }

    /// - Throws: `DrydockError.invalid` naming the record.
    public init(parsing bytes: [UInt8]) throws(DrydockError) {
        guard bytes.count <= Self.longest, bytes.last == 0 else { throw Self.refusal(0, "it is cut off, or longer than 256 MiB") }
        var rest = bytes.dropLast().split(separator: 0, omittingEmptySubsequences: false)[...]
        let first = rest.popFirst().map { String(decoding: $0, as: UTF8.self) } ?? ""
        guard first.hasPrefix(Self.name), first.utf8.count <= 128 else { throw Self.refusal(0, "its beginning is another one's") }
        generation = String(first.dropFirst(Self.name.count))
        guard rest.count <= Self.mostEntries else { throw Self.refusal(0, "it has more than \(Self.mostEntries) entries") }
        entries = []
        entries.reserveCapacity(rest.count)
        var folders: Set<[UInt8]> = []
        for (number, record) in rest.enumerated() {
            let (entry, sum) = try Self.entry(record, number + 1)
            // So folders come first, and none is made without being named.
            if let parent = entry.parent, !folders.contains(parent) { throw Self.refusal(number + 1, "its folder isn't named before it") }
            if entry.isFolder { folders.insert(entry.path) }
            if let sum { sums[entry.path] = sum }
            entries.append(entry)
        }
    }

    private static func entry(_ record: ArraySlice<UInt8>, _ number: Int) throws(DrydockError) -> (Entry, sum: String?) {
        let parts = record.split(separator: 0x20, maxSplits: 7, omittingEmptySubsequences: false)
        guard parts.count == 8 else { throw refusal(number, "it has too few parts") }
        var numbers: [UInt64] = []
        for part in parts[1..<7] {
            guard let value = Self.number(part) else { throw refusal(number, "a number in it is none") }
            numbers.append(value)
        }
        let path = Array(parts[7])
        let names = path.split(separator: slash, omittingEmptySubsequences: false)
        guard path.count <= longestPath, names.allSatisfy({ !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) })
        else { throw refusal(number, "its path leads nowhere") }
        guard let mode = UInt32(exactly: numbers[0]), let size = Int64(exactly: numbers[1]) else {
            throw refusal(number, "a number in it is too large")
        }
        let sum = String(decoding: parts[0].prefix(128), as: UTF8.self)
        return (
            Entry(
                path: path, mode: mode, size: size, modified: Int64(bitPattern: numbers[2]), changed: Int64(bitPattern: numbers[3]),
                device: numbers[4], inode: numbers[5]), sum == "-" ? nil : sum
        )
    }

    /// Negative ones are times before 1970.
    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        guard digits.first == UInt8(ascii: "-") else { return UInt64(String(decoding: digits, as: UTF8.self)) }
        return Int64(String(decoding: digits, as: UTF8.self)).map(UInt64.init(bitPattern:))
    }

    private static func refusal(_ record: Int, _ why: String) -> DrydockError {
        DrydockError(.invalid, "record \(record) of the context's list can't be used: \(why)")
    }
}

private let slash = UInt8(ascii: "/")
