import Basics
import EngineInterface
import NIOCore

/// A request's body on its way from the event loop to the worker, with a bound on what lies between.
final class BodyStream: BodyReader {
    /// Bytes that may wait before the socket is no longer read.
    static let capacity = 512 << 10

    private struct State {
        var waiting: [ByteBuffer] = []
        var bytes = 0
        var isComplete = false
        var isBroken = false
        var isPaused = false
    }

    private let state = Monitored(State())
    private let resume: @Sendable () -> Void

    /// - Parameter resume: called from the worker when a paused event loop may read on.
    init(resume: @escaping @Sendable () -> Void) { self.resume = resume }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard buffer.count > 0 else { return 0 }
        let (count, resumes) = try state.wait { state throws -> (Int, Bool)? in
            if state.waiting.isEmpty {
                if state.isComplete { return (0, false) }
                if state.isBroken { throw DrydockError(.unavailable, "the client went away before the end of the body") }
                return nil
            }
            let count = min(buffer.count, state.waiting[0].readableBytes)
            state.waiting[0].readWithUnsafeReadableBytes { source in
                UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<count]))
                return count
            }
            if state.waiting[0].readableBytes == 0 { state.waiting.removeFirst() }
            state.bytes -= count
            let resumes = state.isPaused && state.bytes <= Self.capacity / 2
            if resumes { state.isPaused = false }
            return (count, resumes)
        }
        if resumes { resume() }
        return count
    }

    // MARK: The event loop's side

    /// - Returns: whether the loop should go on reading.
    func append(_ buffer: ByteBuffer) -> Bool {
        guard buffer.readableBytes > 0 else { return true }
        return state.update { state in
            state.waiting.append(buffer)
            state.bytes += buffer.readableBytes
            // Once paused, paused until the worker says so: else it would see no need to.
            if state.bytes >= Self.capacity { state.isPaused = true }
            return !state.isPaused
        }
    }

    func complete() {
        state.update { $0.isComplete = true }
    }

    /// The rest will never come.
    func fail() {
        state.update { $0.isBroken = true }
    }
}
