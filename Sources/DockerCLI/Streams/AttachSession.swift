import Basics
import EngineClient
import Glibc

/// Pumps bytes between this process and a container until one side ends: input with detach keys, output, window size,
/// signals. One thread, one poll(2).
struct AttachSession {
    enum End {
        /// The container's output ended.
        case outputEnded
        /// The detach keys were typed.
        case detached
    }

    let context: CLIContext
    let client: EngineClient
    let connection: HijackedConnection
    let containerID: String
    let hasTerminal: Bool
    let sendsInput: Bool
    let detachKeys: [UInt8]
    /// Nil where signals stay the process's own.
    let signals: SignalTrap?
    /// Whether signals other than window changes are handed on to the container.
    let proxiesSignals: Bool
    /// The shell's Ctrl-C, or -1; where signals are proxied, an interrupt is the container's.
    let interrupt: Int32

    /// Runs until the end. The terminal is as before when it returns.
    /// - Parameter resize: sends the terminal's size to the engine.
    func pump(resize: () -> Void) throws -> End {
        let takesTerminal = sendsInput && hasTerminal && context.inputIsTerminal
        if takesTerminal || context.outputIsTerminal { context.willTakeTerminal?() }
        let raw = takesTerminal ? RawTerminal(context.input) : nil
        defer {
            raw?.restore()
            if takesTerminal || context.outputIsTerminal { context.didReturnTerminal?() }
        }
        var state = State(keys: DetachKeys(hasTerminal ? detachKeys : []), readsInput: sendsInput)
        if takesTerminal { state.take(typedAhead()) }
        try state.deliver(connection.buffered, self)
        while true {
            var entries = [
                pollfd(fd: connection.descriptor, events: Int16(POLLIN) | (state.pending.isEmpty ? 0 : Int16(POLLOUT)), revents: 0),
                // No more is read from a fast typist than the container takes.
                pollfd(fd: state.readsInput && state.pending.isEmpty ? context.input : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: signals?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: interrupt, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&entries, 4, -1) >= 0 || errno == EINTR else { throw EngineClientError.io(Errno(code: errno)) }
            if entries[2].revents != 0 { handleSignals(resize) }
            if entries[3].revents != 0 { throw EngineClientError.interrupted }
            if entries[0].revents & Int16(POLLIN | POLLHUP | POLLERR) != 0, let bytes = try connection.read() {
                if bytes.isEmpty { return .outputEnded }
                try state.deliver(bytes, self)
            }
            if entries[1].revents != 0, try state.readInput(self) { return .detached }
            if !state.pending.isEmpty { try state.sendPending(self) }
        }
    }

    /// What was pasted together with the command that brought us here.
    private func typedAhead() -> [UInt8] {
        guard context.typedAhead >= 0 else { return [] }
        return (try? readAll(context.typedAhead, limit: 1 << 20)) ?? []
    }

    private func handleSignals(_ resize: () -> Void) {
        for signal in signals?.take() ?? [] {
            if signal == SIGWINCH {
                resize()
            } else if proxiesSignals, let name = SignalTrap.name(signal) {
                // The container may have ended meanwhile: then there is nobody to signal.
                _ = try? client.request("POST", "/containers/\(segment(containerID))/kill", query: [("signal", name)])
            }
        }
    }

    private struct State {
        var keys: DetachKeys
        var readsInput: Bool
        var pending: ArraySlice<UInt8> = []
        private var inputEnded = false
        private var frames = StreamDemultiplexer()

        init(keys: DetachKeys, readsInput: Bool) {
            self.keys = keys
            self.readsInput = readsInput
        }

        mutating func take(_ bytes: [UInt8]) { pending = bytes[...] }

        mutating func deliver(_ bytes: [UInt8], _ session: AttachSession) throws {
            guard !bytes.isEmpty else { return }
            let context = session.context
            if session.hasTerminal {
                context.write(bytes, to: context.output)
            } else {
                try frames.take(
                    bytes, output: { context.write(Array($0), to: context.output) }, error: { context.write(Array($0), to: context.error) })
            }
        }

        /// - Returns: true once the detach keys are complete.
        mutating func readInput(_ session: AttachSession) throws -> Bool {
            var buffer = [UInt8](repeating: 0, count: 32768)
            let got = read(session.context.input, &buffer, buffer.count)
            if got < 0, errno == EINTR || errno == EAGAIN { return false }
            guard got > 0 else {
                readsInput = false
                inputEnded = true
                if pending.isEmpty { session.connection.closeWrite() }
                return false
            }
            let (forward, detached) = keys.filter(Array(buffer[..<got]))
            pending = forward[...]
            return detached
        }

        mutating func sendPending(_ session: AttachSession) throws {
            do {
                pending = pending.dropFirst(try session.connection.writeSome(pending))
            } catch EngineClientError.io(let errno) where errno.code == EPIPE || errno.code == ECONNRESET {
                // The container no longer reads; what it still writes is shown to the end.
                pending = []
                readsInput = false
            }
            if pending.isEmpty, inputEnded { session.connection.closeWrite() }
        }
    }
}
