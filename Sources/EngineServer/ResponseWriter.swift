import Basics
import EngineInterface
import NIOCore
import Synchronization

/// What a worker needs of a connection; implemented on the event loop by `RequestHandler`.
protocol Answering: AnyObject {
    /// Sends a whole answer.
    func answer(_ head: ResponseHead, body: [UInt8])
    /// Sends the head of an answer whose body follows in chunks.
    func beginAnswer(_ head: ResponseHead)
    /// Notes that the answer that has begun ends with an error.
    func noteFailure(_ sentence: String)
    func sendChunk(_ chunk: ByteBuffer, sent: @escaping @Sendable () -> Void)
    func endAnswer()
    /// Breaks the answer off so that the client can tell that it is incomplete.
    func breakAnswer()
    /// Gives the connection to a stream of bytes.
    func hijack(descriptor: Int32, upgrades: Bool)
}

/// The worker's side of one answer. Blocks while more than a window's worth of bytes has not reached the socket.
final class ResponseWriter: Sendable {
    /// Bytes that may be on their way before a write blocks.
    static let window = 256 << 10

    private struct Window {
        var pending = 0
        var isClosed = false
    }

    private enum Phase { case fresh, streaming, ended }

    private let phase = Mutex(Phase.fresh)
    private let flow = Monitored(Window())
    private let eventLoop: any EventLoop
    private let connection: NIOLoopBound<any Answering>

    /// On the event loop only.
    init(eventLoop: any EventLoop, connection: any Answering) {
        self.eventLoop = eventLoop
        self.connection = NIOLoopBound(connection, eventLoop: eventLoop)
    }

    var hasBegun: Bool { phase.withLock { $0 != .fresh } }

    /// Sends a whole answer, unless one has begun.
    func respond(_ head: ResponseHead, body: [UInt8]) {
        guard claim(.ended) else { return }
        eventLoop.execute { [connection] in connection.value.answer(head, body: body) }
    }

    /// Sends the head of a streamed answer, unless one has begun.
    func begin(contentType: String?, extra: [(String, String)] = []) {
        guard claim(.streaming) else { return }
        let head = ResponseHead(status: 200, contentType: contentType, body: .chunked, extra: extra)
        eventLoop.execute { [connection] in connection.value.beginAnswer(head) }
    }

    /// Sends a part of a streamed answer.
    /// - Throws: `.unavailable` when the client has gone.
    func write(_ buffer: ByteBuffer) throws {
        let count = buffer.readableBytes
        guard count > 0 else { return }
        try flow.wait { window throws -> Void? in
            if window.isClosed { throw DrydockError(.unavailable, "the client has closed the connection") }
            // A single write larger than the window goes alone.
            guard window.pending == 0 || window.pending + count <= Self.window else { return nil }
            window.pending += count
            return ()
        }
        eventLoop.execute { [connection, flow] in
            connection.value.sendChunk(buffer) {
                flow.update { $0.pending -= count }
            }
        }
    }

    /// Notes why a streamed answer ends early; the client learns of it from the stream itself.
    func noteFailure(_ sentence: String) {
        eventLoop.execute { [connection] in connection.value.noteFailure(sentence) }
    }

    /// Ends a streamed answer.
    func end() {
        guard leaveStreaming() else { return }
        eventLoop.execute { [connection] in connection.value.endAnswer() }
    }

    /// Ends a streamed answer in a way that the client can tell from a complete one.
    func breakOff() {
        guard leaveStreaming() else { return }
        eventLoop.execute { [connection] in connection.value.breakAnswer() }
    }

    /// Hands the connection over; `descriptor` belongs to the connection from now on.
    /// - Returns: false if an answer has begun already; the descriptor is then still the caller's.
    func hijack(descriptor: Int32, upgrades: Bool) -> Bool {
        guard claim(.ended) else { return false }
        eventLoop.execute { [connection] in connection.value.hijack(descriptor: descriptor, upgrades: upgrades) }
        return true
    }

    /// Wakes a blocked writer: the client has gone.
    func close() {
        flow.update { $0.isClosed = true }
    }

    private func claim(_ next: Phase) -> Bool {
        phase.withLock { phase in
            guard phase == .fresh else { return false }
            phase = next
            return true
        }
    }

    private func leaveStreaming() -> Bool {
        phase.withLock { phase in
            guard phase == .streaming else { return false }
            phase = .ended
            return true
        }
    }
}

/// A streamed answer as the engine sees it.
struct StreamSink: ByteSink {
    let writer: ResponseWriter
    let contentType: String?
    /// Further headers.
    var extra: [(String, String)] = []

    func begin() throws { writer.begin(contentType: contentType, extra: extra) }

    func write(_ bytes: [UInt8]) throws {
        try begin()
        try writer.write(ByteBuffer(bytes: bytes))
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        try begin()
        try writer.write(ByteBuffer(bytes: bytes))
    }
}
