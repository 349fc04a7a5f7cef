import Basics
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// One connection: asks the routes what to do with each request, feeds it the body, sends the answer.
final class HubHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// How long a connection may stay open between requests, or be silent within one.
    static let idleSeconds: Int64 = 60
    /// How much is still read of a body that nobody wants, so that the client comes to read why: a connection that is closed on
    /// what it sends may lose the answer.
    private static let unwantedLimit = 16 << 20

    /// What becomes of the request that is coming in.
    private enum Intake {
        case nothing
        case ignored(left: Int, @Sendable () -> HubAnswer)
        case collected([UInt8], limit: Int, tooLarge: HubAnswer, @Sendable ([UInt8]) -> HubAnswer)
        case streamed(UploadBody, @Sendable () -> HubAnswer)
        /// It has its answer; when that is sent and the body is over, so is the connection.
        case refused(left: Int)
    }

    private let routes: HubRoutes
    private let workers: NIOThreadPool
    private var head: HTTPRequestHead?
    private var intake = Intake.nothing
    /// From the end of a request to the end of its answer.
    private var isAnswering = false

    init(routes: HubRoutes, workers: NIOThreadPool) {
        self.routes = routes
        self.workers = workers
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): begin(head, context)
        case .body(let buffer): take(buffer, context)
        case .end: end(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .streamed(let body, _) = intake { body.abandon() }
        intake = .nothing
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // A client that reads a long answer sends nothing meanwhile, and is not idle.
        if event is IdleStateHandler.IdleStateEvent, !isAnswering { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    // MARK: The request

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let address = context.channel.localAddress.map { "\($0.ipAddress ?? "127.0.0.1"):\($0.port ?? 80)" } ?? "127.0.0.1"
        let request = HubRequest(
            method: head.method.rawValue,
            target: head.uri,
            headers: head.headers.map { ($0.name, $0.value) },
            address: address
        )
        self.head = head
        let hasBody = head.headers.contains(name: "transfer-encoding") || (head.headers.first(name: "content-length") ?? "0") != "0"
        switch routes.plan(request) {
        case .refuse(let answer) where hasBody: return refuse(answer, context)
        case .refuse(let answer): intake = .ignored(left: 0) { answer }
        case .answer(let answer): intake = .ignored(left: Self.unwantedLimit, answer)
        case .collect(let limit, let tooLarge, let answer): intake = .collected([], limit: limit, tooLarge: tooLarge, answer)
        case .stream(let body, let answer): intake = .streamed(body, answer)
        }
        // RFC 9110, section 10.1.1: such a client waits for a word before it sends the body.
        if hasBody, head.headers["expect"].contains(where: { $0.lowercased() == "100-continue" }) {
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: .continue))), promise: nil)
        }
    }

    /// What comes is dealt with before more is read.
    private func take(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) {
        switch intake {
        case .nothing: break
        case .ignored(let left, let answer):
            intake = .ignored(left: left - buffer.readableBytes, answer)
            if left < buffer.readableBytes { context.close(promise: nil) }
        case .refused(let left):
            intake = .refused(left: left - buffer.readableBytes)
            if left < buffer.readableBytes { context.close(promise: nil) }
        case .collected(var bytes, let limit, let tooLarge, let answer):
            guard bytes.count + buffer.readableBytes <= limit else { return refuse(tooLarge, context) }
            // Else the bytes would be copied whole for each piece, since two would own them.
            intake = .nothing
            bytes.append(contentsOf: buffer.readableBytesView)
            intake = .collected(bytes, limit: limit, tooLarge: tooLarge, answer)
        case .streamed(let body, _):
            do {
                try body.write(Array(buffer.readableBytesView))
            } catch {
                refuse(HubRefusal.answer(error), context)
            }
        }
    }

    /// Answers a request whose body has not ended, and may not for long.
    private func refuse(_ answer: HubAnswer, _ context: ChannelHandlerContext) {
        intake = .refused(left: Self.unwantedLimit)
        guard let head else { return }
        self.head = nil
        send(answer, to: head, isLast: true, context)
    }

    private func end(_ context: ChannelHandlerContext) {
        let work: @Sendable () -> HubAnswer
        switch intake {
        case .nothing: return
        case .refused:
            intake = .nothing
            // While the answer is on its way, its end closes.
            if !isAnswering { context.close(promise: nil) }
            return
        case .ignored(_, let answer), .streamed(_, let answer): work = answer
        case .collected(let bytes, _, _, let answer): work = { answer(bytes) }
        }
        intake = .nothing
        guard let head else { return }
        self.head = nil
        isAnswering = true
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        workers.runIfActive(eventLoop: context.eventLoop, work).whenComplete { result in
            let (handler, context) = bound.value
            switch result {
            case .success(let answer): handler.send(answer, to: head, isLast: !head.isKeepAlive, context)
            // The hub is being stopped.
            case .failure: context.close(promise: nil)
            }
        }
    }

    // MARK: The answer

    private func send(_ answer: HubAnswer, to head: HTTPRequestHead, isLast: Bool, _ context: ChannelHandlerContext) {
        var answer = answer
        var opened: FileRegion?
        if case .file(let path, let range) = answer.body, head.method != .HEAD {
            opened = Self.open(path, range)
            if opened == nil { answer = HubProblem.unknown.answer() }
        }
        answer = HubRoutes.completed(answer)
        isAnswering = true
        var headers = HTTPHeaders(answer.headers.map { ($0.name, $0.value) })
        // RFC 9110, section 8.6: neither of these has a body or says how long it would be.
        if answer.status != 304 && answer.status != 204 { headers.add(name: "Content-Length", value: String(answer.length)) }
        if isLast { headers.add(name: "Connection", value: "close") }
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
            let (handler, context) = bound.value
            handler.isAnswering = false
            // A client that is still sending reads the answer first; `take` and `end` close then.
            if case .refused = handler.intake { return }
            if isLast { context.close(promise: nil) }
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
