import Basics
import CDrydock
import Glibc
import Synchronization

/// Compiled filters: each is compiled once, kept in memory, and kept in a file for the next engine.
public final class SeccompFilters: Sendable {
    private let profile: SeccompProfile
    private let directory: String
    /// By the relevant capabilities. Held during a compilation, so that two starts don't compile the same.
    private let filters = Mutex<[UInt64: [UInt8]]>([:])

    /// - Parameters:
    ///   - profile: What is allowed.
    ///   - directory: Where compiled filters are kept, `<root>/seccomp`; made when it is first needed. Only root may write there.
    public init(profile: SeccompProfile, directory: String) {
        self.profile = profile
        self.directory = directory
    }

    /// The filter for a container with these capabilities, as bytes of `struct sock_filter`.
    /// - Throws: `DrydockError` when it can't be compiled. A cache that can't be read or written is no failure.
    public func filter(capabilities: UInt64) throws(DrydockError) -> [UInt8] {
        let relevant = profile.relevant(capabilities)
        let outcome: Result<[UInt8], DrydockError> = filters.withLock { held in
            if let filter = held[relevant] { return .success(filter) }
            if let filter = stored(relevant) {
                held[relevant] = filter
                return .success(filter)
            }
            do throws(DrydockError) {
                let filter = try SeccompCompiler.compile(profile, capabilities: relevant)
                store(filter, relevant)
                held[relevant] = filter
                return .success(filter)
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// The file's name says everything that the filter depends on.
    private func path(_ relevant: UInt64) -> String {
        let parts = [String(profile.fingerprint, radix: 16), String(relevant, radix: 16), SeccompCompiler.libraryVersion]
        return "\(directory)/\(parts.joined(separator: "-")).bpf"
    }

    /// What is in the file, when it is whole: a checksum of eight bytes stands before the filter.
    private func stored(_ relevant: UInt64) -> [UInt8]? {
        guard let bytes = try? readFile(path(relevant), limit: 1 << 20), bytes.count > 8, bytes.count % 8 == 0 else { return nil }
        let filter = Array(bytes.dropFirst(8))
        return Array(bytes.prefix(8)) == checksum(filter) ? filter : nil
    }

    private func store(_ filter: [UInt8], _ relevant: UInt64) {
        mkdir(directory, 0o700)
        let place = path(relevant)
        let beside = "\(place).\(getpid())"
        let fd = dd_open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard fd >= 0 else { return }
        let isWritten = (try? writeAll(fd, checksum(filter) + filter)) != nil
        close(fd)
        if !isWritten || rename(beside, place) != 0 { unlink(beside) }
    }

    private func checksum(_ bytes: [UInt8]) -> [UInt8] { withUnsafeBytes(of: fnv1a(bytes).littleEndian) { Array($0) } }
}
