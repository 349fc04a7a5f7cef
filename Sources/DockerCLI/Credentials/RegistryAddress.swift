import Basics
import EngineClient
import OCI

/// How Docker names registries where it keeps credentials.
enum RegistryAddress {
    /// Docker's own index; also where nothing says which one is the default.
    static let index = "https://index.docker.io/v1/"
    private static let indexHost = "index.docker.io"

    /// The host of an address, without scheme and path: `http://host:5000/v2/` is `host:5000`.
    static func host(_ address: String) -> String {
        let rest = ["http://", "https://"].first { address.hasPrefix($0) }.map { address.dropFirst($0.count) } ?? Substring(address)
        return String(rest.prefix { $0 != "/" })
    }

    /// The registry that a search goes to, from what was searched for: `host.example/word`, or a word alone.
    /// - Throws: `CommandFailure` with Docker's text for what is no registry's name.
    static func ofSearchTerm(_ term: String) throws -> String {
        guard let slash = term.firstIndex(of: "/") else { return Reference.defaultDomain }
        let first = String(term[..<slash])
        guard first == "localhost" || first.contains(where: { $0 == "." || $0 == ":" }) else { return Reference.defaultDomain }
        if first == indexHost { return Reference.defaultDomain }
        guard !first.hasPrefix("-"), !first.hasSuffix("-") else {
            throw CommandFailure("invalid index name (\(first)). Cannot begin or end with a hyphen")
        }
        return first
    }
}

extension Invocation {
    /// The address of the engine's default registry, under which its credentials are kept.
    /// An engine that cannot be asked counts as one with Docker's own index: `logout` must go without an engine.
    func defaultIndex() throws -> String {
        do {
            let address = try client().request("GET", "/info").json()["IndexServerAddress"]?.stringValue ?? ""
            return address.isEmpty ? RegistryAddress.index : address
        } catch EngineClientError.interrupted { throw EngineClientError.interrupted } catch { return RegistryAddress.index }
    }
}
