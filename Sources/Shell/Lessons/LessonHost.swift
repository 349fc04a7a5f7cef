import Basics
import EngineClient
import Glibc
import Lessons
import Replay

/// A lesson's own engine and folder, as its checks look at them. Lines are run by the shell.
final class LessonHost: LineHost {
    let place: LessonPlace
    private(set) var client: EngineClient

    /// Starts the engine if it doesn't run.
    init(_ place: LessonPlace) throws {
        self.place = place
        client = try Self.connect(place)
    }

    /// Connects again: the learner may have ended the engine, and after a reset it is another one.
    func renew() throws { client = try Self.connect(place) }

    /// A lesson's images come from the lab hub, whatever the learner's own engine uses. The engine reads that when it starts.
    private static func connect(_ place: LessonPlace) throws -> EngineClient {
        let before = environmentVariable("DRYDOCK_REGISTRY")
        setenv("DRYDOCK_REGISTRY", "lab", 1)
        defer { if let before { setenv("DRYDOCK_REGISTRY", before, 1) } else { unsetenv("DRYDOCK_REGISTRY") } }
        return try EngineLauncher.connect(root: place.root)
    }

    func run(_ line: String, keys: [Keys], seconds: Int) throws -> Replay.LineResult {
        throw DrydockError(.unsupported, "a lesson's lines are run by its shell")
    }

    func readFile(_ path: String) -> [UInt8]? { LearnerFolder(place.home).readFile(path) }
    func write(_ file: LessonFile) throws { try LearnerFolder(place.home).write(file) }
    func narratedSteps() -> [String]? { nil }
    func end() { EngineCleaner(client).shutDown(root: place.root) }

    /// How many containers run.
    var runningContainers: Int { (try? client.request("GET", "/containers/json").json().arrayValue?.count) ?? 0 }

    /// The network that containers get their addresses from; nil before the first one.
    var subnet: String? {
        (try? client.request("GET", "/networks/bridge").json())?["IPAM"]?["Config"]?[0]?["Subnet"]?.stringValue
    }

    /// Makes the state new and empty: containers, images, files.
    func empty() throws {
        EngineCleaner(client).clear()
        end()
        try place.empty()
        try renew()
        try fillHub()
    }

    /// Images that aren't there yet.
    func missing(_ images: [String]) -> [String] {
        images.filter { (try? client.request("GET", "/images/\($0)/json")) == nil }
    }

    /// Fills the lab hub, from which the lesson's images come.
    func fillHub() throws {
        _ = try client.request("POST", "/drydock/hub/fill")
        try place.keepHub()
    }

    /// Fetches images without showing it.
    func pull(_ images: [String]) throws {
        for image in missing(images) {
            let colon = image.lastIndex(of: ":")
            let name = colon.map { String(image[..<$0]) } ?? image
            let tag = colon.map { String(image[image.index(after: $0)...]) } ?? "latest"
            _ = try client.request("POST", "/images/create", query: [("fromImage", name), ("tag", tag)])
        }
    }
}

/// Addresses in a lesson's text: it speaks of 172.17.0.0/16, Docker's first network, and that may be somebody else's.
enum LessonNetwork {
    static let usual = "172.17.0.0/16"

    /// - Parameter subnet: where the containers are, in CIDR form.
    static func adapt(_ text: String, to subnet: String) -> String {
        guard subnet != usual, let slash = subnet.firstIndex(of: "/") else { return text }
        let parts = subnet[..<slash].split(separator: ".").map(String.init)
        guard parts.count == 4 else { return text }
        let whole = replaced(text, usual, subnet)
        // A /16 has the second number of its own, a /20 the third as well.
        let two = parts[0] == "172" ? replaced(whole, "172.17.", "172.\(parts[1]).") : whole
        return replaced(two, "172.17.0.", parts[..<3].joined(separator: ".") + ".")
    }

    private static func replaced(_ text: String, _ old: String, _ new: String) -> String {
        text.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
    }
}
