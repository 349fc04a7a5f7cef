import Basics
import Glibc

/// A connection that stopped being HTTP: raw bytes both ways (`attach`, `exec`).
///
/// Unchecked: one owner pumps it.
public final class HijackedConnection: @unchecked Sendable {
    /// The socket, for poll(2); stays owned by this object.
    public let descriptor: Int32
    /// Bytes that came along with the answer's head, to be handled before reading the socket.
    public let buffered: [UInt8]

    init(_ connection: Connection) {
        (descriptor, buffered) = connection.release()
    }

    deinit { close(descriptor) }

    /// One read(2).
    /// - Returns: no bytes at the end, nil if there was nothing to read after all.
    public func read() throws -> [UInt8]? {
        var failure: Int32 = 0
        var nothing = false
        let bytes = [UInt8](unsafeUninitializedCapacity: 65536) { space, count in
            let got = recv(descriptor, space.baseAddress, space.count, Int32(MSG_DONTWAIT))
            nothing = got < 0 && (errno == EINTR || errno == EAGAIN)
            failure = got < 0 && !nothing && errno != ECONNRESET ? errno : 0
            count = max(got, 0)
        }
        if failure != 0 { throw EngineClientError.io(Errno(code: failure)) }
        return nothing ? nil : bytes
    }

    /// Sends as much as the socket takes now.
    /// - Returns: how many bytes went; 0 when it is full.
    public func writeSome(_ bytes: ArraySlice<UInt8>) throws -> Int {
        while true {
            let sent = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT)) }
            if sent >= 0 { return sent }
            if errno == EAGAIN { return 0 }
            if errno != EINTR { throw EngineClientError.io(Errno(code: errno)) }
        }
    }

    /// Tells the engine that no more input follows.
    public func closeWrite() { shutdown(descriptor, Int32(SHUT_WR)) }
}
