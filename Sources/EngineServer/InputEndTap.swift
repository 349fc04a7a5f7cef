import NIOCore

/// Stands in front of the HTTP decoder and keeps the end of the client's input from it.
///
/// A client may close its sending side right behind its request, or behind bytes meant for a hijacked stream. The decoder
/// would drop those bytes on hearing of it; so whoever has the connection is told directly.
final class InputEndTap: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var hasEnded = false
    private var observer: (() -> Void)?

    /// Runs `observer` when the input ends; at once if it has ended. Takes the place of an earlier observer.
    func observe(_ observer: @escaping () -> Void) {
        self.observer = observer
        if hasEnded { observer() }
    }

    func stopObserving() { observer = nil }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            hasEnded = true
            observer?()
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        observer = nil
        context.fireChannelInactive()
    }
}

/// Fired through the pipelines when the server ends.
struct ServerIsEnding: Sendable {}
