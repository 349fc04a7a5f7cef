import Basics
import EngineClient
import Lessons

/// Looks a container's properties up.
struct ContainerLook {
    private let client: EngineClient
    private let path: String

    init(_ client: EngineClient, _ name: String) {
        self.client = client
        path = "/containers/\(segment(name))"
    }

    /// - Parameter imageID: resolves an image's name, which a check may compare with.
    func observe(_ property: Property, imageID: (String) throws -> String?) throws -> Observation {
        guard let json = try client.found(path + "/json") else { return .absent }
        switch property {
        case .existence: return .text("")
        case .state: return observation(of: json, at: ".State.Status")
        case .exitCode: return observation(of: json, at: ".State.ExitCode")
        case .health: return observation(of: json, at: ".State.Health.Status")
        case .ip: return observation(of: json, at: ".NetworkSettings.IPAddress")
        case .id: return observation(of: json, at: ".Id")
        case .image:
            // By any of its names or by its id.
            let id = json["Image"]?.stringValue ?? ""
            let name = json["Config"]?["Image"]?.stringValue ?? ""
            let tags = try client.found("/images/\(id)/json")?["RepoTags"]?.arrayValue?.compactMap(\.stringValue) ?? []
            return .list([id, name] + tags)
        case .logs: return .text(try logs(isTerminal: json["Config"]?["Tty"]?.boolValue == true))
        case .changed(let changed): return try change(of: changed)
        case .file(let file): return try FileLook(client, path).observe(file)
        case .environment(let name): return environment(json["Config"], name)
        case .label(let key): return json["Config"]?["Labels"]?[key].map { .text($0.stringValue ?? "") } ?? .absent
        case .user: return observation(of: json, at: ".Config.User")
        case .workdir: return observation(of: json, at: ".Config.WorkingDir")
        case .command: return words(json["Config"]?["Cmd"])
        case .entrypoint: return words(json["Config"]?["Entrypoint"])
        case .inspect(let place): return observation(of: json, at: place)
        default: return .unanswerable("a container has no such property")
        }
    }

    private func logs(isTerminal: Bool) throws -> String {
        let bytes = try client.stream("GET", path + "/logs", query: [("stdout", "1"), ("stderr", "1")]).collect(limit: 1 << 20)
        if isTerminal { return String(decoding: bytes.filter { $0 != 13 }, as: UTF8.self) }
        // Docker's frames: stream, three zeros, the length in four bytes, the text.
        var text: [UInt8] = []
        var rest = bytes[...]
        while rest.count >= 8 {
            let length = rest.dropFirst(4).prefix(4).reduce(0) { $0 << 8 | Int($1) }
            text += rest.dropFirst(8).prefix(length)
            rest = rest.dropFirst(8 + length)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private func change(of changed: String) throws -> Observation {
        let changes = try client.request("GET", path + "/changes").json().arrayValue ?? []
        guard let found = changes.first(where: { $0["Path"]?.stringValue == changed })?["Kind"]?.intValue else { return .absent }
        return .text(["C", "A", "D"].indices.contains(found) ? ["C", "A", "D"][found] : "\(found)")
    }
}

/// A variable of a configuration's `Env`.
func environment(_ config: JSONValue?, _ name: String) -> Observation {
    for entry in config?["Env"]?.arrayValue ?? [] {
        if let text = entry.stringValue, text.hasPrefix(name + "=") { return .text(String(text.dropFirst(name.utf8.count + 1))) }
    }
    return .absent
}

/// A command's words as one line.
func words(_ value: JSONValue?) -> Observation {
    guard let words = value?.arrayValue, !words.isEmpty else { return .absent }
    return .text(words.compactMap(\.stringValue).joined(separator: " "))
}
