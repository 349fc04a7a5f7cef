import Basics
import Glibc
import Kernel
import Steps
import Synchronization

extension BridgeNetwork {
    /// Step `start.network.bridge`: bridge, address, forwarding and NAT are there afterwards.
    /// - Returns: A hold on the bridge, for `claimAddress`.
    /// - Throws: `SystemCallFailure` or `DrydockError`.
    public func prepare(_ operation: Operation) throws -> BridgeHold {
        try operation.step("start.network.bridge") { step in
            let hold = BridgeHold(self)
            let recorder = Recorder(kernel, step)
            step.undo { undo in
                hold.end()
                if hold.madeBridge { try self.removeUnused(Recorder(self.kernel, undo)) }
            }
            try ensure(recorder, hold)
            return hold
        }
    }

    /// Step `start.network.address`: the lowest free address for a container.
    /// - Parameters:
    ///   - container: The container's id.
    ///   - hold: Ends: from now on the address holds the bridge.
    /// - Throws: `DrydockError` when none is free.
    public func claimAddress(_ operation: Operation, container: String, _ hold: BridgeHold) throws -> Endpoint {
        try operation.step("start.network.address") { step in
            let endpoint = try claim(container)
            hold.end()
            step.undo { _ in self.release(endpoint) }
            step.fact("address", "\(endpoint.address)/\(endpoint.network.prefix)")
            step.fact("mac", "\(endpoint.mac)")
            step.fact("gateway", "\(endpoint.gateway)")
            return endpoint
        }
    }

    /// Step `start.ports`: takes the ports of the host and leads their connections to the container.
    ///
    /// The sockets are the caller's to hand to the shim, which keeps the ports taken while the engine is away.
    /// - Parameters:
    ///   - name: The container's name, for the error's words.
    /// - Throws: `DrydockError` in Docker's words when a port can't be had.
    public func publish(_ operation: Operation, _ requests: [PortRequest], to endpoint: Endpoint, name: String) throws -> PortReservation {
        try operation.step("start.ports") { step in
            let recorder = Recorder(kernel, step)
            let reservation: PortReservation
            do {
                reservation = try ports.reserve(requests, recorder)
            } catch let error as DrydockError where error.code == .failed {
                let what = "driver failed programming external connectivity on endpoint \(name) (\(endpoint.id)): \(error.sentence)"
                throw DrydockError(.failed, what, cause: error.cause, advice: error.advice)
            }
            let published = reservation.ports
            step.undo { step in
                reservation.close()
                try self.withdraw(published, from: endpoint, Recorder(self.kernel, step))
            }
            let elements = published.compactMap { PortElement($0, to: endpoint.address) }
            if let rules, !elements.isEmpty {
                try tables.run(rules.add(elements), recorder)
                state.withLock { $0.elements.formUnion(elements) }
            }
            for port in published { step.fact("port", "\(port)") }
            return reservation
        }
    }

    /// Step `start.network.veth`: the cable from the bridge into the container's network namespace.
    /// - Parameter isPublished: The container has published ports, which it shall reach itself.
    /// - Throws: `SystemCallFailure`.
    public func attach(
        _ operation: Operation, _ endpoint: Endpoint, to namespace: NetlinkMessage.Namespace, isPublished: Bool = false
    ) throws {
        try operation.step("start.network.veth") { step in
            let recorder = Recorder(kernel, step)
            var socket = try NetlinkSocket(recorder)
            guard let bridgeLink = try socket.link(bridge) else {
                throw SystemCallFailure(name: "sendto", subject: "RTM_GETLINK \(bridge)", errno: Errno(code: ENODEV))
            }
            step.undo { step in
                var socket = try NetlinkSocket(Recorder(self.kernel, step))
                try socket.transact(.deleteLink(endpoint.hostLink), tolerating: [ENODEV])
            }
            let index = try plug(endpoint, bridgeLink.index, namespace, &socket)
            if isPublished { try socket.transact(.allowHairpin((index, endpoint.hostLink))) }
            if step.isObserved, let link = try socket.link(endpoint.hostLink) { step.fact("link", "\(link)") }
        }
    }

    /// Step `exit.network`: ports, address and cable of a container that has ended.
    ///
    /// The cable is unplugged, not deleted: deleting waits for grace periods of the kernel's, 10 to 50 ms on a small machine, and
    /// the kernel deletes it anyway when the namespace dies with its last process. Unplugged, it is out of the way of the next
    /// container with this address even when somebody still holds the namespace.
    /// - Throws: The first failure, after everything else has been tried.
    public func detach(_ operation: Operation, _ endpoint: Endpoint, ports published: [PublishedPort]) throws {
        try operation.step("exit.network") { step in
            let recorder = Recorder(kernel, step)
            let withdrawn = Result { try withdraw(published, from: endpoint, recorder) }
            let unplugged = Result {
                var socket = try NetlinkSocket(recorder)
                try socket.transact(.linkDown(endpoint.hostLink), tolerating: [ENODEV])
            }
            release(endpoint)
            step.fact("address", "\(endpoint.address) is free again")
            try withdrawn.get()
            _ = try unplugged.get()
        }
    }

    /// Makes the cable. An index that another link already has is passed over.
    /// - Returns: The near end's index.
    private func plug(
        _ endpoint: Endpoint, _ bridgeIndex: Int32, _ namespace: NetlinkMessage.Namespace, _ socket: inout NetlinkSocket
    ) throws -> Int32 {
        var attempts = 0
        while true {
            attempts += 1
            // Odd ones stay here, even ones go inside. A taken one is EEXIST: the kernel looks for a link of that index to change first;
            // EBUSY when it is taken in between.
            let index = nextIndex() + 1
            let message = NetlinkMessage.createVeth(
                endpoint.hostLink, index: index, bridge: (bridgeIndex, bridge), peer: Endpoint.interface,
                peerIndex: endpoint.interfaceIndex, peerMAC: endpoint.mac, in: namespace)
            if try socket.transact(message, tolerating: attempts < 16 ? [EBUSY, EEXIST] : []) == 0 { return index }
        }
    }

    private func claim(_ container: String) throws(DrydockError) -> Endpoint {
        let claimed: Result<Endpoint, DrydockError> = state.withLock { state in
            guard state.pool != nil else { return .failure(DrydockError(.failed, "the bridge network has no subnet yet")) }
            do throws(DrydockError) {
                guard let address = try state.pool?.claim(for: container), let pool = state.pool else {
                    return .failure(DrydockError(.failed, "the bridge network has no subnet yet"))
                }
                state.nextIndex = Self.following(state.nextIndex)
                return .success(
                    Endpoint(
                        id: randomHex(bytes: 32), container: container, network: pool.network, gateway: pool.gateway, address: address,
                        hostLink: "veth" + randomHex(bytes: 4).dropLast(), interfaceIndex: state.nextIndex))
            } catch {
                return .failure(error)
            }
        }
        return try claimed.get()
    }

    private func release(_ endpoint: Endpoint) {
        state.withLock { $0.pool?.release(endpoint.address, of: endpoint.container) }
    }

    /// Takes the ports' entries out of the maps and gives the ports back.
    private func withdraw(_ published: [PublishedPort], from endpoint: Endpoint, _ recorder: Recorder) throws {
        // Given back only when nothing leads there any more: the next container to have the port adds the same key to the map.
        defer { ports.release(published) }
        let elements = published.compactMap { PortElement($0, to: endpoint.address) }
        // Those that never came to stand in a map are not taken out of it: one missing entry fails the whole transaction.
        let present = state.withLock { state in
            defer { state.elements.subtract(elements) }
            return elements.filter(state.elements.contains)
        }
        guard let rules, !present.isEmpty else { return }
        do {
            try tables.run(rules.delete(present), recorder)
        } catch let error as DrydockError where error.code != .aborted {
            // Somebody has emptied the rules: what is gone need not be taken out.
            let left = (try? elementsInKernel(recorder)) ?? []
            let rest = present.filter(left.contains)
            if !rest.isEmpty { try tables.run(rules.delete(rest), recorder) }
        }
    }

    private func nextIndex() -> Int32 {
        state.withLock { state in
            state.nextIndex = Self.following(state.nextIndex)
            return state.nextIndex
        }
    }

    private static func following(_ index: Int32) -> Int32 { index >= Int32.max - 3 ? 20_000 : index + 2 }
}
