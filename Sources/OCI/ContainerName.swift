import Basics

/// The name of a container.
public struct ContainerName: Sendable, Hashable, CustomStringConvertible {
    /// Without the slash that Docker's API puts before a name.
    public let text: String

    /// - Parameter text: The name, with or without a leading slash.
    /// - Throws: `DrydockError.invalid` with Docker's message.
    public init(_ text: String) throws(DrydockError) {
        let name = text.hasPrefix("/") ? String(text.dropFirst()) : text
        let bytes = Array(name.utf8)
        guard bytes.count >= 2, Self.isAlphanumeric(bytes[0]), bytes.dropFirst().allSatisfy(Self.isAllowed) else {
            throw DrydockError(.invalid, "Invalid container name (\(text)), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")
        }
        self.text = name
    }

    public var description: String { text }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || "_.-".utf8.contains(byte) }
}
