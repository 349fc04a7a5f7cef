import Basics
import CDrydock
import Glibc

/// Threads of the engine: few need more than a small stack.
public enum EngineThread {
    /// Runs `body` on a thread of its own.
    /// - Throws: `DrydockError` when none is to be had: `body` was not run then.
    public static func start(_ body: @escaping @Sendable () -> Void) throws(DrydockError) {
        let box = Unmanaged.passRetained(Box(body)).toOpaque()
        let error = dd_detached_thread(512 * 1024, { Unmanaged<Box>.fromOpaque($0!).takeRetainedValue().body() }, box)
        guard error != 0 else { return }
        Unmanaged<Box>.fromOpaque(box).release()
        throw DrydockError(
            .failed, "the engine can't have another thread", errno: Errno(code: error),
            advice: "Stop some containers, or raise the limit of processes (ulimit -u, /proc/sys/kernel/threads-max).")
    }

    /// Shares out work among some threads; returns at once.
    /// - Parameters:
    ///   - count: How many pieces there are.
    ///   - most: How many threads at once.
    ///   - body: Does one piece, and must tell of its end itself.
    public static func share(_ count: Int, among most: Int, _ body: @escaping @Sendable (Int) -> Void) {
        let next = Monitored(0)
        let work: @Sendable () -> Void = {
            while case let piece = next.update({ (next: inout Int) -> Int in
                next += 1
                return next - 1
            }), piece < count { body(piece) }
        }
        for _ in 0..<min(count, most) {
            // No thread to be had: the pieces are done here, later than they could have been.
            do { try start(work) } catch { work() }
        }
    }

    private final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
