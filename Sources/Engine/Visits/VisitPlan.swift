import Basics
import DockerAPI

/// What somebody who looks inside is to see: files of a container or of a build, and how its programs are run.
struct VisitPlan {
    let record: ContainerRecord
    /// What is written becomes part of a layer that is being built.
    var keeps: Bool { record.visit?.into != nil }

    /// Over what a container has left: it stays as it is.
    init(over other: Container, _ request: VisitRequest, name: String) {
        let record = other.record
        self.init(
            record.layers, Visit(over: other.upper), record.config, record.hostConfig, record.imageID, Self.readOnly(record.mounts),
            request,
            name: name)
    }

    /// At a stop of a build.
    init(_ place: OperationSubject.Place, _ request: VisitRequest, name: String) {
        let visit =
            switch place.files {
            case .image: Visit()
            case .written(let upper): Visit(into: upper)
            case .read(let upper): Visit(over: upper)
            }
        self.init(place.layers, visit, place.config, place.host, place.config.image, [], request, name: name)
    }

    private init(
        _ layers: [String], _ visit: Visit, _ given: ContainerConfig, _ givenHost: HostConfig, _ image: String, _ mounts: [MountPoint],
        _ request: VisitRequest, name: String
    ) {
        let id = newContainerID()
        var config = given
        if config.hostname.isEmpty { config.hostname = String(id.prefix(12)) }
        let words = request.cmd.isEmpty ? VisitShell.words(isTerminal: request.tty) : request.cmd
        (config.cmd, config.entrypoint, config.healthcheck, config.volumes) = (words, nil, nil, nil)
        (config.tty, config.openStdin, config.stdinOnce) = (request.tty, true, true)
        (config.attachStdin, config.attachStdout, config.attachStderr) = (true, true, true)
        // A shell that keeps its history would keep it in the layer.
        config.env = (config.env ?? []).filter { !$0.hasPrefix("HISTFILE=") } + ["HISTFILE=/dev/null"]
        var host = givenHost
        host.autoRemove = true
        // They may be another's by now, and nobody calls here.
        (host.portBindings, host.publishAllPorts) = ([:], false)
        var record = ContainerRecord(
            id: id, name: name, created: .now(), imageID: image, imageName: image, layers: layers, path: words.first ?? "",
            args: Array(words.dropFirst()), config: config, hostConfig: host, mounts: mounts)
        record.visit = visit
        self.record = record
    }

    /// What else the container had mounted is shown, and not to be changed either.
    private static func readOnly(_ mounts: [MountPoint]) -> [MountPoint] {
        mounts.map { point in
            var point = point
            point.rw = false
            return point
        }
    }
}

/// The shell of those who look inside: bash where there is one.
enum VisitShell {
    static let program = "/bin/sh"

    static func words(isTerminal: Bool) -> [String] {
        // On one line: `docker ps` shows it.
        let script =
            isTerminal
            ? #"[ -x /bin/bash ] && PS1='(inside) \w \$ ' exec /bin/bash --norc --noprofile -i; PS1='(inside) $ ' exec /bin/sh -i"#
            : "[ -x /bin/bash ] && exec /bin/bash --norc --noprofile; exec /bin/sh"
        return [program, "-c", script]
    }
}
