import Basics
import DockerAPI
import EngineInterface
import NIOHTTP1

/// One request on a worker thread: what came in, and the ways to answer.
struct Call: Sendable {
    let service: any EngineService
    let headers: HTTPHeaders
    /// What stood in the path's variable parts, in the route's order.
    let parameters: [String]
    let query: Query
    var body: [UInt8]
    let stream: BodyStream?
    let writer: ResponseWriter
    let context: CallContext
    /// Method and path, as they were asked for.
    let method: String
    let path: String
    /// What holds this client; nil for one that may do everything.
    let confinement: Confinement?
    /// What was refused to clients that are held.
    let refusals: @Sendable () -> ConfinementRefusals
    /// Asks the server to end.
    let shutdown: @Sendable () -> Void
    /// What the engine was asked lately.
    let requests: RequestLog

    static let json = "application/json"

    /// The path's first variable part.
    var reference: String { parameters.first ?? "" }

    func reply(_ value: some Encodable, status: Int = 200) throws {
        let bytes = try JSONEncoder().bytes(value) + [UInt8(ascii: "\n")]
        writer.respond(ResponseHead(status: status, contentType: Self.json, body: .length(bytes.count)), body: bytes)
    }

    func reply(bytes: [UInt8]) {
        writer.respond(ResponseHead(status: 200, contentType: "application/octet-stream", body: .length(bytes.count)), body: bytes)
    }

    func replyNothing(status: Int = 204) {
        // Only 204 ends with its head (RFC 9112, section 6.3): after any other the client would wait for the connection's end.
        writer.respond(ResponseHead(status: status, contentType: nil, body: status == 204 ? .none : .length(0)), body: [])
    }

    /// - Throws: `.invalid` with the place and the reason.
    func decodeBody<T: Decodable>(_ type: T.Type) throws -> T {
        do {
            return try JSONDecoder().decode(type, from: body)
        } catch let error as JSONError {
            throw DrydockError(.invalid, "the request's body is not understood", cause: error.description)
        } catch let error as DecodingError {
            throw DrydockError(.invalid, "the request's body is not understood", cause: error.sentence)
        }
    }

    /// Docker's check of the bodies that it reads as JSON.
    func requireJSONContentType() throws {
        let type = headers.first(name: "Content-Type") ?? ""
        if type.isEmpty && body.isEmpty { return }
        guard type.prefix(while: { $0 != ";" }).lowercased() == Self.json else {
            throw DrydockError(.invalid, "Content-Type specified (\(type.prefix(64))) must be 'application/json'")
        }
    }

    /// The call with a body that may be acted on.
    /// - Throws: `.forbidden` for one that may not.
    func confined(on route: Route) throws -> Call {
        guard let confinement, !body.isEmpty else { return self }
        let value: JSONValue
        do { value = try JSONValue(parsing: body) } catch {
            throw DrydockError(.invalid, "the request's body is not understood", cause: error.description)
        }
        var call = self
        do {
            call.body = try ConfinedBodies(limits: confinement.limits).confined(value, of: route.name).bytes()
        } catch {
            throw confinement.refuse(method, path, error.text)
        }
        return call
    }

    /// A sink for raw bytes.
    func sink(contentType: String?) -> any ByteSink { StreamSink(writer: writer, contentType: contentType) }

    /// Runs `body` with a sink for messages; an error after the first message becomes the stream's last line.
    func streamMessages(_ body: (@escaping MessageSink) throws -> Void) throws {
        let sink = StreamSink(writer: writer, contentType: Self.json)
        let send: MessageSink = { message in
            // Docker ends these lines with CR LF.
            try sink.write(try JSONEncoder().bytes(message) + [13, 10])
        }
        do {
            try body(send)
            try sink.begin()
        } catch {
            guard writer.hasBegun else { throw error }
            let sentence = Failure(error).sentence
            writer.noteFailure(sentence)
            try send(.failure(sentence))
        }
    }
}

/// An error on its way into an answer.
struct Failure {
    let status: Int
    let code: DrydockError.Code
    let sentence: String
    let advice: String?

    init(_ error: any Error) {
        if let error = error as? DrydockError {
            (status, code, sentence, advice) = (error.code.httpStatus, error.code, error.description, error.advice)
        } else {
            (status, code, sentence, advice) = (500, .failed, String(describing: error), nil)
        }
    }

    init(status: Int, code: DrydockError.Code = .invalid, _ sentence: String) {
        (self.status, self.code, self.sentence, advice) = (status, code, sentence, nil)
    }

    /// The answer that reports it.
    func answer(hasEngineHeaders: Bool = true) -> (head: ResponseHead, body: [UInt8]) {
        if status == 304 { return (ResponseHead(status: 304, contentType: nil, body: .none), []) }
        let detail = hasEngineHeaders ? ErrorDetail(code: code.rawValue, advice: advice ?? "") : nil
        // A struct of texts always encodes.
        let body = ((try? JSONEncoder().bytes(ErrorResponse(message: sentence, drydock: detail))) ?? []) + [UInt8(ascii: "\n")]
        var head = ResponseHead(status: status, contentType: Call.json, body: .length(body.count))
        head.hasEngineHeaders = hasEngineHeaders
        return (head, body)
    }

    static let pageNotFound = Failure(status: 404, code: .notFound, "page not found")
}
