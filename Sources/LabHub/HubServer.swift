import Basics
import NIOCore
import NIOHTTP1
import NIOPosix

/// The hub's HTTP server: one thread for all connections, and a few for the work that waits for the disk or takes its time.
final class HubServer: Sendable {
    let host: String
    let port: Int
    private let group: MultiThreadedEventLoopGroup
    private let workers: NIOThreadPool
    private let channel: any Channel

    /// - Parameter port: 0 for any that is free.
    /// - Throws: `DrydockError` (`unavailable`) if it cannot listen there.
    init(host: String, port: Int, routes: HubRoutes) throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        // Two, so that one login's hashing (some 30 ms) or one wait for the disk does not hold up everybody.
        let workers = NIOThreadPool(numberOfThreads: 2)
        workers.start()
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 128)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(IdleStateHandler(readTimeout: .seconds(HubHandler.idleSeconds)))
                    try pipeline.addHandler(HubHandler(routes: routes, workers: workers))
                }
            }
        do {
            channel = try bootstrap.bind(host: host, port: port).wait()
        } catch {
            try? workers.syncShutdownGracefully()
            try? group.syncShutdownGracefully()
            let cause = (error as? IOError).map { Errno($0.errnoCode).text } ?? "\(error)"
            throw DrydockError(.unavailable, "the lab hub cannot listen on \(host):\(port)", cause: cause)
        }
        self.group = group
        self.workers = workers
        // Also when nobody asks anything, what was given up leaves the disk.
        group.any().scheduleRepeatedTask(initialDelay: .minutes(1), delay: .minutes(1)) { _ in
            workers.submit { _ in routes.uploads.sweep() }
        }
        self.host = host
        self.port = channel.localAddress?.port ?? port
    }

    /// Closes every connection and waits until the thread is done.
    func stop() {
        // The workers first: they hand their answers to the thread of the connections.
        try? workers.syncShutdownGracefully()
        try? group.syncShutdownGracefully()
    }
}
