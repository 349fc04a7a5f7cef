/// The narration texts of every verb and step, keyed by step id.
public enum Catalogue {
    static let entries: [CatalogueEntry] =
        verbs + pull + registries + create + startOutside + startInside + exec + health + attach + stop + pause + exit + remove + volumes
        + copy + others
        + build

    private static let index = Dictionary(entries.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })

    /// Every id that has texts, in the order of a container's life.
    public static var ids: [String] { entries.map(\.id) }

    /// The texts of a step or verb; nil when the id is unknown (an engine newer than this client, for instance).
    public static func text(for id: String, language: Language) -> StepText? {
        guard let entry = index[id] else { return nil }
        return language == .korean ? entry.ko : entry.en
    }
}
