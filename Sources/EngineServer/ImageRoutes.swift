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
        Route(.POST, "images/create", body: .stream) { call in
            guard let name = call.query["fromImage"] else {
                guard let source = call.query["fromSrc"], let archive = call.stream else {
                    throw DrydockError(.invalid, "an image is created by a pull or an import: fromImage or fromSrc is missing")
                }
                let repository = call.query["repo"]
                let request = ImportRequest(
                    source: source, reference: repository.map { name in call.query["tag"].map { "\(name):\($0)" } ?? name },
                    message: call.query["message"] ?? "", changes: call.query.all("changes"))
                return try call.streamMessages { sink in
                    try call.service.importImage(request, from: archive, context: call.context, sink: sink)
                }
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
        Route(.GET, "images/get") { call in
            try call.service.saveImages(call.query.all("names"), context: call.context, sink: call.sink(contentType: "application/x-tar"))
        },
        Route(.GET, "images/**/get") { call in
            try call.service.saveImages([call.reference], context: call.context, sink: call.sink(contentType: "application/x-tar"))
        },
        Route(.POST, "images/prune") { call in
            try call.reply(call.service.pruneImages(filters: try call.query.filters(), context: call.context))
        },
        Route(.GET, "images/search") { call in
            let request = SearchRequest(
                term: call.query["term"] ?? "", limit: try call.query.integer("limit"), filters: try call.query.filters(),
                registryAuth: call.headers.first(name: "X-Registry-Auth"))
            try call.reply(call.service.searchImages(request, context: call.context))
        },
        Route(.POST, "images/**/push") { call in
            let request = PushRequest(
                name: call.reference, tag: call.query["tag"], registryAuth: call.headers.first(name: "X-Registry-Auth"))
            try call.streamMessages { sink in try call.service.pushImage(request, context: call.context, sink: sink) }
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
