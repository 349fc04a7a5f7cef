import Basics
import ClientArchive
import EngineClient
import Lessons

/// Looks up what checks ask for, in an engine and a learner's folder as they are now.
public struct LiveState {
    private let client: EngineClient
    /// The content of a file in the learner's folder; nil when there is none. Resolves beneath that folder alone.
    private let readFile: (String) -> [UInt8]?
    /// What was run since the step began.
    public var runs: [CommandRun] = []
    /// The requests since the step began, `METHOD /path?query` and status; nil of an engine that does not keep them.
    public var requests: [(request: String, status: Int)]?
    /// What steps have kept.
    public var values: [String: String] = [:]

    public init(client: EngineClient, readFile: @escaping (String) -> [UInt8]?) {
        self.client = client
        self.readFile = readFile
    }

    /// Looks a check up and judges it.
    public func outcome(of check: Check) -> CheckOutcome {
        check.judge(observe(check.subject, check.property), values: values)
    }

    /// Looks up what a step keeps.
    /// - Returns: nil when there is nothing of that kind now.
    public func value(of keep: Keep) -> String? {
        if case .text(let text) = observe(keep.subject, keep.property) { text } else { nil }
    }

    /// What is there in place of a property.
    public func observe(_ subject: Subject, _ property: Property) -> Observation {
        do { return try look(subject, property) } catch { return .unanswerable("\(error)") }
    }

    private func filled(_ text: String) -> String { KeptValues.fill(text, values) }

    private func look(_ subject: Subject, _ property: Property) throws -> Observation {
        switch subject {
        case .container(let name): return try ContainerLook(client, filled(name)).observe(property) { try imageID(filled($0)) }
        case .image(let name): return try ImageLook(client, filled(name)).observe(property, filled)
        case .volume(let name): return try named("/volumes/\(segment(filled(name)))", property)
        case .network(let name): return try named("/networks/\(segment(filled(name)))", property)
        case .containers: return try containers(property)
        case .images: return try images(property)
        case .volumes: return .text("\(try client.request("GET", "/volumes").json()["Volumes"]?.arrayValue?.count ?? 0)")
        case .file(let path):
            guard let bytes = readFile(filled(path)) else { return .absent }
            return .text(String(decoding: bytes, as: UTF8.self))
        case .output: return .text(runs.map { $0.output + $0.errors }.joined(separator: "\n"))
        case .asked(let pattern):
            guard let requests else { return .unanswerable("this engine keeps no list of requests") }
            let glob = Glob(filled(pattern))
            let statuses = requests.filter { glob.matches($0.request) }.map { "\($0.status)" }
            return statuses.isEmpty ? .absent : .list(statuses)
        }
    }

    private func imageID(_ name: String) throws -> String? { try client.found("/images/\(name)/json")?["Id"]?.stringValue }

    private func named(_ path: String, _ property: Property) throws -> Observation {
        guard let json = try client.found(path) else { return .absent }
        if case .inspect(let place) = property { return observation(of: json, at: place) }
        return .text("")
    }

    private func containers(_ property: Property) throws -> Observation {
        let list = try client.request("GET", "/containers/json", query: property == .running ? [] : [("all", "1")]).json()
        return .text("\(list.arrayValue?.count ?? 0)")
    }

    private func images(_ property: Property) throws -> Observation {
        let filters = property == .dangling ? [("filters", "{\"dangling\":[\"true\"]}")] : []
        return .text("\(try client.request("GET", "/images/json", query: filters).json().arrayValue?.count ?? 0)")
    }
}

extension EngineClient {
    /// What is at a path; nil when the engine knows nothing of that name.
    func found(_ path: String) throws -> JSONValue? {
        do { return try request("GET", path).json() } catch let error as EngineClientError where error.apiError?.status == 404 {
            return nil
        }
    }
}

/// A name as one part of a path. What could be no name anyway (a slash, a question mark) is left out.
func segment(_ name: String) -> String { String(name.unicodeScalars.filter { !"/?#% ".unicodeScalars.contains($0) }) }

/// A place like `.Config.Labels.purpose` or `.Mounts.0.Destination`.
func observation(of json: JSONValue, at place: String) -> Observation {
    var value = json
    for part in place.split(separator: ".") {
        guard let next = Int(part).flatMap({ value[$0] }) ?? value[String(part)] else { return .absent }
        value = next
    }
    switch value {
    case .null: return .absent
    case .string(let text): return .text(text)
    case .array(let elements): return .list(elements.map { $0.stringValue ?? "\($0)" })
    case .object(let members): return .list(members.keys)
    default: return .text("\(value)")
    }
}
