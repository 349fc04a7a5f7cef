import Basics
import Glibc
import OCI
import TextTools

/// Checks one value while the command line is parsed, and brings it into the form in which it is used.
enum FlagValueChecker {
    /// - Returns: the value as it is kept (sizes in bytes, times in nanoseconds, addresses in their usual form).
    /// - Throws: `ValueError` in Docker's words.
    static func check(_ value: String, of flag: FlagSpec) throws -> String {
        switch flag.kind {
        case .bool:
            guard let read = GoNumber.bool(value) else {
                throw ValueError("strconv.ParseBool: parsing \(goQuoted(value)): invalid syntax")
            }
            return read ? "true" : "false"
        case .int: return String(try GoNumber.int(value))
        case .uint16: return String(try GoNumber.uint(value, maximum: 65535))
        case .bytes: return String(try GoNumber.memory(value))
        case .memorySwap: return value == "-1" ? value : String(try GoNumber.memory(value))
        case .decimal: return String(try GoNumber.cpus(value))
        case .duration: return String(try GoNumber.duration(value))
        case .filter: return try filter(value)
        case .gpus: _ = try GPURequest.parse(value)
        case .mount: _ = try MountSpec.parse(value)
        case .network: _ = try NetworkAttachment.parse(value)
        case .ulimit: _ = try UlimitSpec.parse(value)
        case .string: return value
        case .strings, .list, .map: return try check(value, flag.check)
        }
        return value
    }

    private static func filter(_ value: String) throws -> String {
        guard !value.isEmpty else { return value }
        guard let equals = value.firstIndex(of: "=") else { throw ValueError("bad format of filter (expected name=value)") }
        let name = trimmedSpaces(value[..<equals]).lowercased()
        return "\(name)=\(trimmedSpaces(value[value.index(after: equals)...]))"
    }

    private static func check(_ value: String, _ check: ValueCheck) throws -> String {
        switch check {
        case .none: return value
        case .stream:
            let name = value.lowercased()
            guard ["stdin", "stdout", "stderr"].contains(name) else { throw ValueError("valid streams are STDIN, STDOUT and STDERR") }
            return name
        case .environment: return try environment(value)
        case .label: return try label(value)
        case .extraHost: return try extraHost(value)
        case .address: return try address(value)
        case .searchDomain: return try searchDomain(value)
        case .link: return try link(value)
        case .deviceRule: return try deviceRule(value)
        case .weightDevice: return try weightDevice(value)
        case .rateBytes, .rateOperations: return try rate(value, inBytes: check == .rateBytes)
        case .sysctl: return try sysctl(value)
        case .reference:
            do { _ = try Reference(value) } catch { throw ValueError(error.sentence) }
            return value
        case .commaSeparated:
            _ = try commaSeparated(value)
            return value
        }
    }

    /// A name without a value takes the client's own value, if it has one.
    private static func environment(_ value: String) throws -> String {
        guard !value.isEmpty, !value.hasPrefix("=") else { throw ValueError("invalid environment variable: \(value)") }
        guard !value.contains("="), let own = getenv(value) else { return value }
        return "\(value)=\(String(cString: own))"
    }

    private static func label(_ value: String) throws -> String {
        let key = value.prefix { $0 != "=" }.drop { $0 == " " || $0 == "\t" }
        guard !key.isEmpty else { throw ValueError("invalid label '\(value)': empty name") }
        guard !key.contains(where: { $0 == " " || $0 == "\t" }) else { throw ValueError("label '\(key)' contains whitespaces") }
        return value
    }

    private static func extraHost(_ value: String) throws -> String {
        guard let colon = value.firstIndex(of: ":"), colon != value.startIndex else {
            throw ValueError("bad format for add-host: \(goQuoted(value))")
        }
        let address = String(value[value.index(after: colon)...])
        guard address == "host-gateway" || IPAddress.canonical(address) != nil else {
            throw ValueError("invalid IP address in add-host: \(goQuoted(address))")
        }
        return value
    }

    private static func address(_ value: String) throws -> String {
        guard let canonical = IPAddress.canonical(trimmedSpaces(value[...])) else { throw ValueError("\(value) is not an ip address") }
        return canonical
    }

    private static func searchDomain(_ value: String) throws -> String {
        let domain = trimmedSpaces(value[...])
        if domain == "." { return domain }
        let isLetter = { (character: Character) in character.isASCII && character.isLetter }
        let isAlphanumeric = { (character: Character) in isLetter(character) || (character.isASCII && character.isNumber) }
        let body = domain.hasSuffix(".") ? domain.dropLast() : domain[...]
        let isValid =
            domain.contains(where: isLetter) && domain.utf8.count < 255
            && body.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
                guard let first = part.first, let last = part.last, isAlphanumeric(first), isAlphanumeric(last) else { return false }
                return part.allSatisfy { isAlphanumeric($0) || $0 == "-" }
            }
        guard isValid else { throw ValueError("\(domain) is not a valid domain") }
        return domain
    }

    private static func link(_ value: String) throws -> String {
        guard !value.isEmpty else { throw ValueError("empty string specified for links") }
        let parts = value.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { throw ValueError("bad format for links: \(value)") }
        return value
    }

    private static func deviceRule(_ value: String) throws -> String {
        let words = value.split(separator: " ", omittingEmptySubsequences: false)
        let isNumber = { (part: Substring) in part == "*" || (!part.isEmpty && part.allSatisfy { $0.isASCII && $0.isNumber }) }
        let numbers = words.count == 3 ? words[1].split(separator: ":", omittingEmptySubsequences: false) : []
        guard words.count == 3, ["a", "b", "c"].contains(words[0]), numbers.count == 2, numbers.allSatisfy(isNumber),
            (1...3).contains(words[2].count), words[2].allSatisfy({ "rwm".contains($0) })
        else { throw ValueError("invalid device cgroup format '\(value)'") }
        return value
    }

    private static func weightDevice(_ value: String) throws -> String {
        let (path, number) = try deviceAndNumber(value)
        guard let weight = try? GoNumber.uint(number), weight == 0 || (10...1000).contains(weight) else {
            throw ValueError("invalid weight for device: \(value)")
        }
        return "\(path):\(weight)"
    }

    private static func rate(_ value: String, inBytes: Bool) throws -> String {
        let (path, number) = try deviceAndNumber(value)
        if inBytes {
            guard let rate = try? GoNumber.memory(number) else {
                throw ValueError(
                    "invalid rate for device: \(value). The correct format is <device-path>:<number>[<unit>]. "
                        + "Number must be a positive integer. Unit is optional and can be kb, mb, or gb")
            }
            return "\(path):\(rate)"
        }
        guard let rate = try? GoNumber.uint(number) else {
            throw ValueError(
                "invalid rate for device: \(value). The correct format is <device-path>:<number>. Number must be a positive integer")
        }
        return "\(path):\(rate)"
    }

    private static func deviceAndNumber(_ value: String) throws -> (path: String, number: String) {
        let parts = value.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw ValueError("bad format: \(value)") }
        guard parts[0].hasPrefix("/dev/") else { throw ValueError("bad format for device path: \(value)") }
        return (String(parts[0]), String(parts[1]))
    }

    private static let sysctls: Set<String> = [
        "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax", "kernel.shmmni",
        "kernel.shm_rmid_forced",
    ]

    private static func sysctl(_ value: String) throws -> String {
        let name = String(value.prefix { $0 != "=" })
        let isKnown = sysctls.contains(name) || name.hasPrefix("net.") || name.hasPrefix("fs.mqueue.")
        guard value.contains("="), isKnown else { throw ValueError("sysctl '\(value)' is not whitelisted") }
        return value
    }
}

/// Cuts spaces and tabs off both ends.
func trimmedSpaces(_ text: Substring) -> String {
    var body = text.drop { $0.isWhitespace }
    while let last = body.last, last.isWhitespace { body = body.dropLast() }
    return String(body)
}

/// IP addresses, read by the C library.
enum IPAddress {
    /// - Returns: the address in its usual form, or nil if it is none.
    static func canonical(_ text: String) -> String? {
        for family in [AF_INET, AF_INET6] {
            var raw = [UInt8](repeating: 0, count: 16)
            guard inet_pton(family, text, &raw) == 1 else { continue }
            var out = [CChar](repeating: 0, count: 64)
            guard inet_ntop(family, raw, &out, socklen_t(out.count)) != nil else { continue }
            return String(decoding: out.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        return nil
    }
}
