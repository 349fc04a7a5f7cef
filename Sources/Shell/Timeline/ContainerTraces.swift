import Basics

/// What the evidence of operations says of the containers that they touched: the namespaces and the network that each start made, and
/// where each exec went in. Read from the journal alone: what it doesn't hold isn't here.
struct ContainerTraces {
    /// One namespace of a process, `net:[4026532185]`.
    struct Namespace: Equatable {
        let kind: String
        let inode: String
        let isHosts: Bool
    }

    /// A process that was put into namespaces: a container's first one, or an exec's.
    struct Entry {
        /// `start` or `exec`.
        let verb: String
        /// UTC, `03:12:45`.
        let time: String
        /// The container's id; nil where no evidence holds it.
        let container: String?
        let namespaces: [Namespace]
        var network: Network?
        /// The operation failed and was taken back.
        let isTakenBack: Bool
        /// When it ended or was removed, if that was watched.
        fileprivate(set) var end: (time: String, isRemoval: Bool)?
    }

    /// A container's place in a network, as its start recorded it.
    struct Network: Equatable {
        var bridge: String?
        /// With the length of the network's prefix.
        var address: String?
        var mac: String?
        var gateway: String?
        /// The near end of the cable.
        var cable: Link?
        /// The interfaces inside.
        var interfaces: [String] = []
        /// `0.0.0.0:8088->80/tcp`
        var ports: [String] = []
        /// What nft was given to lead the ports' connections on.
        var rules: String?
    }

    struct Bridge: Equatable {
        let link: Link
        var address: String?
        var forwarding: String?
        /// What nft was given when it was made; nil when that was before the operations that are shown.
        var rules: String?
    }

    /// A network interface as a fact tells it: `25599: veth8845190 veth up port of 12997 peer index 25596 56:d5:aa:12:e4:9f`.
    struct Link: Equatable {
        let index: String
        let name: String
        let mac: String?
        let peerIndex: String?

        init?(_ text: String) {
            let words = text.split(separator: " ").map(String.init)
            guard words.count > 1, words[0].hasSuffix(":"), Int(words[0].dropLast()) != nil else { return nil }
            index = String(words[0].dropLast())
            name = words[1]
            mac = words.last.flatMap { $0.utf8.count == 17 && $0.split(separator: ":").count == 6 ? $0 : nil }
            peerIndex = words.firstIndex(of: "peer").flatMap { place in
                words.indices.contains(place + 2) && words[place + 1] == "index" ? words[place + 2] : nil
            }
        }
    }

    /// The earliest first.
    private(set) var entries: [Entry] = []
    private(set) var bridges: [Bridge] = []
    /// The containers' names by their ids, where an operation told both.
    private(set) var names: [String: String] = [:]
    /// Which container each operation was about; nil where its evidence tells of none.
    private(set) var subjects: [String?] = []

    init(_ operations: [PastOperation]) {
        let known = Set(operations.flatMap { $0.steps.compactMap(Self.told) })
        for operation in operations {
            let subject = Self.mentioned(in: operation, among: known)
            subjects.append(subject)
            if let subject, let name = Self.name(in: operation) { names[subject] = name }
            switch operation.verb {
            case "exit", "rm":
                guard operation.error == nil, let place = entries.lastIndex(where: { $0.container == subject && $0.verb == "start" }),
                    subject != nil, entries[place].end == nil
                else { continue }
                entries[place].end = (operation.time, operation.verb == "rm")
            default:
                enter(operation, subject)
            }
        }
    }

    // MARK: What operations tell

    /// Told by the steps, not by the verb: a build starts containers, too.
    private mutating func enter(_ operation: PastOperation, _ subject: String?) {
        let steps = operation.steps.filter { !$0.isUndo }
        let isExec = operation.verb == "exec"
        let namespaces = steps.first { $0.id == (isExec ? "exec.namespaces" : "start.clone") }?.facts.compactMap(Self.namespace) ?? []
        guard !namespaces.isEmpty else { return }
        var entry = Entry(
            verb: isExec ? "exec" : "start", time: operation.time, container: subject, namespaces: namespaces,
            isTakenBack: operation.error != nil)
        if !isExec {
            let facts = Facts(steps)
            if let bridge = facts.bridge { note(bridge) }
            entry.network = facts.network
        }
        entries.append(entry)
    }

    /// A later look at the same bridge says more of now; its rules stand only where it was made.
    private mutating func note(_ bridge: Bridge) {
        guard let place = bridges.firstIndex(where: { $0.link.name == bridge.link.name }) else { return bridges.append(bridge) }
        var newest = bridge
        if newest.rules == nil { newest.rules = bridges[place].rules }
        bridges[place] = newest
    }

    /// The facts of one start's network steps.
    private struct Facts {
        var network: Network?
        var bridge: Bridge?

        init(_ steps: [PastOperation.Step]) {
            var found = Network()
            for step in steps {
                let first = { (key: String) in step.values(key).first }
                switch step.id {
                case "start.network.bridge":
                    guard let link = first("bridge").flatMap({ Link($0) }) else { continue }
                    found.bridge = link.name
                    bridge = Bridge(
                        link: link, address: first("address").flatMap { $0.split(separator: " ").first.map(String.init) },
                        forwarding: first("ip_forward"), rules: first("nft"))
                case "start.network.address":
                    (found.address, found.mac, found.gateway) = (first("address"), first("mac"), first("gateway"))
                case "start.network.veth": found.cable = first("link").flatMap { Link($0) }
                case "start.network.interface": found.interfaces = first("interfaces")?.split(separator: " ").map(String.init) ?? []
                case "start.ports": (found.ports, found.rules) = (step.values("port"), first("nft"))
                default: break
                }
            }
            if found != Network() { network = found }
        }
    }

    private static func namespace(_ fact: (key: String, value: String)) -> Namespace? {
        // `net:[4026532185]`, and behind it perhaps whose it is.
        guard let open = fact.value.firstIndex(of: "["), let close = fact.value.firstIndex(of: "]"), open < close,
            fact.value[..<open].hasSuffix(":")
        else { return nil }
        let kind = String(fact.value[..<open].dropLast())
        let inode = String(fact.value[fact.value.index(after: open)..<close])
        guard kind.utf8.count <= 16, (1...20).contains(inode.utf8.count), inode.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        return Namespace(kind: kind, inode: inode, isHosts: fact.value.hasSuffix("(the host's)"))
    }

    // MARK: Which container

    /// A container's id that a step tells as such: by its name, its cgroup or its folder.
    private static func told(_ step: PastOperation.Step) -> String? {
        switch step.id {
        case "create.name": step.values("id").first.flatMap { ids(in: $0).first }
        case "start.cgroup.create", "exec.cgroup": step.values("cgroup").first.flatMap { ids(in: $0).last }
        case "rm.layer": step.values("removed").first.flatMap { ids(in: $0).last }
        default: nil
        }
    }

    /// Images and layers have numbers of this length, too: only what is known to be a container's counts.
    private static func mentioned(in operation: PastOperation, among known: Set<String>) -> String? {
        guard !known.isEmpty else { return nil }
        for step in operation.steps {
            for fact in step.facts {
                if let id = ids(in: fact.value).first(where: known.contains) { return id }
            }
            for call in step.calls {
                for argument in call["args"]?.arrayValue ?? [] {
                    if let id = ids(in: argument.stringValue ?? "").first(where: known.contains) { return id }
                }
            }
        }
        return nil
    }

    private static func name(in operation: PastOperation) -> String? {
        for step in operation.steps where !step.isUndo {
            switch step.id {
            case "create.name", "rm.record": if let name = step.values("name").first { return name }
            case "commit.pause": if let name = step.values("held still").first { return name }
            default: break
            }
        }
        return nil
    }

    /// Each run of exactly 64 hexadecimal digits.
    static func ids(in text: String) -> [String] {
        guard text.utf8.count >= 64 else { return [] }
        return text.utf8.split { !(48...57).contains($0) && !(97...102).contains($0) }.filter { $0.count == 64 }.map {
            String(decoding: $0, as: UTF8.self)
        }
    }
}
