import Basics
import DockerAPI
import Dockerfile
import TextTools

/// `--change` of commit and import: Dockerfile instructions that change an image's configuration without a build.
///
/// Source: moby, `builder/dockerfile/builder.go`, `BuildFromConfig`.
struct ConfigChanges {
    private let file: ParsedDockerfile?
    private var config = ContainerConfig()

    private static let known: Set<String> = [
        "cmd", "entrypoint", "healthcheck", "env", "expose", "label", "onbuild", "user", "volume", "workdir",
    ]

    /// - Throws: `DrydockError.invalid` in Docker's words.
    init(_ changes: [String]) throws {
        guard !changes.isEmpty else {
            file = nil
            return
        }
        let file = try ParsedDockerfile(parsing: changes.joined(separator: "\n"))
        for instruction in file.instructions where !Self.known.contains(instruction.keyword) {
            throw DrydockError(.invalid, "\(instruction.keyword) is not a valid change command")
        }
        self.file = file
        for instruction in file.instructions { try apply(instruction, escape: file.escape) }
    }

    /// The configuration with the changes over what was there before.
    /// Source: moby, `daemon/commit.go`, `merge`.
    func over(_ before: ContainerConfig) -> ContainerConfig {
        guard file != nil else { return before }
        var merged = before
        if !config.user.isEmpty { merged.user = config.user }
        merged.exposedPorts.merge(config.exposedPorts) { $1 }
        let own = config.env ?? []
        let names = Set(own.map { $0.prefix { $0 != "=" } })
        let kept = (before.env ?? []).filter { !names.contains($0.prefix { $0 != "=" }) }
        merged.env = own.isEmpty ? before.env : own + kept
        if let labels = config.labels { merged.labels = (before.labels ?? [:]).merging(labels) { $1 } }
        if let entrypoint = config.entrypoint, !entrypoint.isEmpty {
            // A new entrypoint makes the old command meaningless: those were its arguments.
            merged.entrypoint = entrypoint
            merged.cmd = config.cmd
        } else if let cmd = config.cmd, !cmd.isEmpty {
            merged.cmd = cmd
        }
        if let healthcheck = config.healthcheck { merged.healthcheck = healthcheck.completed(by: before.healthcheck) }
        if !config.workingDir.isEmpty { merged.workingDir = config.workingDir }
        if let volumes = config.volumes { merged.volumes = (before.volumes ?? [:]).merging(volumes) { $1 } }
        if let onBuild = config.onBuild { merged.onBuild = onBuild }
        return merged
    }

    private mutating func apply(_ instruction: Instruction, escape: Character) throws {
        let environment = config.env ?? []
        let expansion = WordExpansion(escape: escape) { name in
            environment.last { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) }
        }
        guard !instruction.arguments.isEmpty else {
            switch instruction.keyword {
            case "cmd":
                config.cmd = ["/bin/sh", "-c"]
                return
            case "entrypoint":
                config.entrypoint = nil
                return
            default: break
            }
            let count = ["user", "workdir"].contains(instruction.keyword) ? "exactly one argument" : "at least one argument"
            throw DrydockError(.invalid, "\(instruction.keyword.uppercased()) requires \(count)")
        }
        if instruction.keyword != "healthcheck", let flag = instruction.flags.first {
            throw DrydockError(.invalid, "Unknown flag: \(flag.dropFirst(2).prefix { $0 != "=" })")
        }
        switch instruction.keyword {
        case "cmd": config.cmd = instruction.jsonForm ?? ["/bin/sh", "-c", instruction.arguments]
        case "entrypoint": config.entrypoint = instruction.jsonForm ?? ["/bin/sh", "-c", instruction.arguments]
        case "env":
            for (name, value) in try instruction.nameValues(escape: escape) {
                let name = try expansion.expand(name)
                guard !name.isEmpty else { throw DrydockError(.invalid, "ENV names can not be blank") }
                let variable = "\(name)=\(try expansion.expand(value))"
                var all = config.env ?? []
                if let index = all.firstIndex(where: { $0.hasPrefix("\(name)=") }) { all[index] = variable } else { all.append(variable) }
                config.env = all
            }
        case "label":
            for (name, value) in try instruction.nameValues(escape: escape) {
                let name = try expansion.expand(name)
                guard !name.isEmpty else { throw DrydockError(.invalid, "LABEL names can not be blank") }
                config.labels = (config.labels ?? [:]).merging([name: try expansion.expand(value)]) { $1 }
            }
        case "expose":
            for word in instruction.blankSeparated {
                for spec in try expansion.words(word) { try expose(spec) }
            }
        case "user": config.user = try expansion.expand(instruction.arguments)
        case "workdir":
            let path = try expansion.expand(instruction.arguments)
            config.workingDir = path.hasPrefix("/") ? path : Self.joined(config.workingDir, path)
        case "volume":
            for word in instruction.jsonForm ?? instruction.blankSeparated {
                let path = try expansion.expand(word)
                guard !path.trimmingPrefix(while: { $0 == " " }).isEmpty else {
                    throw DrydockError(.invalid, "VOLUME specified can not be an empty string")
                }
                config.volumes = (config.volumes ?? [:]).merging([path: EmptyObject()]) { $1 }
            }
        case "onbuild":
            switch instruction.arguments.prefix(while: { $0 != " " && $0 != "\t" }).uppercased() {
            case "ONBUILD": throw DrydockError(.invalid, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")
            case "FROM", "MAINTAINER":
                let trigger = instruction.arguments.prefix { $0 != " " && $0 != "\t" }.uppercased()
                throw DrydockError(.invalid, "\(trigger) isn't allowed as an ONBUILD trigger")
            default: break
            }
            config.onBuild = (config.onBuild ?? []) + [instruction.arguments]
        case "healthcheck": config.healthcheck = try Self.healthcheck(instruction)
        default: break
        }
    }

    /// `80`, `80/udp`, `80-90/tcp`.
    private mutating func expose(_ spec: String) throws {
        let parts = spec.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let transport = parts.count == 2 ? parts[1].lowercased() : "tcp"
        guard ["tcp", "udp", "sctp"].contains(transport) else { throw DrydockError(.invalid, "Invalid proto: \(transport)") }
        let ends = parts[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map { UInt16($0) }
        guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last else {
            throw DrydockError(.invalid, "Invalid containerPort: \(parts[0])")
        }
        for port in first...last { config.exposedPorts["\(port)/\(transport)"] = EmptyObject() }
    }

    /// A relative folder, from the one before it.
    private static func joined(_ base: String, _ path: String) -> String {
        var parts: [Substring] = base.split(separator: "/")
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    private static func healthcheck(_ instruction: Instruction) throws -> HealthConfig {
        var check = HealthConfig()
        let kind = instruction.arguments.prefix { $0 != " " && $0 != "\t" }
        let rest = String(instruction.arguments.dropFirst(kind.count).drop { $0 == " " || $0 == "\t" })
        switch kind.uppercased() {
        case "NONE":
            guard rest.isEmpty else { throw DrydockError(.invalid, "HEALTHCHECK NONE takes no arguments") }
            check.test = ["NONE"]
        case "CMD":
            guard !rest.isEmpty else { throw DrydockError(.invalid, "Missing command after HEALTHCHECK CMD") }
            let command = Instruction(keyword: "cmd", arguments: rest)
            check.test = command.jsonForm.map { ["CMD"] + $0 } ?? ["CMD-SHELL", rest]
        default: throw DrydockError(.invalid, "Unknown type \"\(kind.uppercased())\" in HEALTHCHECK (try CMD)")
        }
        for flag in instruction.flags {
            let parts = flag.dropFirst(2).split(separator: "=", maxSplits: 1).map(String.init)
            let value = parts.count == 2 ? parts[1] : ""
            switch parts.first {
            case "interval": check.interval = try duration("interval", value)
            case "timeout": check.timeout = try duration("timeout", value)
            case "start-period": check.startPeriod = try duration("start-period", value)
            case "retries":
                guard let count = Int(value), count >= 1 else {
                    throw DrydockError(.invalid, "--retries must be at least 1 (not \(value))")
                }
                check.retries = count
            default: throw DrydockError(.invalid, "Unknown flag: \(parts.first ?? "")")
            }
        }
        return check
    }

    /// Go's form (`1m30s`), in nanoseconds.
    private static func duration(_ name: String, _ text: String) throws -> Int64 {
        let value: Int64
        do { value = try GoDuration.nanoseconds(text, quoted: "\"\(text)\"") } catch { throw DrydockError(.invalid, error.text) }
        guard value == 0 || value >= 1_000_000 else {
            throw DrydockError(.invalid, "Interval \"\(name)\" cannot be less than 1ms")
        }
        return value
    }
}
