import Basics
import DockerAPI
import EngineInterface
import Kernel
import Steps
import Store

extension ContainerEngine {
    public func listVolumes(filters: Filters) throws -> VolumeListResponse {
        let filter = try VolumeFilter(filters, allowed: ["dangling", "driver", "label", "name"])
        let chosen = volumes.all.filter { record in filter.matches(record) { !users(ofVolume: record.name).isEmpty } }
        return VolumeListResponse(volumes: chosen.map(model))
    }

    public func inspectVolume(_ name: String) throws -> Volume { model(try volumes.get(name)) }

    /// Makes a volume; one that is there already is as good as a new one.
    /// - Throws: `DrydockError` in Docker's words; nothing is left behind.
    public func createVolume(_ request: VolumeCreateRequest, context call: CallContext) throws -> Volume {
        let name = request.name.isEmpty ? VolumeRecord.newName() : request.name
        if let record = volumes.find(name), ["", "local"].contains(request.driver) { return model(record) }
        try VolumeRecord.check(name: name, driver: request.driver, options: request.driverOpts)
        return try operate("volume", call) { operation in
            try operation.step("volume.create") { step in
                let record = try volumes.hold(name) {
                    if let record = volumes.find(name) { return record }
                    let record = VolumeRecord(name: name, created: .now(), labels: request.labels, options: request.driverOpts)
                    _ = try VolumeWork(engine: self, step: step).make(record)
                    return record
                }
                step.fact("volume", name)
                step.fact("folder", volumes.data(name))
                return model(record)
            }
        }
    }

    public func removeVolume(_ name: String, force: Bool, context call: CallContext) throws {
        if force && volumes.find(name) == nil { return }
        _ = try volumes.get(name)
        try operate("volume", call) { try remove(volume: name, $0) }
    }

    public func pruneVolumes(filters: Filters, context call: CallContext) throws -> VolumesPruneReport {
        let filter = try VolumeFilter(filters, allowed: ["label", "label!"])
        var report = VolumesPruneReport()
        try operate("volume", call) { operation in
            let unused = try operation.step("volume.prune") { step in
                // As in Docker, one with options stays: what is in another file system is not only ours.
                let unused = volumes.all.filter { $0.options?.isEmpty != false }.map(\.name).filter { users(ofVolume: $0).isEmpty }
                step.fact("volumes", "\(volumes.all.count)")
                step.fact("used by no container", "\(unused.count)")
                return unused
            }
            for name in unused {
                guard let record = volumes.find(name), filter.matches(record, isUsed: { false }) else { continue }
                let size = FileTree.contentSize(volumes.data(name))
                do { try remove(volume: name, operation) } catch let error as DrydockError
                    where error.code == .conflict || error.code == .notFound
                { continue }
                report.volumesDeleted.append(name)
                report.spaceReclaimed += UInt64(size)
            }
        }
        return report
    }

    /// Ids of the containers that have a volume, or are being created with it.
    func users(ofVolume name: String) -> [String] {
        let there = containers.all.filter { $0.record.volumeNames.contains(name) }.map(\.id)
        return Set(there + volumes.claimants(of: name)).sorted()
    }

    private func remove(volume name: String, _ operation: Steps.Operation) throws {
        try volumes.hold(name) {
            let record = try volumes.get(name)
            let users = users(ofVolume: name)
            guard users.isEmpty else {
                throw DrydockError(.conflict, "remove \(name): volume is in use - [\(users.joined(separator: ", "))]")
            }
            let aside = try operation.step("volume.rm") { step in
                let aside = try VolumeWork(engine: self, step: step).takeOut(name)
                step.undo { [self] undo in
                    try volumes.hold(name) {
                        try recorder(undo).perform(.rename(from: aside, to: volumes.directory(name)))
                        volumes.add(record)
                    }
                }
                try DurableFile.syncDirectory(volumes.folder, recorder(step))
                step.fact("volume", name)
                return aside
            }
            operation.makeFinal()
            try operation.step("volume.files") { step in
                let size = FileTree.contentSize("\(aside)/_data")
                guard deleteFiles(at: aside, step) else { return }
                step.fact("removed", volumes.directory(name))
                step.fact("bytes", "\(size)")
            }
        }
    }

    private func model(_ record: VolumeRecord) -> Volume {
        Volume(
            createdAt: Timestamp(nanoseconds: record.created.seconds * 1_000_000_000).description, labels: record.labels,
            mountpoint: volumes.data(record.name), name: record.name,
            options: record.options)
    }
}
