import Basics
import DockerAPI
import Dockerfile
import OCI
import TextTools

extension ImageBuild {
    /// Does one instruction. Source: moby, `builder/dockerfile/dispatchers.go`.
    func dispatch(_ command: BuildCommand) throws {
        let expansion = expansion(command.instruction)
        switch command.kind {
        case .arg(let settings): try argument(settings, expansion)
        case .env(let settings): try environment(settings, expansion)
        case .label(let settings): try label(settings, expansion)
        case .maintainer(let author):
            state?.author = author
            try commit(comment: "MAINTAINER \(author)")
        case .run(let line): try runCommand(line)
        case .cmd(let line): try defaultCommand(line)
        case .entrypoint(let line): try entrypoint(line)
        case .transfer(let transfer): try copy(transfer, expansion)
        case .workdir(let path): try workingDirectory(try expansion.expand(path))
        case .expose(let words): try expose(words, expansion)
        case .volume(let paths): try volume(try paths.map(expansion.expand))
        case .user(let name):
            let user = try expansion.expand(name)
            state?.config.user = user
            try commit(comment: "USER \(user)")
        case .onbuild(let trigger):
            let before = state?.config.onBuild ?? []
            state?.config.onBuild = before + [trigger]
            try commit(comment: "ONBUILD \(trigger)")
        case .stopSignal(let name):
            let signal = try expansion.expand(name)
            // Any number will do, as in Docker.
            if Int(signal) == nil { _ = try SignalName.number(signal, invalid: "Invalid signal") }
            state?.config.stopSignal = signal
            try commit(comment: "STOPSIGNAL \(signal)")
        case .healthcheck(let check): try healthcheck(check)
        case .needsBuildKit(let option):
            throw DrydockError(
                .invalid,
                "the --\(option) option requires BuildKit. Refer to https://docs.docker.com/go/buildkit/ to learn how to build images with "
                    + "BuildKit enabled")
        case .shell(let words):
            state?.config.shell = words
            try commit(comment: "SHELL [\(words.joined(separator: " "))]")
        }
    }

    private func argument(_ settings: [BuildCommand.Setting], _ expansion: WordExpansion) throws {
        var comment = "ARG"
        for setting in settings {
            let name = try expansion.expand(setting.name)
            let value = try setting.value.map(expansion.expand)
            comment += " \(name)" + (value.map { "=\($0)" } ?? "")
            arguments.declare(name, value)
        }
        try commit(comment: comment)
    }

    private func environment(_ settings: [BuildCommand.Setting], _ expansion: WordExpansion) throws {
        var comment = "ENV"
        var all = state?.config.env ?? []
        for setting in settings {
            let name = try expansion.expand(setting.name)
            let variable = "\(name)=\(try expansion.expand(setting.value ?? ""))"
            comment += " \(variable)"
            if let index = all.firstIndex(where: { $0.hasPrefix("\(name)=") || $0 == name }) {
                all[index] = variable
            } else {
                all.append(variable)
            }
        }
        state?.config.env = all
        try commit(comment: comment)
    }

    private func label(_ settings: [BuildCommand.Setting], _ expansion: WordExpansion) throws {
        var comment = "LABEL"
        var labels = state?.config.labels ?? [:]
        for setting in settings {
            let name = try expansion.expand(setting.name)
            let value = try expansion.expand(setting.value ?? "")
            comment += " \(name)=\(value)"
            labels[name] = value
        }
        state?.config.labels = labels
        try commit(comment: comment)
    }

    private func defaultCommand(_ line: BuildCommand.CommandLine) throws {
        guard let state else { return }
        let words = state.commandLine(line.words, isForShell: line.isForShell)
        self.state?.config.cmd = words
        try commit(comment: "CMD \(GoFormat.quoted(words))")
        if !line.words.isEmpty { self.state?.isCommandSet = true }
    }

    private func entrypoint(_ line: BuildCommand.CommandLine) throws {
        guard let state else { return }
        let words = line.words.isEmpty ? [] : state.commandLine(line.words, isForShell: line.isForShell)
        self.state?.config.entrypoint = words.isEmpty ? nil : words
        // Those were the arguments of the base image's own.
        if !state.isCommandSet { self.state?.config.cmd = nil }
        try commit(comment: "ENTRYPOINT \(GoFormat.quoted(words))")
    }

    private func expose(_ words: [String], _ expansion: WordExpansion) throws {
        let specs = try words.flatMap(expansion.words)
        for spec in specs {
            for port in try ExposedPorts.ports(of: spec) { state?.config.exposedPorts[port] = EmptyObject() }
        }
        try commit(comment: "EXPOSE \(specs.joined(separator: " "))")
    }

    private func volume(_ paths: [String]) throws {
        guard paths.allSatisfy({ !$0.isEmpty }) else { throw DrydockError(.invalid, "VOLUME specified can not be an empty string") }
        var volumes = state?.config.volumes ?? [:]
        for path in paths { volumes[path] = EmptyObject() }
        state?.config.volumes = volumes
        try commit(comment: "VOLUME [\(paths.joined(separator: " "))]")
    }

    private func healthcheck(_ check: BuildCommand.HealthCheck) throws {
        let old = state?.config.healthcheck
        if let test = old?.test, let first = test.first, first != "NONE" {
            try say("Note: overriding previous HEALTHCHECK: [\(test.joined(separator: " "))]\n")
        }
        let times = [check.interval, check.timeout, check.startPeriod].map { goQuoted(GoFormat.duration($0)) }
        let comment =
            "HEALTHCHECK &{\(GoFormat.quoted(check.test)) \(times.joined(separator: " ")) \(GoFormat.quotedCharacter(check.retries))}"
        // What a new probe leaves open stays as it was.
        state?.config.healthcheck = HealthConfig(
            test: check.test, interval: check.interval == 0 ? old?.interval ?? 0 : check.interval,
            timeout: check.timeout == 0 ? old?.timeout ?? 0 : check.timeout,
            startPeriod: check.startPeriod == 0 ? old?.startPeriod ?? 0 : check.startPeriod,
            retries: check.retries == 0 ? old?.retries ?? 0 : check.retries)
        try commit(comment: comment)
    }
}

/// `80`, `80/udp`, `80-90/tcp`, and what Docker takes besides. Source: docker/go-connections, `nat.ParsePortSpec`.
enum ExposedPorts {
    static func ports(of spec: String) throws -> [String] {
        if spec.isEmpty { return [] }
        let parts = spec.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let transport = parts.count > 1 && !parts[1].isEmpty ? parts[1].lowercased() : "tcp"
        // An address and a host port may stand before it; here they mean nothing.
        let text = parts[0].split(separator: ":", omittingEmptySubsequences: false).last.map(String.init) ?? ""
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map { UInt16($0) }
        guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last else {
            throw DrydockError(.invalid, "Invalid containerPort: \(text)")
        }
        guard ["tcp", "udp", "sctp"].contains(transport) else { throw DrydockError(.invalid, "Invalid proto: \(transport)") }
        return (first...last).map { "\($0)/\(transport)" }
    }
}
