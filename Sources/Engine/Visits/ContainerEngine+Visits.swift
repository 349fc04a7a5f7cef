import Basics
import DockerAPI
import EngineInterface
import Glibc
import OCI
import Steps
import Store

extension ContainerEngine {
    /// `drydock look-inside`: a container of its own that shows what another has left. What is written in it goes with it.
    /// - Throws: `DrydockError`: no such container, one that runs, one without a shell.
    public func visitContainer(_ reference: String, _ request: VisitRequest, context call: CallContext, sink: any ByteSink) throws {
        let other = try containers.find(reference)
        guard !other.isRunning else {
            throw DrydockError(
                .conflict, "container \(other.name) is running", advice: "docker exec -it \(other.name) sh looks inside while it does.")
        }
        try visit(VisitPlan(over: other, request, name: visitorsName(other.name)), request, of: "container \(other.name)", call, sink)
    }

    /// `shell` at a stop of a build: what the held operation works on.
    /// - Throws: `DrydockError`: nothing is held under that id, there is nothing to look into yet, or it has no shell.
    public func visitOperation(_ operation: String, _ request: VisitRequest, context call: CallContext, sink: any ByteSink) throws {
        let session = try session(pausing: operation)
        let subject = subjects.read { $0[operation] } ?? OperationSubject()
        let isHeld = subject.pid > 0 && !subject.isRunning && access("/proc/\(subject.pid)", F_OK) == 0
        guard !isHeld else { throw DrydockError(.notFound, "the step's process is held still, and is looked into as it is") }
        let container = try? containers.find(subject.containerID)
        let place = subject.place ?? container.map(Self.place) ?? session.place
        if let running = place?.containerID.flatMap({ try? containers.find($0) }), isAlive(running) {
            var answer = VisitAnswer()
            answer.exec = running.id
            answer.cmd = request.cmd.isEmpty ? VisitShell.words(isTerminal: request.tty) : request.cmd
            return try write(answer, sink)
        }
        guard let place else { throw DrydockError(.notFound, "there is nothing to look into yet") }
        try visit(VisitPlan(place, request, name: visitorsName("build")), request, of: "this step", call, sink)
    }

    /// A container whose process is not there, or no longer.
    private static func place(of container: Container) -> OperationSubject.Place {
        let record = container.record
        return OperationSubject.Place(
            layers: record.layers, files: .written(container.upper), config: record.config, host: record.hostConfig,
            containerID: container.id)
    }

    /// Its process is there; one that is on record as running may have ended a moment ago.
    private func isAlive(_ container: Container) -> Bool {
        let state = container.state
        return state.phase == .running && state.pid > 0 && access("/proc/\(state.pid)", F_OK) == 0
    }

    private func visitorsName(_ visited: String) -> String {
        let name = "inside-\(visited)"
        return containers.isFree(name: name) ? name : freeName()
    }

    private func write(_ answer: VisitAnswer, _ sink: any ByteSink) throws {
        try sink.write(try JSONEncoder().bytes(answer) + [UInt8(ascii: "\n")])
    }

    /// Makes the container, and removes it when the visitor has left, however that happens.
    private func visit(_ plan: VisitPlan, _ request: VisitRequest, of whom: String, _ call: CallContext, _ sink: any ByteSink) throws {
        let container = try visitor(plan, request, of: whom, call)
        defer { removeVisitor(container, call) }
        var answer = VisitAnswer()
        (answer.id, answer.keeps) = (container.id, plan.keeps)
        let token = call.onDisconnect { container.live.wake() }
        defer { call.cancellation.remove(token) }
        try write(answer, sink)
        _ = container.live.wait { $0.isRemoved || call.isCancelled ? true : nil }
    }

    private func visitor(_ plan: VisitPlan, _ request: VisitRequest, of whom: String, _ call: CallContext) throws -> Container {
        let record = plan.record
        beingCreated.update { $0[record.id] = record.layers }
        defer { beingCreated.update { $0[record.id] = nil } }
        // Nothing is made for it: it shows what is there.
        let none = try ContainerMounts(config: ContainerConfig(), host: HostConfig(), folder: paths.volumes) { name in
            throw DrydockError(.notFound, "No such container: \(name)")
        }
        return try operate("look-inside", call) { operation in
            let container = try create(record, none, operation).0
            if request.cmd.isEmpty {
                try operation.step("look-inside.shell") { step in
                    guard try hasShell(container, step) else {
                        throw DrydockError(
                            .invalid, "\(whom) has no \(VisitShell.program), so no shell can be opened in it",
                            advice: "drydock layers --files IMAGE, docker diff and docker cp look at its files.")
                    }
                    step.fact("shell", VisitShell.program)
                }
            }
            return container
        }
    }

    /// Whether a shell can be executed where the visitor would: looked up by the kernel in the stacked layers, links and all.
    private func hasShell(_ container: Container, _ step: Step) throws -> Bool {
        let record = container.record
        let layers = try record.layers.reversed().map { try images.shortLink(of: ChainID($0)) }
        let visited = [record.visit?.into, record.visit?.over].compactMap { $0 }
        let options = "lowerdir=" + (visited + [paths.initLayer] + layers).joined(separator: ":")
        let (folder, point) = (images.layersFolder, "\(container.directory)/merged")
        return try PrivateMounts(kernel: kernel).run(step) { calls in
            try calls.perform("chdir", [folder]) { chdir(folder) }
            try calls.mount("overlay", at: point, type: "overlay", flags: MountFlags.readOnly, data: options)
            return try SourceTree(point).find(VisitShell.program)?.isFolder == false
        }
    }

    private func removeVisitor(_ container: Container, _ call: CallContext) {
        guard !container.live.read({ $0.isRemoved }) else { return }
        do {
            try removeContainer(
                container.id, force: true, volumes: false, context: CallContext(session: call.session, command: call.command))
        } catch let error as DrydockError where error.code == .notFound || error.code == .conflict {
            // It has ended by itself, and is being removed for that.
        } catch {
            log("removing the visitor \(container.id.prefix(12)): \(error)")
        }
    }
}
