import Basics
import Store

/// One thing that `COPY` or `ADD` brings.
struct CopySource: Sendable {
    /// The last part of the name by which it was asked for: a link's own.
    let name: String
    let item: SourceTree.Item
    /// The folder in which it is; nil for another image's files.
    let folder: String?
    /// What it is to the cache, and the files of which that was made.
    let sum: String
    let files: [SourceTree.FileSum]
    /// Nothing that came from the network is unpacked.
    var mayUnpack = true
    /// Its content stands in the Dockerfile.
    var isInline = false
}

/// Finds what an instruction's sources mean. Source: moby, `builder/dockerfile/copy.go`.
struct CopySources {
    let tree: SourceTree
    /// `COPY` or `ADD`.
    let keyword: String
    /// Files of a stage or an image, not of the context.
    let isImage: Bool

    func find(_ path: String) throws -> [CopySource] {
        let wanted = GoPath.clean(String(path.drop { $0 == "/" }))
        guard wanted != "..", !wanted.hasPrefix("../") else {
            throw DrydockError(.invalid, "\(keyword) failed: forbidden path outside the build context: \(wanted) ()")
        }
        guard !Self.isPattern(wanted) else {
            return try tree.matches(wanted).map { try source(Self.name($0.asked), $0.item) }
        }
        guard let item = try tree.find(wanted) else {
            let place = isImage ? "" : "file not found in build context or excluded by .dockerignore: "
            throw DrydockError(.notFound, "\(keyword) failed: \(place)stat \(wanted): file does not exist")
        }
        return [try source(Self.name(wanted), item)]
    }

    private func source(_ name: String, _ item: SourceTree.Item) throws -> CopySource {
        let (sum, files) = try tree.sum(of: item)
        return CopySource(name: name, item: item, folder: isImage ? nil : tree.folder, sum: sum, files: files)
    }

    private static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? "" }

    private static func isPattern(_ path: String) -> Bool {
        var isEscaped = false
        for character in path {
            if isEscaped {
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if "*?[".contains(character) {
                return true
            }
        }
        return false
    }

    /// All sources of one instruction.
    static func sum(of sources: [CopySource]) -> String {
        sources.count == 1 ? sources[0].sum : SourceTree.joined(sources.map(\.sum), as: "multi")
    }
}
