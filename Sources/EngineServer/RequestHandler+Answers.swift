import NIOCore
import NIOHTTP1
import NIOPosix

/// The answers, written out by hand: the order of headers is Docker's, and a hijacked connection needs no encoder removed.
extension RequestHandler: Answering {
    func answer(_ head: ResponseHead, body: [UInt8]) {
        guard let exchange = current, !exchange.isAnswered else { return }
        parts.requests.note(exchange.head, status: head.status, body: body)
        var head = head
        head.isKeptAlive = exchange.isKeptAlive && exchange.requestIsComplete
        if exchange.isHead, case .length = head.body { head.body = .length(0) }
        var buffer = ByteBuffer(bytes: head.bytes(server: parts.serverName))
        if !exchange.isHead { buffer.writeBytes(body) }
        finish(with: buffer)
    }

    func beginAnswer(_ head: ResponseHead) {
        guard let exchange = current else { return }
        current?.number = parts.requests.note(exchange.head, status: head.status)
        var head = head
        if !exchange.usesChunks {
            current?.isKeptAlive = false
            head.body = .none
        }
        head.isKeptAlive = exchange.isKeptAlive && exchange.usesChunks
        write(ByteBuffer(bytes: head.bytes(server: parts.serverName)))
    }

    func noteFailure(_ sentence: String) {
        if let number = current?.number { parts.requests.noteFailure(sentence, of: number) }
    }

    func sendChunk(_ chunk: ByteBuffer, sent: @escaping @Sendable () -> Void) {
        guard let context, let exchange = current else { return sent() }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { _ in sent() }
        guard exchange.usesChunks else {
            context.writeAndFlush(wrapOutboundOut(chunk), promise: promise)
            return
        }
        context.write(wrapOutboundOut(ByteBuffer(string: String(chunk.readableBytes, radix: 16) + "\r\n")), promise: nil)
        context.write(wrapOutboundOut(chunk), promise: nil)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "\r\n")), promise: promise)
    }

    func endAnswer() {
        guard let exchange = current, !exchange.isAnswered else { return }
        finish(with: exchange.usesChunks ? ByteBuffer(string: "0\r\n\r\n") : ByteBuffer())
    }

    func breakAnswer() {
        guard let exchange = current, !exchange.isAnswered else { return }
        // No last chunk: the client sees that the body is cut short.
        current?.isKeptAlive = false
        finish(with: ByteBuffer())
    }

    /// Writes the answer's last bytes and goes on when they are out.
    private func finish(with buffer: ByteBuffer) {
        guard let context else { return }
        current?.isAnswered = true
        let done = context.eventLoop.makePromise(of: Void.self)
        done.futureResult.assumeIsolated().whenComplete { [weak self] _ in self?.finishExchange() }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: done)
    }

    func hijack(descriptor: Int32, upgrades: Bool) {
        let engineSide = NIOBSDSocket.Handle(descriptor)
        guard let context, let exchange = current else {
            // The client has gone; taking the descriptor into a channel and closing that closes it.
            return Self.discard(engineSide)
        }
        parts.requests.note(exchange.head, status: upgrades ? 101 : 200)
        current = nil
        tap.stopObserving()
        let head = upgrades ? "101 UPGRADED" : "200 OK"
        let extra = upgrades ? "Connection: Upgrade\r\nUpgrade: tcp\r\n" : ""
        write(ByteBuffer(string: "HTTP/1.1 \(head)\r\nContent-Type: application/vnd.docker.raw-stream\r\n\(extra)\r\n"))

        let (clientEnd, engineEnd) = TunnelEnd.pair()
        let pipeline = context.pipeline.syncOperations
        let (channel, eventLoop, tap) = (context.channel, context.eventLoop, tap)
        do {
            try pipeline.addHandler(clientEnd, position: .after(self))
            let decoder = try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self)
            pipeline.removeHandler(self, promise: nil)
            // The decoder passes on what it had read of the stream already; only then the input's end may be told.
            pipeline.removeHandler(context: decoder).assumeIsolated().whenComplete { _ in
                tap.observe { clientEnd.inputEnded() }
                clientEnd.readOn()
            }
        } catch {
            channel.close(promise: nil)
            return Self.discard(engineSide)
        }
        let end = NIOLoopBound(engineEnd, eventLoop: eventLoop)
        ClientBootstrap(group: eventLoop)
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(end.value) }
            }
            .withConnectedSocket(engineSide)
            .whenFailure { _ in channel.close(promise: nil) }
    }

    private static func discard(_ descriptor: NIOBSDSocket.Handle) { closeDescriptor(descriptor) }
}
