/// Little-endian bytes, as engine and shim exchange them. Both are of one build, so there is no versioning beyond a magic number.
public struct ByteWriter {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func integer<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// A length of four bytes, the bytes, and a NUL, so that C can use them where they lie.
    public mutating func text(_ content: some Collection<UInt8>) {
        integer(UInt32(content.count))
        bytes.append(contentsOf: content)
        bytes.append(0)
    }

    public mutating func text(_ content: String) { text(Array(content.utf8)) }

    /// Overwrites a number written earlier.
    public mutating func patch(_ value: UInt32, at offset: Int) {
        withUnsafeBytes(of: value.littleEndian) { source in
            for (index, byte) in source.enumerated() { bytes[offset + index] = byte }
        }
    }
}

/// Reads what `ByteWriter` wrote; nil where there are too few bytes.
public struct ByteReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    public init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    public mutating func integer<T: FixedWidthInteger>(_ type: T.Type = T.self) -> T? {
        let size = MemoryLayout<T>.size
        guard bytes.endIndex - position >= size else { return nil }
        var value: T = 0
        for index in (0..<size).reversed() {
            value = size == 1 ? T(truncatingIfNeeded: bytes[position]) : value << 8 | T(truncatingIfNeeded: bytes[position + index])
        }
        position += size
        return value
    }

    public mutating func text() -> [UInt8]? {
        guard let length = integer(UInt32.self), bytes.endIndex - position > Int(length) else { return nil }
        defer { position += Int(length) + 1 }
        return Array(bytes[position..<position + Int(length)])
    }

    public mutating func string() -> String? { text().map { String(decoding: $0, as: UTF8.self) } }
}
