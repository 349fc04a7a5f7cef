/// The operations that a container's first process walks between clone and exec, in the form in which C reads them.
///
/// The numbers of the kinds are those of `enum dd_op_kind` in `child.h`.
public struct OperationTable {
    private var writer = ByteWriter()
    /// How many operations the table holds.
    public private(set) var count = 0

    public init() {}

    public var bytes: [UInt8] { writer.bytes }

    /// Appends one operation.
    /// - Parameters:
    ///   - kind: One of `dd_op_kind`.
    ///   - numbers: Up to five arguments.
    ///   - strings: Up to four arguments.
    ///   - tolerate: An error number that is no failure here; 0 for none, `UInt32.max` for all.
    public mutating func append(kind: UInt32, numbers: [UInt64], strings: [[UInt8]], tolerate: UInt32) {
        let begin = writer.bytes.count
        writer.integer(UInt32(0))
        writer.integer(kind)
        writer.integer(tolerate)
        writer.integer(UInt32(strings.count))
        for index in 0..<5 { writer.integer(index < numbers.count ? numbers[index] : 0) }
        for string in strings { writer.text(string) }
        // Records stay aligned to eight bytes: the seccomp filter among them is read in place.
        writer.pad(to: 8)
        writer.patch(UInt32(writer.bytes.count - begin), at: begin)
        count += 1
    }
}

extension ByteWriter {
    /// Appends zeros until the length is a multiple of `alignment`.
    mutating func pad(to alignment: Int) {
        while bytes.count % alignment != 0 { integer(UInt8(0)) }
    }
}
