import Basics
import Glibc

/// Requests with bounded redirects, each reported to an observer.
struct HTTPClient: Sendable {
    let pool: HandlePool
    let userAgent: String
    /// Whose certificates are believed, and whether; nil for the system's own.
    let endpoint: RegistryEndpoint?
    let limits: RegistryLimits
    let observer: (@Sendable (HTTPExchange) -> Void)?

    /// Asks, follows redirects, and gives the body of a 200 or 206 to the sink piece by piece, with that status; other bodies are in the
    /// answer.
    ///
    /// Credentials go to the host they are meant for, never to one that a redirect names: a registry hands its blobs to
    /// storage elsewhere, which has no business with them.
    ///
    /// - Throws: `TransferFailure`, what `tick` and `sink` throw, `DrydockError` (`unavailable`) for a redirect that is refused.
    func get(
        _ request: HTTPRequest,
        tick: (Int64) throws -> Void = { _ in },
        head: ([(name: String, value: String)], Int) throws -> Void = { _, _ in },
        sink: (UnsafeRawBufferPointer, Int) throws -> Void
    ) throws -> HTTPAnswer {
        guard let origin = URLParts(request.url) else { throw DrydockError(.invalid, "\(request.url) is no address of a registry") }
        var next = request
        for _ in 0...limits.redirects {
            let answer = try hop(next, tick, head, sink)
            guard (301...303).contains(answer.status) || answer.status == 307 || answer.status == 308 else { return answer }
            guard let location = answer.location, let target = URLParts(location) else {
                throw DrydockError(.unavailable, "Get \"\(next.url)\": a redirect (\(answer.status)) without a usable address")
            }
            guard ["http", "https"].contains(target.scheme), origin.scheme == "http" || target.scheme == "https" else {
                throw DrydockError(
                    .unavailable,
                    "Get \"\(next.url)\": redirected to \(location), which is not followed from \(origin.scheme)"
                )
            }
            next = HTTPRequest(
                method: request.method, url: location, accept: request.accept,
                authorization: target == origin ? request.authorization : nil, otherHeaders: request.otherHeaders)
        }
        throw DrydockError(.unavailable, "Get \"\(request.url)\": stopped after \(limits.redirects) redirects")
    }

    /// The same with the body of a 200 collected.
    ///
    /// - Parameter limit: of its size; more is refused while it arrives.
    func get(_ request: HTTPRequest, limit: Int, what: String) throws -> (answer: HTTPAnswer, body: [UInt8]) {
        var body: [UInt8] = []
        let answer = try get(request) { bytes, _ in
            guard body.count + bytes.count <= limit else {
                throw DrydockError(.unavailable, "\(what) is larger than \(limit) bytes")
            }
            body.append(contentsOf: bytes)
        }
        return (answer, answer.status == 200 ? body : answer.body)
    }

    /// Sends a request that changes something. A redirect is not followed: what was sent would have to be sent again, elsewhere.
    ///
    /// - Parameter progress: told how many bytes of the body have been sent; what it throws ends the transfer.
    func send(_ request: HTTPRequest, progress: (Int64) throws -> Void = { _ in }) throws -> HTTPAnswer {
        var body: [UInt8] = []
        let noHead = { (_: [(name: String, value: String)], _: Int) in }
        let answer = try hop(request, progress, noHead) { bytes, _ in
            guard body.count + bytes.count <= limits.answerBytes else {
                throw DrydockError(.unavailable, "the answer of \(request.url) is larger than \(limits.answerBytes) bytes")
            }
            body.append(contentsOf: bytes)
        }
        return body.isEmpty
            ? answer : HTTPAnswer(url: answer.url, status: answer.status, headers: answer.headers, body: body, location: nil)
    }

    private func hop(
        _ request: HTTPRequest,
        _ tick: (Int64) throws -> Void,
        _ head: ([(name: String, value: String)], Int) throws -> Void,
        _ sink: (UnsafeRawBufferPointer, Int) throws -> Void
    ) throws -> HTTPAnswer {
        let handle = try pool.take()
        defer { pool.giveBack(handle) }
        // The closures live as long as this call: the transfer that holds them ends with it.
        return try withoutActuallyEscaping(tick) { tick in
            try withoutActuallyEscaping(sink) { sink in
                let transfer = HTTPTransfer(request, limits: limits, tick: tick, sink: sink)
                return try withoutActuallyEscaping(head) { head in
                    transfer.onHead = head
                    // It goes with this call, whoever still holds the transfer.
                    defer { transfer.onHead = nil }
                    let begin = Self.microseconds()
                    defer {
                        observer?(
                            HTTPExchange(
                                method: request.method,
                                url: request.url,
                                status: transfer.status,
                                bytes: max(transfer.received, transfer.sent),
                                microseconds: Self.microseconds() - begin
                            )
                        )
                    }
                    return try transfer.perform(on: handle.pointer, userAgent: userAgent, endpoint: endpoint)
                }
            }
        }
    }

    private static func microseconds() -> Double {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Double(now.tv_sec) * 1e6 + Double(now.tv_nsec) / 1e3
    }
}
