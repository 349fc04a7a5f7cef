/// Struct types written in short, one a line: `types.Health Status:string Log:[]types.HealthcheckResult`.
///
/// A field is `Name:type` or `Name=jsonName:type`; `*Name:type` embeds. Types: `any bool int float string time`,
/// a struct of the same text, and `*T`, `[]T`, `map[]T`.
struct GoTypes {
    private var lines: [Substring: [Substring]] = [:]

    init(_ text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let name = words.first else { continue }
            lines[name, default: []] += words.dropFirst()
        }
    }

    /// The struct of that name. Types that the text does not know count as `any`.
    func shape(_ name: Substring) -> GoShape {
        switch name {
        case "any": return .any
        case "bool": return .bool
        case "int": return .int
        case "float": return .float
        case "string": return .string
        case "time": return .time
        case "nat.PortMap": return .named("nat.PortMap", .map(.list(shape("nat.PortBinding"))))
        case "nat.PortSet": return .named("nat.PortSet", .map(shape("empty")))
        default: break
        }
        if name.hasPrefix("*") { return .pointer(shape(name.dropFirst())) }
        if name.hasPrefix("[]") { return .list(shape(name.dropFirst(2))) }
        if name.hasPrefix("map[]") { return .map(shape(name.dropFirst(5))) }
        guard let fields = lines[name] else { return .any }
        return .structure(GoStructure(name: String(name), fields: fields.compactMap(field)))
    }

    private func field(_ word: Substring) -> GoField? {
        let parts = word.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        let isEmbedded = parts[0].hasPrefix("*")
        let names = parts[0].drop { $0 == "*" }.split(separator: "=")
        guard let name = names.first, let key = names.last else { return nil }
        return GoField(name: String(name), key: String(key), shape: shape(parts[1]), isEmbedded: isEmbedded)
    }
}
