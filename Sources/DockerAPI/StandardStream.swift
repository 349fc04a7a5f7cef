/// One of a process's three standard streams, and Docker's framing of them on one connection.
///
/// Source: Docker Engine API v1.41, `POST /containers/{id}/attach`, "Stream format": one byte for the stream, three zero
/// bytes, the payload's length as a big-endian 32-bit number, the payload. Containers with a terminal are not framed.
public enum StandardStream: UInt8, Sendable {
    case input = 0
    case output = 1
    case error = 2

    /// The bytes in front of each payload.
    public static let headerLength = 8

    /// The header of a frame.
    /// - Parameter length: the payload's length in bytes.
    public func header(length: UInt32) -> [UInt8] {
        [rawValue, 0, 0, 0] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> UInt32($0)) }
    }

    /// A whole frame.
    public func frame(_ payload: some Collection<UInt8>) -> [UInt8] {
        var bytes = header(length: UInt32(truncatingIfNeeded: payload.count))
        bytes.append(contentsOf: payload)
        return bytes
    }
}
