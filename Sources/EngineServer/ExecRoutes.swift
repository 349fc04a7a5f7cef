import Basics
import DockerAPI
import EngineInterface
import Glibc
import NIOHTTP1

extension Router {
    /// Further processes in running containers.
    static let execRoutes: [Route] = [
        Route(.POST, "containers/*/exec", body: .json) { call in
            try call.requireJSONContentType()
            let request = try call.decodeBody(ExecCreateRequest.self)
            try call.reply(call.service.createExec(call.reference, request), status: 201)
        },
        Route(.POST, "exec/*/start", body: .json) { call in
            try call.requireJSONContentType()
            guard try !call.decodeBody(ExecStartRequest.self).detach else {
                try call.service.startExec(call.reference, context: call.context)
                return call.replyNothing(status: 200)
            }
            let descriptor = try call.service.attachExec(call.reference, context: call.context).release()
            if !call.writer.hijack(descriptor: descriptor, upgrades: call.headers.contains(name: "Upgrade")) {
                close(descriptor)
            }
        },
        Route(.POST, "exec/*/resize") { call in
            // As for Docker, what isn't given is no number.
            let size = try ["h", "w"].map { name throws(DrydockError) -> Int in
                guard let value = try call.query.integer(name) else { throw .notANumber("") }
                return value
            }
            guard size.allSatisfy({ (0...0xffff).contains($0) }) else {
                throw DrydockError(.invalid, "the terminal's size must be given as h and w, each from 0 to 65535")
            }
            try call.service.resizeExec(call.reference, width: size[1], height: size[0])
            call.replyNothing(status: 200)
        },
        Route(.GET, "exec/*/json") { call in try call.reply(call.service.inspectExec(call.reference)) },
    ]
}
