import Basics
import EngineInterface
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Docker's Engine API and drydock's own on a unix socket, in front of an `EngineService`.
///
/// One event loop moves all bytes; calls run on threads of their own. Usage: `listen`, then `waitUntilShutdown` on the
/// main thread.
public final class EngineServer: Sendable {
    private struct State {
        var listener: (any Channel)?
        var connections: [ObjectIdentifier: any Channel] = [:]
        var location: (directory: String, name: String)?
        var isShutdownWanted = false
        var isDown = false
    }

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let pool = WorkerPool()
    private let service: any EngineService
    private let serverName: String
    private let confinement: Confinement?
    private let state = Monitored(State())

    /// - Parameters:
    ///   - serverName: the `Server` header; Docker's clients read the part before the slash at most.
    ///   - confinement: what holds clients that are not root; nil for none.
    public init(service: any EngineService, serverName: String = "Docker/20.10.24 (linux) drydock", confinement: Confinement? = nil) {
        self.confinement = confinement
        self.service = service
        self.serverName = serverName
    }

    /// Binds the socket and accepts connections from now on.
    ///
    /// - Parameters:
    ///   - directory: where the socket's file comes to lie; it must exist.
    ///   - name: the file's name. A socket that an earlier engine left is replaced: the caller holds the engine's lock.
    /// - Throws: `DrydockError` with the system's reason.
    public func listen(directory: String, name: String) throws {
        let descriptor = try listenOnUnixSocket(directory: directory, name: name)
        let parts = ServerParts(service: service, pool: pool, serverName: serverName, confinement: confinement) { [weak self] in
            self?.shutdown()
        }
        let bootstrap = ServerBootstrap(group: group)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { [weak self] channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let self, self.register(channel) else { throw ChannelError.operationUnsupported }
                    let tap = InputEndTap()
                    let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes))
                    let handlers: [any ChannelHandler] = [tap, decoder, RequestHandler(parts: parts, tap: tap)]
                    try channel.pipeline.syncOperations.addHandlers(handlers)
                }
            }
        do {
            let listener = try bootstrap.withBoundSocket(descriptor).wait()
            state.update {
                $0.listener = listener
                $0.location = (directory, name)
            }
        } catch {
            throw DrydockError(.failed, "cannot listen on \(directory)/\(name)", cause: String(describing: error))
        }
    }

    /// Asks the server to end; returns at once. May be called from anywhere, also from within a call.
    public func shutdown() {
        state.update { $0.isShutdownWanted = true }
    }

    /// Returns when `shutdown` was asked for and everything is down: the socket's file is gone, running calls were
    /// cancelled and given some seconds to end.
    public func waitUntilShutdown() {
        state.wait { $0.isShutdownWanted ? () : nil }
        let (listener, location) = state.update { state in
            defer { (state.listener, state.location) = (nil, nil) }
            return (state.listener, state.location)
        }
        if let location { removeUnixSocket(directory: location.directory, name: location.name) }
        if let listener { try? listener.close().wait() }
        for channel in state.update({ Array($0.connections.values) }) {
            channel.pipeline.fireUserInboundEventTriggered(ServerIsEnding())
        }
        let isEmpty: Void? = state.wait(seconds: 2, until: { $0.connections.isEmpty ? () : nil })
        if isEmpty == nil {
            for channel in state.update({ Array($0.connections.values) }) { channel.close(promise: nil) }
        }
        // What a call still writes goes to an event loop: that has to be there until the last one has ended. One that can't be cancelled
        // gets a while; what it leaves half done is swept at the next start, as after a kill.
        guard pool.awaitRest(seconds: 10) else { return }
        let isDown = state.update { state in
            defer { state.isDown = true }
            return state.isDown
        }
        if !isDown { try? group.syncShutdownGracefully() }
    }

    /// - Returns: false when there are too many connections already.
    private func register(_ channel: any Channel) -> Bool {
        let id = ObjectIdentifier(channel)
        var isRoom = false
        // Whoever waits for the end is not woken by each connection that comes and goes before it.
        state.updateWaking { state in
            isRoom = state.connections.count < RequestLimits.connections && !state.isShutdownWanted
            if isRoom { state.connections[id] = channel }
            return false
        }
        guard isRoom else { return false }
        channel.closeFuture.whenComplete { [state] _ in
            state.updateWaking { state in
                state.connections.removeValue(forKey: id)
                return state.isShutdownWanted
            }
        }
        return true
    }
}
