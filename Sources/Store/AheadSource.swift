import Basics
import Glibc

/// Runs another source on a thread of its own, some pieces ahead: while one thread inflates and hashes, the other makes files of it.
final class AheadSource: ByteSource {
    /// Bytes of a piece, and how many pieces may wait: enough that neither thread waits for the other at each file.
    private static let pieceSize = 512 << 10
    private static let pieces = 6

    private struct State {
        var ready: [Piece] = []
        var free: [Piece]
        var failure: (any Error)?
        var isAtEnd = false
        var isStopped = false
    }

    /// Memory that one of the two threads has at a time.
    private final class Piece: @unchecked Sendable {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: AheadSource.pieceSize, alignment: 4096)
        var count = 0
        deinit { memory.deallocate() }
    }

    /// What the thread works on. The source is its own until it has ended.
    private final class Work: @unchecked Sendable {
        let source: any ByteSource
        /// What of the source's last piece didn't fit into ours; valid until its next one.
        var rest = UnsafeRawBufferPointer(start: nil, count: 0)
        let state = Monitored(State(free: (0..<AheadSource.pieces).map { _ in Piece() }))
        init(_ source: any ByteSource) { self.source = source }
    }

    private let work: Work
    private let tick: () throws -> Void
    private var thread: WorkerThread?
    private var current: Piece?

    /// - Parameters:
    ///   - source: Not to be used before `join`.
    ///   - tick: Called for each piece, on the reader's thread; what it throws is thrown there.
    init(_ source: any ByteSource, tick: @escaping () throws -> Void = {}) {
        work = Work(source)
        self.tick = tick
        thread = WorkerThread.start { [work] in AheadSource.run(work) }
    }

    deinit { join() }

    /// Ends the thread, wherever it is; returns when it has ended.
    func join() {
        work.state.update { $0.isStopped = true }
        thread?.join()
        thread = nil
    }

    func next() throws -> UnsafeRawBufferPointer {
        try tick()
        // No thread was to be had: then it's done here.
        guard thread != nil else { return try work.source.next() }
        if let used = current { work.state.update { $0.free.append(used) } }
        current = nil
        let piece = try work.state.wait { state throws -> Piece?? in
            if !state.ready.isEmpty { return .some(state.ready.removeFirst()) }
            if let failure = state.failure { throw failure }
            return state.isAtEnd ? .some(nil) : nil
        }
        current = piece
        guard let piece else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(piece.memory)[..<piece.count])
    }

    private static func run(_ work: Work) {
        do {
            while let piece = work.state.wait(until: { state -> Piece?? in
                if state.isStopped { return .some(nil) }
                return state.free.isEmpty ? nil : .some(state.free.removeLast())
            }) {
                let isLast = try fill(piece, from: work)
                work.state.update { state in
                    if piece.count > 0 { state.ready.append(piece) }
                    state.isAtEnd = isLast
                }
                if isLast { return }
            }
        } catch {
            work.state.update { $0.failure = error }
        }
    }

    /// - Returns: true at the end of the source.
    private static func fill(_ piece: Piece, from work: Work) throws -> Bool {
        piece.count = 0
        while piece.count < AheadSource.pieceSize {
            if work.rest.isEmpty { work.rest = try work.source.next() }
            if work.rest.isEmpty { return true }
            let fitting = min(work.rest.count, AheadSource.pieceSize - piece.count)
            UnsafeMutableRawBufferPointer(rebasing: piece.memory[piece.count...])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: work.rest[..<fitting]))
            piece.count += fitting
            work.rest = UnsafeRawBufferPointer(rebasing: work.rest[fitting...])
        }
        return false
    }
}
