/// What a step is called and why it is done. Figures and paths never stand here: they come from evidence.
public struct StepText: Sendable, Hashable {
    /// A few words, without a full stop.
    public let title: String
    /// One or two sentences: what the step does and why.
    public let text: String

    public init(_ title: String, _ text: String) {
        self.title = title
        self.text = text
    }
}

/// One key of the catalogue with its two languages side by side, so that neither goes stale alone.
struct CatalogueEntry: Sendable {
    let id: String
    let ko: StepText
    let en: StepText

    init(_ id: String, ko: StepText, en: StepText) {
        self.id = id
        self.ko = ko
        self.en = en
    }
}
