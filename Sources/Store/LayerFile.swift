import CArchive
import Glibc

/// One line of a layer's listing: something that the layer adds, changes or deletes, or a folder on the way to such a thing.
public struct LayerFile: Sendable, Hashable {
    public enum Mark: String, Sendable {
        case added = "A"
        case changed = "C"
        case deleted = "D"
    }

    public enum Kind: String, Sendable {
        case file, folder, link, pipe, socket, character, block

        init(_ mode: mode_t) {
            switch mode & S_IFMT {
            case S_IFDIR: self = .folder
            case S_IFLNK: self = .link
            case S_IFIFO: self = .pipe
            case S_IFSOCK: self = .socket
            case S_IFCHR: self = .character
            case S_IFBLK: self = .block
            default: self = .file
            }
        }
    }

    /// What a file is, seen from one layer.
    public struct Look: Sendable, Hashable {
        public let kind: Kind
        /// Bytes of a regular file; 0 for all others, as images are counted.
        public let size: Int64
        /// Permissions with set-user-id, set-group-id and sticky bits.
        public let mode: UInt32
        public let user: UInt32
        public let group: UInt32

        init(_ status: stat) {
            kind = Kind(status.st_mode)
            size = kind == .file ? Int64(status.st_size) : 0
            mode = status.st_mode & 0o7777
            user = status.st_uid
            group = status.st_gid
        }
    }

    /// How much a folder holds whose contents are not listed one by one.
    public struct Contents: Sendable, Hashable {
        /// What is added, changed or deleted in it, at any depth.
        public var count = 0
        /// Bytes of the files among them.
        public var size: Int64 = 0
    }

    /// From the image's root: `/etc/hosts`.
    public let path: String
    /// How many folders lead to it: 0 for what lies in the root.
    public let depth: Int
    /// nil for a folder that only leads to what is marked.
    public let mark: Mark?
    /// nil where it is deleted.
    public let now: Look?
    /// What the layers below have there; nil where it is added.
    public let before: Look?
    /// Where a symbolic link leads.
    public let target: String?
    /// The folder hides all that the layers below have in it.
    public let isOpaque: Bool
    /// Set where the listing leaves out what is in the folder.
    public let contents: Contents?
}
