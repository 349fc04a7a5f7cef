import Basics

/// Points at content by digest, and says beforehand how long it is and of what kind.
/// Source: OCI image spec, descriptor.md.
public struct Descriptor: Sendable, Hashable {
    public var mediaType: String
    public var digest: Digest
    /// In bytes, as the content is stored and sent.
    public var size: Int64
    public var platform: Platform?
    public var annotations: [String: String]
    /// Where else the content can be had; used only by foreign layers.
    public var urls: [String]

    public init(
        mediaType: String, digest: Digest, size: Int64, platform: Platform? = nil, annotations: [String: String] = [:], urls: [String] = []
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.platform = platform
        self.annotations = annotations
        self.urls = urls
    }

    init(_ shape: Shape) throws {
        _ = try shape.object()
        mediaType = try shape["mediaType"].string() ?? ""
        digest = try shape["digest"].digest()
        guard let size = try shape["size"].integer(), size >= 0 else { throw shape["size"].refusal("a size") }
        self.size = size
        platform = try Platform(shape["platform"])
        annotations = Dictionary(try shape["annotations"].stringMap()?.map { ($0.key, $0.value) } ?? [], uniquingKeysWith: { $1 })
        urls = try shape["urls"].strings() ?? []
    }

    /// The descriptor as it stands in a document; annotations are sorted, so that the same descriptor always gives the same bytes.
    public var json: JSONValue {
        var object = JSONObject()
        object["mediaType"] = .string(mediaType)
        object["digest"] = .string(digest.description)
        object["size"] = .integer(size)
        if !urls.isEmpty { object["urls"] = .array(urls.map(JSONValue.string)) }
        if !annotations.isEmpty {
            var members = JSONObject()
            for (key, value) in annotations.sorted(by: { $0.key < $1.key }) { members[key] = .string(value) }
            object["annotations"] = .object(members)
        }
        if let platform { object["platform"] = platform.json }
        return .object(object)
    }
}
