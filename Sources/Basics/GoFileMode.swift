/// A file's kind and permissions as Go numbers them. Source: io/fs, FileMode.
public struct GoFileMode: Sendable, Hashable {
    public let bits: Int64

    public init(bits: Int64) { self.bits = bits }

    /// - Parameter mode: As stat(2) has it.
    public init(_ mode: UInt32) {
        var bits = Int64(mode & 0o777)
        switch mode & 0o170000 {
        case 0o040000: bits |= Self.folder
        case 0o120000: bits |= Self.symbolicLink
        case 0o060000: bits |= Self.device
        case 0o020000: bits |= Self.device | Self.characterDevice
        case 0o010000: bits |= Self.pipe
        case 0o140000: bits |= Self.socket
        default: break
        }
        if mode & 0o4000 != 0 { bits |= 1 << 23 }
        if mode & 0o2000 != 0 { bits |= 1 << 22 }
        if mode & 0o1000 != 0 { bits |= 1 << 20 }
        self.bits = bits
    }

    public var isFolder: Bool { bits & Self.folder != 0 }
    public var isSymbolicLink: Bool { bits & Self.symbolicLink != 0 }
    public var isDevice: Bool { bits & Self.device != 0 }
    public var isIrregular: Bool { bits & (1 << 19) != 0 }

    private static let folder: Int64 = 1 << 31
    private static let symbolicLink: Int64 = 1 << 27
    private static let device: Int64 = 1 << 26
    private static let pipe: Int64 = 1 << 25
    private static let socket: Int64 = 1 << 24
    private static let characterDevice: Int64 = 1 << 21
}
