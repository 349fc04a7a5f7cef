import Basics
import DockerAPI
import EngineInterface
import NIOHTTP1

extension Router {
    /// The engine, its volumes and its networks. `/_ping` is answered by the request handler itself.
    static let systemRoutes: [Route] = [
        Route(.GET, "version") { call in try call.reply(call.service.version()) },
        Route(.GET, "info") { call in try call.reply(call.service.info()) },
        Route(.POST, "auth", body: .json) { call in
            try call.reply(call.service.authenticate(call.decodeBody(AuthRequest.self), context: call.context))
        },
        Route(.GET, "volumes") { call in try call.reply(call.service.listVolumes(filters: try call.query.filters())) },
        Route(.POST, "volumes/prune") { call in
            try call.reply(call.service.pruneVolumes(filters: try call.query.filters(), context: call.context))
        },
        Route(.POST, "volumes/create", body: .json) { call in
            try call.requireJSONContentType()
            try call.reply(call.service.createVolume(call.decodeBody(VolumeCreateRequest.self), context: call.context), status: 201)
        },
        Route(.DELETE, "volumes/*") { call in
            try call.service.removeVolume(call.reference, force: call.query.flag("force"), context: call.context)
            call.replyNothing()
        },
        Route(.GET, "volumes/*") { call in try call.reply(call.service.inspectVolume(call.reference)) },
        Route(.GET, "networks") { call in try call.reply(call.service.listNetworks(filters: try call.query.filters())) },
        Route(.POST, "networks/prune") { call in
            try call.reply(call.service.pruneNetworks(filters: try call.query.filters(), context: call.context))
        },
        Route(.GET, "networks/*") { call in try call.reply(call.service.inspectNetwork(call.reference)) },
    ]
}
