import Basics
import Glibc

/// Paths of the host as bytes, and what Go's `path/filepath` does with them.
enum HostPath {
    static let slash = UInt8(ascii: "/")

    static func text(_ path: [UInt8]) -> String { String(decoding: path, as: UTF8.self) }

    /// Calls with a path as the C library takes it.
    static func withCString<T>(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> T) -> T {
        (path + [0]).withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { buffer in
                // A terminated array is never empty.
                buffer.baseAddress.map(body) ?? body("")
            }
        }
    }

    static func status(_ path: [UInt8], followsLinks: Bool = false) throws(Errno) -> stat {
        var status = stat()
        let result = withCString(path) { followsLinks ? stat($0, &status) : lstat($0, &status) }
        guard result == 0 else { throw Errno.current }
        return status
    }

    static func target(ofLink path: [UInt8]) throws(Errno) -> [UInt8] {
        var target = [CChar](repeating: 0, count: 4096)
        let count = withCString(path) { readlink($0, &target, 4096) }
        guard count >= 0 else { throw Errno.current }
        return target[..<count].map { UInt8(bitPattern: $0) }
    }

    static func contents(_ path: [UInt8], limit: Int) throws(Errno) -> [UInt8] {
        // Nonblocking: a pipe in the place of a file must not hold the command.
        let file = withCString(path) { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard file >= 0 else { throw Errno.current }
        defer { close(file) }
        return try readAll(file, limit: limit)
    }

    /// The names in a folder, sorted by their bytes.
    static func names(in folder: [UInt8]) throws(Errno) -> [[UInt8]] {
        guard let stream = withCString(folder, { opendir($0) }) else { throw Errno.current }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: UInt8.self, capacity: 256) { bytes in
                    Array(UnsafeBufferPointer(start: bytes, count: 256).prefix { $0 != 0 })
                }
            }
            if name != [0x2E], name != [0x2E, 0x2E] { names.append(name) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// `filepath.Abs`
    static func absolute(_ path: String) -> [UInt8] {
        guard !path.hasPrefix("/") else { return clean(Array(path.utf8)) }
        var space = [CChar](repeating: 0, count: 4096)
        let folder = getcwd(&space, space.count) == nil ? [slash] : Array(space.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
        return clean(folder + [slash] + Array(path.utf8))
    }

    /// `filepath.Clean` of an absolute path.
    static func clean(_ path: [UInt8]) -> [UInt8] {
        var parts: [ArraySlice<UInt8>] = []
        for part in path.split(separator: slash) where part != [0x2E] {
            if part == [0x2E, 0x2E] { _ = parts.popLast() } else { parts.append(part) }
        }
        return [slash] + Array(parts.joined(separator: [slash]))
    }

    /// A name below a folder.
    static func join(_ folder: [UInt8], _ name: [UInt8]) -> [UInt8] {
        if folder.isEmpty { return name }
        return folder.last == slash ? folder + name : folder + [slash] + name
    }

    /// `filepath.EvalSymlinks` of an absolute path: the same place without symbolic links on the way.
    /// - Throws: `ValueError` in Go's words.
    static func resolved(_ path: [UInt8]) throws(ValueError) -> [UInt8] {
        var rest = path.split(separator: slash).map(Array.init)[...]
        var done: [[UInt8]] = []
        var links = 0
        while let part = rest.popFirst() {
            if part == [0x2E] { continue }
            if part == [0x2E, 0x2E] {
                _ = done.popLast()
                continue
            }
            let place = [slash] + Array((done + [part]).joined(separator: [slash]))
            let status: stat
            do { status = try Self.status(place) } catch { throw ValueError("lstat \(text(place)): \(error.text)") }
            guard status.st_mode & S_IFMT == S_IFLNK else {
                if status.st_mode & S_IFMT != S_IFDIR, !rest.isEmpty { throw ValueError("not a directory") }
                done.append(part)
                continue
            }
            links += 1
            guard links <= 255 else { throw ValueError("EvalSymlinks: too many links") }
            let target: [UInt8]
            do { target = try Self.target(ofLink: place) } catch { throw ValueError("readlink \(text(place)): \(error.text)") }
            if target.first == slash { done = [] }
            rest = target.split(separator: slash).map(Array.init)[...] + rest
        }
        return [slash] + Array(done.joined(separator: [slash]))
    }

    /// `filepath.Rel` of two absolute clean paths.
    static func relative(_ path: [UInt8], to base: [UInt8]) -> [UInt8] {
        let parts = path.split(separator: slash)
        let from = base.split(separator: slash)
        var shared = 0
        while shared < min(parts.count, from.count), parts[shared] == from[shared] { shared += 1 }
        let up = [ArraySlice<UInt8>](repeating: [0x2E, 0x2E], count: from.count - shared)
        let joined = Array((up + parts[shared...]).joined(separator: [slash]))
        return joined.isEmpty ? [0x2E] : joined
    }
}
