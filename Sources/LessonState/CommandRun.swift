/// A command that was run, as its checks look at it.
public struct CommandRun: Sendable, Hashable {
    public var line: String
    public var output: String
    public var errors: String
    public var code: Int32

    public init(line: String, output: String, errors: String, code: Int32) {
        self.line = line
        self.output = output
        self.errors = errors
        self.code = code
    }
}
