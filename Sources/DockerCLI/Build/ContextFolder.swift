import Basics
import Dockerfile
import Glibc

/// A folder that is a build context: where it is, which Dockerfile is meant, and what is left out of it.
public struct ContextFolder: Sendable {
    /// Absolute, without symbolic links.
    let path: [UInt8]
    /// The Dockerfile relative to the folder, `-` if it comes from standard input.
    let dockerfile: [UInt8]
    public private(set) var patterns: IgnorePatterns
    /// The patterns as they stand in the file, `!` included, by line.
    let lines: [Int: String]

    /// True where `-f` names a file outside of the folder.
    var hasOutsideDockerfile: Bool { dockerfile.starts(with: Array("../".utf8)) }

    /// - Parameters:
    ///   - given: as on the command line.
    ///   - dockerfile: `-f`'s value, empty without one; relative to the current folder.
    /// - Throws: `CommandFailure` with Docker's text.
    init(_ given: String, dockerfile givenDockerfile: String) throws {
        do {
            path = try Self.resolve(given)
            dockerfile = try Self.find(givenDockerfile, in: path)
        } catch let error as ValueError {
            throw CommandFailure("unable to prepare context: \(error.text)")
        }
        let lines = try Self.readIgnoreFile(in: path)
        self.lines = Dictionary(lines.map { ($0.line, String(decoding: $0.pattern, as: UTF8.self)) }) { first, _ in first }
        do {
            patterns = try IgnorePatterns(lines)
            // The engine needs both; a `COPY` still does not find them, as it applies the patterns itself.
            try patterns.keep(Array(".dockerignore".utf8))
            if dockerfile != Array("-".utf8) { try patterns.keep(dockerfile) }
        } catch {
            throw CommandFailure("error checking context: \(error.sentence)")
        }
    }

    private static func resolve(_ given: String) throws -> [UInt8] {
        let resolved: [UInt8]
        do { resolved = try HostPath.resolved(HostPath.absolute(given)) } catch {
            throw ValueError("unable to evaluate symlinks in context path: \(error.text)")
        }
        let status: stat
        do { status = try HostPath.status(resolved) } catch {
            throw ValueError("unable to stat context directory \"\(HostPath.text(resolved))\": \(error.text)")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw ValueError("context must be a directory: \(HostPath.text(resolved))")
        }
        return resolved
    }

    private static func find(_ given: String, in folder: [UInt8]) throws -> [UInt8] {
        if given == "-" { return Array(given.utf8) }
        var path: [UInt8]
        if given.isEmpty {
            path = HostPath.join(folder, Array("Dockerfile".utf8))
            let lower = HostPath.join(folder, Array("dockerfile".utf8))
            if (try? HostPath.status(path)) == nil, (try? HostPath.status(lower)) != nil { path = lower }
        } else {
            path = HostPath.absolute(given)
        }
        let resolved: [UInt8]
        do { resolved = try HostPath.resolved(path) } catch {
            throw ValueError("unable to evaluate symlinks in Dockerfile path: \(error.text)")
        }
        return HostPath.relative(resolved, to: folder)
    }

    private static func readIgnoreFile(in folder: [UInt8]) throws -> [(line: Int, pattern: [UInt8])] {
        let path = HostPath.join(folder, Array(".dockerignore".utf8))
        // Nonblocking: a pipe of that name must not hold the command.
        let file = HostPath.withCString(path) { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard file >= 0 else {
            if errno == ENOENT { return [] }
            throw CommandFailure("open \(HostPath.text(path)): \(Errno.current.text)")
        }
        defer { close(file) }
        let bytes: [UInt8]
        do { bytes = try readAll(file, limit: IgnorePatterns.limit) } catch {
            throw CommandFailure("Error reading .dockerignore: read \(HostPath.text(path)): \(error.text)")
        }
        do { return try IgnorePatterns.lines(of: bytes) } catch { throw CommandFailure(error.sentence) }
    }
}
