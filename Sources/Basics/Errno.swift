import Glibc

/// The error of a system call, errno(3).
public struct Errno: Error, Sendable, Hashable, CustomStringConvertible {
    public let code: Int32

    public init(code: Int32) { self.code = code }
    public init(_ code: Int32) { self.init(code: code) }

    /// This thread's errno; read it right after the call that failed.
    public static var current: Errno { Errno(code: Glibc.errno) }

    /// The symbol: `ENOENT`.
    public var name: String {
        errnoTable[code]?.name ?? "errno \(code)"
    }

    /// The text as Go prints it: `no such file or directory`.
    public var text: String {
        errnoTable[code]?.text ?? "errno \(code)"
    }

    public var description: String { text }
}
