import Basics
import DockerAPI
import EngineInterface
import Glibc
import OCI
import Runtime
import Steps
import Store

/// `docker cp`: files out of a container and into it, whether it runs or not.
extension ContainerEngine {
    public func statContainerPath(_ reference: String, path: String, context call: CallContext) throws -> ContainerPathStat {
        let container = try containers.find(reference)
        // A client looks before it copies; only the copying is worth a story.
        return try operate("cp", session: nil, command: nil, stepping: .none) { operation in
            try operation.step("cp.find") { step in
                try translated(path, in: reference) {
                    try ContainerView(engine: self, container: container).open(step) { ContainerPathStat(try $0.find(path).status) }
                }
            }
        }
    }

    public func readContainerPath(
        _ reference: String, path: String, context call: CallContext, begin: @escaping @Sendable (ContainerPathStat) -> any ByteSink
    ) throws {
        let container = try containers.find(reference)
        try operate("cp", call) { operation in
            try operation.step("cp.read") { step in
                nonisolated(unsafe) let teller = step  // this thread only waits for the other
                let result = try translated(path, in: reference) {
                    try ContainerView(engine: self, container: container).open(step) { root in
                        let entry = try root.find(path)
                        let sink = begin(ContainerPathStat(entry.status))
                        try sink.begin()
                        return try root.archive(entry, progress: { teller.progress(current: $0, total: 0, label: path) }) { bytes in
                            if call.isCancelled { throw DrydockError(.failed, "the client has gone") }
                            try sink.write(bytes)
                        }
                    }
                }
                // Who has it all can't be told any more that there is nothing.
                operation.makeFinal()
                step.fact("path", "\(container.name):\(path)")
                step.fact("members", "\(result.members)")
                step.fact("bytes", "\(result.bytes)")
                step.detail("copied", ["container": .string(container.id), "path": .string(path)])
            }
        }
    }

    public func writeContainerPath(_ request: CopyRequest, from archive: any BodyReader, context call: CallContext) throws {
        let container = try containers.find(request.container)
        let owner = request.copiesOwner ? try self.owner(of: container) : nil
        let limits = images.limits
        try operate("cp", call) { operation in
            try operation.step("cp.write") { step in
                nonisolated(unsafe) let teller = step  // this thread only waits for the other
                let (folder, result) = try translated(request.path, in: request.container) {
                    try ContainerView(engine: self, container: container).open(step) { root in
                        guard let folder = try root.folder(request.path) else {
                            throw DrydockError(.failed, "extraction point is not a directory")
                        }
                        try container.checkWritable(folder)
                        var unpacker = TreeUnpacker(limits: limits)
                        unpacker.keepsKinds = request.keepsKinds
                        unpacker.owner = owner
                        unpacker.progress = {
                            if call.isCancelled { throw DrydockError(.failed, "the client has gone") }
                            teller.progress(current: $0, total: 0, label: request.path)
                        }
                        return (folder, try unpacker.unpack(archive.read, at: folder, in: root))
                    }
                }
                // The container may have read its new files already.
                operation.makeFinal()
                step.fact("path", "\(container.name):\(folder)")
                step.fact("members", "\(result.members)")
                step.fact("bytes", "\(result.bytes)")
                if let owner { step.fact("owner", "\(owner.user):\(owner.group)") }
                step.detail("copied", ["container": .string(container.id), "folder": .string(folder)])
            }
        }
    }

    /// The container's user, whose everything becomes with `-a`. Docker 20.10 looks the name up among the host's users; the container's
    /// own are meant.
    private func owner(of container: Container) throws -> (user: UInt32, group: UInt32)? {
        let record = container.record
        guard !record.config.user.isEmpty else { return nil }
        let folders = try [container.upper] + record.layers.reversed().map { images.filesFolder(of: try ChainID($0)) }
        let user = try UserLookup(layers: folders).resolve(record.config.user, additionalGroups: [])
        return (user.uid, user.gid)
    }

    private func translated<T>(_ path: String, in reference: String, _ body: () throws -> T) throws -> T {
        do { return try body() } catch let failure as RootedPathFailure {
            if failure.errno.code == ENOENT { throw DrydockError(.notFound, "Could not find the file \(path) in container \(reference)") }
            throw DrydockError(.failed, failure.sentence)
        }
    }
}

extension Container {
    /// Docker's check before it unpacks; the mounts, read-only themselves, would refuse it as well.
    /// - Parameter folder: Where the files go, all links followed.
    fileprivate func checkWritable(_ folder: String) throws {
        let holds = { (place: String) in place == "/" || folder == place || folder.hasPrefix(place + "/") }
        let volume = record.mounts.filter { holds(GoPath.clean($0.destination)) }.max { $0.destination.count < $1.destination.count }
        if let volume {
            if !volume.rw { throw DrydockError(.failed, "mounted volume is marked read-only") }
        } else if record.hostConfig.readonlyRootfs {
            throw DrydockError(.failed, "container rootfs is marked read-only")
        }
    }
}

extension ContainerPathStat {
    fileprivate init(_ status: RootedStatus) {
        self.init(
            name: status.name, size: status.size, mode: GoFileMode(status.mode).bits, modified: status.modified.description,
            linkTarget: status.linkTarget)
    }
}
