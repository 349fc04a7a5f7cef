import Basics
import OCI
import Synchronization

/// The lab hub: a registry on this machine that speaks the OCI distribution API, filled from recipes, so that
/// `docker pull ubuntu:14.04` works on a laptop in a train. Users can push to it, and any client of the API can talk to it.
public final class LabHub: Sendable {
    /// Where the hub keeps its images: an OCI image layout.
    public let directory: String
    private let storage: HubStorage
    private let routes: HubRoutes
    private let server = Mutex<HubServer?>(nil)
    /// Held while filling: two at once would build the same layers twice.
    private let filling = Mutex<Void>(())

    /// Opens a hub's folder, or makes an empty one. The folder belongs to this one hub: it is the only writer.
    ///
    /// - Throws: `DrydockError` (`failed`) if the folder cannot be made or is damaged.
    public init(directory: String) throws {
        self.directory = directory
        storage = try HubStorage(directory: directory)
        routes = HubRoutes(
            storage: storage, users: try HubUsers(storage: storage), uploads: Uploads(storage: storage), tokens: TokenMint(),
            platform: .host)
    }

    deinit { stop() }

    /// Begins to serve.
    ///
    /// - Parameter port: 0 for any that is free.
    /// - Returns: where it listens; if it already does, where that is.
    /// - Throws: `DrydockError` (`unavailable`) if it cannot listen there.
    @discardableResult
    public func start(host: String = "127.0.0.1", port: Int = 0) throws -> (host: String, port: Int) {
        try server.withLock { server in
            if let server { return (server.host, server.port) }
            let started = try HubServer(host: host, port: port, routes: routes)
            server = started
            return (started.host, started.port)
        }
    }

    /// Where the hub listens; nil while it does not.
    public var address: (host: String, port: Int)? {
        server.withLock { server in server.map { ($0.host, $0.port) } }
    }

    /// Ends serving; connections are closed. Does nothing when it does not serve.
    public func stop() {
        let running = server.withLock { server in
            defer { server = nil }
            return server
        }
        running?.stop()
    }

    /// The images in the hub, as people type them (`ubuntu:14.04`), sorted.
    public var images: [String] { storage.catalogue.imageNames }

    /// The names of those who have signed up, sorted. A first login signs up, see `HubUsers`.
    public var users: [String] { routes.users.names }

    /// Makes the images of all recipes. An image whose recipe and whose files of the host are as they were is not made again.
    ///
    /// - Parameters:
    ///   - recipes: the folder of the recipes; nil looks for it, see `RecipeFinder.directory`.
    ///   - progress: told the name of each image before it is made.
    /// - Returns: the names of all recipes' images (`ubuntu:14.04`), sorted.
    /// - Throws: `DrydockError`: `notFound` if there are no recipes or a file of the host is missing (its advice says which
    ///   package to install), `invalid` if a recipe is wrong, `failed` if the disk or libarchive refuses.
    public func fill(recipes: String? = nil, progress: (String) -> Void = { _ in }) throws -> [String] {
        try filling.withLock { _ in
            let found = try RecipeFinder.recipes(in: try recipes ?? RecipeFinder.directory())
            var filler = try HubFiller(storage: storage, platform: routes.platform)
            return try found.flatMap { try filler.fill($0.recipe, source: $0.bytes, progress: progress) }.sorted()
        }
    }
}
