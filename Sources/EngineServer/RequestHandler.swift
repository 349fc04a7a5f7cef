import Basics
import DockerAPI
import EngineInterface
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// What all connections share.
struct ServerParts: Sendable {
    let service: any EngineService
    let pool: WorkerPool
    let serverName: String
    let confinement: Confinement?
    let shutdown: @Sendable () -> Void
    let requests = RequestLog()
}

/// What SO_PEERCRED gives, unix(7): `struct ucred`, which the Glibc module leaves out.
private struct PeerCredentials: Sendable {
    var pid: pid_t
    var uid: uid_t
    var gid: gid_t
}

/// Reads requests off a connection, one after the other, hands them to workers and writes their answers in order.
/// Requests that come while one is being answered wait; the socket is not read meanwhile.
final class RequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    let parts: ServerParts
    let tap: InputEndTap
    var context: ChannelHandlerContext?
    var current: Exchange?
    private var waiting: [HTTPServerRequestPart] = []
    private var inputHasEnded = false
    private var isClosing = false
    private var isServerEnding = false
    private var remote = "unknown"
    /// What holds this connection's client; until the kernel says that it is root, whoever it may be.
    private lazy var confinement = parts.confinement

    init(parts: ServerParts, tap: InputEndTap) {
        self.parts = parts
        self.tap = tap
    }

    // MARK: What the channel tells

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        tap.observe { [unowned self] in inputEnded() }
        if let channel = context.channel as? any SocketOptionProvider {
            let level = NIOBSDSocket.OptionLevel(rawValue: SOL_SOCKET)
            let name = NIOBSDSocket.Option(rawValue: CInt(SO_PEERCRED))
            let credentials: EventLoopFuture<PeerCredentials> = channel.unsafeGetSocketOption(level: level, name: name)
            credentials.assumeIsolated().whenSuccess { [weak self] peer in
                self?.remote = "pid \(peer.pid), uid \(peer.uid)"
                if peer.uid == 0 { self?.confinement = nil }
            }
        }
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        waiting.append(unwrapInboundIn(data))
        takeWaiting()
    }

    func channelReadComplete(context: ChannelHandlerContext) { readOn() }

    func channelInactive(context: ChannelHandlerContext) {
        isClosing = true
        abandonCurrent()
        waiting = []
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ServerIsEnding else { return context.fireUserInboundEventTriggered(event) }
        isServerEnding = true
        if let current { current.cancellation.cancel() } else { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What cannot be read as HTTP ends the connection, with a word if nothing else is being said.
        guard error is HTTPParserError, !isClosing, current == nil || current?.requestIsComplete == false else {
            if error is HTTPParserError, current != nil { current?.isKeptAlive = false } else { context.close(promise: nil) }
            return
        }
        current?.stream?.fail()
        let isTooLong = (error as? HTTPParserError) == .headerOverflow
        let failure = Failure(status: isTooLong ? 431 : 400, "the request is not valid HTTP/1.1")
        let (head, body) = failure.answer()
        let request = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
        if current == nil { current = Exchange(head: request, purpose: .refuse(head, body: body)) }
        current?.isKeptAlive = false
        answer(head, body: body)
    }

    // MARK: Requests

    private func takeWaiting() {
        while !waiting.isEmpty, !isClosing, current?.requestIsComplete != true {
            take(waiting.removeFirst())
        }
    }

    /// Asks the socket for more, unless the next bytes could not be used yet.
    func readOn() {
        guard let context, !isClosing, waiting.isEmpty, current?.requestIsComplete != true, current?.isReadingPaused != true
        else { return }
        context.read()
    }

    private func take(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head): begin(head)
        case .body(let bytes): takeBody(bytes)
        case .end: completeRequest()
        }
    }

    private func begin(_ head: HTTPRequestHead) {
        var exchange = Exchange(head: head, purpose: purpose(of: head))
        if isServerEnding { exchange.isKeptAlive = false }
        current = exchange
        if let length = head.headers.first(name: "Content-Length").flatMap({ Int($0) }), length > bodyLimit {
            return refuseTooLarge()
        }
        if head.headers.first(name: "Expect")?.lowercased() == "100-continue", head.version != .http1_0 {
            write(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n"))
        }
        // A body that is read while it arrives needs its reader from the start.
        if case .run(let route, let parameters, let query) = exchange.purpose, route.body == .stream, let context {
            let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
            current?.stream = BodyStream { [eventLoop = context.eventLoop] in
                eventLoop.execute {
                    handler.value.current?.isReadingPaused = false
                    handler.value.readOn()
                }
            }
            dispatch(route, parameters: parameters, query: query)
        }
    }

    private func purpose(of head: HTTPRequestHead) -> Exchange.Purpose {
        func refuse(_ failure: Failure, hasEngineHeaders: Bool = true) -> Exchange.Purpose {
            let (head, body) = failure.answer(hasEngineHeaders: hasEngineHeaders)
            return .refuse(head, body: body)
        }
        let target: RequestTarget
        do {
            target = try RequestTarget(head.uri)
        } catch {
            return refuse(Failure(error))
        }
        if let complaint = target.version.flatMap({ APIVersion.complaint(about: $0) }) {
            return refuse(Failure(status: 400, complaint))
        }
        if target.segments == ["_ping"], head.method == .GET || head.method == .HEAD { return .refuse(Self.pingHead, body: Self.ping) }
        guard let (route, parameters) = Router.engine.find(head.method, target.segments) else {
            return refuse(.pageNotFound, hasEngineHeaders: false)
        }
        if let confinement, let reason = ConfinedRoutes.refusal(of: route.method.rawValue, route.pattern, target.query) {
            return refuse(Failure(confinement.refuse(head.method.rawValue, target.segments.joined(separator: "/"), reason.text)))
        }
        return .run(route, parameters: parameters, query: target.query)
    }

    private static let ping = Array("OK".utf8)
    private static let pingHead = ResponseHead(
        status: 200, contentType: "text/plain; charset=utf-8", body: .length(2),
        extra: [("Cache-Control", "no-cache, no-store, must-revalidate"), ("Pragma", "no-cache")])

    private var bodyLimit: Int {
        if case .run(let route, _, _)? = current?.purpose, route.body == .stream { return .max }
        return RequestLimits.body
    }

    private func takeBody(_ bytes: ByteBuffer) {
        guard let exchange = current, !exchange.isAnswered else { return }
        if let stream = exchange.stream {
            if !stream.append(bytes) { current?.isReadingPaused = true }
            return
        }
        current?.bodyBytes += bytes.readableBytes
        if (current?.bodyBytes ?? 0) > bodyLimit { return refuseTooLarge() }
        if case .run(let route, _, _)? = current?.purpose, route.body == .json {
            var bytes = bytes
            current?.body.writeBuffer(&bytes)
        }
    }

    private func refuseTooLarge() {
        let (head, body) = Failure(status: 413, "the request's body is larger than \(RequestLimits.body >> 20) MiB").answer()
        current?.purpose = .refuse(head, body: body)
        current?.isKeptAlive = false
        answer(head, body: body)
    }

    private func completeRequest() {
        guard let exchange = current else { return }
        current?.requestIsComplete = true
        if exchange.isAnswered { return }
        if let stream = exchange.stream { return stream.complete() }
        switch current?.purpose {
        case .run(let route, let parameters, let query): dispatch(route, parameters: parameters, query: query)
        case .refuse(let head, let body): answer(head, body: body)
        case nil: break
        }
    }

    // MARK: Workers

    private func dispatch(_ route: Route, parameters: [String], query: Query) {
        guard let context, let exchange = current else { return }
        let writer = ResponseWriter(eventLoop: context.eventLoop, connection: self)
        current?.writer = writer
        let headers = exchange.head.headers
        let call = Call(
            service: parts.service, headers: headers, parameters: parameters, query: query,
            body: Array(exchange.body.readableBytesView), stream: exchange.stream, writer: writer,
            context: CallContext(
                session: headers.first(name: "X-Drydock-Session"), command: headers.first(name: "X-Drydock-Command"),
                asked: headers.first(name: CallContext.askedHeader),
                remote: remote, cancellation: exchange.cancellation),
            method: exchange.head.method.rawValue, path: exchange.path, confinement: confinement,
            refusals: { [confinement = parts.confinement] in confinement?.refusals ?? ConfinementRefusals() },
            shutdown: parts.shutdown, requests: parts.requests)
        current?.body = ByteBuffer()
        if !parts.pool.submit({ Self.perform(route, call) }) {
            let (head, body) = Failure(status: 503, code: .unavailable, "too many requests are being worked on").answer()
            answer(head, body: body)
        }
    }

    /// Runs a route on a worker's thread; whatever happens, an answer goes out.
    private static func perform(_ route: Route, _ call: Call) {
        do {
            let call = try call.confined(on: route)
            if call.headers.contains(name: CallContext.listenerHeader), let session = call.context.session {
                try call.service.awaitListener(session)
            }
            try route.handler(call)
            call.writer.end()
        } catch {
            let (head, body) = Failure(error).answer()
            call.writer.respond(head, body: body)
            // Does nothing unless a streamed answer was under way.
            call.writer.breakOff()
        }
    }

    // MARK: Ends

    private func inputEnded() {
        inputHasEnded = true
        guard let current else {
            context?.close(promise: nil)
            return
        }
        // As in Go's server, a client that says no more is one that has gone; but if it still listens, it gets its answer.
        current.cancellation.cancel()
        if !current.requestIsComplete {
            current.stream?.fail()
            context?.close(promise: nil)
        }
    }

    private func abandonCurrent() {
        current?.cancellation.cancel()
        current?.writer?.close()
        current?.stream?.fail()
        current = nil
    }

    /// The answer is out: on to the next request, or to the end of the connection.
    func finishExchange() {
        guard let exchange = current, let context else { return }
        current = nil
        exchange.writer?.close()
        exchange.stream?.fail()
        if !exchange.requestIsComplete {
            linger(context)
        } else if !exchange.isKeptAlive || isServerEnding || (inputHasEnded && waiting.isEmpty) {
            isClosing = true
            context.close(promise: nil)
        } else {
            takeWaiting()
            readOn()
        }
    }

    /// Reads and drops what the client is still sending, so that it gets to see the answer, then closes.
    private func linger(_ context: ChannelHandlerContext) {
        isClosing = true
        waiting = []
        tap.observe { context.close(promise: nil) }
        context.close(mode: .output, promise: nil)
        context.channel.setOption(.autoRead, value: true).whenComplete { _ in }
        let channel = context.channel
        context.eventLoop.scheduleTask(in: .seconds(RequestLimits.lingering)) { channel.close(promise: nil) }
    }

    func write(_ buffer: ByteBuffer) { context?.writeAndFlush(wrapOutboundOut(buffer), promise: nil) }
}
