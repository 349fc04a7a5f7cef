/// Takes the engine's one stream apart into standard output and standard error. Each frame is a kind, three zeros, a length
/// of four bytes (big endian) and that many bytes. Source: Docker Engine API, ContainerAttach, "Stream format".
struct StreamDemultiplexer {
    private var header: [UInt8] = []
    private var kind: UInt8 = 1
    private var left = 0

    /// - Parameters:
    ///   - output: called with bytes of standard output, `error` with those of standard error.
    /// - Throws: `ValueError` for a frame of unknown kind, and for the engine's own error frames.
    mutating func take(_ bytes: [UInt8], output: (ArraySlice<UInt8>) -> Void, error: (ArraySlice<UInt8>) -> Void) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            if left == 0 {
                let wanted = min(8 - header.count, rest.count)
                header += rest.prefix(wanted)
                rest = rest.dropFirst(wanted)
                guard header.count == 8 else { return }
                kind = header[0]
                left = header[4...].reduce(0) { $0 << 8 | Int($1) }
                guard kind <= 3 else { throw ValueError("Unrecognized input header: \(kind)") }
                header.removeAll(keepingCapacity: true)
                continue
            }
            let piece = rest.prefix(left)
            rest = rest.dropFirst(piece.count)
            left -= piece.count
            switch kind {
            case 2: error(piece)
            case 3: throw ValueError("error from daemon in stream: \(String(decoding: piece, as: UTF8.self))")
            default: output(piece)
            }
        }
    }
}
