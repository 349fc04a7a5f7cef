import Basics
import Glibc
import Kernel
import Steps
import Synchronization

/// The network that containers are in unless they are told otherwise: a bridge, a subnet, and NAT to the outside.
///
/// Several engines on one machine each have a bridge, a subnet and an nftables table of their own, named for their state root.
public final class BridgeNetwork: Sendable {
    struct State {
        var record: BridgeRecord
        /// Known once the subnet is.
        var pool: AddressPool?
        /// The map entries of running containers: set up again when somebody has emptied the rules.
        var elements: Set<PortElement> = []
        /// Starts that have asked for the bridge and have no address yet: nobody may take the bridge away under them.
        var holds = 0
        /// The interface index that was given out last.
        var nextIndex: Int32
    }

    /// 64 hexadecimal digits, as Docker's NetworkID.
    public let id: String
    public let created: Timestamp
    /// The bridge's name in the kernel: `drydock0`, or `dd` and six hexadecimal digits.
    public let bridge: String
    /// The nftables table of family ip: `drydock-default`, or `drydock-` and six hexadecimal digits.
    public let table: String
    public let ports: PortAllocator

    let kernel: any Kernel
    let tables: NFTables
    let path: String
    let state: Mutex<State>

    /// - Parameters:
    ///   - root: The state root; `networks/bridge.json` is kept below it.
    ///   - suffix: Tells this root's bridge and table from other roots'; empty for the default root.
    /// - Throws: `DrydockError` when the record can't be read.
    public init(root: String, suffix: String, kernel: any Kernel, tables: NFTables, ports: PortAllocator = PortAllocator()) throws {
        path = "\(root)/networks/bridge.json"
        bridge = suffix.isEmpty ? "drydock0" : "dd\(suffix)"
        table = suffix.isEmpty ? "drydock-default" : "drydock-\(suffix)"
        let read = try BridgeRecord.read(path)
        let record = read ?? BridgeRecord(id: randomHex(bytes: 32), created: .now(), bridge: bridge, table: table)
        id = record.id
        created = record.created
        self.kernel = kernel
        self.tables = tables
        self.ports = ports
        let pool = record.subnet.map { AddressPool(network: $0) }
        // Above what the kernel counts up to by itself, and another place for each engine; even numbers go inside. Short enough to read.
        let first = Int32.random(in: 500..<15_000) * 2
        state = Mutex(State(record: record, pool: pool, nextIndex: first))
    }

    /// The subnet; nil until a first container is started.
    public var subnet: IPv4Network? { state.withLock { $0.pool?.network } }
    public var gateway: IPv4Address? { state.withLock { $0.pool?.gateway } }

    /// Notes a container that was started by the engine before this one and still runs.
    public func adopt(_ endpoint: Endpoint, ports published: [PublishedPort]) {
        ports.adopt(published)
        state.withLock { state in
            if state.pool == nil { state.pool = AddressPool(network: endpoint.network) }
            state.pool?.adopt(endpoint.address, for: endpoint.container)
            state.elements.formUnion(published.compactMap { PortElement($0, to: endpoint.address) })
        }
    }

    var rules: BridgeRules? { subnet.map { BridgeRules(table: table, bridge: bridge, network: $0) } }

    /// Makes sure that the bridge, its address and its rules are there. Costs three short questions to the kernel when they are.
    func ensure(_ recorder: Recorder, _ hold: BridgeHold) throws {
        var socket = try NetlinkSocket(recorder)
        let found = try socket.link(bridge)
        if let found, found.kind != "bridge" {
            throw DrydockError(
                .conflict, "the interface \(bridge) is no bridge", advice: "rename or delete it: drydock needs this name")
        }
        if let found, found.isUp, let gateway, try socket.addresses().contains(where: { $0.index == found.index && $0.address == gateway }),
            try hasRules(recorder)
        {
            tell(recorder.step, found)
            return
        }
        if found == nil { hold.madeBridge = true }
        let network = try chooseSubnet(&socket, found, recorder)
        try makeBridge(&socket, found, network, recorder)
        try makeRules(network, recorder)
    }

    private func tell(_ step: Step, _ link: NetlinkLink) {
        step.fact("bridge", "\(link)")
        step.fact("address", subnet.map { "\(gateway ?? $0.base)/\($0.prefix) dev \(bridge)" } ?? "none")
        step.fact("ip_forward", Self.setting("/proc/sys/net/ipv4/ip_forward"))
    }

    private func hasRules(_ recorder: Recorder) throws -> Bool {
        var socket = try NetlinkSocket(recorder, family: .netfilter)
        return try socket.hasTable(table)
    }

    /// Decides on the subnet each time that the bridge is made: Docker's first one that is free, whatever it was last time.
    private func chooseSubnet(_ socket: inout NetlinkSocket, _ found: NetlinkLink?, _ recorder: Recorder) throws -> IPv4Network {
        let (current, isUsed) = state.withLock { ($0.pool?.network, $0.pool?.isEmpty == false) }
        // Running containers keep what they have.
        if let current, isUsed || found != nil { return current }
        let addresses = try socket.addresses()
        let neighbours = SubnetChoice.neighbours(
            links: try socket.links(), addresses: addresses, routes: try socket.routes(), own: found?.index)
        let own = found.flatMap { link in addresses.first { $0.index == link.index }?.network }
        guard let choice = SubnetChoice(preferred: own, neighbours: neighbours) else {
            throw DrydockError(
                .failed, "no network is free for \(bridge)", cause: "addresses or routes of this machine overlap with all of Docker's",
                advice: "use --network host or --network none")
        }
        if let first = choice.taken.first {
            let text = "\(first.network) is taken by \(first.interface): containers get addresses in \(choice.network)"
            recorder.step.fact("subnet", text)
            recorder.step.operation.note(
                text, name: "subnet.taken", ["\(first.network)", "\(first.interface)", "\(choice.network)"])
        }
        let (network, record) = state.withLock { state in
            // Two first starts at once: the first to come here decides.
            if state.pool == nil || (state.pool?.network == current && current != choice.network) {
                state.pool = AddressPool(network: choice.network)
            }
            let network = state.pool?.network ?? choice.network
            state.record.subnet = network
            state.record.gateway = network.address(1)
            return (network, state.record)
        }
        let directory = String(path.dropLast("/bridge.json".count))
        try recorder.perform(.mkdir(path: directory, mode: 0o700), tolerating: [EEXIST])
        try record.write(path, recorder)
        return network
    }

    private func makeBridge(_ socket: inout NetlinkSocket, _ found: NetlinkLink?, _ network: IPv4Network, _ recorder: Recorder) throws {
        if found == nil {
            // Locally administered, and the same for each life of this bridge.
            let tail = withUnsafeBytes(of: fnv1a(id.utf8)) { Array($0.prefix(4)) }
            guard let mac = MACAddress(bytes: [0x02, 0x42] + tail) else { return }
            try socket.transact(.createBridge(bridge, mac: mac), tolerating: [EEXIST])
        } else if found?.isUp == false {
            try socket.transact(.linkUp(bridge))
        }
        guard let link = try socket.link(bridge) else {
            throw SystemCallFailure(name: "sendto", subject: "RTM_NEWLINK bridge \(bridge)", errno: Errno(code: ENODEV))
        }
        let gateway = network.address(1) ?? network.base
        try socket.transact(.addAddress(gateway, prefix: network.prefix, to: (link.index, bridge)), tolerating: [EEXIST])
        // So that ports published on 127.0.0.1 can be led on to containers.
        try recorder.writeFile("/proc/sys/net/ipv4/conf/\(bridge)/route_localnet", "1")
        if Self.setting("/proc/sys/net/ipv4/ip_forward") == "0" { try recorder.writeFile("/proc/sys/net/ipv4/ip_forward", "1") }
        tell(recorder.step, link)
    }

    private func makeRules(_ network: IPv4Network, _ recorder: Recorder) throws {
        let rules = BridgeRules(table: table, bridge: bridge, network: network)
        let elements = Array(state.withLock { $0.elements })
        try tables.run([rules.setUp, rules.add(elements)].filter { !$0.isEmpty }.joined(separator: "\n"), recorder)
    }

    private static func setting(_ path: String) -> String {
        guard let bytes = try? readFile(path, limit: 64) else { return "?" }
        return String(decoding: bytes.prefix { $0 != 0x0a }, as: UTF8.self)
    }

    /// Takes back a bridge that was just made, unless another container has come to use it.
    func removeUnused(_ recorder: Recorder) throws {
        guard state.withLock({ $0.holds == 0 && $0.pool?.isEmpty ?? true }) else { return }
        try tearDown(recorder)
    }

    /// Removes the bridge and the rules.
    /// - Throws: `SystemCallFailure` or `DrydockError`; what isn't there is no failure.
    public func tearDown(_ recorder: Recorder) throws {
        var socket = try NetlinkSocket(recorder)
        try socket.transact(.deleteLink(bridge), tolerating: [ENODEV])
        if try hasRules(recorder) { try tables.run("delete table ip \(table)", recorder) }
    }
}

/// A start's hold on the bridge, from when it asks for it until it has an address there. Belongs to the thread of the start.
public final class BridgeHold {
    private let network: BridgeNetwork
    private var hasEnded = false
    /// True when the bridge was made for this start.
    var madeBridge = false

    init(_ network: BridgeNetwork) {
        self.network = network
        network.state.withLock { $0.holds += 1 }
    }

    deinit { end() }

    func end() {
        guard !hasEnded else { return }
        hasEnded = true
        network.state.withLock { $0.holds -= 1 }
    }
}
