import Basics
import Dockerfile
import Glibc

/// What a build of a folder would send, for people to look at: one entry after the other, so that a folder of any size can be listed.
public struct ContextListing: Sendable {
    /// A line of .dockerignore.
    public struct Rule: Sendable, Hashable {
        /// From 1.
        public let line: Int
        /// As it counts: cleaned, with its `!`.
        public let pattern: String
    }

    /// One entry of the folder.
    public struct Entry: Sendable {
        public enum Kind: String, Sendable {
            case file
            case folder
            case link
            case other
        }

        /// Relative to the folder.
        public let path: String
        /// How many folders it stands in.
        public let depth: Int
        public let kind: Kind
        /// Of a file; of a folder that is left out as a whole, of all files in it.
        public let size: Int
        /// Why it is not sent; nil if it is.
        public let leftOutBy: Rule?
        /// A folder that is left out, but looked into: an exception names something in it.
        public let isLookedInto: Bool
        /// Files in a folder that is left out as a whole; nil where they were too many to count.
        public let inside: Int?
        /// Why it could not be looked at.
        public let problem: String?
    }

    /// Entries of a folder that is left out, beyond which they are not counted.
    private static let mostCounted = 200_000

    private let folder: ContextFolder

    /// The folder, absolute.
    public var path: String { HostPath.text(folder.path) }
    public var dockerfile: String { HostPath.text(folder.dockerfile) }

    /// The lines of .dockerignore that leave something out or take it back, in order.
    public var rules: [Rule] { folder.lines.sorted { $0.key < $1.key }.map { Rule(line: $0.key, pattern: $0.value) } }

    /// - Parameters:
    ///   - path: of the folder.
    ///   - dockerfile: as after `-f`; empty for the usual one.
    /// - Throws: `DrydockError.invalid` with the sentence that `docker build` would end with.
    public init(_ path: String, dockerfile: String) throws(DrydockError) {
        do { folder = try ContextFolder(path, dockerfile: dockerfile) } catch let failure as CommandFailure {
            throw DrydockError(.invalid, failure.text)
        } catch { throw DrydockError(.failed, "\(error)") }
    }

    /// Visits all entries in the order in which they would be sent.
    public func visit(_ body: (Entry) throws -> Void) rethrows {
        var walk = ContextWalk(folder)
        while let step = walk.next() {
            switch step {
            case .failure(let path, let errno, _):
                let relative = HostPath.relative(path, to: folder.path)
                try body(
                    Entry(
                        path: HostPath.text(relative), depth: depth(relative), kind: .other, size: 0, leftOutBy: nil, isLookedInto: false,
                        inside: nil, problem: errno.text))
            case .entry(let entry): try body(listed(entry))
            }
        }
    }

    private func depth(_ path: [UInt8]) -> Int { path.count { $0 == HostPath.slash } }

    private func listed(_ entry: ContextEntry) -> Entry {
        let rule = entry.leftOutBy.map { Rule(line: $0.line, pattern: folder.lines[$0.line] ?? HostPath.text($0.text)) }
        let kind: Entry.Kind =
            switch entry.kind {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .other
            }
        let inside = entry.isClosed ? measure(entry.path) : nil
        return Entry(
            path: HostPath.text(entry.path), depth: depth(entry.path), kind: kind,
            size: inside?.size ?? (kind == .file ? Int(entry.status.st_size) : 0), leftOutBy: rule,
            isLookedInto: kind == .folder && rule != nil && !entry.isClosed, inside: inside?.files, problem: nil)
    }

    /// What a folder that is left out would have added.
    private func measure(_ path: [UInt8]) -> (files: Int, size: Int)? {
        var walk = ContextWalk(root: HostPath.join(folder.path, path), patterns: IgnorePatterns())
        var files = 0
        var size = 0
        var count = 0
        while let step = walk.next() {
            count += 1
            guard count <= Self.mostCounted else { return nil }
            guard case .entry(let entry) = step, entry.kind == S_IFREG else { continue }
            files += 1
            size += Int(entry.status.st_size)
        }
        return (files, size)
    }
}
