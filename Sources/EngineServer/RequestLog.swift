import Basics
import EngineInterface
import NIOHTTP1
import Synchronization

/// A request of Docker's API that was answered.
struct AnsweredRequest: Sendable, Encodable {
    /// Counts up from 1 since the engine's start.
    var number: Int
    /// Method, path without version, and query, decoded: `GET /containers/json?all=1`.
    var request: String
    var status: Int
    var time: String
    /// `X-Drydock-Asked`: the command that it belongs to.
    var asked: String?
    /// What was answered when it was refused, or told at the end of an answer that had begun well.
    var error: String?
}

/// The last requests with their answers' status. A lesson's check learns from it what was asked, however it was spelt.
final class RequestLog: Sendable {
    private struct State {
        var entries: [AnsweredRequest] = []
        var count = 0
    }

    /// Who only looks at what others have done says so by this header, and is not listed.
    static let lookersHeader = "X-Drydock-Looks"

    private let state = Mutex(State())
    /// What is kept at most: of requests, and of each one's bytes.
    private static let limit = (requests: 4096, bytes: 2048)

    /// - Parameter body: The answer's; of a refusal its message is kept.
    /// - Returns: the entry's number; nil for what is not listed.
    @discardableResult
    func note(_ head: HTTPRequestHead, status: Int, body: [UInt8] = []) -> Int? {
        guard !head.headers.contains(name: Self.lookersHeader), let text = Self.text(head) else { return nil }
        let error =
            status < 400 ? nil : (try? JSONValue(parsing: body))?["message"]?.stringValue.map { String($0.prefix(Self.limit.bytes)) }
        let asked = head.headers.first(name: CallContext.askedHeader).map { String($0.prefix(64)) }
        let time = Timestamp.now().description
        return state.withLock { state in
            state.count += 1
            state.entries.append(
                AnsweredRequest(number: state.count, request: text, status: status, time: time, asked: asked, error: error))
            // Dropped by halves, so that each costs nothing.
            if state.entries.count > Self.limit.requests { state.entries.removeFirst(Self.limit.requests / 2) }
            return state.count
        }
    }

    /// A streamed answer, whose status was sent long before, has ended with an error.
    func noteFailure(_ sentence: String, of number: Int) {
        state.withLock { state in
            guard let place = state.entries.lastIndex(where: { $0.number == number }) else { return }
            state.entries[place].error = String(sentence.prefix(Self.limit.bytes))
        }
    }

    /// The requests that came after a number.
    func since(_ number: Int) -> [AnsweredRequest] { state.withLock { $0.entries.filter { $0.number > number } } }

    /// Docker's API alone: drydock's own routes look on and change nothing.
    private static func text(_ head: HTTPRequestHead) -> String? {
        var path = head.uri.prefix(limit.bytes)
        if path.hasPrefix("/v") {
            let rest = path.dropFirst()
            guard let slash = rest.firstIndex(of: "/") else { return nil }
            path = rest[slash...]
        }
        if path.hasPrefix("/drydock/") || path.hasPrefix("/_ping") { return nil }
        let decoded = try? percentDecoded(path, plusIsSpace: false)
        return "\(head.method.rawValue) \(decoded ?? String(path))"
    }
}
