import Basics
import EngineClient
import Glibc
import TextTools

/// `docker logs`
@Sendable func logsCommand(_ invocation: Invocation) throws -> Int32 {
    let flags = invocation.flags
    let client = try invocation.client()
    let name = invocation.arguments[0]
    let container = try naming("container", name) { try client.request("GET", "/containers/\(segment(name))/json").json() }
    let id = container["Id"]?.stringValue ?? name
    var query: [(String, String)] = []
    if flags.bool("details") { query.append(("details", "1")) }
    if flags.bool("follow") { query.append(("follow", "1")) }
    for bound in ["since", "until"] where !flags.string(bound).isEmpty {
        do { query.append((bound, try LogTime.parse(flags.string(bound), now: invocation.context.now()))) } catch let error as ValueError {
            throw CommandFailure("invalid value for \"\(bound)\": \(error.text)")
        }
    }
    query += [("stderr", "1"), ("stdout", "1"), ("tail", flags.isSet("tail") ? flags.string("tail") : "all")]
    if flags.bool("timestamps") { query.append(("timestamps", "1")) }
    let stream = try client.stream("GET", "/containers/\(segment(id))/logs", query: query)
    let context = invocation.context
    let isRaw = container["Config"]?["Tty"]?.boolValue ?? false
    var frames = StreamDemultiplexer()
    while let bytes = try stream.next() {
        if isRaw {
            context.write(bytes, to: context.output)
            continue
        }
        do {
            try frames.take(
                bytes, output: { context.write(Array($0), to: context.output) }, error: { context.write(Array($0), to: context.error) })
        } catch let error as ValueError { throw CommandFailure(error.text) }
    }
    return 0
}

/// `--since` and `--until`: a time, a duration back from now, or seconds.
enum LogTime {
    /// - Returns: the API's form, `seconds.nanoseconds` or what was given.
    static func parse(_ text: String, now: Timestamp) throws -> String {
        if let back = try? GoNumber.duration(text), text != "0" {
            return String((now.nanoseconds - back) / 1_000_000_000)
        }
        let isDate = text.contains("-") && text.prefix { $0 != "-" }.count == 4
        if isDate { return try date(text) }
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isNumber } }) else {
            throw ValueError("failed to parse value as time or duration: \(goQuoted(text))")
        }
        return text
    }

    /// Days, minutes or seconds, with a zone or in the user's own.
    private static func date(_ text: String) throws -> String {
        let fields = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var clock = fields.count == 2 ? fields[1] : "00:00:00"
        var zone: String?
        if clock.hasSuffix("Z") {
            zone = "Z"
            clock.removeLast()
        } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            zone = String(clock[sign...])
            clock = String(clock[..<sign])
        }
        while clock.filter({ $0 == ":" }).count < 2 { clock += ":00" }
        let whole = "\(fields[0])T\(clock)"
        guard let utc = Timestamp(rfc3339: whole + (zone ?? "Z")) else {
            throw ValueError("parsing time \(goQuoted(text)): out of range")
        }
        var seconds = utc.seconds
        if zone == nil {
            // As if it were universal time, then brought into the user's zone.
            var time = time_t(seconds)
            var parts = tm()
            gmtime_r(&time, &parts)
            parts.tm_isdst = -1
            seconds = Int64(mktime(&parts))
        }
        let nanoseconds = String(utc.fraction)
        return "\(seconds).\(String(repeating: "0", count: 9 - nanoseconds.count))\(nanoseconds)"
    }
}
