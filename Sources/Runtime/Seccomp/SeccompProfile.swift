import Basics

/// Which system calls a container may make, and what happens with the others: Docker's profile as data.
public struct SeccompProfile: Sendable, Hashable {
    /// A comparison of one argument.
    public struct Condition: Sendable, Hashable, Codable {
        public enum Comparison: String, Sendable, Codable {
            case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
            /// `argument & value == valueTwo`.
            case maskedEqual
        }

        public let index: UInt32
        public let op: Comparison
        public let value: UInt64
        public let valueTwo: UInt64
    }

    public enum Action: String, Sendable, Codable { case allow, errno }

    /// A rule holds for a container that has `whenCapability` and lacks `unlessCapability`, as far as they are given.
    public struct Rule: Sendable, Hashable, Codable {
        public let names: [String]
        public let action: Action
        /// What the call fails with, of action `errno`.
        public let errno: Int32?
        public let args: [Condition]?
        public let whenCapability: String?
        public let unlessCapability: String?

        func applies(to capabilities: UInt64) -> Bool {
            let has = { (name: String) in Capabilities.number(name).map { capabilities & 1 << UInt64($0) != 0 } ?? false }
            if let whenCapability, !has(whenCapability) { return false }
            if let unlessCapability, has(unlessCapability) { return false }
            return true
        }
    }

    private struct Document: Codable {
        let defaultErrno: Int32
        let architectures: [String]
        let rules: [Rule]
    }

    /// What a call without a rule fails with.
    public let defaultErrno: Int32
    /// `x86_64`, `x86`, `x32`, …: which calling conventions the rules are for.
    public let architectures: [String]
    public let rules: [Rule]
    /// A number that is another for another profile: names the compiled form.
    public let fingerprint: UInt64

    /// Reads a profile.
    /// - Throws: `DrydockError` that says what is wrong with it.
    public init(parsing bytes: [UInt8]) throws(DrydockError) {
        do {
            let document = try JSONDecoder().decode(Document.self, from: bytes)
            defaultErrno = document.defaultErrno
            architectures = document.architectures
            rules = document.rules
        } catch {
            throw DrydockError(.failed, "the seccomp profile can't be read", cause: "\(error)")
        }
        guard rules.allSatisfy({ ($0.args ?? []).allSatisfy { $0.index < 6 } }) else {
            throw DrydockError(.failed, "the seccomp profile can't be read", cause: "a system call has no argument after the sixth")
        }
        fingerprint = fnv1a(bytes)
    }

    /// The profile that Docker Engine 20.10 uses.
    /// - Throws: `DrydockError`, if the engine was built with a broken one.
    public static func dockerDefault() throws(DrydockError) -> SeccompProfile {
        try SeccompProfile(parsing: PackageResources.default_profile_json)
    }

    /// Of a set of capabilities those that make a difference to the rules: containers that agree on them share a filter.
    public func relevant(_ capabilities: UInt64) -> UInt64 {
        var mask: UInt64 = 0
        for rule in rules {
            for name in [rule.whenCapability, rule.unlessCapability] {
                if let number = name.flatMap(Capabilities.number) { mask |= 1 << UInt64(number) }
            }
        }
        return capabilities & mask
    }
}
