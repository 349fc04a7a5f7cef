import Basics

/// Reads newline-delimited JSON events from an engine's answer.
public struct EventStream {
    private let stream: ResponseStream
    private var buffer: [UInt8] = []
    /// Where the next event begins in the buffer, and up to where no end of it has been found.
    private var start = 0
    private var scanned = 0

    /// An event with all the calls of a long step is large, but not larger than this.
    private static let longestLine = 16 << 20

    public init(_ stream: ResponseStream) { self.stream = stream }

    /// True when the next event has arrived: `next()` will not wait.
    public var holdsEvent: Bool { buffer[scanned...].contains(10) }

    /// The next event; nil at the end.
    /// - Throws: `EngineClientError`, or `JSONError` for a line that is no event.
    public mutating func next() throws -> JSONValue? {
        while true {
            if let end = buffer[scanned...].firstIndex(of: 10) {
                let line = buffer[start..<end]
                start = end + 1
                scanned = start
                if line.allSatisfy({ $0 == 32 || $0 == 13 }) { continue }
                return try line.withUnsafeBufferPointer { bytes throws(JSONError) in try JSONValue(parsing: bytes) }
            }
            buffer.removeSubrange(..<start)
            start = 0
            scanned = buffer.count
            guard buffer.count <= Self.longestLine else {
                throw EngineClientError.malformed("an event is longer than \(Self.longestLine) bytes")
            }
            guard let piece = try stream.next() else { return nil }
            buffer += piece
        }
    }
}
