import CDrydock
import Glibc

/// A process's standard streams: one terminal, or three pipes.
final class Streams {
    let loop: EventLoop
    /// Nil for what is not logged: the log is of the container's first process.
    let log: LogFile?
    let isTerminal: Bool
    private let closesStdinOnce: Bool
    private(set) var clients: [AttachClient] = []
    private var outputs: [OutputPump] = []
    private(set) var input: InputSink?
    private(set) var terminal: Int32 = -1
    private var size: winsize
    /// Called when every output has ended.
    var onEnd: () -> Void = {}

    init(loop: EventLoop, log: LogFile?, configuration: (isTerminal: Bool, closesStdinOnce: Bool), size: winsize) {
        self.loop = loop
        self.log = log
        isTerminal = configuration.isTerminal
        closesStdinOnce = configuration.closesStdinOnce
        self.size = size
    }

    var haveEnded: Bool { outputs.isEmpty }

    func use(terminal master: Int32) {
        terminal = master
        if size.ws_row > 0 { _ = dd_ioctl(master, UInt(TIOCSWINSZ), &size) }
        outputs = [OutputPump(fd: master, stream: 1, streams: self)]
        input = InputSink(fd: master, loop: loop, ownsDescriptor: false)
    }

    func use(stdin: Int32, stdout: Int32, stderr: Int32) {
        outputs = [OutputPump(fd: stdout, stream: 1, streams: self), OutputPump(fd: stderr, stream: 2, streams: self)]
        if stdin >= 0 { input = InputSink(fd: stdin, loop: loop, ownsDescriptor: true) }
    }

    func resize(_ new: winsize) {
        size = new
        if terminal >= 0 { _ = dd_ioctl(terminal, UInt(TIOCSWINSZ), &size) }
    }

    func attach(_ fd: Int32, streams: UInt8) { clients.append(AttachClient(fd: fd, wants: streams, streams: self)) }

    func remove(_ client: AttachClient) {
        clients.removeAll { $0 === client }
        resumeOutputs()
        for other in clients { other.reconsiderInput() }
    }

    /// The client sends no more: its end of file is the container's, where Docker's flags say so.
    func inputEnded() {
        guard closesStdinOnce, !isTerminal else { return }
        input?.closeWhenEmpty()
        input = nil
    }

    func distribute(_ bytes: ArraySlice<UInt8>, stream: UInt8) {
        log?.append(bytes, stream: stream)
        for client in clients { client.send(bytes, stream: stream) }
        if clients.contains(where: \.isFull) { for output in outputs { output.pause() } }
    }

    func resumeOutputs() {
        if !clients.contains(where: \.isFull) { for output in outputs { output.resume() } }
    }

    func ended(_ pump: OutputPump) {
        outputs.removeAll { $0 === pump }
        if outputs.isEmpty { onEnd() }
    }

    /// The container has gone: reads what is left in the pipes, without waiting for more.
    func drain() {
        for pump in outputs { pump.drain() }
        log?.finish()
    }

    /// There will be no more output: clients hear of the end when they have everything.
    func letClientsGo() {
        for client in clients { client.finish() }
    }

    /// Nobody reads any more what clients write.
    func closeInput() {
        input?.shut()
        input = nil
    }
}

/// Reads one of the container's outputs.
final class OutputPump: Handler {
    private let fd: Int32
    private let stream: UInt8
    private unowned let streams: Streams
    private var buffer = [UInt8](repeating: 0, count: 16 * 1024)
    private var isPaused = false

    init(fd: Int32, stream: UInt8, streams: Streams) {
        self.fd = fd
        self.stream = stream
        self.streams = streams
        makeNonBlocking(fd)
        streams.loop.watch(fd, EventLoop.readable, self)
    }

    func ready(_ events: UInt32) {
        switch readOnce(fd, &buffer) {
        case .bytes(let bytes): streams.distribute(bytes, stream: stream)
        case .nothingYet: break
        case .ended: end()
        }
    }

    func pause() {
        guard !isPaused else { return }
        isPaused = true
        streams.loop.forget(fd)
    }

    func resume() {
        guard isPaused else { return }
        isPaused = false
        streams.loop.watch(fd, EventLoop.readable, self)
    }

    func drain() {
        while case .bytes(let bytes) = readOnce(fd, &buffer) { streams.distribute(bytes, stream: stream) }
        end()
    }

    private func end() {
        streams.loop.forget(fd)
        // The terminal's descriptor is also its input; closing it twice could close somebody else's.
        close(fd)
        streams.ended(self)
    }
}

/// Writes to the container's standard input.
final class InputSink: Handler {
    private let fd: Int32
    private let loop: EventLoop
    private let ownsDescriptor: Bool
    private var outbox = Outbox()
    private var closesWhenEmpty = false
    private var isClosed = false

    init(fd: Int32, loop: EventLoop, ownsDescriptor: Bool) {
        // A terminal's master is watched for output already: the input is written through a descriptor of its own.
        self.fd = ownsDescriptor ? fd : dd_fcntl(fd, F_DUPFD_CLOEXEC, 3)
        self.loop = loop
        self.ownsDescriptor = ownsDescriptor
        makeNonBlocking(self.fd)
    }

    var isFull: Bool { outbox.count > 64 * 1024 }
    var onSpace: () -> Void = {}

    func add(_ bytes: ArraySlice<UInt8>) {
        guard !isClosed else { return }
        outbox.add(bytes)
        ready(EventLoop.writable)
    }

    func closeWhenEmpty() {
        closesWhenEmpty = true
        if outbox.isEmpty { shut() }
    }

    func ready(_ events: UInt32) {
        guard !isClosed else { return }
        let takesMore = outbox.flush(to: fd)
        if !takesMore { return shut() }
        if outbox.isEmpty {
            loop.forget(fd)
            onSpace()
            if closesWhenEmpty { shut() }
        } else {
            loop.watch(fd, EventLoop.writable, self)
        }
    }

    func shut() {
        guard !isClosed else { return }
        isClosed = true
        loop.forget(fd)
        close(fd)
        onSpace()
    }
}
