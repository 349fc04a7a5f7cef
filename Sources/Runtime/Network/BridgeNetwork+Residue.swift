import Basics
import Glibc
import Kernel
import Steps
import Synchronization

/// What the kernel has of this network and no container accounts for.
public struct NetworkResidue: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// A cable on the bridge whose container is gone.
        case link(String)
        /// A map entry that leads to nobody.
        case port(PortElement)
        /// An entry that a running container should have and hasn't.
        case missingPort(PortElement)
    }

    public let kind: Kind

    /// One line for `doctor`.
    public var description: String {
        switch kind {
        case .link(let name): "interface \(name)"
        case .port(let port): "published port \(port.hostPort)/\(port.transport) to \(port.address):\(port.containerPort)"
        case .missingPort(let port): "no rule for port \(port.hostPort)/\(port.transport) to \(port.address):\(port.containerPort)"
        }
    }
}

/// How long a cable of no container is given to go away by itself, in microseconds. Only then is it called residue.
private let patience = 8_000_000.0

extension BridgeNetwork {
    /// Compares the kernel with what should be there.
    /// - Parameter endpoints: Those of all running containers; their ports are known from `adopt` and `publish`.
    /// - Throws: `SystemCallFailure` or `DrydockError`.
    public func residue(endpoints: [Endpoint], _ recorder: Recorder) throws -> [NetworkResidue] {
        let expected = Set(endpoints.map(\.hostLink))
        let changes = try LinkChanges(recorder)
        let deadline = monotonicMicroseconds() + patience
        var links = try strayLinks(beside: expected, recorder)
        // The kernel takes some tens of milliseconds to delete the cable of a namespace that has just died, and clears dead
        // namespaces away one after the other: seconds, where hundreds of containers end at once.
        while !links.isEmpty, changes.wait(milliseconds: Int32(max(0, deadline - monotonicMicroseconds()) / 1000)) {
            links = try strayLinks(beside: expected, recorder)
        }
        let present = try elementsInKernel(recorder)
        let wanted = state.withLock { $0.elements }
        return links.map { NetworkResidue(kind: .link($0)) } + present.subtracting(wanted).map { NetworkResidue(kind: .port($0)) }
            + wanted.subtracting(present).map { NetworkResidue(kind: .missingPort($0)) }
    }

    private func strayLinks(beside expected: Set<String>, _ recorder: Recorder) throws -> [String] {
        try attachedLinks(recorder).filter { !expected.contains($0.name) }.map(\.name)
    }

    /// Removes what `residue` found, and puts back what it missed.
    /// - Throws: `SystemCallFailure` or `DrydockError`.
    public func sweep(_ residue: [NetworkResidue], _ recorder: Recorder) throws {
        var socket = try NetlinkSocket(recorder)
        var superfluous: [PortElement] = []
        var isIncomplete = false
        for item in residue {
            switch item.kind {
            case .link(let name): try socket.transact(.deleteLink(name), tolerating: [ENODEV])
            case .port(let element): superfluous.append(element)
            case .missingPort: isIncomplete = true
            }
        }
        if let rules, !superfluous.isEmpty { try tables.run(rules.delete(superfluous), recorder) }
        if isIncomplete, let rules {
            let elements = Array(state.withLock { $0.elements })
            try tables.run(rules.setUp + "\n" + rules.add(elements), recorder)
        }
    }

    /// The ports of the bridge, as the kernel has them.
    public func attachedLinks(_ recorder: Recorder) throws -> [NetlinkLink] {
        var socket = try NetlinkSocket(recorder)
        guard let own = try socket.link(bridge) else { return [] }
        return try socket.links().filter { $0.master == own.index }
    }

    /// The entries of the maps, as the kernel has them; none when there is no table.
    public func elementsInKernel(_ recorder: Recorder) throws -> Set<PortElement> {
        var socket = try NetlinkSocket(recorder, family: .netfilter)
        guard try socket.hasTable(table) else { return [] }
        return try BridgeRules.parse(try tables.run("list table ip \(table)", recorder, asJSON: true))
    }
}
