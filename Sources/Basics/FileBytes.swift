import Glibc

/// Reads a whole file, also one whose size is unknown beforehand, as in /proc.
///
/// - Parameter limit: how long the file may be at most; a longer one is EFBIG.
/// - Throws: the `Errno` of open(2) or read(2).
public func readFile(_ path: String, limit: Int = 64 << 20) throws(Errno) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Errno.current }
    defer { close(descriptor) }
    return try readAll(descriptor, limit: limit)
}

/// Reads a descriptor to its end; see `readFile`.
public func readAll(_ descriptor: Int32, limit: Int = 64 << 20) throws(Errno) -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
        // Most files are short: to clear room for a long one would take longer than to read them.
        let got: Result<Int, Errno> = withUnsafeTemporaryAllocation(byteCount: bytes.isEmpty ? 4 << 10 : 64 << 10, alignment: 1) { room in
            let count = read(descriptor, room.baseAddress, room.count)
            guard count >= 0 else { return .failure(Errno.current) }
            guard bytes.count + count <= limit else { return .failure(Errno(code: EFBIG)) }
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: room[..<count]))
            return .success(count)
        }
        switch got {
        case .success(0): return bytes
        case .success: continue
        case .failure(let error) where error.code == EINTR: continue
        case .failure(let error): throw error
        }
    }
}

/// Reads what there is, waiting for at least a byte; nothing at the end. See read(2).
///
/// - Throws: the `Errno` of read(2), but never for a signal.
public func readSome(_ descriptor: Int32, most: Int = 64 << 10) throws(Errno) -> [UInt8] {
    var piece = [UInt8](repeating: 0, count: most)
    while true {
        let count = read(descriptor, &piece, most)
        if count >= 0 { return Array(piece[..<count]) }
        if errno != EINTR { throw Errno.current }
    }
}

/// Writes all bytes, also to a descriptor that does not block.
///
/// - Throws: the `Errno` of write(2) or poll(2); some bytes may have been written then.
public func writeAll(_ descriptor: Int32, _ bytes: some Collection<UInt8>) throws(Errno) {
    let result: Result<Void, Errno>? = bytes.withContiguousStorageIfAvailable { storage in
        Result { () throws(Errno) in try writeAll(descriptor, UnsafeRawBufferPointer(storage)) }
    }
    if let result { return try result.get() }
    try writeAll(descriptor, ContiguousArray(bytes))
}

/// Writes all bytes of some memory; see `writeAll` for collections.
public func writeAll(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(Errno) {
    var rest = bytes
    while !rest.isEmpty {
        let count = write(descriptor, rest.baseAddress, rest.count)
        if count >= 0 {
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        } else if errno == EAGAIN {
            var wish = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            if poll(&wish, 1, -1) < 0 && errno != EINTR { throw Errno.current }
        } else if errno != EINTR {
            throw Errno.current
        }
    }
}

/// Writes a text as UTF-8; see `writeAll` for bytes.
public func writeAll(_ descriptor: Int32, _ text: String) throws(Errno) {
    try writeAll(descriptor, text.utf8)
}

/// Replaces a file as a whole, by a rename, without waiting for the disk: for what need not outlive the machine's run.
/// - Throws: the `Errno` of open(2), write(2) or rename(2); the file is as it was then.
public func replaceUnsynced(_ path: String, _ bytes: [UInt8], mode: mode_t = 0o600) throws(Errno) {
    let aside = path + ".new"
    let descriptor = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw Errno.current }
    do throws(Errno) {
        defer { close(descriptor) }
        try writeAll(descriptor, bytes)
    } catch {
        unlink(aside)
        throw error
    }
    guard rename(aside, path) == 0 else { throw Errno.current }
}

/// The value of an environment variable; nil when it is not set.
public func environmentVariable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
}
