import Basics
import DockerAPI
import EngineInterface
import NIOHTTP1

extension Router {
    /// Files of containers as archives: `docker cp`.
    static let archiveRoutes: [Route] = [
        Route(.HEAD, "containers/*/archive") { call in
            let found = try call.service.statContainerPath(call.reference, path: try call.archivePath(), context: call.context)
            call.writer.respond(
                ResponseHead(status: 200, contentType: nil, body: .none, extra: [try call.statHeader(found)]), body: [])
        },
        Route(.GET, "containers/*/archive") { call in
            try call.service.readContainerPath(call.reference, path: try call.archivePath(), context: call.context) { found in
                let header = try? call.statHeader(found)
                return StreamSink(writer: call.writer, contentType: "application/x-tar", extra: header.map { [$0] } ?? [])
            }
        },
        Route(.PUT, "containers/*/archive", body: .stream) { call in
            let request = CopyRequest(
                container: call.reference, path: try call.archivePath(), keepsKinds: call.query.flag("noOverwriteDirNonDir"),
                copiesOwner: call.query.flag("copyUIDGID"))
            guard let archive = call.stream else { throw DrydockError(.invalid, "the archive is missing") }
            try call.service.writeContainerPath(request, from: archive, context: call.context)
            call.replyNothing(status: 200)
        },
    ]
}

extension Call {
    /// - Throws: Docker's own sentence, to the letter.
    fileprivate func archivePath() throws -> String {
        guard let path = query["path"] else { throw DrydockError(.invalid, "bad parameter: pathcannot be empty") }
        return path
    }

    fileprivate func statHeader(_ found: ContainerPathStat) throws -> (String, String) {
        (ContainerPathStat.header, Base64.standard.text(try JSONEncoder().bytes(found)))
    }
}
