import Basics
import EngineClient
import LessonState
import Lessons

/// A place where lines can be run, with an engine and a folder of their own.
public protocol LineHost: AnyObject {
    /// The engine whose state is judged.
    var client: EngineClient { get }
    /// Runs a line as if it had been typed; returns when it has ended, or its time is up.
    /// - Throws: when it could not be run at all.
    func run(_ line: String, keys: [Keys], seconds: Int) throws -> LineResult
    /// A file of the learner's folder; nil when there is none. Never one outside.
    func readFile(_ path: String) -> [UInt8]?
    /// Puts a file of the lesson into the learner's folder.
    func write(_ file: LessonFile) throws
    /// The ids of the steps that were narrated since this was asked last; nil where nothing tells of them.
    func narratedSteps() -> [String]?
    /// Ends the engine and removes what was made.
    func end()
}

/// How a line ended.
public struct LineResult: Sendable, Hashable {
    public var output: String
    public var errors: String
    public var code: Int32
    /// Its time was up.
    public var isLate: Bool
    /// It printed more than was kept.
    public var isCut: Bool

    /// - Parameter json: what `drydock run-lines` answered.
    init(_ json: JSONValue) {
        output = json["output"]?.stringValue ?? ""
        errors = json["errors"]?.stringValue ?? ""
        code = Int32(clamping: json["code"]?.intValue ?? 127)
        isLate = json["late"]?.boolValue ?? false
        isCut = json["cut"]?.boolValue ?? false
    }
}

extension LineHost {
    /// What checks look at, as things are now.
    public var state: LiveState { LiveState(client: client) { [unowned self] in readFile($0) } }

    /// The number of the last request that the engine answered; nil of an engine that keeps no list.
    public func lastRequest() -> Int? {
        guard let list = try? client.request("GET", "/drydock/requests").json().arrayValue else { return nil }
        return list.last?["number"]?.intValue ?? 0
    }

    /// The requests after one.
    public func requests(after number: Int?) -> [(request: String, status: Int)]? {
        guard let number,
            let list = try? client.request("GET", "/drydock/requests", query: [("after", "\(number)")]).json().arrayValue
        else { return nil }
        return list.map { ($0["request"]?.stringValue ?? "", $0["status"]?.intValue ?? 0) }
    }
}
