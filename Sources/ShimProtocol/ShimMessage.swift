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
    /// Engine: nobody is going to attach before the start any more; attached clients hear when the container ends.
    case ready

    private static let headerLength = 5

    public var bytes: [UInt8] {
        var payload = ByteWriter()
        let kind: UInt8
        switch self {
        case .configure:
            kind = UInt8(ascii: "C")
        case .started(let pid, let nanoseconds):
            kind = UInt8(ascii: "P")
            payload.integer(pid)
            payload.integer(nanoseconds)
        case .cloneFailed(let errno):
            kind = UInt8(ascii: "F")
            payload.integer(errno)
        case .exited(let code, let signal, let time):
            kind = UInt8(ascii: "X")
            payload.integer(code)
            payload.integer(signal)
            payload.integer(time)
        case .resize(let rows, let columns):
            kind = UInt8(ascii: "R")
            payload.integer(rows)
            payload.integer(columns)
        case .attach(let streams):
            kind = UInt8(ascii: "A")
            payload.integer(streams)
        case .ready:
            kind = UInt8(ascii: "G")
        }
        var message = ByteWriter()
        message.integer(kind)
        message.integer(UInt32(payload.bytes.count))
        return message.bytes + payload.bytes
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
            return nil
        }
    }
}

/// Bytes on the control socket that are no message: the other side is not of this build.
public struct MalformedMessage: Error, Sendable {
    public init() {}
}
