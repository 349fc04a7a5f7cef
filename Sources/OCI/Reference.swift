import Basics

/// The name of an image as people write it: `ubuntu:14.04`, `localhost:5000/team/app@sha256:…`.
///
/// Kept in full (`docker.io/library/ubuntu`); `familiar` is the short form that Docker shows.
/// Source: github.com/distribution/reference, normalize.go.
public struct Reference: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    public static let defaultDomain = "docker.io"
    public static let defaultTag = "latest"
    static let officialFolder = "library"
    static let maximumNameLength = 255

    /// The registry, with its port: `docker.io`, `localhost:5000`.
    public let domain: String
    /// The repository below its registry: `library/ubuntu`.
    public let path: String
    public let tag: String?
    public let digest: Digest?

    /// Reads a reference as a user writes it, and completes registry and `library/`.
    /// - Throws: `DrydockError.invalid` with Docker's message; its advice holds the likely meaning where there is one.
    public init(_ text: String) throws(DrydockError) {
        do {
            try self.init(completing: text)
        } catch {
            throw DrydockError(error.code, error.sentence, advice: Self.suggestion(for: text).map { "did you mean \($0)?" })
        }
    }

    /// Reads a reference in full form, as `description` writes it.
    /// - Throws: `DrydockError.invalid` with Docker's message.
    public init(canonical text: String) throws(DrydockError) {
        guard !text.isEmpty else { throw DrydockError(.invalid, "repository name must have at least one component") }
        guard let slash = text.firstIndex(of: "/") else { throw Self.badFormat }
        try self.init(domain: text[..<slash], remainder: text[text.index(after: slash)...])
    }

    /// `init(_:)` without the search for what was meant.
    init(completing text: String) throws(DrydockError) {
        guard !ReferenceGrammar.isIdentifier(text) else {
            throw DrydockError(.invalid, "invalid repository name (\(text)), cannot specify 64-byte hexadecimal strings")
        }
        let (domain, remainder) = Self.splitDomain(text)
        let path = remainder.prefix { $0 != ":" }
        guard path.lowercased() == path else {
            throw DrydockError(.invalid, "invalid reference format: repository name must be lowercase")
        }
        try self.init(domain: domain, remainder: remainder)
    }

    private init(domain: Substring, remainder: Substring) throws(DrydockError) {
        let path = remainder.prefix { $0 != ":" && $0 != "@" }
        var rest = remainder[path.endIndex...]
        guard ReferenceGrammar.isDomain(domain), ReferenceGrammar.isPath(path) else { throw Self.badFormat }
        var tag: Substring?
        if rest.first == ":" {
            let text = rest.dropFirst().prefix { $0 != "@" }
            guard ReferenceGrammar.isTag(text) else { throw Self.badFormat }
            tag = text
            rest = rest[text.endIndex...]
        }
        var digest: Digest?
        if rest.first == "@" {
            guard ReferenceGrammar.isDigest(rest.dropFirst()) else { throw Self.badFormat }
            digest = try Digest(rest.dropFirst())
        }
        guard domain.utf8.count + 1 + path.utf8.count <= Self.maximumNameLength else {
            throw DrydockError(.invalid, "repository name must not be more than \(Self.maximumNameLength) characters")
        }
        self.init(domain: String(domain), path: String(path), tag: tag.map(String.init), digest: digest)
    }

    private init(domain: String, path: String, tag: String?, digest: Digest?) {
        self.domain = domain
        self.path = path
        self.tag = tag
        self.digest = digest
    }

    private static var badFormat: DrydockError { DrydockError(.invalid, "invalid reference format") }

    /// A first part counts as a registry only when it looks like a host: a dot, a port, or `localhost`.
    private static func splitDomain(_ text: String) -> (domain: Substring, remainder: Substring) {
        var domain = Substring(defaultDomain)
        var remainder = Substring(text)
        if let slash = text.firstIndex(of: "/") {
            let first = text[..<slash]
            if first == "localhost" || first.utf8.contains(UInt8(ascii: ".")) || first.utf8.contains(UInt8(ascii: ":")) {
                domain = first == "index.docker.io" ? domain : first
                remainder = text[text.index(after: slash)...]
            }
        }
        if domain == defaultDomain, !remainder.utf8.contains(UInt8(ascii: "/")) {
            remainder = Substring("\(officialFolder)/\(remainder)")
        }
        return (domain, remainder)
    }

    // MARK: Forms

    /// Registry and repository in full: `docker.io/library/ubuntu`.
    public var name: String { "\(domain)/\(path)" }

    /// Registry and repository as Docker shows them: `ubuntu`.
    public var familiarName: String {
        guard domain == Self.defaultDomain else { return name }
        let parts = path.split(separator: "/")
        return parts.count == 2 && parts[0] == Self.officialFolder ? String(parts[1]) : path
    }

    private var ending: String { (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "") }

    /// The reference as Docker shows it: `ubuntu:14.04`.
    public var familiar: String { familiarName + ending }

    /// The reference in full: `docker.io/library/ubuntu:14.04`.
    public var description: String { name + ending }

    /// With `latest` where neither a tag nor a digest was given.
    public var withDefaultTag: Reference {
        tag == nil && digest == nil ? Reference(domain: domain, path: path, tag: Self.defaultTag, digest: nil) : self
    }

    /// Without a tag where there is a digest, since the digest alone decides; `latest` where there is neither. The key of a stored name.
    public var storageForm: Reference {
        digest != nil ? Reference(domain: domain, path: path, tag: nil, digest: digest) : withDefaultTag
    }

    /// The repository alone.
    public var repository: Reference { Reference(domain: domain, path: path, tag: nil, digest: nil) }

    /// The same repository with a tag.
    /// - Throws: `DrydockError.invalid` when it is no tag.
    public func with(tag: String) throws(DrydockError) -> Reference {
        guard ReferenceGrammar.isTag(Substring(tag)) else { throw DrydockError(.invalid, "invalid tag format") }
        return Reference(domain: domain, path: path, tag: tag, digest: nil)
    }

    /// The same repository at a digest.
    public func with(digest: Digest) -> Reference { Reference(domain: domain, path: path, tag: nil, digest: digest) }

    public static func < (left: Reference, right: Reference) -> Bool { left.description < right.description }

    public init(from decoder: any Decoder) throws {
        try self.init(canonical: decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// What a user gave to name an image: a reference, or the id itself.
public enum ImageName: Sendable, Hashable {
    case id(ImageID)
    case reference(Reference)

    /// Reads a full id (with or without `sha256:`) or a reference; what could be the beginning of an id is a reference here.
    /// - Throws: `DrydockError.invalid` with Docker's message.
    public init(_ text: String) throws(DrydockError) {
        if ReferenceGrammar.isIdentifier(text) {
            self = .id(ImageID(try Digest(.sha256, hex: text)))
        } else if let digest = try? Digest(text) {
            self = .id(ImageID(digest))
        } else {
            self = .reference(try Reference(text))
        }
    }

    /// The name as Docker's "No such image" shows it.
    public var familiar: String {
        switch self {
        case .id(let id): id.description
        case .reference(let reference): reference.withDefaultTag.familiar
        }
    }
}
