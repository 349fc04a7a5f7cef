import Basics
import CDrydock
import DockerAPI
import EngineInterface
import Glibc
import Kernel
import Runtime
import ShimProtocol
import Steps

extension ContainerEngine {
    /// Connects a client to a container's streams. One that has not started yet is remembered, and connected before the first byte.
    public func attachContainer(_ reference: String, options: AttachOptions, context call: CallContext) throws -> AttachStream {
        let container = try containers.find(reference)
        guard !container.state.isHeldStill else {
            throw DrydockError(.conflict, "container \(reference) is paused, unpause the container before attach")
        }
        var ends: [Int32] = [-1, -1]
        guard dd_socketpair(&ends) == 0 else {
            throw DrydockError(.failed, "no socket for the attached client", errno: Errno(code: errno))
        }
        let streams: UInt8 = (options.standardInput ? 1 : 0) | (options.standardOutput ? 2 : 0) | (options.standardError ? 4 : 0)
        let (client, engine) = (ends[0], ends[1])
        do {
            guard options.logs else {
                try connect(engine, options.stream ? streams : nil, to: container, call)
                return AttachStream(owning: client)
            }
            // The client reads only when it has its answer: a log that is longer than the socket takes must not be waited for here.
            try EngineThread.start { [self] in
                do {
                    try replayLog(of: container, options, to: engine)
                } catch {
                    close(engine)
                    return
                }
                do { try connect(engine, options.stream ? streams : nil, to: container, call) } catch { log("attach: \(error)") }
            }
        } catch {
            close(client)
            throw error
        }
        return AttachStream(owning: client)
    }

    /// Gives the container the engine's end of a client's streams, or ends them when none is wanted.
    /// - Parameter fd: Is the container's or closed afterwards, in any case.
    private func connect(_ fd: Int32, _ streams: UInt8?, to container: Container, _ call: CallContext) throws {
        var isOurs = true
        defer { if isOurs { close(fd) } }
        guard let streams else { return }
        try partOfCommand(call) {
            try operate("attach", call) { operation in
                try operation.step("attach.connect") { step in
                    isOurs = false
                    try connect(fd, streams, to: container, step)
                }
            }
        }
    }

    /// The other end of a socket has been closed.
    private func hasHungUp(_ fd: Int32) -> Bool {
        var state = pollfd(fd: fd, events: 0, revents: 0)
        return poll(&state, 1, 0) == 1 && state.revents & Int16(POLLHUP) != 0
    }

    private func connect(_ fd: Int32, _ streams: UInt8, to container: Container, _ step: Step) throws {
        let names = [(UInt8(1), "stdin"), (2, "stdout"), (4, "stderr")].filter { streams & $0.0 != 0 }.map(\.1)
        step.fact("streams", names.joined(separator: " "))
        let place = try container.live.update { live throws -> String in
            if let control = live.control {
                defer { close(fd) }
                try control.send(.attach(streams: streams), descriptor: fd)
                return "the shim's control socket"
            }
            if live.isRemoving {
                // The client sees the end of the streams at once.
                close(fd)
                return "nothing: the container is being removed"
            }
            // Those who have gone in the meantime don't wait any more.
            let (gone, here) = (live.waitingClients.filter { hasHungUp($0.fd) }, live.waitingClients.filter { !hasHungUp($0.fd) })
            for client in gone { close(client.fd) }
            live.waitingClients = here + [(fd, streams)]
            return "kept until the container starts"
        }
        step.fact("through", place)
    }

    public func resizeContainer(_ reference: String, width: Int, height: Int) throws {
        let container = try containers.find(reference)
        guard (0...65535).contains(width), (0...65535).contains(height) else {
            throw DrydockError(.invalid, "a terminal of \(height) rows and \(width) columns can't be")
        }
        let control = container.live.read { $0.control }
        guard let control else { throw DrydockError(.conflict, "Container \(container.id) is not running") }
        try operate("resize", session: nil, command: nil) { operation in
            try operation.step("resize.terminal") { step in
                try control.send(.resize(rows: UInt16(height), columns: UInt16(width)))
                step.fact("size", "\(height) rows, \(width) columns")
            }
        }
    }

    private func replayLog(of container: Container, _ options: AttachOptions, to fd: Int32) throws {
        let logs = LogsOptions(standardOutput: options.standardOutput, standardError: options.standardError)
        let reader = LogReader(container, logs)
        try reader.replay { bytes in try writeAll(fd, bytes) }
    }

    public func readLogs(of reference: String, options: LogsOptions, context call: CallContext, sink: any ByteSink) throws {
        let container = try containers.find(reference)
        guard options.standardOutput || options.standardError else {
            throw DrydockError(.invalid, "Bad parameters: you must choose at least one stream")
        }
        try sink.begin()
        let reader = LogReader(container, options)
        try reader.replay { try sink.write($0) }
        if options.follow { try reader.follow(call) { try sink.write($0) } }
    }
}
