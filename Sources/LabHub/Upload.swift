import Basics
import Glibc
import Hashing
import OCI
import Synchronization

/// A blob on its way in: a staging file that grows with each request, hashed as it grows.
///
/// Its id cannot be guessed, and it belongs to one repository. One request at a time writes to it.
final class Upload: Sendable {
    private struct State {
        /// nil once it was committed or given up.
        var file: PendingFile?
        let hasher = ContentHasher()
        var lastUse: Int64
        var isTaken = false
    }

    let id = randomHex(bytes: 16)
    let repository: String
    private let limit: Int64
    private let state: Mutex<State>

    init(repository: String, staging: String, limit: Int64, now: Int64) throws {
        self.repository = repository
        self.limit = limit
        state = Mutex(State(file: try PendingFile(in: staging), lastUse: now))
    }

    /// How many bytes are in the file.
    var size: Int64 { state.withLock { $0.hasher.count } }

    /// Where a client goes on; relative, so that it holds by whatever name the client knows this hub.
    var location: String { "/v2/\(repository)/blobs/uploads/\(id)" }

    /// `0-1023`: what is here. For nothing there is no such text; distribution has `0-0` then.
    var range: String { "0-\(max(0, size - 1))" }

    func isIdle(since time: Int64) -> Bool { state.withLock { !$0.isTaken && $0.lastUse <= time } }

    /// Begins a request's writing.
    ///
    /// - Throws: `HubRefusal` while another one writes, and when it is known beforehand that too much will come.
    func take(expecting length: Int64?) throws {
        try state.withLock { state in
            guard state.file != nil else { throw HubRefusal(.uploadUnknown) }
            guard !state.isTaken else { throw HubRefusal(.uploadBusy) }
            if let length, length > limit - state.hasher.count { throw HubRefusal(.blobTooLarge, .integer(limit)) }
            state.isTaken = true
        }
    }

    /// Ends it, with what was written so far.
    func release(now: Int64) {
        state.withLock { state in
            state.isTaken = false
            state.lastUse = now
        }
    }

    /// - Throws: `HubRefusal` beyond the limit; `DrydockError` if the disk refuses. The upload is good for nothing then.
    func append(_ bytes: [UInt8]) throws {
        try state.withLock { state in
            guard let file = state.file else { throw HubRefusal(.uploadUnknown) }
            guard Int64(bytes.count) <= limit - state.hasher.count else { throw HubRefusal(.blobTooLarge, .integer(limit)) }
            try bytes.withUnsafeBytes { try file.write($0) }
            state.hasher.update(bytes)
        }
    }

    /// Checks what came and makes it a blob of its repository.
    ///
    /// - Throws: `HubRefusal` for a digest that it does not have; `DrydockError` if the disk refuses.
    func commit(as digest: Digest, to storage: HubStorage) throws {
        try state.withLock { state in
            guard let file = state.file else { throw HubRefusal(.uploadUnknown) }
            let size = state.hasher.count
            state.file = nil
            guard state.hasher.finish() == digest else { throw HubRefusal(.digestInvalid, .string(digest.description)) }
            // The long wait for the disk comes before the storage's lock, in which others wait too.
            try file.synchronise()
            try storage.add(file, as: digest, size: size, to: repository)
        }
    }

    /// Removes the staging file.
    func discard() { state.withLock { $0.file = nil } }
}

/// The uploads that are open.
///
/// They live in this process alone: after a restart a client begins anew, and the storage clears its staging folder.
final class Uploads: Sendable {
    struct Limits: Sendable {
        var open = 64
        /// A client that has sent nothing for so long has gone.
        var idleSeconds: Int64 = 15 * 60
        var blobBytes: Int64 = 64 << 30
    }

    private let storage: HubStorage
    private let limits: Limits
    private let clock: @Sendable () -> Int64
    private let open = Mutex<[String: Upload]>([:])

    /// - Parameter now: seconds that never go back; tests have a clock of their own.
    init(storage: HubStorage, limits: Limits = Limits(), now: @escaping @Sendable () -> Int64 = Uploads.monotonic) {
        self.storage = storage
        self.limits = limits
        clock = now
    }

    static let monotonic: @Sendable () -> Int64 = {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec)
    }

    var now: Int64 { clock() }
    var count: Int { open.withLock { $0.count } }

    /// - Throws: `HubRefusal` when too many are open; `DrydockError` if the disk refuses.
    func begin(in repository: String) throws -> Upload {
        sweep()
        return try open.withLock { open in
            guard open.count < limits.open else { throw HubRefusal(.tooManyUploads) }
            let upload = try Upload(repository: repository, staging: storage.staging, limit: limits.blobBytes, now: now)
            open[upload.id] = upload
            return upload
        }
    }

    /// - Throws: `HubRefusal` for one that is not there, or not in that repository.
    func find(_ id: String, in repository: String) throws -> Upload {
        guard let upload = open.withLock({ $0[id] }), upload.repository == repository else { throw HubRefusal(.uploadUnknown) }
        return upload
    }

    /// Takes an upload out, to commit it: nobody else comes to it any more, and nobody waits for it while the disk syncs.
    func takeOut(_ upload: Upload) { _ = open.withLock { $0.removeValue(forKey: upload.id) } }

    /// Forgets an upload, and removes its staging file if it was not committed.
    func end(_ upload: Upload) {
        takeOut(upload)
        upload.discard()
    }

    /// Removes those whose clients have gone.
    func sweep() {
        let limit = now - limits.idleSeconds
        for upload in open.withLock({ Array($0.values) }) where upload.isIdle(since: limit) { end(upload) }
    }
}
