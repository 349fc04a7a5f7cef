/// The languages that drydock explains itself in.
public enum Language: String, Sendable, Hashable, CaseIterable {
    case korean = "ko"
    case english = "en"

    /// The language of a locale name such as `ko_KR.UTF-8`; English for every other one, `C` and `POSIX` among them.
    public init(locale: String) {
        let name = locale.lowercased()
        self = name == "ko" || name.hasPrefix("ko_") || name.hasPrefix("ko.") || name.hasPrefix("ko-") ? .korean : .english
    }
}
