/// What engine and shim say to each other over the control socket: a kind, a length, a payload; some carry a descriptor.
public enum ShimMessage: Sendable, Equatable {
    /// Engine: what the container is to be. Carries the configuration's memory file, the cgroup v2 directory if there is one, and the
    /// sockets of held ports.
    case configure
    /// Shim: the container's process exists. Carries its pidfd.
    case started(pid: Int32, cloneNanoseconds: UInt64)
    /// Shim: the process could not be made.
    case cloneFailed(errno: Int32)
    /// Shim: the process ended; its status is on disk. `time` is in nanoseconds since 1970.
    case exited(code: Int32, signal: Int32, time: Int64)
    /// Engine: the terminal has a new size.
    case resize(rows: UInt16, columns: UInt16)
    /// Engine: a client attaches; carries the socket to it. Bits of `streams`: 1 stdin, 2 stdout, 4 stderr.
    case attach(streams: UInt8)
    /// Engine: make another process in the container. `key` names it from now on. Carries the configuration's memory file, the channel to
    /// the process, the socket to its client if there is one, and the cgroup v2 directory if there is one.
    case exec(key: UInt64, streams: UInt8, hasClient: Bool, hasCgroup: Bool)
    /// Shim: a process that joins the container's namespaces was made. It walks the table, and makes the one that stays.
    case execJoins(key: UInt64, pid: Int32, cloneNanoseconds: UInt64)
    /// Shim: it could not be made.
    case execFailed(key: UInt64, errno: Int32)
    /// Shim: the process that stays exists. Carries its pidfd.
    case execBorn(key: UInt64, pid: Int32)
    /// Shim: the process has ended. Its client hears of it when this is acknowledged.
    case execExited(key: UInt64, code: Int32)
    /// Engine: whoever asks from now on is told that the process has ended.
    case execAcknowledged(key: UInt64)
    /// Engine: the process's terminal has a new size.
    case execResize(key: UInt64, rows: UInt16, columns: UInt16)
    /// Engine: nobody is going to attach before the start any more; attached clients hear when the container ends.
    case ready

    private static let headerLength = 5

    public var bytes: [UInt8] {
        var payload = ByteWriter()
        let kind = encode(into: &payload)
        var message = ByteWriter()
        message.integer(kind)
        message.integer(UInt32(payload.bytes.count))
        return message.bytes + payload.bytes
    }

    /// - Returns: the kind's letter.
    private func encode(into payload: inout ByteWriter) -> UInt8 {
        switch self {
        case .configure:
            return UInt8(ascii: "C")
        case .started(let pid, let nanoseconds):
            payload.integer(pid)
            payload.integer(nanoseconds)
            return UInt8(ascii: "P")
        case .cloneFailed(let errno):
            payload.integer(errno)
            return UInt8(ascii: "F")
        case .exited(let code, let signal, let time):
            payload.integer(code)
            payload.integer(signal)
            payload.integer(time)
            return UInt8(ascii: "X")
        case .resize(let rows, let columns):
            payload.integer(rows)
            payload.integer(columns)
            return UInt8(ascii: "R")
        case .attach(let streams):
            payload.integer(streams)
            return UInt8(ascii: "A")
        case .ready:
            return UInt8(ascii: "G")
        case .exec, .execJoins, .execFailed, .execBorn, .execExited, .execAcknowledged, .execResize:
            return encodeExec(into: &payload)
        }
    }

    private func encodeExec(into payload: inout ByteWriter) -> UInt8 {
        switch self {
        case .exec(let key, let streams, let hasClient, let hasCgroup):
            payload.integer(key)
            payload.integer(streams)
            payload.integer(UInt8((hasClient ? 1 : 0) | (hasCgroup ? 2 : 0)))
            return UInt8(ascii: "e")
        case .execJoins(let key, let pid, let nanoseconds):
            payload.integer(key)
            payload.integer(pid)
            payload.integer(nanoseconds)
            return UInt8(ascii: "j")
        case .execFailed(let key, let errno):
            payload.integer(key)
            payload.integer(errno)
            return UInt8(ascii: "f")
        case .execBorn(let key, let pid):
            payload.integer(key)
            payload.integer(pid)
            return UInt8(ascii: "b")
        case .execExited(let key, let code):
            payload.integer(key)
            payload.integer(code)
            return UInt8(ascii: "x")
        case .execResize(let key, let rows, let columns):
            payload.integer(key)
            payload.integer(rows)
            payload.integer(columns)
            return UInt8(ascii: "r")
        case .execAcknowledged(let key):
            payload.integer(key)
            return UInt8(ascii: "a")
        case .configure, .started, .cloneFailed, .exited, .resize, .attach, .ready:
            return 0
        }
    }

    /// Takes the first whole message off `buffer`.
    /// - Returns: nil when there is none yet; `.failure` when the bytes are no message.
    public static func take(from buffer: inout [UInt8]) -> Result<ShimMessage, MalformedMessage>? {
        guard buffer.count >= headerLength else { return nil }
        var header = ByteReader(buffer[...])
        guard let kind = header.integer(UInt8.self), let length = header.integer(UInt32.self), length <= 64 else {
            return .failure(MalformedMessage())
        }
        let end = headerLength + Int(length)
        guard buffer.count >= end else { return nil }
        var payload = ByteReader(buffer[headerLength..<end])
        defer { buffer.removeFirst(end) }
        return decode(kind, &payload).map { .success($0) } ?? .failure(MalformedMessage())
    }

    private static func decode(_ kind: UInt8, _ payload: inout ByteReader) -> ShimMessage? {
        switch kind {
        case UInt8(ascii: "C"):
            return .configure
        case UInt8(ascii: "P"):
            guard let pid = payload.integer(Int32.self), let time = payload.integer(UInt64.self) else { return nil }
            return .started(pid: pid, cloneNanoseconds: time)
        case UInt8(ascii: "F"):
            return payload.integer(Int32.self).map { .cloneFailed(errno: $0) }
        case UInt8(ascii: "X"):
            guard let code = payload.integer(Int32.self), let signal = payload.integer(Int32.self), let time = payload.integer(Int64.self)
            else { return nil }
            return .exited(code: code, signal: signal, time: time)
        case UInt8(ascii: "R"):
            guard let rows = payload.integer(UInt16.self), let columns = payload.integer(UInt16.self) else { return nil }
            return .resize(rows: rows, columns: columns)
        case UInt8(ascii: "A"):
            return payload.integer(UInt8.self).map { .attach(streams: $0) }
        case UInt8(ascii: "G"):
            return .ready
        default:
            return payload.integer(UInt64.self).flatMap { decodeExec(kind, key: $0, &payload) }
        }
    }

    private static func decodeExec(_ kind: UInt8, key: UInt64, _ payload: inout ByteReader) -> ShimMessage? {
        switch kind {
        case UInt8(ascii: "e"):
            guard let streams = payload.integer(UInt8.self), let has = payload.integer(UInt8.self) else { return nil }
            return .exec(key: key, streams: streams, hasClient: has & 1 != 0, hasCgroup: has & 2 != 0)
        case UInt8(ascii: "j"):
            guard let pid = payload.integer(Int32.self), let time = payload.integer(UInt64.self) else { return nil }
            return .execJoins(key: key, pid: pid, cloneNanoseconds: time)
        case UInt8(ascii: "f"):
            return payload.integer(Int32.self).map { .execFailed(key: key, errno: $0) }
        case UInt8(ascii: "b"):
            return payload.integer(Int32.self).map { .execBorn(key: key, pid: $0) }
        case UInt8(ascii: "x"):
            return payload.integer(Int32.self).map { .execExited(key: key, code: $0) }
        case UInt8(ascii: "r"):
            guard let rows = payload.integer(UInt16.self), let columns = payload.integer(UInt16.self) else { return nil }
            return .execResize(key: key, rows: rows, columns: columns)
        case UInt8(ascii: "a"):
            return .execAcknowledged(key: key)
        default:
            return nil
        }
    }
}

/// Bytes on the control socket that are no message: the other side is not of this build.
public struct MalformedMessage: Error, Sendable {
    public init() {}
}
