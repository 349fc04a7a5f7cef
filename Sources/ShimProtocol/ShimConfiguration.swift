/// What a shim is told when it starts: one container's process, its streams and its ports.
public struct ShimConfiguration: Sendable {
    /// The descriptors that the engine hands to each shim, by number.
    public enum Descriptor {
        public static let listener: Int32 = 3
        public static let control: Int32 = 4
        public static let channel: Int32 = 5
        public static let directory: Int32 = 6
    }

    /// How many descriptors can come with `ShimMessage.configure`: the configuration's, the cgroup's and those of the ports.
    public static let mostDescriptors = 253

    /// A host port that the shim holds: bound so that nobody else takes it, and relayed where the firewall can't (IPv6).
    public struct HeldPort: Sendable {
        /// The container's IPv4 address; empty where the descriptor is only held.
        public var relayAddress: String
        public var relayPort: UInt16

        public init(relayAddress: String, relayPort: UInt16) {
            self.relayAddress = relayAddress
            self.relayPort = relayPort
        }
    }

    public var containerID: String
    public var isTerminal: Bool
    /// Keep the container's standard input open for attached clients.
    public var opensStdin: Bool
    /// Close it when the first client that was attached to it leaves.
    public var closesStdinOnce: Bool
    /// The child waits for a word before each operation.
    public var isStepping: Bool
    /// The exit status is synced to disk before it is told.
    public var syncsExit: Bool
    public var hasCgroup: Bool
    /// CLONE_NEW* of the container's process.
    public var cloneFlags: UInt64
    public var rows: UInt16 = 0
    public var columns: UInt16 = 0
    /// The log begins anew when it has so many bytes; 0 for one that grows without end.
    public var logSize: UInt64 = 0
    /// How many files of that size are kept, the one that is written included.
    public var logFiles: UInt32 = 1
    public var ports: [HeldPort] = []
    /// The child's operations, of `OperationTable`.
    public var table: [UInt8] = []

    private static let magic: UInt32 = 0x6464_7332

    public init(
        containerID: String, isTerminal: Bool, opensStdin: Bool, closesStdinOnce: Bool, isStepping: Bool, syncsExit: Bool,
        hasCgroup: Bool, cloneFlags: UInt64
    ) {
        self.containerID = containerID
        self.isTerminal = isTerminal
        self.opensStdin = opensStdin
        self.closesStdinOnce = closesStdinOnce
        self.isStepping = isStepping
        self.syncsExit = syncsExit
        self.hasCgroup = hasCgroup
        self.cloneFlags = cloneFlags
    }

    public var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.integer(Self.magic)
        let flags = [isTerminal, opensStdin, closesStdinOnce, isStepping, syncsExit, hasCgroup]
        writer.integer(flags.enumerated().reduce(UInt32(0)) { $1.element ? $0 | 1 << UInt32($1.offset) : $0 })
        writer.integer(cloneFlags)
        writer.integer(rows)
        writer.integer(columns)
        writer.integer(logSize)
        writer.integer(logFiles)
        writer.text(containerID)
        writer.integer(UInt32(ports.count))
        for port in ports {
            writer.text(port.relayAddress)
            writer.integer(port.relayPort)
        }
        writer.text(table)
        return writer.bytes
    }

    /// - Returns: nil when the bytes are not a configuration of this build.
    public init?(bytes: [UInt8]) {
        var reader = ByteReader(bytes[...])
        guard reader.integer() == Self.magic, let flags = reader.integer(UInt32.self), let cloneFlags = reader.integer(UInt64.self),
            let rows = reader.integer(UInt16.self), let columns = reader.integer(UInt16.self),
            let logSize = reader.integer(UInt64.self), let logFiles = reader.integer(UInt32.self), let id = reader.string(),
            let portCount = reader.integer(UInt32.self)
        else { return nil }
        let has = { (bit: UInt32) in flags & 1 << bit != 0 }
        self.init(
            containerID: id, isTerminal: has(0), opensStdin: has(1), closesStdinOnce: has(2), isStepping: has(3), syncsExit: has(4),
            hasCgroup: has(5), cloneFlags: cloneFlags)
        self.rows = rows
        self.columns = columns
        self.logSize = logSize
        self.logFiles = logFiles
        for _ in 0..<portCount {
            guard let address = reader.string(), let port = reader.integer(UInt16.self) else { return nil }
            ports.append(HeldPort(relayAddress: address, relayPort: port))
        }
        guard let table = reader.text() else { return nil }
        self.table = table
    }
}
