import Basics
import Glibc

/// Bytes on their way from one thread to another, in pieces, with a bound on what lies between.
final class PieceQueue: ByteSource, @unchecked Sendable {
    /// Bytes of a piece, and how many there are: enough that neither thread waits for the other at each file.
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
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: PieceQueue.pieceSize, alignment: 4096)
        var count = 0
        deinit { memory.deallocate() }
    }

    private let state = Monitored(State(free: (0..<PieceQueue.pieces).map { _ in Piece() }))
    /// The writer's own.
    private var filling: Piece?
    /// The reader's own.
    private var reading: Piece?

    // MARK: The writer's side

    /// Hands over bytes; waits while too many lie between.
    /// - Returns: false when nobody reads them any more.
    func put(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            guard let piece = filling ?? takeFree() else { return false }
            let fitting = min(rest.count, Self.pieceSize - piece.count)
            UnsafeMutableRawBufferPointer(rebasing: piece.memory[piece.count...])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<fitting]))
            piece.count += fitting
            rest = UnsafeRawBufferPointer(rebasing: rest[fitting...])
            filling = piece
            if piece.count == Self.pieceSize { flush() }
        }
        return true
    }

    /// Nothing more comes; the reader is thrown the failure when it has read what came before.
    func end(_ failure: (any Error)? = nil) {
        flush()
        state.update { state in
            state.isAtEnd = true
            state.failure = failure
        }
    }

    private func flush() {
        guard let piece = filling else { return }
        filling = nil
        state.update { $0.ready.append(piece) }
    }

    private func takeFree() -> Piece? {
        let piece = state.wait { state -> Piece?? in
            if state.isStopped { return .some(nil) }
            return state.free.popLast().map { .some($0) }
        }
        piece?.count = 0
        return piece
    }

    // MARK: The reader's side

    func next() throws -> UnsafeRawBufferPointer {
        if let used = reading { state.update { $0.free.append(used) } }
        reading = nil
        let piece = try state.wait { state throws -> Piece?? in
            if !state.ready.isEmpty { return .some(state.ready.removeFirst()) }
            if let failure = state.failure { throw failure }
            return state.isAtEnd ? .some(nil) : nil
        }
        reading = piece
        guard let piece else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(piece.memory)[..<piece.count])
    }

    /// Nothing more is read: whoever writes is not to wait.
    func stop() { state.update { $0.isStopped = true } }
}
