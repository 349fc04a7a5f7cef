import Basics
import Glibc
import Kernel
import OCI

/// A layer's archive on its way into files, on a thread of its own, in a folder of the operation's.
final class Unpacking: Sendable {
    private struct State {
        var done: Int64 = 0
        var isStopped = false
        var result: Result<LayerUnpacker.Result, any Error>?
        var thread: WorkerThread?
    }

    /// Its `fs` gets the files.
    let folder: String
    private let state = Monitored(State())
    /// Hears what its thread does, for whoever waits for it; nil when nobody watches.
    private let heard = CallCollector.forHelper()

    /// Begins.
    /// - Parameters:
    ///   - folder: Does not exist yet.
    ///   - isHashed: Somebody else hashes the archive's bytes.
    ///   - source: Makes the archive's source, on the thread that reads it.
    ///   - ended: Called on that thread when nothing more is read.
    /// - Returns: nil when there is no thread to be had.
    static func start(
        in folder: String, limits: StoreLimits, isHashed: Bool, source: @escaping @Sendable () throws -> any ByteSource,
        ended: @escaping @Sendable () -> Void = {}
    ) throws -> Unpacking? {
        let unpacking = try Unpacking(folder)
        let thread = WorkerThread.start {
            if let heard = unpacking.heard {
                heard.hear { unpacking.run(limits, isHashed, source) }
            } else {
                unpacking.run(limits, isHashed, source)
            }
            ended()
        }
        guard let thread else {
            unpacking.discard()
            return nil
        }
        unpacking.state.update { $0.thread = thread }
        return unpacking
    }

    /// Unpacks on the caller's thread.
    static func run(
        in folder: String, limits: StoreLimits, isHashed: Bool, source: @escaping @Sendable () throws -> any ByteSource
    ) throws -> Unpacking {
        let unpacking = try Unpacking(folder)
        unpacking.run(limits, isHashed, source)
        return unpacking
    }

    private init(_ folder: String) throws {
        self.folder = folder
        do {
            try Files.makeFolder(folder, mode: 0o700)
            try Files.makeFolder("\(folder)/fs", mode: 0o755)
            // The umask must not decide what a container's root folder looks like.
            guard chmod("\(folder)/fs", 0o755) == 0 else { throw systemError("can't set the mode of \(folder)/fs") }
        } catch {
            try? FileTree.remove(folder)
            throw error
        }
    }

    private func run(_ limits: StoreLimits, _ isHashed: Bool, _ source: () throws -> any ByteSource) {
        let result = Result {
            let counted = CountedSource(try source()) { [state] count in
                try state.update { state in
                    state.done += Int64(count)
                    if state.isStopped { throw DrydockError(.aborted, "the unpacking was ended") }
                }
            }
            return try LayerUnpacker(limits: limits).unpack(counted, isHashed: isHashed, into: "\(folder)/fs")
        }
        state.update { $0.result = result }
    }

    /// Waits until all is unpacked.
    /// - Parameter progress: Called with the bytes of the archive that have been read; what it throws ends the work.
    /// - Throws: What went wrong. The folder is the caller's to remove in any case.
    func finish(_ progress: (Int64) throws -> Void) throws -> LayerUnpacker.Result {
        defer { stop() }
        var told: Int64 = 0
        while true {
            let (done, result) = state.wait { state -> (Int64, Result<LayerUnpacker.Result, any Error>?)? in
                state.result != nil || state.done != told ? (state.done, state.result) : nil
            }
            if done != told { try progress(done) }
            told = done
            if let result { return try result.get() }
        }
    }

    /// Ends the thread, wherever it is; returns when it has ended.
    func stop() {
        let thread = state.update { state in
            state.isStopped = true
            defer { state.thread = nil }
            return state.thread
        }
        thread?.join()
        CallCollector.absorb(heard)
    }

    /// Ends it, and removes what has been unpacked.
    func discard() {
        stop()
        // What can't be removed now goes with the operation's folder.
        try? FileTree.remove(folder)
    }
}

/// Another source, whose pieces are counted as they are asked for.
private final class CountedSource: ByteSource {
    private let source: any ByteSource
    private let count: (Int) throws -> Void

    init(_ source: any ByteSource, _ count: @escaping (Int) throws -> Void) {
        self.source = source
        self.count = count
    }

    func next() throws -> UnsafeRawBufferPointer {
        let bytes = try source.next()
        try count(bytes.count)
        return bytes
    }
}
