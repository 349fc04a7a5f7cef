import Basics
import Glibc

/// All containers, by id and by name.
final class ContainerTable: Sendable {
    private struct State {
        var byID: [String: Container] = [:]
        /// Name → id; a name is taken from the moment at which somebody begins to create a container of it.
        var names: [String: String] = [:]
    }

    private let state = Monitored(State())

    var all: [Container] { state.read { Array($0.byID.values) } }

    func add(_ container: Container) {
        state.update {
            $0.byID[container.id] = container
            $0.names[container.name] = container.id
        }
    }

    func remove(_ container: Container) {
        state.update {
            $0.byID[container.id] = nil
            if $0.names[container.name] == container.id { $0.names[container.name] = nil }
        }
    }

    /// Takes a name for a container that is about to be.
    /// - Throws: `DrydockError.conflict` in Docker's words.
    func reserve(name: String, id: String) throws {
        try state.update { state in
            if let owner = state.names[name] {
                throw DrydockError(
                    .conflict,
                    "Conflict. The container name \"/\(name)\" is already in use by container \"\(owner)\". "
                        + "You have to remove (or rename) that container to be able to reuse that name.")
            }
            state.names[name] = id
        }
    }

    func isFree(name: String) -> Bool { state.read { $0.names[name] == nil } }

    func release(name: String, id: String) {
        state.update { if $0.names[name] == id { $0.names[name] = nil } }
    }

    /// Finds a container by its id, its name, or the beginning of its id.
    /// - Throws: `DrydockError` with Docker's `No such container`, or when the beginning fits several.
    func find(_ reference: String) throws -> Container {
        let wanted = reference.hasPrefix("/") ? String(reference.dropFirst()) : reference
        guard !wanted.isEmpty else { throw DrydockError(.invalid, "No such container: \(reference)") }
        return try state.read { state in
            if let exact = state.byID[wanted] { return exact }
            if let id = state.names[wanted], let named = state.byID[id] { return named }
            let fitting = state.byID.values.filter { $0.id.hasPrefix(wanted) }
            switch fitting.count {
            case 1: return fitting[0]
            case 0: throw DrydockError(.notFound, "No such container: \(reference)")
            default: throw DrydockError(.invalid, "Multiple IDs found with provided prefix: \(reference)")
            }
        }
    }
}
