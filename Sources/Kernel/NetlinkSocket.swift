import Basics
import CDrydock
import Glibc
import Steps

/// A netlink socket of the engine, opened for one use and closed with it; every call goes through a recorder.
public struct NetlinkSocket: ~Copyable {
    private let fd: Int32
    private let recorder: Recorder
    private let family: NetlinkMessage.Family
    private var sequence: UInt32 = 0

    /// The most that a datagram of a dump holds: the kernel fills what the reader offers, up to this.
    private static let capacity = 32 << 10

    /// - Throws: `SystemCallFailure` when the socket can't be had.
    public init(_ recorder: Recorder, family: NetlinkMessage.Family = .route) throws {
        let type = Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        fd = Int32(try recorder.perform(.socket(domain: AF_NETLINK, type: type, protocolNumber: family.rawValue)).value)
        self.recorder = recorder
        self.family = family
        // With this the kernel says in words what it refuses.
        setOption(11, "NETLINK_EXT_ACK")
        setOption(10, "NETLINK_CAP_ACK")
    }

    deinit { close(fd) }

    /// Sends a message and awaits its acknowledgement.
    /// - Parameter tolerating: Error numbers that are no failure here.
    /// - Returns: 0, or the tolerated error number.
    /// - Throws: `SystemCallFailure` with what the kernel answered.
    @discardableResult
    public mutating func transact(_ message: NetlinkMessage, tolerating: [Int32] = []) throws -> Int32 {
        try exchange(message, tolerating: tolerating) { _ in }
    }

    /// The link of this name; nil when there is none.
    public mutating func link(_ name: String) throws -> NetlinkLink? {
        var found: NetlinkLink?
        try exchange(.getLink(name), tolerating: [ENODEV]) { part in
            if part.type == RTM_NEWLINK { found = NetlinkLink(part.payload) }
        }
        return found
    }

    /// All links of this network namespace.
    public mutating func links() throws -> [NetlinkLink] {
        try dump(.dumpLinks(), RTM_NEWLINK) { NetlinkLink($0) }
    }

    /// All IPv4 addresses.
    public mutating func addresses() throws -> [NetlinkAddress] {
        try dump(.dumpAddresses(), RTM_NEWADDR) { NetlinkAddress($0) }
    }

    /// All IPv4 routes of all tables.
    public mutating func routes() throws -> [NetlinkRoute] {
        try dump(.dumpRoutes(), RTM_NEWROUTE) { NetlinkRoute($0) }
    }

    /// True when nftables has this table of family ip. For a socket of family `.netfilter`.
    public mutating func hasTable(_ name: String) throws -> Bool {
        try exchange(.getTable(name), tolerating: [ENOENT]) { _ in } == 0
    }

    private mutating func dump<T>(_ message: NetlinkMessage, _ type: Int, _ read: (ArraySlice<UInt8>) -> T?) throws -> [T] {
        var all: [T] = []
        try exchange(message, tolerating: []) { part in
            if part.type == type, let item = read(part.payload) { all.append(item) }
        }
        return all
    }

    /// Sends a message and reads until it is answered: by an acknowledgement, by the end of a dump, or by the one thing asked for.
    @discardableResult
    private mutating func exchange(_ message: NetlinkMessage, tolerating: [Int32], _ take: (NetlinkPart) -> Void) throws -> Int32 {
        sequence += 1
        try recorder.perform(.sendto(fd: fd, bytes: message.numbered(sequence), description: message.description))
        while true {
            let answer = try recorder.perform(.recvfrom(fd: fd, capacity: Self.capacity))
            var isAnswered = false
            for part in NetlinkParts(answer.bytes) where part.sequence == sequence {
                switch Int32(part.type) {
                case NLMSG_DONE: return try judge(part, message, tolerating)
                case NLMSG_ERROR: return try judge(part, message, tolerating)
                default:
                    take(part)
                    // One answer to one question; parts of a dump go on until NLMSG_DONE.
                    if part.flags & UInt16(NLM_F_MULTI) == 0 { isAnswered = true }
                }
            }
            if isAnswered { return 0 }
            if answer.bytes.isEmpty { throw SystemCallFailure(name: "recvfrom", subject: message.description, errno: Errno(code: EPROTO)) }
        }
    }

    private func judge(_ part: NetlinkPart, _ message: NetlinkMessage, _ tolerating: [Int32]) throws -> Int32 {
        let answer: Int32 = part.payload.number(0) ?? 0
        guard answer < 0, answer != .min else { return 0 }
        if tolerating.contains(-answer) { return -answer }
        let words = NetlinkDecoder.extendedText(part).map { " (\($0))" } ?? ""
        throw SystemCallFailure(name: "sendto", subject: message.description + words, errno: Errno(code: -answer))
    }

    private func setOption(_ option: Int32, _ name: String) {
        recorder.made("setsockopt", ["\(fd)", "SOL_NETLINK", name, "1"]) {
            var on: Int32 = 1
            return Int64(setsockopt(fd, 270, option, &on, socklen_t(MemoryLayout<Int32>.size)))
        }
    }
}

extension Recorder {
    /// Makes a call that `SystemCall` has no case for, and keeps its record; a failure is the result's.
    @discardableResult
    public func made(_ name: String, _ arguments: @autoclosure () -> [String], _ call: () -> Int64) -> CallResult {
        let start = step.isObserved ? monotonicMicroseconds() : 0
        let value = call()
        let result = CallResult(value: value, errno: value < 0 ? errno : 0)
        let us = step.isObserved ? monotonicMicroseconds() - start : 0
        step.record(CallRecord(name: name, args: arguments(), result: value, errno: result.errno, us: us, pid: dd_gettid()))
        return result
    }

    /// A recorder for what is no step: looking around for `doctor`, sweeping at the start.
    public static func silent(_ kernel: any Kernel) -> Recorder {
        let operation = Operation(id: "-", verb: "look", command: nil, observer: nil, gate: nil)
        // A step that nobody observes throws only what its body throws.
        return (try? operation.step("look") { Recorder(kernel, $0) }) ?? { preconditionFailure("an unobserved step failed") }()
    }
}
