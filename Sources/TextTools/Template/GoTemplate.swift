public import Basics

/// A template that could not be parsed, or failed while it ran. The description is Go's own:
/// `template: :1:2: executing "" at <.Foo>: map has no entry for key "Foo"`.
public struct TemplateError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Stage: Sendable { case parsing, executing }

    public let stage: Stage
    public let description: String

    public init(stage: Stage, description: String) {
        self.stage = stage
        self.description = description
    }
}

/// Go's text/template as Docker's `--format` offers it.
public struct GoTemplate: Sendable {
    /// What a missing entry of a map does.
    public enum MissingKey: Sendable {
        /// Prints `<no value>`.
        case noValue
        /// Fails with `map has no entry for key "Foo"`.
        case error
    }

    public struct Options: Sendable {
        public var missingKey: MissingKey
        /// Docker's functions leave the columns' titles alone: `{{upper .Names}}` over `NAMES`.
        public var isHeader: Bool

        public init(missingKey: MissingKey = .noValue, isHeader: Bool = false) {
            self.missingKey = missingKey
            self.isHeader = isHeader
        }
    }

    let name: String
    let source: String
    let parsed: ParsedTemplate

    /// Parses a template.
    ///
    /// - Parameter name: appears in errors; Docker's is mostly empty.
    /// - Throws: `TemplateError` of stage `.parsing`.
    public init(_ source: String, name: String = "") throws(TemplateError) {
        self.name = name
        self.source = source
        var parser = TemplateParser(source, name: name)
        do {
            parsed = try parser.parse()
        } catch {
            throw TemplateError(stage: .parsing, description: "template: \(name):\(parser.line): \(error.sentence)")
        }
    }

    /// Whether the template asks for a field of that name anywhere, as its first word.
    public func mentions(field: String) -> Bool { parsed.fieldNames.contains(field) }

    /// Runs the template.
    ///
    /// - Parameters:
    ///   - value: what `.` is.
    ///   - shape: its Go type; `.any` is a plain map, `GoShape.context` a row of a listing.
    /// - Throws: `TemplateError` of stage `.executing`.
    public func render(_ value: JSONValue, as shape: GoShape = .any, options: Options = .init()) throws(TemplateError) -> String {
        var run = TemplateRun(template: self, options: options)
        return try run.render(GoValue(value, as: shape).unwrapped)
    }
}
