import Basics
import CDeflate
import Glibc

/// Compresses a file as gzip: in pieces, on several threads, written in order.
///
/// Each piece is a member of its own (RFC 1952, section 2.2: members follow one another), which every reader of layers takes. The same file
/// gives the same bytes: no time and no name stand in the members' heads.
struct GzipPacker {
    private let file: Int32

    /// Of 1 to 12; libdeflate's 4 packs about as well as gzip's 6, in a fifth of the time.
    private static let level: Int32 = 4
    /// Of a piece, before. Larger ones pack hardly better.
    private static let pieceSize = 4 << 20
    /// More threads than processors have nothing to do; more than these hold too much memory at once.
    private static let threads = max(1, min(4, sysconf(Int32(_SC_NPROCESSORS_ONLN))))

    /// - Parameter file: Read by position, from its beginning; stays the caller's.
    init(file: Int32) { self.file = file }

    /// - Parameters:
    ///   - progress: Bytes of the file that have been packed and written; what it throws ends the work.
    ///   - sink: Takes the packed bytes in order; what it throws ends the work.
    func pack(progress: (Int64) throws -> Void, to sink: ([UInt8]) throws -> Void) throws {
        let size = Int64(lseek(file, 0, Int32(SEEK_END)))
        guard size >= 0 else { throw systemError("can't read the layer") }
        // A gzip file without any member would be none.
        let count = max(1, Int((size + Int64(Self.pieceSize) - 1) / Int64(Self.pieceSize)))
        let bench = Bench(file: file, size: size, count: count, ahead: Self.threads * 2)
        let workers = (0..<min(Self.threads, count)).compactMap { _ in WorkerThread.start { bench.work() } }
        defer {
            bench.stop()
            for worker in workers { worker.join() }
        }
        // No thread to be had: this one does it all.
        if workers.isEmpty { bench.ahead = count }
        for piece in 0..<count {
            if workers.isEmpty { bench.workOnce() }
            try sink(try bench.take(piece))
            try progress(min(size, Int64(piece + 1) * Int64(Self.pieceSize)))
        }
    }

    /// Where pieces wait to be packed, and packed ones to be written.
    private final class Bench: Sendable {
        private struct State {
            var next = 0
            var written = 0
            var ahead: Int
            var packed: [Int: Result<[UInt8], any Error>] = [:]
            var isStopped = false
        }

        private let file: Int32
        private let size: Int64
        private let count: Int
        private let state: Monitored<State>

        init(file: Int32, size: Int64, count: Int, ahead: Int) {
            self.file = file
            self.size = size
            self.count = count
            state = Monitored(State(ahead: ahead))
        }

        /// How many pieces may be packed before the first of them is written.
        var ahead: Int {
            get { state.read { $0.ahead } }
            set { state.update { $0.ahead = newValue } }
        }

        func stop() { state.update { $0.isStopped = true } }

        /// Packs pieces until there are no more.
        func work() { while workOnce() {} }

        @discardableResult
        func workOnce() -> Bool {
            let piece = state.wait { state -> Int? in
                if state.isStopped || state.next >= self.count { return -1 }
                guard state.next < state.written + state.ahead else { return nil }
                state.next += 1
                return state.next - 1
            }
            guard piece >= 0 else { return false }
            let result = Result { try pack(piece) }
            state.update { $0.packed[piece] = result }
            return true
        }

        /// Waits for a piece.
        func take(_ piece: Int) throws -> [UInt8] {
            let result = state.wait { state -> Result<[UInt8], any Error>? in
                guard let result = state.packed.removeValue(forKey: piece) else { return nil }
                state.written = piece + 1
                return result
            }
            return try result.get()
        }

        private func pack(_ piece: Int) throws -> [UInt8] {
            let start = Int64(piece) * Int64(GzipPacker.pieceSize)
            var plain = [UInt8](repeating: 0, count: Int(min(Int64(GzipPacker.pieceSize), max(0, size - start))))
            var filled = 0
            while filled < plain.count {
                let got = plain.withUnsafeMutableBytes {
                    pread(file, $0.baseAddress! + filled, $0.count - filled, off_t(start) + off_t(filled))
                }
                if got < 0 && errno == EINTR { continue }
                guard got > 0 else { throw systemError("can't read the layer") }
                filled += got
            }
            guard let compressor = libdeflate_alloc_compressor(GzipPacker.level) else {
                throw DrydockError(.failed, "out of memory for compressing a layer")
            }
            defer { libdeflate_free_compressor(compressor) }
            let bound = libdeflate_gzip_compress_bound(compressor, plain.count)
            return try [UInt8](unsafeUninitializedCapacity: bound) { space, count in
                count = libdeflate_gzip_compress(compressor, plain, plain.count, space.baseAddress, bound)
                guard count > 0 else { throw DrydockError(.failed, "a layer can't be compressed") }
            }
        }
    }
}
