import Basics
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// The hub's HTTP server on its one thread.
final class HubServer: Sendable {
    let host: String
    let port: Int
    private let group: MultiThreadedEventLoopGroup
    private let channel: any Channel

    /// - Parameter port: 0 for any that is free.
    /// - Throws: `DrydockError` (`unavailable`) if it cannot listen there.
    init(host: String, port: Int, routes: HubRoutes) throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 128)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(IdleStateHandler(readTimeout: .seconds(HubHandler.idleSeconds)))
                    try pipeline.addHandler(HubHandler(routes: routes))
                }
            }
        do {
            channel = try bootstrap.bind(host: host, port: port).wait()
        } catch {
            try? group.syncShutdownGracefully()
            let cause = (error as? IOError).map { Errno($0.errnoCode).text } ?? "\(error)"
            throw DrydockError(.unavailable, "the lab hub cannot listen on \(host):\(port)", cause: cause)
        }
        self.group = group
        self.host = host
        self.port = channel.localAddress?.port ?? port
    }

    /// Closes every connection and waits until the thread is done.
    func stop() { try? group.syncShutdownGracefully() }
}

/// One connection: takes whole requests, asks the routes, sends the answer.
final class HubHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// How long a connection may stay open between requests, or be silent within one.
    static let idleSeconds: Int64 = 60
    /// A pull's requests have no body; who sends more than this is not a client of ours.
    private static let bodyLimit = 1 << 20

    private let routes: HubRoutes
    private var head: HTTPRequestHead?
    private var bodyBytes = 0
    private var isAnswering = false

    init(routes: HubRoutes) { self.routes = routes }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            bodyBytes = 0
        case .body(let buffer):
            bodyBytes += buffer.readableBytes
            if bodyBytes > Self.bodyLimit { context.close(promise: nil) }
        case .end:
            guard let head else { return }
            self.head = nil
            respond(to: head, context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // A client that reads a long answer sends nothing meanwhile, and is not idle.
        if event is IdleStateHandler.IdleStateEvent, !isAnswering { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func respond(to head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let address = context.channel.localAddress.map { "\($0.ipAddress ?? "127.0.0.1"):\($0.port ?? 80)" } ?? "127.0.0.1"
        let request = HubRequest(
            method: head.method.rawValue,
            target: head.uri,
            headers: head.headers.map { ($0.name, $0.value) },
            address: address
        )
        var answer = routes.answer(request)
        var opened: FileRegion?
        if case .file(let path, let range) = answer.body, head.method != .HEAD {
            opened = Self.open(path, range)
            if opened == nil { answer = HubProblem.unknown.answer() }
        }
        isAnswering = true
        let keepAlive = head.isKeepAlive
        var headers = HTTPHeaders(answer.headers.map { ($0.name, $0.value) })
        if answer.status != 304 { headers.add(name: "Content-Length", value: String(answer.length)) }
        if !keepAlive { headers.add(name: "Connection", value: "close") }
        let response = HTTPResponseHead(version: head.version, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
        context.write(wrapOutboundOut(.head(response)), promise: nil)
        if let opened {
            // sendfile(2): the kernel moves the bytes as fast as the client takes them, none of them through this process.
            let sent = context.eventLoop.makePromise(of: Void.self)
            context.write(wrapOutboundOut(.body(.fileRegion(opened))), promise: sent)
            sent.futureResult.whenComplete { _ in try? opened.fileHandle.close() }
        } else if case .bytes(let bytes) = answer.body, head.method != .HEAD, !bytes.isEmpty {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
        }
        let ended = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        ended.futureResult.whenComplete { _ in
            bound.value.handler.isAnswering = false
            if !keepAlive { bound.value.context.close(promise: nil) }
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: ended)
    }

    /// - Returns: nil if the file is not there or shorter than promised, which only damage to the hub's folder explains.
    private static func open(_ path: String, _ range: Range<Int64>) -> FileRegion? {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard fstat(descriptor, &status) == 0, Int64(status.st_size) >= range.upperBound else {
            close(descriptor)
            return nil
        }
        let handle = NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: descriptor)
        return FileRegion(fileHandle: handle, readerIndex: Int(range.lowerBound), endIndex: Int(range.upperBound))
    }
}
