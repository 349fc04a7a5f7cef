import Basics
import EngineClient
import Foundation
import Synchronization
import Testing

/// A command that is single-stepped from outside: stops at each step and each kernel call, and asks what to do.
struct Walk {
    /// One stop.
    struct Stop: CustomStringConvertible {
        let operation: String
        let id: String
        /// `before` or `after`.
        let when: String
        /// The kernel call, at the level of calls.
        let call: String?
        let isFinal: Bool

        /// The word that leads to the next stop at the level of steps.
        var goOnAtSteps: String { id.contains(".") ? "next" : "into" }

        var description: String { "\(when) \(id)\(call.map { " \($0)()" } ?? "")" }

        init(_ event: JSONValue) {
            operation = event["op"]?.stringValue ?? ""
            id = event["id"]?.stringValue ?? ""
            when = event["when"]?.stringValue ?? ""
            call = event["call"]?["name"]?.stringValue
            isFinal = event["final"]?.boolValue ?? false
        }
    }

    enum Answer {
        case goOn(String)
        /// Somebody is gone: no answer is given, and the walk is over.
        case leave
    }

    /// How the command itself ended; nil when it worked.
    let failure: String?
    /// How many stops there were.
    let count: Int

    /// - Parameters:
    ///   - command: Makes its requests with the client that it is given, on a thread of its own.
    ///   - answer: Is asked at each stop, with its number from 0.
    init(
        _ dock: Dock, level: String = "call", _ command: @escaping @Sendable (EngineClient) throws -> Void,
        answer: (Int, Stop) throws -> Answer
    ) throws {
        let token = UUID().uuidString
        let watcher = try dock.client()
        var events = EventStream(try watcher.stream("GET", "/drydock/events", query: [("session", token)]))
        _ = try events.next()
        _ = try watcher.request(
            "POST", "/drydock/sessions/\(token)", body: #"{"step":true,"breakpoints":[],"level":"\#(level)"}"#.utf8.map { $0 })
        let client = try dock.client()
        client.setExtraHeaders { [("X-Drydock-Session", token), ("X-Drydock-Command", "run")] }
        let outcome = Mutex<String?>(nil)
        let done = DispatchSemaphore(value: 0)
        Thread {
            do { try command(client) } catch { outcome.withLock { $0 = "\(error)" } }
            // Ends the stream of events; a dead engine has ended it already.
            _ = try? EngineClient(endpoint: watcher.endpoint).request("DELETE", "/drydock/sessions/\(token)")
            done.signal()
        }.start()
        var stops = 0
        walking: while let event = try? events.next() {
            guard event["event"]?.stringValue == "paused" else { continue }
            let stop = Stop(event)
            defer { stops += 1 }
            switch try answer(stops, stop) {
            case .leave: break walking
            case .goOn(let action):
                do {
                    _ = try watcher.request(
                        "POST", "/drydock/operations/\(stop.operation)/resume", body: #"{"action":"\#(action)"}"#.utf8.map { $0 })
                } catch let error as EngineClientError where error.apiError?.status == 404 {
                    // The command has got all its answers and has left: what was still to be cleaned up goes on without it.
                }
            }
        }
        done.wait()
        failure = outcome.withLock { $0 }
        count = stops
    }
}

/// What walks step through.
enum Command {
    /// `docker run`, as far as the engine hears of it.
    static func run(_ words: [String], autoRemove: Bool = false, extra: String = "") -> @Sendable (EngineClient) throws -> Void {
        let command = words.map { "\"\($0)\"" }.joined(separator: ",")
        let body = #"{"Image":"ubuntu:14.04","Cmd":[\#(command)],"HostConfig":{"AutoRemove":\#(autoRemove)\#(extra)}}"#
        return { client in
            let created = try client.request("POST", "/containers/create", query: [("name", "walked")], body: Array(body.utf8)).json()
            let id = created["Id"]?.stringValue ?? ""
            let ended = autoRemove ? try client.begin("POST", "/containers/\(id)/wait", query: [("condition", "removed")]) : nil
            _ = try client.request("POST", "/containers/\(id)/start")
            _ = try ended?.response()
        }
    }

    /// `docker exec -d host sleep 500`, ended at once when it has started.
    static let exec: @Sendable (EngineClient) throws -> Void = { client in
        let body = Array(#"{"Cmd":["sleep","500"]}"#.utf8)
        let id = try client.request("POST", "/containers/host/exec", body: body).json()["Id"]?.stringValue ?? ""
        _ = try client.request("POST", "/exec/\(id)/start", body: Array(#"{"Detach":true}"#.utf8))
    }

    static let remove: @Sendable (EngineClient) throws -> Void = { client in
        _ = try client.request("DELETE", "/containers/walked", query: [("force", "1")])
    }

    static let stop: @Sendable (EngineClient) throws -> Void = { client in
        _ = try client.request("POST", "/containers/walked/stop", query: [("t", "0")])
    }

    static func push(_ name: String, _ tag: String, auth: (name: String, password: String)) -> @Sendable (EngineClient) throws -> Void {
        let header = Data(#"{"username":"\#(auth.name)","password":"\#(auth.password)"}"#.utf8).base64EncodedString()
        return { client in
            let stream = try client.stream(
                "POST", "/images/\(name)/push", query: [("tag", tag)], headers: [("X-Registry-Auth", header)])
            let said = String(decoding: try stream.collect(), as: UTF8.self)
            if said.contains("errorDetail") { throw DrydockError(.failed, said) }
        }
    }

    static func load(_ archive: [UInt8]) -> @Sendable (EngineClient) throws -> Void {
        { client in
            var rest = archive[...]
            let stream = try client.upload("POST", "/images/load", query: [], headers: [("Content-Type", "application/x-tar")]) {
                let piece = rest.prefix(64 << 10)
                rest = rest.dropFirst(piece.count)
                return piece.isEmpty ? nil : Array(piece)
            }
            while try stream.next() != nil {}
        }
    }

    /// Builds anew what a context says.
    static func build(_ context: [UInt8]) -> @Sendable (EngineClient) throws -> Void {
        { client in
            var rest = context[...]
            let stream = try client.upload("POST", "/build", query: [("nocache", "1"), ("t", "made")]) {
                let piece = rest.prefix(64 << 10)
                rest = rest.dropFirst(piece.count)
                return piece.isEmpty ? nil : Array(piece)
            }
            let said = String(decoding: try stream.collect(), as: UTF8.self)
            if said.contains("errorDetail") { throw DrydockError(.failed, said) }
        }
    }

    static let pull: @Sendable (EngineClient) throws -> Void = { client in
        let stream = try client.stream("POST", "/images/create", query: [("fromImage", "ubuntu"), ("tag", "14.04")])
        let said = String(decoding: try stream.collect(), as: UTF8.self)
        if said.contains("errorDetail") { throw DrydockError(.failed, said) }
    }
}

extension Walk {
    /// Kills the engine at the first stop, then at the second, until the command gets by.
    static func killEngine(
        _ dock: Dock, at isWanted: (Stop) -> Bool = { _ in true }, _ command: @escaping @Sendable (EngineClient) throws -> Void,
        prepare: () -> Void, check: (String) -> Void
    ) throws -> Int {
        var (point, points) = (0, 0)
        while true {
            prepare()
            var place: Walk.Stop?
            _ = try Walk(dock, command) { number, stop in
                // Between a call and the next there is nothing to be killed in: one side of each is enough.
                guard number >= point, isWanted(stop), stop.when == "after" || stop.call == nil else { return .goOn("into") }
                place = stop
                point = number + 1
                try dock.killEngine()
                return .leave
            }
            guard let place else { return points }
            points += 1
            #expect(dock.ailments == "", "after the engine was killed \(place)")
            check("after the engine was killed \(place)")
        }
    }
}
