import Basics
import Glibc
import Hashing
import OCI
import Synchronization

/// Takes the bytes of a blob, checks them as they stream by, and makes them visible only when they are right.
///
/// Until `commit` the bytes lie in the operation's staging folder; a writer that is dropped leaves nothing.
public final class BlobWriter: Sendable {
    /// What the content is, as Docker's messages name it.
    public enum Content: String, Sendable {
        case layer = "filesystem layer"
        case config = "image config"
        case manifest
        case archive = "archive member"
    }

    private struct State {
        var file: Int32
        let output: UncachedFile
        let hasher: ContentHasher
        var written: Int64 = 0
    }

    private let content: Content
    private let expected: (digest: Digest, size: Int64?)?
    private let temporary: String
    private let layout: StoreLayout
    private let state: Mutex<State>

    /// - Parameters:
    ///   - expected: Digest and, where known, size that were announced; nil when the content names itself.
    ///   - temporary: Where the bytes lie until they are published.
    init(_ content: Content, expected: (digest: Digest, size: Int64?)?, temporary: String, layout: StoreLayout) throws {
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw systemError("can't create \(temporary)") }
        self.content = content
        self.expected = expected
        self.temporary = temporary
        self.layout = layout
        state = Mutex(State(file: file, output: UncachedFile(file), hasher: ContentHasher(expected?.digest.algorithm ?? .sha256)))
    }

    deinit { cancel() }

    private var name: String { expected.map { "\(content.rawValue) \($0.digest)" } ?? content.rawValue }

    /// How many bytes have been written.
    public var count: Int64 { state.withLock { $0.written } }

    /// Appends bytes.
    /// - Throws: `DrydockError` when there are more than announced, or the disk is full; the writer is cancelled then.
    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        do {
            try append(bytes)
        } catch {
            cancel()
            throw error
        }
    }

    private func append(_ bytes: UnsafeRawBufferPointer) throws {
        // As a number: a pointer would have to be proven not to stay in the locked state. It is used during this call only.
        let (address, count) = (UInt(bitPattern: bytes.baseAddress), bytes.count)
        try state.withLock { state in
            let bytes = UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: count)
            guard state.file >= 0 else { throw DrydockError(.failed, "\(name) was cancelled") }
            if let size = expected?.size, state.written + Int64(bytes.count) > size {
                throw DrydockError(.failed, "\(name) is longer than the \(size) bytes that were announced")
            }
            do throws(Errno) {
                try state.output.write(bytes)
            } catch {
                errno = error.code
                throw systemError("can't write \(name) to \(temporary)")
            }
            state.hasher.update(bytes)
            state.written += Int64(bytes.count)
        }
    }

    public func write(_ bytes: some Collection<UInt8>) throws {
        try Array(bytes).withUnsafeBytes { try write($0) }
    }

    /// Checks size and digest and puts the blob under its name.
    /// - Returns: The blob's digest and size.
    /// - Throws: `DrydockError` when the content is not what was announced; nothing is left then.
    @discardableResult
    public func commit() throws -> (digest: Digest, size: Int64) {
        let staged = try finish()
        try staged.publish()
        return (staged.digest, staged.size)
    }

    /// Checks size and digest, but keeps the blob in staging.
    func finish() throws -> StagedBlob {
        do {
            return try state.withLock { state in
                guard state.file >= 0 else { throw DrydockError(.failed, "\(name) was cancelled") }
                if let size = expected?.size, state.written != size {
                    throw DrydockError(.failed, "\(name) ends after \(state.written) of \(size) bytes")
                }
                let digest = state.hasher.finish()
                if let expected, digest != expected.digest {
                    throw DrydockError(
                        .failed, "\(content.rawValue) verification failed for digest \(expected.digest)", cause: "its content is \(digest)")
                }
                do throws(Errno) {
                    try state.output.finish()
                } catch {
                    errno = error.code
                    throw systemError("can't write \(name) to \(temporary)")
                }
                // close(2) can be the call that tells of a failed write.
                let result = close(state.file)
                state.file = -1
                guard result == 0 else { throw systemError("can't write \(name) to \(temporary)") }
                return StagedBlob(path: temporary, digest: digest, size: state.written, layout: layout)
            }
        } catch {
            cancel()
            unlink(temporary)
            throw error
        }
    }

    /// Drops what was written; no error when the blob was committed.
    public func cancel() {
        state.withLock { state in
            guard state.file >= 0 else { return }
            close(state.file)
            state.file = -1
            unlink(temporary)
        }
    }
}

/// A checked blob that does not have its name yet.
struct StagedBlob: Sendable {
    let path: String
    let digest: Digest
    let size: Int64
    let layout: StoreLayout

    /// Puts the blob under its name, for good.
    func publish() throws {
        do {
            let file = try OwnedDescriptor(path, O_RDONLY)
            guard fsync(file.raw) == 0 else { throw systemError("can't sync \(path)") }
            try Files.makeFolder(layout.blobs(digest.algorithm), mode: 0o755)
            try Files.move(path, to: layout.blob(digest))
        } catch {
            unlink(path)
            throw error
        }
    }
}
