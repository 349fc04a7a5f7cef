import Basics
import DockerAPI
import OCI
import Runtime
import Store

/// Makes of a request, and of the container's record, what a further process in the container has to do.
struct ExecSpecBuilder {
    let engine: ContainerEngine
    let exec: ExecInstance

    /// Whose process it is, as it was asked for: by exec, or by the container.
    var userName: String {
        exec.request.user.isEmpty ? exec.container.record.config.user : exec.request.user
    }

    /// - Throws: `DrydockError` in Docker's words: a user that isn't there, a directory that is not absolute.
    func spec() throws -> ExecSpec {
        let container = exec.container
        let (record, request) = (container.record, exec.request)
        let (config, host) = (record.config, record.hostConfig)
        let directory = request.workingDir.isEmpty ? (config.workingDir.isEmpty ? "/" : config.workingDir) : request.workingDir
        let layers = try record.layers.reversed().map { engine.images.filesFolder(of: try ChainID($0)) }
        let user = try UserLookup(layers: [container.upper] + layers).resolve(userName, additionalGroups: host.groupAdd ?? [])
        guard directory.hasPrefix("/") else {
            throw DrydockError(.failed, "OCI runtime exec failed: exec failed: Cwd must be an absolute path: unknown")
        }
        let capabilities = try Capabilities.merge(add: host.capAdd ?? [], drop: host.capDrop ?? [])
        let isUnconfined = try SpecBuilder.isUnconfined(host)
        var spec = ExecSpec(
            arguments: request.cmd ?? [], environment: environment(record, home: user.home), workingDirectory: directory, user: user,
            // --privileged gives the capabilities, as in Docker; the filter stays the container's.
            capabilities: request.privileged ? Capabilities.everything & (try Capabilities.available()) : capabilities,
            seccompFilter: isUnconfined ? [] : try engine.seccomp.filter(capabilities: capabilities),
            namespaces: engine.namespaces(of: record))
        spec.noNewPrivileges = SpecBuilder.hasNoNewPrivileges(host)
        spec.limits = try ProcessLimits.of(host)
        spec.isTerminal = request.tty
        spec.hasInput = request.attachStdin
        return spec
    }

    /// Docker's: PATH, HOSTNAME, TERM, what the container was given, what exec was given; HOME where nobody has set it.
    private func environment(_ record: ContainerRecord, home: String) -> [String] {
        var all = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOSTNAME=\(record.config.hostname)"]
        if exec.request.tty { all.append("TERM=xterm") }
        for variable in (record.config.env ?? []) + (exec.request.env ?? []) {
            let name = variable.prefix { $0 != "=" }
            let place = all.firstIndex { $0.hasPrefix(name + "=") }
            guard variable.contains("=") else {
                // One without a value is taken away.
                if let place { all.remove(at: place) }
                continue
            }
            if let place { all[place] = variable } else { all.append(variable) }
        }
        if !all.contains(where: { $0.hasPrefix("HOME=") }) { all.append("HOME=\(home)") }
        return all
    }
}
