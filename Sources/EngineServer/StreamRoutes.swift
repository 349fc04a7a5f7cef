import Basics
import DockerAPI
import EngineInterface
import Glibc
import NIOHTTP1

extension Router {
    /// Calls whose answers take as long as the container does.
    static let streamRoutes: [Route] = [
        Route(.POST, "containers/*/wait") { call in
            let condition = call.query["condition"].flatMap(WaitCondition.init(rawValue:)) ?? .notRunning
            let sink = call.sink(contentType: Call.json)
            // Two answers in one: the head tells the client that waiting has begun, the body how it ended.
            let result = try call.service.waitContainer(
                call.reference, condition: condition, context: call.context, began: { try sink.begin() })
            try sink.write(try JSONEncoder().bytes(result) + [UInt8(ascii: "\n")])
        },
        Route(.GET, "containers/*/logs") { call in
            let query = call.query
            guard query.flag("stdout") || query.flag("stderr") else {
                throw DrydockError(.invalid, "Bad parameters: you must choose at least one stream")
            }
            let options = LogsOptions(
                standardOutput: query.flag("stdout"), standardError: query.flag("stderr"), follow: query.flag("follow"),
                timestamps: query.flag("timestamps"), since: try query.moment("since"), until: try query.moment("until"),
                // As for Docker, what is no number means all.
                tail: query["tail"].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil })
            // Docker sends no content type here.
            let sink = call.sink(contentType: nil)
            try call.service.readLogs(of: call.reference, options: options, context: call.context, sink: sink)
            try sink.begin()
        },
        Route(.POST, "containers/*/attach") { call in
            let query = call.query
            let options = AttachOptions(
                stream: query.flag("stream"), logs: query.flag("logs"), standardInput: query.flag("stdin"),
                standardOutput: query.flag("stdout"), standardError: query.flag("stderr"), detachKeys: query["detachKeys"])
            let stream = try call.service.attachContainer(call.reference, options: options, context: call.context)
            let descriptor = stream.release()
            if !call.writer.hijack(descriptor: descriptor, upgrades: call.headers.contains(name: "Upgrade")) {
                close(descriptor)
            }
        },
    ]
}
