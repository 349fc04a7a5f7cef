import NIOCore

/// One of the two ends of a hijacked connection: passes bytes on to its partner at the partner's pace, and each
/// direction's end for itself. Both ends live on the same event loop.
final class TunnelEnd: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var partner: TunnelEnd?
    private var context: ChannelHandlerContext?
    private var isOpen = false
    /// What came for this end before its channel was open.
    private var early: [ByteBuffer] = []
    private var endsEarly = false

    /// Two ends that know each other.
    static func pair() -> (TunnelEnd, TunnelEnd) {
        let pair = (TunnelEnd(), TunnelEnd())
        (pair.0.partner, pair.1.partner) = (pair.1, pair.0)
        return pair
    }

    // MARK: What the channel tells

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { open() }
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) { open() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { partner?.send(unwrapInboundIn(data)) }

    func channelReadComplete(context: ChannelHandlerContext) {
        partner?.context?.flush()
        readOn()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { partner?.readOn() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            inputEnded()
        } else if event is ServerIsEnding {
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        isOpen = false
        let other = partner
        partner = nil
        other?.partnerClosed()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    // MARK: What happens to the two

    /// This end sends no more: tell the other side so, after what it has sent.
    func inputEnded() { partner?.endOutput() }

    /// Both are set up: let the bytes flow.
    func readOn() {
        guard let context, isOpen, let partner, partner.isOpen, partner.isWritable else { return }
        context.read()
    }

    private var isWritable: Bool { context?.channel.isWritable ?? false }

    private func open() {
        guard !isOpen, let context else { return }
        isOpen = true
        for buffer in early { context.write(wrapOutboundOut(buffer), promise: nil) }
        early = []
        context.flush()
        if endsEarly { endOutput() }
        partner?.readOn()
        readOn()
    }

    private func send(_ buffer: ByteBuffer) {
        if isOpen, let context {
            context.write(wrapOutboundOut(buffer), promise: nil)
        } else {
            early.append(buffer)
        }
    }

    private func endOutput() {
        guard isOpen else {
            endsEarly = true
            return
        }
        afterWrites { $0.close(mode: .output, promise: nil) }
    }

    private func partnerClosed() {
        partner = nil
        afterWrites { $0.close(promise: nil) }
    }

    /// Writes complete in order: behind an empty one, all is out.
    private func afterWrites(_ body: @escaping (ChannelHandlerContext) -> Void) {
        guard let context, isOpen else { return }
        let done = context.eventLoop.makePromise(of: Void.self)
        done.futureResult.assumeIsolated().whenComplete { [weak self] _ in
            if let context = self?.context { body(context) }
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: done)
    }
}
