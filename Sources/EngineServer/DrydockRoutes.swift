import Basics
import DockerAPI
import EngineInterface
import NIOHTTP1

extension Router {
    /// What drydock adds to Docker's API: narration, stepping, the doctor, the lab hub.
    static let drydockRoutes: [Route] = [
        Route(.GET, "drydock/ping") { call in try call.reply(call.service.drydockPing()) },
        Route(.GET, "drydock/events") { call in
            let selection: EventSelection
            if call.query.flag("all") {
                selection = call.query["session"].map(EventSelection.watcher) ?? .all
            } else if let token = call.query["session"] {
                selection = .session(token)
            } else {
                throw DrydockError(.invalid, "events need session=TOKEN or all=1")
            }
            let sink = call.sink(contentType: "application/x-ndjson")
            let detail = EventDetail(calls: call.query["calls"] != "0", stepBegins: call.query["begins"] != "0")
            try call.service.streamEvents(selection, detail, context: call.context, sink: sink)
            try sink.begin()
        },
        Route(.GET, "drydock/requests") { call in
            try call.reply(call.requests.since(try call.query.integer("after") ?? 0))
        },
        Route(.GET, "drydock/contexts") { call in
            guard let name = call.query["name"], !name.isEmpty, name.utf8.count <= 8192 else {
                throw DrydockError(.invalid, "contexts need name=NAME")
            }
            call.reply(bytes: call.service.keptContext(name))
        },
        Route(.POST, "drydock/sessions/*", body: .json) { call in
            let request = call.body.isEmpty ? SessionRequest() : try call.decodeBody(SessionRequest.self)
            guard ["", "instruction", "verb", "step", "call"].contains(request.level) else {
                throw DrydockError(.invalid, "the level must be instruction, verb, step or call")
            }
            try call.service.updateSession(call.reference, request)
            call.replyNothing()
        },
        Route(.DELETE, "drydock/sessions/*") { call in
            try call.service.endSession(call.reference)
            call.replyNothing()
        },
        Route(.GET, "drydock/operations") { call in
            let count = try call.query.integer("last") ?? 10
            guard (1...1000).contains(count) else { throw DrydockError(.invalid, "last must be a number from 1 to 1000") }
            call.reply(bytes: Array("\(call.service.lastOperations(count))\n".utf8))
        },
        Route(.POST, "drydock/operations/*/resume", body: .json) { call in
            let request = try call.decodeBody(ResumeRequest.self)
            guard ["next", "into", "finish", "continue", "abort"].contains(request.action) else {
                throw DrydockError(.invalid, "the action must be next, into, finish, continue or abort")
            }
            try call.service.resumeOperation(call.reference, request)
            call.replyNothing()
        },
        Route(.GET, "drydock/operations/*/look") { call in
            try call.reply(call.service.lookAtOperation(call.reference))
        },
        Route(.POST, "drydock/operations/*/visit", body: .json) { call in
            let request = call.body.isEmpty ? VisitRequest() : try call.decodeBody(VisitRequest.self)
            let sink = call.sink(contentType: "application/x-ndjson")
            try call.service.visitOperation(call.reference, request, context: call.context, sink: sink)
        },
        Route(.POST, "drydock/containers/*/visit", body: .json) { call in
            let request = call.body.isEmpty ? VisitRequest() : try call.decodeBody(VisitRequest.self)
            let sink = call.sink(contentType: "application/x-ndjson")
            try call.service.visitContainer(call.reference, request, context: call.context, sink: sink)
        },
        Route(.GET, "drydock/containers/*/ending") { call in
            call.reply(bytes: Array("\(try call.service.ending(of: call.reference))\n".utf8))
        },
        Route(.GET, "drydock/builds") { call in try call.reply(call.service.buildStory(of: call.query["image"])) },
        Route(.GET, "drydock/layers") { call in try call.reply(call.service.layerGraph(of: call.query.all("image"))) },
        Route(.GET, "drydock/images/**/files") { call in
            let limit = try call.query.integer("limit") ?? 200
            guard limit >= 0 else { throw DrydockError(.invalid, "the limit must be a number of lines, or 0 for all") }
            let sink = call.sink(contentType: "application/x-ndjson")
            try call.service.imageFiles(call.reference, limit: limit == 0 ? nil : limit, context: call.context, sink: sink)
        },
        Route(.GET, "drydock/doctor") { call in
            try call.reply(call.service.doctor(repair: call.query.flag("repair"), context: call.context))
        },
        Route(.POST, "drydock/hub/fill") { call in try call.reply(call.service.fillHub(context: call.context)) },
        Route(.GET, "drydock/hub") { call in try call.reply(call.service.describeHub()) },
        // What clients that are held to a learner's rights were refused; empty where none is held (docs/decisions/0016).
        Route(.GET, "drydock/refusals") { call in try call.reply(call.refusals()) },
        Route(.POST, "drydock/shutdown") { call in
            try call.service.prepareShutdown(context: call.context)
            call.replyNothing()
            call.shutdown()
        },
    ]
}
