import Basics
import DockerAPI
import EngineInterface
import NIOHTTP1

extension Router {
    static let imageRoutes: [Route] = [
        Route(.GET, "images/json") { call in
            try call.reply(
                call.service.listImages(
                    all: call.query.flag("all"), digests: call.query.flag("digests"), filters: try call.query.filters()))
        },
        Route(.POST, "images/create") { call in
            guard let name = call.query["fromImage"] else {
                throw DrydockError(.unsupported, "an image can only be created by a pull: fromImage is missing")
            }
            let request = PullRequest(
                fromImage: name, tag: call.query["tag"], platform: call.query["platform"],
                registryAuth: call.headers.first(name: "X-Registry-Auth"))
            try call.streamMessages { sink in
                try call.service.pullImage(request, context: call.context, sink: sink)
            }
        },
        Route(.POST, "images/load", body: .stream) { call in
            guard let archive = call.stream else { throw DrydockError(.invalid, "the archive is missing") }
            try call.streamMessages { sink in
                try call.service.loadImages(from: archive, quiet: call.query.flag("quiet"), context: call.context, sink: sink)
            }
        },
        Route(.POST, "images/prune") { call in
            try call.reply(call.service.pruneImages(filters: try call.query.filters(), context: call.context))
        },
        Route(.GET, "images/**/json") { call in
            try call.reply(call.service.inspectImage(call.reference))
        },
        Route(.GET, "images/**/history") { call in
            try call.reply(call.service.imageHistory(call.reference))
        },
        Route(.POST, "images/**/tag") { call in
            try call.service.tagImage(
                call.reference, repository: call.query["repo"] ?? "", tag: call.query["tag"] ?? "", context: call.context)
            call.replyNothing(status: 201)
        },
        Route(.DELETE, "images/**") { call in
            try call.reply(
                call.service.removeImage(
                    call.reference, force: call.query.flag("force"), keepParents: call.query.flag("noprune"),
                    context: call.context))
        },
    ]
}
