import Basics
import EngineClient

extension EngineCleaner {
    /// Brings an engine to where a lesson begins: no containers, no volumes, and of images just these.
    /// - Parameter images: names as a lesson has them; one that isn't there is pulled.
    /// - Throws: `DrydockError` for an image that isn't there and can't be pulled.
    public func prepare(images: [String]) throws {
        let wanted = Set(images.map(Self.withTag))
        clear()
        removeImages(except: wanted)
        for image in wanted.sorted() where !tags().contains(image) {
            var why = ""
            do {
                let response = try client.request("POST", "/images/create", query: [("fromImage", image)])
                why = String(decoding: response.body.suffix(300), as: UTF8.self)
            } catch { why = "\(error)" }
            guard tags().contains(image) else {
                throw DrydockError(.failed, "the engine has no image \(image) and can't pull it: load it there first (\(why))")
            }
        }
    }

    private static func withTag(_ name: String) -> String {
        name.split(separator: "/").last?.contains(":") == true ? name : name + ":latest"
    }

    private func tags() -> Set<String> {
        Set(images().flatMap(Self.tags))
    }

    private func images() -> [JSONValue] {
        (try? client.request("GET", "/images/json", query: [("all", "1")]).json().arrayValue) ?? []
    }

    private static func tags(_ image: JSONValue) -> [String] {
        (image["RepoTags"]?.arrayValue ?? []).compactMap(\.stringValue).filter { $0 != "<none>:<none>" }
    }

    /// An image goes only after those that are built upon it: again as long as some do.
    private func removeImages(except wanted: Set<String>) {
        var hasRemoved = true
        while hasRemoved {
            hasRemoved = false
            for image in images() {
                let tags = Self.tags(image)
                let isWanted = !wanted.isDisjoint(with: tags)
                let names = isWanted ? tags.filter { !wanted.contains($0) } : [image["Id"]?.stringValue ?? ""]
                for name in names where (try? client.request("DELETE", "/images/\(name)", query: [("force", "1")])) != nil {
                    hasRemoved = true
                }
            }
        }
    }
}
