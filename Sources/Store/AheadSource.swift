import Basics
import Glibc

/// Runs another source on a thread of its own, some pieces ahead: while one thread inflates and hashes, the other makes files of it.
final class AheadSource: ByteSource {
    /// What the thread works on. The source is its own until it has ended.
    private final class Work: @unchecked Sendable {
        let source: any ByteSource
        let queue = PieceQueue()
        init(_ source: any ByteSource) { self.source = source }

        func run() {
            do {
                while case let bytes = try source.next(), !bytes.isEmpty {
                    guard queue.put(bytes) else { return }
                }
                queue.end()
            } catch {
                queue.end(error)
            }
        }
    }

    private let work: Work
    private var thread: WorkerThread?

    /// - Parameter source: Not to be used before `join`.
    init(_ source: any ByteSource) {
        work = Work(source)
        thread = WorkerThread.start { [work] in work.run() }
    }

    deinit { join() }

    /// Ends the thread, wherever it is; returns when it has ended.
    func join() {
        work.queue.stop()
        thread?.join()
        thread = nil
    }

    func next() throws -> UnsafeRawBufferPointer {
        // No thread was to be had: then it's done here.
        try thread == nil ? work.source.next() : work.queue.next()
    }
}
