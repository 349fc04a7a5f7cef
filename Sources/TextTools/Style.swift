/// Colours and weights for terminals (ECMA-48 SGR); the text unchanged where they are not wanted.
public struct Style: Sendable, Hashable {
    public enum Attribute: String, Sendable, CaseIterable {
        case bold = "1"
        case dim = "2"
        case italic = "3"
        case underlined = "4"
        case reversed = "7"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case blue = "34"
        case magenta = "35"
        case cyan = "36"
        case gray = "90"
    }

    public let isEnabled: Bool

    /// - Parameters:
    ///   - isTerminal: whether the text goes to a terminal.
    ///   - noColor: the variable NO_COLOR; any value but an empty one switches styles off (no-color.org).
    ///   - term: the variable TERM; `dumb` switches styles off.
    public init(isTerminal: Bool, noColor: String? = nil, term: String? = nil) {
        isEnabled = isTerminal && (noColor ?? "").isEmpty && term != "dumb"
    }

    /// Text as it is.
    public static let plain = Style(isTerminal: false)

    public func callAsFunction(_ text: String, _ attributes: Attribute...) -> String {
        guard isEnabled, !attributes.isEmpty, !text.isEmpty else { return text }
        return "\u{1b}[" + attributes.map(\.rawValue).joined(separator: ";") + "m" + text + "\u{1b}[0m"
    }

    public func bold(_ text: String) -> String { self(text, .bold) }
    public func dim(_ text: String) -> String { self(text, .dim) }
    public func red(_ text: String) -> String { self(text, .red) }
    public func green(_ text: String) -> String { self(text, .green) }
    public func yellow(_ text: String) -> String { self(text, .yellow) }
    public func blue(_ text: String) -> String { self(text, .blue) }
    public func cyan(_ text: String) -> String { self(text, .cyan) }
    public func gray(_ text: String) -> String { self(text, .gray) }
}
