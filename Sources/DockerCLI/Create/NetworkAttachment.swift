import Basics
import TextTools

/// `--network` values: a name, or `name=net,alias=web,driver-opt=a=b`.
struct NetworkAttachment: Sendable {
    var target = ""
    var aliases: [String] = []
    var driverOptions = JSONObject()
    var links: [String] = []
    var ipv4 = ""
    var ipv6 = ""
    var linkLocal: [String] = []

    /// - Throws: `ValueError` in Docker's words.
    static func parse(_ text: String) throws -> NetworkAttachment {
        var attachment = NetworkAttachment()
        guard isLongForm(text) else {
            attachment.target = text
            return attachment
        }
        for field in try commaSeparated(text) {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw ValueError("invalid field \(field)") }
            let key = trimmedSpaces(parts[0]).lowercased()
            let value = trimmedSpaces(parts[1]).lowercased()
            switch key {
            case "name": attachment.target = value
            case "alias": attachment.aliases.append(value)
            case "driver-opt":
                let pair = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                guard pair.count == 2 else { throw ValueError("invalid key value pair format in driver options") }
                attachment.driverOptions[trimmedSpaces(pair[0][...])] = .string(trimmedSpaces(pair[1][...]))
            default: throw ValueError("invalid field key \(key)")
            }
        }
        guard !attachment.target.isEmpty else { throw ValueError("network name/id is not specified") }
        return attachment
    }

    /// True with `word=word` somewhere in it.
    private static func isLongForm(_ text: String) -> Bool {
        let isWord = { (character: Character) in character.isASCII && (character.isLetter || character.isNumber || character == "_") }
        let all = Array(text)
        return all.indices.contains { all[$0] == "=" && $0 > 0 && isWord(all[$0 - 1]) && $0 + 1 < all.count && isWord(all[$0 + 1]) }
    }

    /// True for networks that someone made, beside Docker's own modes.
    static func isUserDefined(_ name: String) -> Bool {
        !["", "default", "bridge", "host", "none"].contains(name) && !name.hasPrefix("container:")
    }

    private var isPlain: Bool {
        aliases.isEmpty && driverOptions.isEmpty && links.isEmpty && ipv4.isEmpty && ipv6.isEmpty && linkLocal.isEmpty
    }

    /// The API's endpoint settings.
    private func endpoint() throws -> JSONValue {
        guard !trimmedSpaces(target[...]).isEmpty else { throw ValueError("no name set for network") }
        if !Self.isUserDefined(target) {
            guard aliases.isEmpty else { throw ValueError("network-scoped aliases are only supported for user-defined networks") }
            guard links.isEmpty else { throw ValueError("links are only supported for user-defined networks") }
        }
        var ipam = JSONValue.null
        if !ipv4.isEmpty || !ipv6.isEmpty || !linkLocal.isEmpty {
            var object = JSONObject()
            if !ipv4.isEmpty { object["IPv4Address"] = .string(ipv4) }
            if !ipv6.isEmpty { object["IPv6Address"] = .string(ipv6) }
            if !linkLocal.isEmpty { object["LinkLocalIPs"] = .strings(linkLocal) }
            ipam = .object(object)
        }
        return [
            "IPAMConfig": ipam, "Links": .stringsOrNull(links), "Aliases": .stringsOrNull(aliases), "NetworkID": "", "EndpointID": "",
            "Gateway": "", "IPAddress": "", "IPPrefixLen": 0, "IPv6Gateway": "", "GlobalIPv6Address": "", "GlobalIPv6PrefixLen": 0,
            "MacAddress": "", "DriverOpts": driverOptions.isEmpty ? .null : .object(driverOptions),
        ]
    }

    /// The networks of a new container.
    /// - Returns: the network mode, and the settings of each endpoint that has any.
    /// - Throws: `ValueError`
    static func collect(_ flags: FlagValues) throws -> (mode: String, endpoints: JSONObject) {
        var attachments = try flags.list("network").map(parse)
        // Settings of an endpoint count only with a network of one's choice.
        guard !attachments.isEmpty else { return ("default", [:]) }
        var endpoints = JSONObject()
        var kinds: Set<Bool> = []
        for index in attachments.indices {
            if index == 0 { try attachments[0].apply(flags) }
            let attachment = attachments[index]
            kinds.insert(isUserDefined(attachment.target))
            let endpoint = try attachment.endpoint()
            guard endpoints[attachment.target] == nil else {
                throw ValueError("network \(goQuoted(attachment.target)) is specified multiple times")
            }
            // A single network without settings is left to the engine.
            if attachments.count == 1, attachment.isPlain { continue }
            endpoints[attachment.target] = endpoint
        }
        guard kinds.count < 2 else {
            throw ValueError("conflicting options: cannot attach both user-defined and non-user-defined network-modes")
        }
        return (attachments[0].target, endpoints)
    }

    /// The flags of the times before the long form belong to the first network.
    private mutating func apply(_ flags: FlagValues) throws {
        let aliases = flags.list("network-alias")
        guard self.aliases.isEmpty || aliases.isEmpty else {
            throw ValueError("conflicting options: cannot specify both --network-alias and per-network alias")
        }
        self.aliases += aliases
        if Self.isUserDefined(target) { links = flags.list("link") }
        ipv4 = flags.string("ip")
        ipv6 = flags.string("ip6")
        linkLocal = flags.list("link-local-ip")
    }
}

extension JSONValue {
    static func strings(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }

    /// Go's nil slice.
    static func stringsOrNull(_ values: [String]) -> JSONValue { values.isEmpty ? .null : strings(values) }
}
