import Basics
import Glibc

/// All volumes, by name, and who is about to use them.
final class VolumeTable: Sendable {
    private struct State {
        var records: [String: VolumeRecord] = [:]
        /// Names of volumes by the id of the container that is being created with them: no removal takes those.
        var claims: [String: Set<String>] = [:]
        /// Names whose volume is being made, filled or removed.
        var held: Set<String> = []
        /// Who has a volume mounted that is a file system of its own, by the volume's name.
        var mounters: [String: Set<String>] = [:]
    }

    /// Where the volumes are: `<root>/volumes`.
    let folder: String
    private let state = Monitored(State())

    init(folder: String) { self.folder = folder }

    // MARK: Places

    func directory(_ name: String) -> String { "\(folder)/\(name)" }
    func data(_ name: String) -> String { "\(folder)/\(name)/_data" }
    func recordFile(_ name: String) -> String { "\(folder)/\(name)/volume.json" }

    /// There from the moment at which an operation makes or fills the volume until that has gone well: an engine that finds it in a volume
    /// which no container uses takes back what was done.
    func pendingFile(_ name: String) -> String { "\(folder)/\(name)/pending" }

    /// Folders beside the volumes, whose names no volume can have: what is being made, filled or removed.
    enum Aside: String { case new, fill, rm }
    func aside(_ what: Aside, _ name: String) -> String { "\(folder)/.\(what.rawValue)-\(name)" }

    /// True while an operation owns that folder.
    func isBusy(aside entry: String) -> Bool {
        let name = String(entry.drop { $0 != "-" }.dropFirst())
        return state.read { $0.held.contains(name) }
    }

    // MARK: Volumes

    var all: [VolumeRecord] { state.read { $0.records.values.sorted { $0.name < $1.name } } }

    func find(_ name: String) -> VolumeRecord? { state.read { $0.records[name] } }

    /// - Throws: `DrydockError.notFound` in Docker's words.
    func get(_ name: String) throws -> VolumeRecord {
        guard let record = find(name) else { throw DrydockError(.notFound, "get \(name): no such volume") }
        return record
    }

    func add(_ record: VolumeRecord) { state.update { $0.records[record.name] = record } }

    /// Also who had it mounted: the next of this name is another.
    func forget(_ name: String) {
        state.update {
            $0.records[name] = nil
            $0.mounters[name] = nil
        }
    }

    // MARK: Who uses them

    /// Says that a container which is being created will use these volumes.
    func claim(_ names: some Sequence<String>, for id: String) { state.update { $0.claims[id] = Set(names) } }

    /// The container is there, or will not be.
    func unclaim(_ id: String) { state.update { $0.claims[id] = nil } }

    /// Ids of the containers that are being created with a volume.
    func claimants(of name: String) -> [String] { state.read { $0.claims.filter { $1.contains(name) }.map(\.key) } }

    /// Containers that run, and others, for whom a volume's own file system is mounted.
    func mounters(of name: String) -> Set<String> { state.read { $0.mounters[name] ?? [] } }

    /// The same for a volume's folder, or a place in it.
    func mounters(ofPath path: String) -> Set<String> {
        mounters(of: String(path.dropFirst(folder.count + 1).prefix { $0 != "/" }))
    }

    func mount(_ name: String, for user: String) { state.update { _ = $0.mounters[name, default: []].insert(user) } }

    /// - Returns: whether nobody has it mounted any more.
    func unmount(_ name: String, from user: String) -> Bool {
        state.update { state in
            state.mounters[name]?.remove(user)
            guard state.mounters[name]?.isEmpty != false else { return false }
            state.mounters[name] = nil
            return true
        }
    }

    /// Runs `body` while nobody else makes, fills or removes the volume of this name.
    func hold<T>(_ name: String, _ body: () throws -> T) rethrows -> T {
        _ = state.wait { state -> Bool? in state.held.insert(name).inserted ? true : nil }
        defer { state.update { _ = $0.held.remove(name) } }
        return try body()
    }
}
