/// What `drydock stages` was asked for.
enum StagesOptions: Equatable {
    /// nil: the last build.
    case text(image: String?)
    case picture(file: String, image: String?)
    case json(image: String?)
    case help

    /// - Returns: nil when the words are not understood.
    init?(_ arguments: [String]) {
        var image: String?
        var file: String?
        var isJSON = false
        var words = arguments[...]
        while let word = words.popFirst() {
            switch word {
            case "--help", "-h":
                self = .help
                return
            case "--json": isJSON = true
            case "--svg":
                guard file == nil, let value = words.popFirst(), !value.isEmpty else { return nil }
                file = value
            case _ where word.hasPrefix("--svg=") && word.count > 6 && file == nil: file = String(word.dropFirst(6))
            case _ where !word.hasPrefix("-") && !word.isEmpty && image == nil: image = word
            default: return nil
            }
        }
        switch (file, isJSON) {
        case (nil, false): self = .text(image: image)
        case (nil, true): self = .json(image: image)
        case (let path?, false): self = .picture(file: path, image: image)
        default: return nil
        }
    }
}
