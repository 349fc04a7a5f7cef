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
        var ends: [Int32] = [-1, -1]
        guard dd_socketpair(&ends) == 0 else {
            throw DrydockError(.failed, "no socket for the attached client", errno: Errno(code: errno))
        }
        let streams: UInt8 = (options.standardInput ? 1 : 0) | (options.standardOutput ? 2 : 0) | (options.standardError ? 4 : 0)
        let (client, engine) = (ends[0], ends[1])
        var isGivenAway = false
        do {
            if options.logs { try replayLog(of: container, options, to: engine, call) }
            guard options.stream else {
                close(engine)
                return AttachStream(owning: client)
            }
            try partOfCommand(call) {
                try operate("attach", call) { operation in
                    try operation.step("attach.connect") { step in
                        connect(engine, streams, to: container, step)
                        isGivenAway = true
                    }
                }
            }
        } catch {
            close(client)
            if !isGivenAway { close(engine) }
            throw error
        }
        return AttachStream(owning: client)
    }

    private func connect(_ fd: Int32, _ streams: UInt8, to container: Container, _ step: Step) {
        let names = [(UInt8(1), "stdin"), (2, "stdout"), (4, "stderr")].filter { streams & $0.0 != 0 }.map(\.1)
        step.fact("streams", names.joined(separator: " "))
        let place = container.live.update { live -> String in
            if let control = live.control {
                control.send(.attach(streams: streams), descriptor: fd)
                close(fd)
                return "the shim's control socket"
            }
            if live.isRemoving {
                // The client sees the end of the streams at once.
                close(fd)
                return "nothing: the container is being removed"
            }
            live.waitingClients.append((fd, streams))
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
                control.send(.resize(rows: UInt16(height), columns: UInt16(width)))
                step.fact("size", "\(height) rows, \(width) columns")
            }
        }
    }

    private func replayLog(of container: Container, _ options: AttachOptions, to fd: Int32, _ call: CallContext) throws {
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
