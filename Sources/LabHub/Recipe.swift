import Basics

/// One image of the lab hub, as a file under `Lessons/Images` declares it: what it is called, what stands in its layers,
/// and how a container of it starts. Everything is fixed by the recipe and the host's files, so its digests are too.
struct Recipe: Sendable {
    /// The repository as people type it: `ubuntu`.
    let name: String
    let tags: [String]
    /// Says at pull what this image is: "lab stand-in for ubuntu:14.04".
    let note: String
    let labels: [(key: String, value: String)]
    /// The time that every file, layer and the image carry; fixed, since digests depend on it.
    let created: Timestamp
    let layers: [RecipeLayer]
    /// The members of the image config's `config` object (`Cmd`, `Env`, …) as the recipe gives them.
    let config: JSONObject

    /// The host's files that go into this image, each with the package that brings it.
    var hostFiles: [HostFile] {
        var seen = Set<String>()
        return layers.flatMap(\.entries).compactMap { entry in
            switch entry.kind {
            case .hostFile(let file), .applets(let file, _): file
            case .directory, .text, .symlink: nil
            }
        }.filter { seen.insert($0.path).inserted }
    }
}

/// One layer of a recipe.
struct RecipeLayer: Sendable {
    /// What `docker history` shows for this layer.
    let createdBy: String
    let entries: [RecipeEntry]
}

/// A file of the host that a recipe copies.
struct HostFile: Sendable, Hashable {
    let path: String
    /// The apt package that installs it; named when it is missing.
    let package: String
}

/// A line of a recipe's layer.
struct RecipeEntry: Sendable {
    enum Kind: Sendable {
        case directory
        case hostFile(HostFile)
        case text(String)
        case symlink(target: String)
        /// One symbolic link for each applet that the binary lists, to where the image has the binary (`path`).
        case applets(HostFile, except: [String])
    }

    let kind: Kind
    /// Absolute in the image, without `.` or `..`.
    let path: String
    let mode: UInt32
}

extension Recipe {
    /// Reads a recipe. Unknown keys are refused: in a file written by hand they are typing errors.
    ///
    /// - Throws: `DrydockError` (`invalid`) that names the recipe, the place in it and what is wrong.
    init(parsing bytes: [UInt8], file: String) throws {
        let document: JSONValue
        do {
            document = try JSONValue(parsing: bytes)
        } catch {
            throw DrydockError(.invalid, "the recipe \(file) is not JSON: \(error)")
        }
        let reader = RecipeReader(file: file)
        let object = try reader.object(document, "the recipe", keys: ["name", "tags", "note", "labels", "created", "layers", "config"])
        name = try reader.string(object["name"], "name")
        guard HubName.isRepository(name) else { throw reader.wrong("name", "must be a repository name") }
        tags = try reader.strings(object["tags"], "tags")
        guard !tags.isEmpty, tags.allSatisfy(HubName.isTag) else { throw reader.wrong("tags", "must be one or more tags") }
        note = try reader.string(object["note"], "note")
        guard let time = Timestamp(rfc3339: try reader.string(object["created"], "created")) else {
            throw reader.wrong("created", "must be a time like 2024-01-01T00:00:00Z")
        }
        created = time
        labels = try reader.object(object["labels"] ?? .object(JSONObject()), "labels", keys: nil).map { pair in
            (pair.key, try reader.string(pair.value, "labels.\(pair.key)"))
        }
        config = try reader.object(object["config"], "config", keys: Self.configKeys)
        layers = try reader.array(object["layers"], "layers").enumerated().map { try reader.layer($1, "layers[\($0)]") }
        guard !layers.isEmpty else { throw reader.wrong("layers", "must be one or more layers") }
    }

    /// What an image config may say, by the OCI image specification.
    private static let configKeys: Set<String> = [
        "User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "StopSignal",
    ]
}

/// Takes a recipe's JSON apart and says where it is wrong.
struct RecipeReader {
    let file: String

    func wrong(_ place: String, _ problem: String) -> DrydockError {
        DrydockError(.invalid, "the recipe \(file) is wrong: \(place) \(problem)")
    }

    func string(_ value: JSONValue?, _ place: String) throws -> String {
        guard let text = value?.stringValue else { throw wrong(place, "must be a string") }
        return text
    }

    func array(_ value: JSONValue?, _ place: String) throws -> [JSONValue] {
        guard let array = value?.arrayValue else { throw wrong(place, "must be a list") }
        return array
    }

    func strings(_ value: JSONValue?, _ place: String) throws -> [String] {
        try array(value, place).map { try string($0, place) }
    }

    func object(_ value: JSONValue?, _ place: String, keys: Set<String>?) throws -> JSONObject {
        guard let object = value?.objectValue else { throw wrong(place, "must be an object") }
        if let keys, let stranger = object.first(where: { !keys.contains($0.key) }) {
            throw wrong(place, "has an unknown key \"\(stranger.key)\"")
        }
        return object
    }

    func layer(_ value: JSONValue, _ place: String) throws -> RecipeLayer {
        let object = try object(value, place, keys: ["createdBy", "entries"])
        let entries = try array(object["entries"], "\(place).entries")
        return RecipeLayer(
            createdBy: try string(object["createdBy"], "\(place).createdBy"),
            entries: try entries.enumerated().flatMap { try self.entries($1, "\(place).entries[\($0)]") }
        )
    }

    /// One line of a layer; `directories` stands for several entries of the same mode.
    private func entries(_ value: JSONValue, _ place: String) throws -> [RecipeEntry] {
        let keys: Set<String> = ["directories", "copy", "package", "applets", "except", "text", "link", "to", "mode"]
        let object = try object(value, place, keys: keys)
        if let list = object["directories"] {
            let mode = try mode(object["mode"], place, default: 0o755)
            return try strings(list, place).map { RecipeEntry(kind: .directory, path: try path($0, place), mode: mode) }
        }
        if let copy = object["copy"] {
            let source = try hostFile(copy, object, place)
            let target = try path(try object["to"].map { try string($0, place) } ?? source.path, place)
            return [RecipeEntry(kind: .hostFile(source), path: target, mode: try mode(object["mode"], place, default: 0o755))]
        }
        if let applets = object["applets"] {
            let source = try hostFile(applets, object, place)
            let binary = try path(try object["to"].map { try string($0, place) } ?? source.path, place)
            let except = try object["except"].map { try strings($0, place) } ?? []
            return [RecipeEntry(kind: .applets(source, except: except), path: binary, mode: 0o777)]
        }
        let target = try path(try string(object["to"], "\(place).to"), place)
        if let link = object["link"] {
            return [RecipeEntry(kind: .symlink(target: try string(link, place)), path: target, mode: 0o777)]
        }
        guard let text = object["text"] else {
            throw wrong(place, "must have one of directories, copy, applets, text, link")
        }
        let lines = try strings(text, "\(place).text").map { $0 + "\n" }.joined()
        return [RecipeEntry(kind: .text(lines), path: target, mode: try mode(object["mode"], place, default: 0o644))]
    }

    private func hostFile(_ value: JSONValue, _ object: JSONObject, _ place: String) throws -> HostFile {
        HostFile(path: try path(try string(value, place), place), package: try string(object["package"], "\(place).package"))
    }

    private func path(_ text: String, _ place: String) throws -> String {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count > 1, parts[0].isEmpty, parts.dropFirst().allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
            throw wrong(place, "has a path that is not absolute and plain: \"\(text)\"")
        }
        return text
    }

    private func mode(_ value: JSONValue?, _ place: String, default standard: UInt32) throws -> UInt32 {
        guard let value else { return standard }
        guard let mode = UInt32(try string(value, "\(place).mode"), radix: 8), mode <= 0o7777 else {
            throw wrong("\(place).mode", "must be an octal mode like \"1777\"")
        }
        return mode
    }
}
