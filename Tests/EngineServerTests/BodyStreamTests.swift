import NIOCore
import Synchronization
import Testing

@testable import EngineServer

@Suite("A request's body between the event loop and its worker")
struct BodyStreamTests {
    /// A pause that is forgotten is never ended: the socket is not read any more, and the worker waits for ever.
    @Test("a pause lasts until the worker ends it") func pauseIsKept() throws {
        let resumed = Mutex(0)
        let stream = BodyStream { resumed.withLock { $0 += 1 } }
        #expect(stream.append(ByteBuffer(repeating: 1, count: BodyStream.capacity - 1)))
        #expect(!stream.append(ByteBuffer(repeating: 2, count: 1)))
        try read(stream, 64 << 10)
        #expect(!stream.append(ByteBuffer(repeating: 3, count: 1)), "the loop was told to stop, and nobody has told it to go on")
        try read(stream, BodyStream.capacity - (64 << 10) + 1)
        #expect(resumed.withLock { $0 } == 1)
        #expect(stream.append(ByteBuffer(repeating: 4, count: 1)))
    }

    private func read(_ stream: BodyStream, _ wanted: Int) throws {
        var left = wanted
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while left > 0 {
            let room = min(left, buffer.count)
            left -= try buffer.withUnsafeMutableBytes { try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[..<room])) }
        }
    }
}
