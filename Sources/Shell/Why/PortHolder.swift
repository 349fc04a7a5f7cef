import Basics
import Glibc
import Narration

/// A process of this host that listens at a port.
struct PortHolder: Equatable {
    let pid: Int
    let name: String

    /// Reads who listens now: the sockets in /proc/net, and who has them open (proc(5), tcp(7)).
    /// - Parameter transport: `tcp` or `udp`.
    static func find(_ port: UInt16, _ transport: String) -> [PortHolder] {
        var inodes: Set<String> = []
        for table in [transport, transport + "6"] {
            let text = (try? readFile("/proc/net/\(table)", limit: 16 << 20)).map { String(decoding: $0, as: UTF8.self) } ?? ""
            inodes.formUnion(Self.inodes(in: text, port: port, listening: transport == "tcp"))
        }
        guard !inodes.isEmpty else { return [] }
        return entries("/proc").compactMap { Int($0) }.sorted().filter { pid in
            entries("/proc/\(pid)/fd").contains { inodes.contains(link("/proc/\(pid)/fd/\($0)")) }
        }.map { PortHolder(pid: $0, name: name(of: $0)) }
    }

    /// `socket:[123]` of each line of a table whose local port is this. State 0A is LISTEN.
    static func inodes(in table: String, port: UInt16, listening: Bool) -> Set<String> {
        var found: Set<String> = []
        for line in table.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: " ")
            guard fields.count > 9, let end = fields[1].split(separator: ":").last, UInt16(end, radix: 16) == port,
                !listening || fields[3] == "0A"
            else { continue }
            found.insert("socket:[\(fields[9])]")
        }
        return found
    }

    private static func name(of pid: Int) -> String {
        let bytes = (try? readFile("/proc/\(pid)/comm", limit: 64)) ?? []
        return String(decoding: bytes.filter { $0 != 10 }, as: UTF8.self)
    }

    private static func entries(_ path: String) -> [String] { (try? folderNames(path)) ?? [] }

    private static func link(_ path: String) -> String {
        var target = [UInt8](repeating: 0, count: 64)
        let length = target.withUnsafeMutableBytes { readlink(path, $0.bindMemory(to: CChar.self).baseAddress!, $0.count) }
        return length > 0 ? String(decoding: target[..<length], as: UTF8.self) : ""
    }
}
