import Basics
import Glibc

/// The machine that an image is for.
/// Source: OCI image spec, image-index.md, "platform".
public struct Platform: Sendable, Hashable, CustomStringConvertible {
    public let os: String
    /// Go's name: `amd64`, `arm64`.
    public let architecture: String
    /// `v7` of `arm`; nil where the architecture has only one, also for `arm64` `v8` and `amd64` `v1`.
    public let variant: String?

    /// Names of other tools (`x86_64`) become Go's, a variant that goes without saying is dropped.
    public init(os: String, architecture: String, variant: String? = nil) {
        self.os = os.lowercased()
        let variant = variant.flatMap { $0.isEmpty ? nil : $0.lowercased() }
        switch (architecture.lowercased(), variant) {
        case ("amd64", "v1"), ("x86_64", "v1"), ("x86-64", "v1"), ("x86_64", nil), ("x86-64", nil):
            (self.architecture, self.variant) = ("amd64", nil)
        case ("arm64", "v8"), ("arm64", "8"), ("aarch64", "v8"), ("aarch64", "8"), ("aarch64", nil):
            (self.architecture, self.variant) = ("arm64", nil)
        case ("armhf", _), ("arm", nil), ("arm", "7"): (self.architecture, self.variant) = ("arm", "v7")
        case ("armel", _), ("arm", "6"): (self.architecture, self.variant) = ("arm", "v6")
        case ("i386", _), ("i686", _): (self.architecture, self.variant) = ("386", nil)
        case (let other, _): (self.architecture, self.variant) = (other, variant)
        }
    }

    /// Reads `linux/arm64`, `linux/arm/v7`.
    /// - Throws: `DrydockError.invalid` for anything else.
    public init(_ text: String) throws {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (1...3).contains(parts.count),
            parts.allSatisfy({ part in !part.isEmpty && part.utf8.allSatisfy { $0 != 0x20 && $0 > 0x20 && $0 < 0x7f } })
        else {
            throw DrydockError(.invalid, "\"\(text)\" is an invalid platform", advice: "For example linux/amd64.")
        }
        let isSystem = parts.count > 1 || ["linux", "windows", "darwin", "freebsd"].contains(parts[0].lowercased())
        self.init(
            os: isSystem ? parts[0] : "linux", architecture: parts.count > 1 ? parts[1] : isSystem ? Platform.host.architecture : parts[0],
            variant: parts.count > 2 ? parts[2] : nil)
    }

    /// The machine that this process runs on, by uname(2).
    public static let host: Platform = {
        var name = utsname()
        uname(&name)
        let machine = withUnsafeBytes(of: &name.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        switch machine {
        case "armv8l", "armv7l": return Platform(os: "linux", architecture: "arm", variant: "v7")
        case "armv6l": return Platform(os: "linux", architecture: "arm", variant: "v6")
        case "armv5tel", "armv5l": return Platform(os: "linux", architecture: "arm", variant: "v5")
        default: return Platform(os: "linux", architecture: machine)
        }
    }()

    public var description: String { "\(os)/\(architecture)" + (variant.map { "/\($0)" } ?? "") }

    /// How well this machine runs images for `image`: the lower the better, nil when it does not.
    public func rank(of image: Platform) -> Int? {
        guard os == image.os, architecture == image.architecture else { return nil }
        if variant == image.variant { return 0 }
        // Only 32-bit Arm is known to run its older variants; what a newer amd64 level needs can't be told from uname.
        guard architecture == "arm", let own = Self.armVersion(variant), let other = Self.armVersion(image.variant), other < own else {
            return nil
        }
        return own - other
    }

    /// The entry of an index that this machine runs best; the first of equals.
    public func best(of descriptors: [Descriptor]) -> Descriptor? {
        var best: (rank: Int, descriptor: Descriptor)?
        for descriptor in descriptors {
            guard let platform = descriptor.platform, let rank = rank(of: platform) else { continue }
            if best.map({ rank < $0.rank }) ?? true { best = (rank, descriptor) }
        }
        return best?.descriptor
    }

    private static func armVersion(_ variant: String?) -> Int? { variant.flatMap { Int($0.dropFirst()) } }

    init?(_ shape: Shape) throws {
        guard !shape.isMissing else { return nil }
        self.init(
            os: try shape["os"].string() ?? "",
            architecture: try shape["architecture"].string() ?? "",
            variant: try shape["variant"].string())
    }

    var json: JSONValue {
        var object = JSONObject()
        object["architecture"] = .string(architecture)
        object["os"] = .string(os)
        if let variant { object["variant"] = .string(variant) }
        return .object(object)
    }
}
