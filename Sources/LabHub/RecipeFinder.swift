import Basics
import Glibc

/// Finds and reads the recipes, wherever the engine's binary runs from.
enum RecipeFinder {
    /// The folder of the recipes: `DRYDOCK_RECIPES`; else `Lessons/Images` beside the binary or in one of the four folders
    /// above it (a binary in `.build/<triple>/release` finds its own checkout); else `/usr/share/drydock/images`.
    ///
    /// - Throws: `DrydockError` (`notFound`) that says where it looked.
    static func directory() throws -> String {
        if let named = getenv("DRYDOCK_RECIPES") {
            let path = String(cString: named)
            guard isDirectory(path) else {
                throw DrydockError(.notFound, "DRYDOCK_RECIPES names \(path), which is not a folder")
            }
            return path
        }
        let binary = try HostFiles.link("/proc/self/exe")
        var folder = binary[..<(binary.lastIndex(of: "/") ?? binary.startIndex)]
        for _ in 0...4 {
            let candidate = "\(folder)/Lessons/Images"
            if isDirectory(candidate) { return candidate }
            guard let slash = folder.lastIndex(of: "/") else { break }
            folder = folder[..<slash]
        }
        let installed = "/usr/share/drydock/images"
        guard isDirectory(installed) else {
            throw DrydockError(
                .notFound,
                "no recipes for the lab hub: neither Lessons/Images above \(binary) nor \(installed) is there",
                advice: "set DRYDOCK_RECIPES to the folder Lessons/Images of drydock's sources"
            )
        }
        return installed
    }

    /// The recipes of a folder, sorted by file name, each with the bytes that it was read from.
    static func recipes(in directory: String) throws -> [(recipe: Recipe, bytes: [UInt8])] {
        let names = try HostFiles.names(in: directory).filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }.sorted()
        guard !names.isEmpty else { throw DrydockError(.notFound, "no recipes (*.json) in \(directory)") }
        return try names.map { name in
            let bytes = try HostFiles.read("\(directory)/\(name)", limit: 1 << 20)
            return (try Recipe(parsing: bytes, file: name), bytes)
        }
    }

    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
