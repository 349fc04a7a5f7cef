import Basics
import CDrydock
import DockerAPI
import Dockerfile
import EngineInterface
import Glibc
import OCI
import Steps
import Store

extension ImageBuild {
    /// `RUN`: a container on the image so far, whose own layer becomes the next one.
    func runCommand(_ line: BuildCommand.CommandLine) throws {
        guard let state else { return }
        let environment = state.config.env ?? []
        let words = state.commandLine(line.words, isForShell: line.isForShell)
        let added = arguments.added(to: environment)
        // What is recorded, and looked for in the cache: with the arguments that were declared.
        var recorded = state.config
        // A script's name tells nothing of what it does.
        let shown = line.script.map { words + [$0.content] } ?? words
        recorded.cmd = shown
        if !added.isEmpty {
            let values = arguments.recorded(environment)
            recorded.cmd = ["|\(values.count)"] + values + shown
        }
        if !words.isEmpty { recorded.entrypoint = nil }
        if try probe(recorded) { return }
        var config = state.config
        config.cmd = words
        config.env = environment + added
        config.entrypoint = [""]
        config.healthcheck = HealthConfig(test: ["NONE"])
        let created = try engine.createContainer(
            CreateContainerRequest(config: config, hostConfig: request.host), name: nil, platform: nil,
            buildStep: ContainerEngine.BuildStep(
                isTransient: request.removesContainers, script: line.script.map { ($0.name, $0.content) }), context: call)
        let container = try engine.containers.find(created.id)
        self.container = container
        place(in: container)
        try say(" ---> Running in \(container.id.prefix(12))\n")
        let code = try run(container)
        guard code == 0 else { throw BuildStepFailure(command: words.joined(separator: " "), code: Int(code)) }
        try engine.operate("build", call) { operation in
            place(operation, .written(container.upper))
            let layer = try makeLayer(operation, of: container.upper)
            place(operation, .read(container.upper))
            try makeImage(operation, recorded, container: container.id, layer: layer)
        }
    }

    /// Runs a container to its end and passes on what it says.
    /// - Returns: Its exit code.
    private func run(_ container: Container) throws -> Int32 {
        let output = try engine.attachContainer(container.id, options: AttachOptions(), context: call).release()
        defer { close(output) }
        let exits = container.live.read { $0.exits }
        try engine.startContainer(container.id, context: call)
        // A client that has gone takes its build with it.
        let token = call.onDisconnect { [engine] in
            try? engine.killContainer(container.id, signal: "KILL", context: CallContext())
        }
        defer { call.cancellation.remove(token) }
        var reader = OutputFrames(output)
        while let (stream, text) = try reader.next() {
            try say(stream == 2 ? "\u{1b}[91m\(text)\u{1b}[0m" : text)
        }
        _ = engine.awaitExit(of: container, after: exits, seconds: nil)
        guard !call.isCancelled else {
            try removeCancelled(container)
            throw DrydockError(.unavailable, "the build was cancelled")
        }
        return container.state.exitCode
    }

    private func removeCancelled(_ container: Container) throws {
        self.container = nil
        try engine.removeContainer(container.id, force: true, volumes: true, context: CallContext())
    }
}

/// A container's output as its shim frames it: one byte for the stream, four for the length.
private struct OutputFrames {
    private let descriptor: Int32
    /// The beginning of a character whose end comes with the next frame, by stream.
    private var incomplete: [UInt8: [UInt8]] = [:]

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// - Returns: nil at the end.
    mutating func next() throws -> (stream: UInt8, text: String)? {
        while true {
            guard let head = try read(8) else { return nil }
            let length = head[4...].reduce(0) { $0 << 8 | Int($1) }
            guard length <= 1 << 24, let bytes = try read(length) else { return nil }
            let all = (incomplete[head[0]] ?? []) + bytes
            let end = Self.endOfText(all)
            incomplete[head[0]] = Array(all[end...])
            if end > 0 { return (head[0], String(decoding: all[..<end], as: UTF8.self)) }
        }
    }

    private func read(_ count: Int) throws -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress?.advanced(by: filled), count - filled) }
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else { return nil }
            filled += got
        }
        return bytes
    }

    /// Where the last whole character ends; what is no UTF-8 at all is passed on as it is.
    private static func endOfText(_ bytes: [UInt8]) -> Int {
        for back in 1...3 where back <= bytes.count {
            let byte = bytes[bytes.count - back]
            if byte & 0xc0 == 0x80 { continue }
            let length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
            return length > back ? bytes.count - back : bytes.count
        }
        return bytes.count
    }
}
