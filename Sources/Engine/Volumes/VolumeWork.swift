import Basics
import Glibc
import Kernel
import Steps
import Store

/// Makes, fills and removes a volume on disk in a step. The caller holds the volume's name.
///
/// A volume is prepared beside the others under a name that none can have, and comes into being by a rename.
struct VolumeWork {
    let engine: ContainerEngine
    let step: Step
    /// The container that is being created with it; nil for `volume create`.
    var owner: String?
    /// What is lost with the machine need not be synced.
    var isDurable = true

    typealias Fill = (_ folder: String) throws -> TreeCopy.Result?

    private var table: VolumeTable { engine.volumes }
    private var recorder: Recorder { engine.recorder(step) }

    /// What a volume's `pending` file says.
    enum Pending: String { case new, filled }

    /// Makes a volume that is not there.
    /// - Parameter fill: Puts what it is to begin with into the empty folder that it is given.
    /// - Throws: `DrydockError`, `SystemCallFailure`; nothing is left then.
    func make(_ record: VolumeRecord, fill: Fill = { _ in nil }) throws -> TreeCopy.Result? {
        let (name, aside) = (record.name, table.aside(.new, record.name))
        let copied: TreeCopy.Result?
        do {
            try FileTree.remove(aside)
            try recorder.perform(.mkdir(path: aside, mode: 0o701))
            try recorder.perform(.mkdir(path: "\(aside)/_data", mode: 0o755))
            copied = try fill("\(aside)/_data")
            try DurableFile.create(
                "\(aside)/volume.json", try JSONEncoder().bytes(record, indent: "  "), isSynced: isDurable, recorder)
            if owner != nil {
                try DurableFile.create("\(aside)/pending", Array(Pending.new.rawValue.utf8), isSynced: isDurable, recorder)
            }
            if isDurable { try DurableFile.syncDirectory(aside, recorder) }
            try recorder.perform(.rename(from: aside, to: table.directory(name)))
        } catch {
            // Under the name's lock: whoever makes it next begins with a folder aside, too.
            step.undo { [self] undo in
                try table.hold(name) { try FileTree.remove(aside) }
                undo.fact("removed", aside)
            }
            throw error
        }
        table.add(record)
        step.undo { [self] in try other($0).takeBack(name) }
        if isDurable { try DurableFile.syncDirectory(table.folder, recorder) }
        return copied
    }

    /// Gives a volume that is there, and empty, its first content.
    func fill(_ name: String, _ fill: Fill) throws -> TreeCopy.Result? {
        let aside = table.aside(.fill, name)
        defer { try? FileTree.remove(aside) }
        try FileTree.remove(aside)
        try recorder.perform(.mkdir(path: aside, mode: 0o755))
        guard let copied = try fill(aside) else { return nil }
        step.undo { [self] in try other($0).takeBackFilling(name) }
        // Whole or not at all: in a folder that is there already, half a word would be read by the next engine.
        try DurableFile.write(table.pendingFile(name), Array(Pending.filled.rawValue.utf8), isSynced: isDurable, recorder)
        try TreeCopy.move(contentOf: aside, to: table.data(name))
        return copied
    }

    /// The container is there: what was made for it stays.
    func settle(_ name: String) throws {
        try recorder.perform(.unlink(path: table.pendingFile(name)), tolerating: [ENOENT])
        if isDurable { try DurableFile.syncDirectory(table.directory(name), recorder) }
    }

    /// Takes away whatever is mounted on the volume's folder.
    func unmount(_ name: String) throws {
        while try recorder.perform(.umount2(target: table.data(name), flags: Int32(MNT_DETACH)), tolerating: [EINVAL, ENOENT]).errno == 0 {}
    }

    /// The volume is no longer there, whatever becomes of its files.
    /// - Returns: where these are now.
    func takeOut(_ name: String) throws -> String {
        let aside = table.aside(.rm, name)
        try FileTree.remove(aside)
        // Never would a file system go that is only mounted there.
        if VolumeFileSystem(table.find(name)?.options) != nil { try unmount(name) }
        try recorder.perform(.rename(from: table.directory(name), to: aside), tolerating: [ENOENT])
        table.forget(name)
        return aside
    }

    /// Removes a volume unless another container has it, too.
    /// - Returns: whether it is gone.
    @discardableResult
    func removeUnused(_ name: String) throws -> Bool {
        guard table.find(name) != nil, engine.users(ofVolume: name).allSatisfy({ $0 == owner }) else { return false }
        engine.deleteFiles(at: try takeOut(name), step)
        return true
    }

    private func takeBack(_ name: String) throws {
        try table.hold(name) {
            if try removeUnused(name) { step.fact("removed", table.directory(name)) } else { try settle(name) }
        }
    }

    /// The volume was empty before.
    func takeBackFilling(_ name: String) throws {
        try table.hold(name) {
            guard table.find(name) != nil else { return }
            if engine.users(ofVolume: name).allSatisfy({ $0 == owner }) {
                try Self.empty(table.data(name))
                step.fact("emptied", table.data(name))
            }
            try settle(name)
        }
    }

    /// Makes a volume's folder what it is in a new one.
    static func empty(_ data: String) throws {
        try FileTree.empty(data)
        guard lchown(data, 0, 0) == 0, chmod(data, 0o755) == 0 else {
            throw SystemCallFailure(name: "chmod", subject: data, errno: Errno(code: errno))
        }
    }

    private func other(_ step: Step) -> VolumeWork { VolumeWork(engine: engine, step: step, owner: owner, isDurable: isDurable) }
}
