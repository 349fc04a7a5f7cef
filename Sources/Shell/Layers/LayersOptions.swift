/// What `drydock layers` was asked for.
enum LayersOptions: Equatable {
    case tree(images: [String])
    case picture(file: String, images: [String])
    case files(image: String, all: Bool)
    case help

    /// - Returns: nil when the words are not understood.
    init?(_ arguments: [String]) {
        var images: [String] = []
        var file: String?
        var files = false
        var all = false
        var words = arguments[...]
        var takesOptions = true
        while let word = words.popFirst() {
            switch word {
            case _ where !takesOptions || !word.hasPrefix("-"): images.append(word)
            case "--": takesOptions = false
            case "--help", "-h":
                self = .help
                return
            case "--files": files = true
            case "--all": all = true
            case "--svg":
                guard file == nil, let value = words.popFirst(), !value.isEmpty else { return nil }
                file = value
            case _ where word.hasPrefix("--svg=") && word.count > 6 && file == nil: file = String(word.dropFirst(6))
            default: return nil
            }
        }
        // An empty name would ask for all images.
        guard !images.contains("") else { return nil }
        switch (file, files) {
        case (nil, false) where !all: self = .tree(images: images)
        case (nil, true):
            guard images.count == 1 else { return nil }
            self = .files(image: images[0], all: all)
        case (let path?, false) where !all: self = .picture(file: path, images: images)
        default: return nil
        }
    }
}
