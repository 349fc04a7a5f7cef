/// The narration texts of every verb and step, keyed by step id.
public enum Catalogue {
    static let entries: [CatalogueEntry] =
        verbs + pull + registries + create + startOutside + startInside + exec + health + attach + stop + pause + exit + remove + volumes
        + copy + others
        + build

    private static let start = startOutside + startInside

    /// Where an id most likely is. A command tells of a few verbs, and an index of all would take longer to make than they to be found.
    private static func likely(_ id: String) -> [CatalogueEntry] {
        guard let dot = id.utf8.firstIndex(of: UInt8(ascii: ".")) else { return verbs }
        return switch id[..<dot] {
        case "pull": pull
        case "create": create
        case "start": start
        case "exec": exec
        case "attach": attach
        case "stop", "kill": stop
        case "exit": exit
        case "rm": remove
        case "build": build
        case "cp": copy
        default: entries
        }
    }

    /// Every id that has texts, in the order of a container's life.
    public static var ids: [String] { entries.map(\.id) }

    /// The texts of a step or verb; nil when the id is unknown (an engine newer than this client, for instance).
    public static func text(for id: String, language: Language) -> StepText? {
        guard let entry = likely(id).first(where: { $0.id == id }) ?? entries.first(where: { $0.id == id }) else { return nil }
        return language == .korean ? entry.ko : entry.en
    }
}
