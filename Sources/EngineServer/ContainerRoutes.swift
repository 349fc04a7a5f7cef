import Basics
import DockerAPI
import EngineInterface
import NIOHTTP1

extension Router {
    static let containerRoutes: [Route] = [
        Route(.GET, "containers/json") { call in
            let limit = try call.query.integer("limit")
            try call.reply(
                call.service.listContainers(
                    ContainerListOptions(
                        all: call.query.flag("all"), limit: limit.flatMap { $0 > 0 ? $0 : nil }, size: call.query.flag("size"),
                        filters: try call.query.filters())))
        },
        Route(.POST, "containers/create", body: .json) { call in
            try call.requireJSONContentType()
            var request = try call.decodeBody(CreateContainerRequest.self)
            request.hostConfig.applyDockerDefaults()
            try call.confinement?.checkRoom(in: call)
            let created = try call.service.createContainer(
                request, name: call.query["name"], platform: call.query["platform"], context: call.context)
            try call.reply(created, status: 201)
        },
        Route(.POST, "containers/prune") { call in
            try call.reply(call.service.pruneContainers(filters: try call.query.filters(), context: call.context))
        },
        Route(.GET, "containers/*/json") { call in
            try call.reply(call.service.inspectContainer(call.reference, size: call.query.flag("size")))
        },
        Route(.GET, "containers/*/changes") { call in
            let changes = try call.service.containerChanges(call.reference)
            // No changes are null in Docker's answer, not an empty list.
            try call.reply(changes.isEmpty ? nil : changes)
        },
        Route(.GET, "containers/*/export") { call in
            let sink = call.sink(contentType: "application/octet-stream")
            try call.service.exportContainer(call.reference, context: call.context, sink: sink)
        },
        Route(.POST, "commit", body: .json) { call in
            let repository = call.query["repo"]
            let request = CommitRequest(
                container: call.query["container"] ?? "",
                reference: repository.map { name in call.query["tag"].map { "\(name):\($0)" } ?? name }, author: call.query["author"] ?? "",
                comment: call.query["comment"] ?? "", changes: call.query.all("changes"),
                pauses: call.query["pause"] == nil || call.query.flag("pause"))
            try call.reply(call.service.commitContainer(request, context: call.context), status: 201)
        },
        Route(.GET, "containers/*/top") { call in
            try call.reply(call.service.topContainer(call.reference, arguments: call.query["ps_args"], context: call.context))
        },
        Route(.POST, "containers/*/start") { call in
            try call.service.startContainer(call.reference, context: call.context)
            call.replyNothing()
        },
        Route(.POST, "containers/*/stop") { call in
            try call.service.stopContainer(call.reference, timeout: try call.query.integer("t"), context: call.context)
            call.replyNothing()
        },
        Route(.POST, "containers/*/restart") { call in
            try call.service.restartContainer(call.reference, timeout: try call.query.integer("t"), context: call.context)
            call.replyNothing()
        },
        Route(.POST, "containers/*/kill") { call in
            try call.service.killContainer(call.reference, signal: call.query["signal"], context: call.context)
            call.replyNothing()
        },
        Route(.POST, "containers/*/pause") { call in
            try call.service.pauseContainer(call.reference, context: call.context)
            call.replyNothing()
        },
        Route(.POST, "containers/*/unpause") { call in
            try call.service.unpauseContainer(call.reference, context: call.context)
            call.replyNothing()
        },
        Route(.POST, "containers/*/rename") { call in
            guard let name = call.query["name"] else {
                throw DrydockError(.invalid, "Neither old nor new names may be empty")
            }
            try call.service.renameContainer(call.reference, to: name, context: call.context)
            call.replyNothing()
        },
        Route(.POST, "containers/*/resize") { call in
            let (height, width) = (try call.query.integer("h"), try call.query.integer("w"))
            // The kernel's struct winsize holds 16 bits each, ioctl_tty(2).
            guard let height, let width, (0...0xffff).contains(height), (0...0xffff).contains(width) else {
                throw DrydockError(.invalid, "the terminal's size must be given as h and w, each from 0 to 65535")
            }
            try call.service.resizeContainer(call.reference, width: width, height: height)
            call.replyNothing(status: 200)
        },
        Route(.DELETE, "containers/*") { call in
            try call.service.removeContainer(
                call.reference, force: call.query.flag("force"), volumes: call.query.flag("v"), context: call.context)
            call.replyNothing()
        },
    ]
}
