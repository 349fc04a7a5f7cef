import Basics
import DockerAPI
import OCI
import Steps
import Store

extension ImageBuild {
    /// `WORKDIR`: the folder is made where it is missing, in the layer of the step's container.
    func workingDirectory(_ path: String) throws {
        guard !path.isEmpty else { throw DrydockError(.invalid, "cannot normalize nothing") }
        guard let before = state?.config.workingDir else { return }
        let folder = path.hasPrefix("/") ? path : GoPath.clean("/\(before)/\(path)")
        state?.config.workingDir = folder
        guard let state else { return }
        var config = state.configuration(comment: "WORKDIR \(folder)", isOneWord: true)
        if try probe(config) { return }
        let container = try makeContainer(config)
        config.hostname = String(container.id.prefix(12))
        config.labels = config.labels ?? [:]
        try engine.operate("build", call) { operation in
            place(operation, .written(container.upper))
            try operation.step("build.workdir") { step in
                let root = WritableRoot(
                    engine: engine, layers: state.chain, folder: container.directory, empty: try emptyFolder())
                let isMade = try root.use(step) { root, _ in try RootCopy(into: root).makeFolder(folder) }
                step.fact("folder", folder)
                step.fact("made", isMade ? "yes" : "no, it was there")
            }
            let layer = try makeLayer(operation, of: container.upper)
            place(operation, .read(container.upper))
            try makeImage(operation, config, container: container.id, layer: layer)
        }
    }

    /// A folder without anything in it, for stages that begin with nothing.
    func emptyFolder() throws -> String { try lease.makeFolder("empty") }
}
