import Basics
import CDrydock
import Glibc
import Kernel

/// What is kept of the bridge network in `networks/bridge.json`.
struct BridgeRecord: Codable, Sendable {
    var name = "bridge"
    /// 64 hexadecimal digits.
    var id: String
    var created: Timestamp
    /// The bridge's name in the kernel.
    var bridge: String
    /// The nftables table of family ip.
    var table: String
    /// nil until the bridge is made for the first time: only then it is known what is free.
    var subnet: IPv4Network?
    var gateway: IPv4Address?

    /// Capitals in the file, as Docker writes a network.
    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case id = "Id"
        case created = "Created"
        case bridge = "Bridge"
        case table = "Table"
        case subnet = "Subnet"
        case gateway = "Gateway"
    }

    /// - Returns: nil when there is no such file.
    /// - Throws: `DrydockError` when it can't be read.
    static func read(_ path: String) throws(DrydockError) -> BridgeRecord? {
        let bytes: [UInt8]
        do {
            bytes = try readFile(path, limit: 1 << 16)
        } catch {
            if error.code == ENOENT { return nil }
            throw DrydockError(.failed, "\(path) can't be read", errno: error)
        }
        do {
            return try JSONDecoder().decode(BridgeRecord.self, from: bytes)
        } catch {
            throw DrydockError(
                .failed, "\(path) is not a network's record", cause: "\(error)", advice: "remove it: the engine makes it anew")
        }
    }

    /// Writes the file beside its place and renames it into it.
    /// - Throws: `SystemCallFailure`.
    func write(_ path: String, _ recorder: Recorder) throws {
        let bytes = try JSONEncoder().bytes(self, indent: "    ") + [0x0a]
        // Two first starts at once each have a file of their own; both say the same.
        let beside = "\(path).new-\(dd_gettid())"
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW
        let fd = Int32(try recorder.perform(.open(path: beside, flags: flags, mode: 0o600)).value)
        do {
            defer { close(fd) }
            let written = try recorder.perform(.write(fd: fd, bytes: bytes, path: beside))
            guard written.value == Int64(bytes.count) else {
                throw SystemCallFailure(name: "write", subject: beside, errno: Errno(code: ENOSPC))
            }
            try recorder.perform(.fsync(fd: fd, path: beside))
        } catch {
            unlink(beside)
            throw error
        }
        try recorder.perform(.rename(from: beside, to: path))
    }
}
