import Basics
import DockerAPI
import EngineInterface
import Kernel
import OCI
import Runtime
import Store
import TextTools

extension ContainerEngine {
    public func inspectContainer(_ reference: String, size: Bool) throws -> ContainerInspect {
        let container = try containers.find(reference)
        let (record, state) = container.live.read { ($0.record, $0.state) }
        var inspect = ContainerInspect()
        inspect.id = record.id
        inspect.created = record.created.description
        inspect.path = record.path
        inspect.args = record.args
        inspect.state = ContainerState(
            status: state.status, running: state.phase == .running, paused: state.isHeldStill, oomKilled: state.isOutOfMemory,
            pid: Int(state.pid),
            exitCode: Int(state.exitCode), error: state.error, startedAt: state.startedAt.description,
            finishedAt: state.finishedAt.description, health: state.health?.inspected)
        inspect.image = record.imageID
        // Docker knows these files from the first start on.
        let hasStarted = state.startedAt != .zero
        inspect.resolvConfPath = hasStarted ? "\(container.directory)/resolv.conf" : ""
        inspect.hostnamePath = hasStarted ? "\(container.directory)/hostname" : ""
        inspect.hostsPath = hasStarted ? "\(container.directory)/hosts" : ""
        inspect.logPath = hasStarted ? container.logPath : ""
        inspect.name = "/" + record.name
        // None are null in Docker's answer.
        let active = execs.active(in: container).map(\.id)
        inspect.execIDs = active.isEmpty ? nil : active
        inspect.hostConfig = record.hostConfig
        inspect.graphDriver = GraphDriverData(data: overlayDirectories(container, record), name: "overlay2")
        if size {
            inspect.sizeRw = FileTree.size(container.upper)
            inspect.sizeRootFs = (inspect.sizeRw ?? 0) + imageSize(record)
        }
        inspect.mounts = record.mounts
        inspect.config = record.config
        inspect.networkSettings = networkSettings(record, state)
        return inspect
    }

    private func overlayDirectories(_ container: Container, _ record: ContainerRecord) -> [String: String] {
        let lower = record.layers.reversed().map { "\(paths.root)/layers/\($0.drop { $0 != ":" }.dropFirst())/fs" }
        return [
            "LowerDir": lower.joined(separator: ":"), "MergedDir": "\(container.directory)/merged", "UpperDir": container.upper,
            "WorkDir": "\(container.directory)/work",
        ]
    }

    private func imageSize(_ record: ContainerRecord) -> Int64 {
        record.layers.reduce(0) { sum, chain in sum + ((try? ChainID(chain)).flatMap { images.layer($0)?.size } ?? 0) }
    }

    private func networkSettings(_ record: ContainerRecord, _ state: LifeState) -> NetworkSettings {
        let mode = record.hostConfig.networkMode
        let name = mode == "default" ? "bridge" : mode
        var settings = NetworkSettings()
        var endpoint = EndpointSettings(networkID: networkID(of: name))
        if let own = state.network {
            endpoint.endpointID = own.endpoint.id
            endpoint.gateway = own.endpoint.gateway.description
            endpoint.ipAddress = own.endpoint.address.description
            endpoint.ipPrefixLen = Int(own.endpoint.network.prefix)
            endpoint.macAddress = own.endpoint.mac.description
            settings.endpointID = endpoint.endpointID
            settings.gateway = endpoint.gateway
            settings.ipAddress = endpoint.ipAddress
            settings.ipPrefixLen = endpoint.ipPrefixLen
            settings.macAddress = endpoint.macAddress
            var ports: [String: [PortBinding]?] = [:]
            for port in record.config.exposedPorts.keys { ports[port] = .some(nil) }
            for port in own.ports {
                let key = "\(port.containerPort)/\(port.transport.rawValue)"
                let before = ports[key].flatMap { $0 } ?? []
                ports[key] = before + [PortBinding(hostIp: port.hostAddress, hostPort: "\(port.hostPort)")]
            }
            settings.ports = ports
        }
        if state.phase == .running {
            settings.sandboxID = record.id
            settings.sandboxKey = "/proc/\(state.pid)/ns/net"
        }
        settings.networks = [name: endpoint]
        return settings
    }

    public func listContainers(_ options: ContainerListOptions) throws -> [ContainerSummary] {
        let filter = try ContainerFilter(options.filters)
        let asksForState = options.filters["status"] != nil
        for key in ["before", "since"] {
            for reference in options.filters[key] ?? [] { _ = try containers.find(reference) }
        }
        let showsAll = options.all || options.limit != nil || asksForState
        var chosen = containers.all.filter { (showsAll || $0.isRunning) && filter.matches($0, self) }
            .sorted { ($0.record.created, $0.id) > ($1.record.created, $1.id) }
        if let limit = options.limit, limit > 0 { chosen = Array(chosen.prefix(limit)) }
        return chosen.map { summary($0, size: options.size) }
    }

    private func summary(_ container: Container, size: Bool) -> ContainerSummary {
        let (record, state) = container.live.read { ($0.record, $0.state) }
        var summary = ContainerSummary()
        summary.id = record.id
        summary.names = ["/" + record.name]
        summary.image = shownImage(record)
        summary.imageID = record.imageID
        summary.command = ([record.path] + record.args).map(shellWord).joined(separator: " ")
        summary.created = record.created.nanoseconds / 1_000_000_000
        summary.ports = ports(record, state)
        summary.labels = record.config.labels ?? [:]
        summary.state = state.status
        summary.status = status(state)
        summary.hostConfig = SummaryHostConfig(networkMode: record.hostConfig.networkMode)
        summary.networkSettings = SummaryNetworkSettings(networks: networkSettings(record, state).networks)
        summary.mounts = record.mounts
        if size {
            summary.sizeRw = FileTree.size(container.upper)
            summary.sizeRootFs = summary.sizeRw + imageSize(record)
        }
        return summary
    }

    /// The name that was asked for, as long as it still means that image; else the id.
    private func shownImage(_ record: ContainerRecord) -> String {
        if let image = try? images.lookup(record.imageName), image.id.description == record.imageID { return record.imageName }
        return record.imageID
    }

    /// As Docker lists a command: words with blanks in single quotes.
    private func shellWord(_ word: String) -> String {
        word.contains(where: { $0 == " " || $0 == "\t" || $0 == "\n" }) ? "'\(word)'" : word
    }

    private func ports(_ record: ContainerRecord, _ state: LifeState) -> [Port] {
        guard state.phase == .running else { return [] }
        let published = state.network?.ports ?? []
        var ports = published.map {
            Port(ip: $0.hostAddress, privatePort: $0.containerPort, publicPort: $0.hostPort, type: $0.transport.rawValue)
        }
        for (number, transport) in record.config.exposedPorts.keys.compactMap(PortPlan.parse).sorted(by: { $0.0 < $1.0 })
        where !published.contains(where: { $0.containerPort == number && $0.transport.rawValue == transport }) {
            ports.append(Port(privatePort: number, type: transport))
        }
        return ports
    }

    /// The STATUS column, in Docker's words.
    private func status(_ state: LifeState) -> String {
        let now = Double(Timestamp.now().nanoseconds)
        // As floating-point numbers: from Go's zero time to now it is more nanoseconds than a whole number holds.
        let since = { (time: Timestamp) in humanDuration(seconds: max(0, now - Double(time.nanoseconds)) / 1e9) }
        switch state.phase {
        case .created: return "Created"
        case .running:
            let note = state.isHeldStill ? "Paused" : state.health?.words
            return "Up \(since(state.startedAt))" + (note.map { " (\($0))" } ?? "")
        case .exited: return "Exited (\(state.exitCode)) \(since(state.finishedAt)) ago"
        case .dead: return "Dead"
        }
    }
}
