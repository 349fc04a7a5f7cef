import Basics
import Narration

/// What an explanation is made of: what the engine has noted of a command, and what its state says now. No engine is needed to have one.
struct WhyEvidence {
    /// One request of the command, as the engine's log has it.
    struct Request {
        let number: Int
        let method: String
        /// Without its query.
        let path: String
        let query: [String: String]
        let status: Int
        /// RFC 3339, UTC.
        let time: String
        let asked: String?
        /// What was answered when it was refused, or told at the end of a stream that had begun well.
        let error: String?

        var isRefused: Bool { status >= 400 }
        /// It only looks.
        var isRead: Bool { method == "GET" || method == "HEAD" }
        var words: String { "\(method) \(path)" }
        /// The path's pieces.
        var pieces: [String] { path.split(separator: "/").map(String.init) }
    }

    var language: Language
    var asked: AskedCommand
    /// The command's requests, the earliest first.
    var requests: [Request] = []
    /// What the engine did for them.
    var operations: [PastOperation] = []
    /// The engine's notes begin only after the command.
    var isTooOld = false
    /// Asks the engine's state: a path, and the answer; nil when there is none.
    var state: (String) -> JSONValue? = { _ in nil }
    /// Whether a process of this host has a handler for a signal; nil when this host can't be asked, or there is no such process.
    var handles: (Int, Int) -> Bool? = { _, _ in nil }
    /// The processes of this host that listen at a port; nil when this host can't be asked.
    var listeners: (UInt16, String) -> [PortHolder]? = { _, _ in nil }

    // MARK: What the engine's state says

    var containers: [JSONValue] { state("/containers/json?all=1")?.arrayValue ?? [] }
    var images: [JSONValue] { state("/images/json?all=1")?.arrayValue ?? [] }

    /// `web (running)`: a container as people name it.
    func describe(_ container: JSONValue) -> String {
        let name = container["Names"]?.arrayValue?.first?.stringValue.map { String($0.drop { $0 == "/" }) } ?? ""
        let isRunning = ["running", "paused"].contains(container["State"]?.stringValue)
        return "\(printable(name)) (\((isRunning ? WhyPhrase.running : .stopped).text(language)))"
    }

    /// The container with an id that begins so.
    func container(id: String) -> JSONValue? {
        id.isEmpty ? nil : containers.first { $0["Id"]?.stringValue?.hasPrefix(id) == true }
    }

    /// What needs an image now: its names, containers, images that were made on it.
    func holders(ofImage id: String) -> ImageHolders {
        var holders = ImageHolders()
        for image in images {
            let tags = Self.names(of: image)
            if image["Id"]?.stringValue == id { holders.names = tags }
            if image["ParentId"]?.stringValue == id { holders.children.append(describeImage(image)) }
        }
        holders.containers = containers.filter { $0["ImageID"]?.stringValue == id }
        return holders
    }

    /// `web:1`; or of an image without a name its id, and the names that stand on it: `d6c9cf911816 (web:1)`.
    private func describeImage(_ image: JSONValue) -> String {
        if let name = Self.names(of: image).first { return name }
        let id = image["Id"]?.stringValue ?? ""
        let above = namesAbove(id)
        return Self.short(id) + (above.isEmpty ? "" : " (\(above.joined(separator: ", ")))")
    }

    /// What an image without a name is called in the engine's notes, with the names that stand on it now.
    func describeImage(short: String) -> String {
        guard short.utf8.count == 12, isHex(short.utf8),
            let image = images.first(where: { Self.short($0["Id"]?.stringValue ?? "") == short })
        else { return short }
        return describeImage(image)
    }

    /// Names of images that were made on an image, through others without a name; a few of them.
    private func namesAbove(_ id: String) -> [String] {
        var found: [String] = []
        var below: Set<String> = [id]
        // Each round comes a step higher; a chain is no longer than there are images.
        while !below.isEmpty, found.count < 4 {
            let next = images.filter { below.contains($0["ParentId"]?.stringValue ?? "") }
            found += next.flatMap { Self.names(of: $0).prefix(1) }
            below = Set(next.filter { Self.names(of: $0).isEmpty }.compactMap { $0["Id"]?.stringValue })
        }
        return Array(found.prefix(4))
    }

    /// How the build went that a request asked for; nil when it has left nothing that tells.
    func story(of request: Request) -> BuildStoryAnswer? {
        // One that came as far as the cache has kept its story, and that is the latest.
        let hasLooked = operations.contains { $0.verb == "build" && $0.steps.contains { $0.id == "build.cache" } }
        guard hasLooked || request.asked == nil, let story = state("/drydock/builds").map({ BuildStoryAnswer($0) }),
            let built = Timestamp(rfc3339: story.built), let asked = Timestamp(rfc3339: request.time)
        else { return nil }
        // A file's time is that of the kernel's last tick: a few milliseconds early.
        return built.nanoseconds >= asked.nanoseconds - 50_000_000 ? story : nil
    }

    static func names(of image: JSONValue) -> [String] {
        (image["RepoTags"]?.arrayValue ?? []).compactMap(\.stringValue).filter { !$0.hasPrefix("<none>") }
    }

    /// Twelve digits of an id.
    static func short(_ id: String) -> String { String((id.split(separator: ":").last ?? "").prefix(12)) }

    /// The time of day of RFC 3339, `03:12:45`.
    static func clock(_ time: String) -> String { String(time.drop { $0 != "T" }.dropFirst().prefix(8)) }
}

/// Who needs an image.
struct ImageHolders {
    var names: [String] = []
    var children: [String] = []
    var containers: [JSONValue] = []
}

extension WhyEvidence.Request {
    /// An entry of `GET /drydock/requests`.
    init?(_ json: JSONValue) {
        guard let text = json["request"]?.stringValue, let blank = text.firstIndex(of: " ") else { return nil }
        method = String(text[..<blank])
        let target = text[text.index(after: blank)...]
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        path = parts[0]
        var query: [String: String] = [:]
        for pair in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            query[sides[0]] = sides.count > 1 ? sides[1] : ""
        }
        self.query = query
        number = json["number"]?.intValue ?? 0
        status = json["status"]?.intValue ?? 0
        time = json["time"]?.stringValue ?? ""
        asked = json["asked"]?.stringValue
        error = json["error"]?.stringValue
    }
}

/// One thing that happened, and why.
struct WhyAnswer: Equatable {
    /// Sentences, one to a paragraph.
    var text: [String]
    /// What they rest on: pale lines below.
    var evidence: [String] = []

    init(_ text: String..., evidence: [String] = []) {
        self.text = text
        self.evidence = evidence
    }
}
