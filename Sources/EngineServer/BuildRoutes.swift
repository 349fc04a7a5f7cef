import Basics
import DockerAPI
import EngineInterface
import NIOHTTP1

extension Router {
    static let buildRoutes: [Route] = [
        Route(.POST, "build", body: .stream) { call in
            guard let context = call.stream else { throw DrydockError(.invalid, "the context is missing") }
            var request = try BuildRequest(call.query, registryConfig: call.headers.first(name: "X-Registry-Config"))
            try call.confinement?.checkRoom(in: call)
            call.confinement?.limit(&request.host)
            let confined = request
            try call.streamMessages { sink in
                try call.service.buildImage(confined, from: context, context: call.context, sink: sink)
            }
        }
    ]
}

extension BuildRequest {
    /// Source: moby, `api/server/router/build/build_routes.go`, `newImageBuildOptions`.
    init(_ query: Query, registryConfig: String?) throws {
        self.init()
        self.registryConfig = registryConfig
        tags = query.all("t")
        dockerfile = query["dockerfile"] ?? ""
        remote = query["remote"] ?? ""
        keptContext = query["kept"]
        fetchesForClient = query["fetch"] == "client"
        target = query["target"] ?? ""
        platform = query["platform"]
        usesCache = !query.flag("nocache")
        pulls = query["pull"] != nil && query["pull"] != "0"
        isQuiet = query.flag("q")
        removesAlways = query.flag("forcerm")
        removesContainers = removesAlways || query["rm"] == nil || query.flag("rm")
        explains = query.flag("explain")
        if let version = query["version"], version != "1" { throw DrydockError(.failed, "invalid version \"\(version)\"") }
        if query.flag("squash") { throw DrydockError(.invalid, "squash is only supported with experimental mode") }
        if !query.all("securityopt").isEmpty {
            throw DrydockError(.invalid, "The daemon on this platform does not support setting security options on build")
        }
        if let isolation = query["isolation"], isolation.lowercased() != "default" {
            throw DrydockError(.invalid, "Unsupported isolation: \"\(isolation)\"")
        }
        try readDocuments(query)
        try readResources(query)
    }

    private mutating func readDocuments(_ query: Query) throws {
        if let text = query["buildargs"] {
            for (name, value) in try Self.object(text, "error reading build args") { arguments[name] = .some(value.stringValue) }
        }
        if let text = query["labels"] {
            for (name, value) in try Self.object(text, "error reading labels") { labels[name] = value.stringValue ?? "" }
        }
        if let text = query["cachefrom"] {
            cacheFrom = try Self.document(text, "error reading cache-from").arrayValue?.compactMap(\.stringValue) ?? []
        }
        if let text = query["ulimits"] {
            let document = try Self.document(text, "error reading ulimit settings")
            if !document.isNull { host.ulimits = try JSONDecoder().decode([Ulimit].self, from: document) }
        }
    }

    private mutating func readResources(_ query: Query) throws {
        let number = { (name: String) in query[name].flatMap { Int64($0) } ?? 0 }
        host.memory = number("memory")
        host.memorySwap = number("memswap")
        host.cpuShares = number("cpushares")
        host.cpuPeriod = number("cpuperiod")
        host.cpuQuota = number("cpuquota")
        host.cpusetCpus = query["cpusetcpus"] ?? ""
        host.cpusetMems = query["cpusetmems"] ?? ""
        host.cgroupParent = query["cgroupparent"] ?? ""
        host.networkMode = query["networkmode"] ?? "default"
        if let size = query["shmsize"] {
            guard let bytes = Int64(size) else {
                throw DrydockError(.failed, "strconv.ParseInt: parsing \"\(size.prefix(64))\": invalid syntax")
            }
            host.shmSize = bytes
        }
        let hosts = (query["extrahosts"] ?? "").split(separator: ",").map(String.init)
        if !hosts.isEmpty { host.extraHosts = hosts }
    }

    private static func document(_ text: String, _ what: String) throws -> JSONValue {
        do { return try JSONValue(parsing: Array(text.utf8)) } catch {
            throw DrydockError(.invalid, "\(what): \(error.reason)")
        }
    }

    private static func object(_ text: String, _ what: String) throws -> JSONObject {
        try document(text, what).objectValue ?? JSONObject()
    }
}
