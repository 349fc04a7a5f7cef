import Basics
import EngineClient
import Lessons

/// Looks an image's properties up.
struct ImageLook {
    private let client: EngineClient
    private let name: String

    init(_ client: EngineClient, _ name: String) {
        self.client = client
        self.name = name
    }

    private func json(of name: String) throws -> JSONValue? {
        guard !name.isEmpty, !name.unicodeScalars.contains(where: { "?#% ".unicodeScalars.contains($0) }) else { return nil }
        return try client.found("/images/\(name)/json")
    }

    /// - Parameter filled: puts in what steps have kept.
    func observe(_ property: Property, _ filled: (String) -> String) throws -> Observation {
        guard let json = try json(of: name) else { return .absent }
        switch property {
        case .existence: return .text("")
        case .id: return observation(of: json, at: ".Id")
        case .layers: return .text("\(layers(json).count)")
        case .sharedLayers(let other):
            guard let second = try self.json(of: filled(other)) else { return .text("0") }
            return .text("\(zip(layers(json), layers(second)).prefix { $0 == $1 }.count)")
        case .author: return observation(of: json, at: ".Author")
        case .comment: return observation(of: json, at: ".Comment")
        case .size: return observation(of: json, at: ".Size")
        case .parent:
            let parent = json["Parent"]?.stringValue ?? ""
            if parent.isEmpty { return .absent }
            return .list([parent] + (try self.json(of: parent)?["RepoTags"]?.arrayValue?.compactMap(\.stringValue) ?? []))
        case .environment(let name): return environment(json["Config"], name)
        case .label(let key): return json["Config"]?["Labels"]?[key].map { .text($0.stringValue ?? "") } ?? .absent
        case .user: return observation(of: json, at: ".Config.User")
        case .workdir: return observation(of: json, at: ".Config.WorkingDir")
        case .command: return words(json["Config"]?["Cmd"])
        case .entrypoint: return words(json["Config"]?["Entrypoint"])
        case .inspect(let place): return observation(of: json, at: place)
        case .file(let file): return try inContainer(of: json) { try FileLook(client, $0).observe(file) }
        default: return .unanswerable("an image has no such property")
        }
    }

    private func layers(_ json: JSONValue) -> [String] { json["RootFS"]?["Layers"]?.arrayValue?.compactMap(\.stringValue) ?? [] }

    /// Docker shows an image's files through a container alone: one is made, never started, and removed.
    private func inContainer(of image: JSONValue, _ body: (String) throws -> Observation) throws -> Observation {
        let wish: JSONValue = .object(JSONObject([("Image", image["Id"] ?? .null), ("Cmd", .array(["true"]))]))
        let made = try client.request("POST", "/containers/create", body: Array("\(wish)".utf8)).json()
        guard let id = made["Id"]?.stringValue else { return .unanswerable("the engine made no container to look into") }
        let path = "/containers/\(segment(id))"
        defer { _ = try? client.request("DELETE", path, query: [("v", "1"), ("force", "1")]) }
        return try body(path)
    }
}
