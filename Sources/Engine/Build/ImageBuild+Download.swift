import Basics
import CDrydock
import DockerAPI
import EngineInterface
import Glibc
import Registry
import Steps
import Store

extension ImageBuild {
    /// Where a download goes of which nothing says how it is called.
    private static let unnamed = "__unnamed__"

    /// Fetches what `ADD` names by its address, before the cache is asked: only its content tells whether it is the same.
    /// Source: moby, `builder/dockerfile/copy.go`, `downloadSource`.
    func download(_ url: String, to destination: String) throws -> CopySource {
        let folder = try lease.makeFolder("download")
        let arriving = "\(folder)/.arriving"
        var progress = DownloadProgress(isQuiet: request.isQuiet || request.explains, sink: sink)
        var name = ""
        let call = call
        try engine.operate("build", call) { operation in
            try operation.step("build.download") { step in
                let file = dd_open(arriving, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
                guard file >= 0 else { throw DrydockError(.failed, "can't create \(arriving)", errno: Errno(code: errno)) }
                defer { close(file) }
                let exchanges = Monitored([HTTPExchange]())
                defer { for exchange in exchanges.read({ $0 }) { step.fact("http", exchange.line) } }
                let download = Download(url) { exchange in exchanges.update { $0.append(exchange) } }
                do {
                    let write = { (bytes: UnsafeRawBufferPointer) in try writeAll(file, bytes) }
                    let head = try download.fetch(to: write) { count, total in
                        if call.isCancelled { throw DrydockError(.unavailable, "the build was cancelled") }
                        step.progress(current: count, total: max(0, total), label: "download")
                        try progress.tell(count, of: total)
                    }
                    try progress.end()
                    name = DownloadName.of(url, head) ?? Self.unnamed
                    var times = [timespec(), timespec()]
                    // Docker's where the server tells nothing that is a time.
                    if let seconds = head.modified {
                        times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: seconds, tv_nsec: 0)]
                    }
                    futimens(file, times)
                    step.detail(
                        "download",
                        ["url": .string(url), "file": .string("\(folder)/\(name)"), "modified": .integer(Int64(times[0].tv_sec))])
                } catch let error as DrydockError {
                    throw DrydockError(error.code, "ADD failed: \(error.sentence)", cause: error.cause, advice: error.advice)
                }
                guard rename(arriving, "\(folder)/\(name)") == 0 else {
                    throw DrydockError(.failed, "ADD failed: can't name the download \(name)", errno: Errno(code: errno))
                }
            }
        }
        try say("\n")
        guard name != Self.unnamed || !destination.hasSuffix("/") else {
            throw DrydockError(.invalid, "ADD failed: cannot determine filename for source \(url)")
        }
        let tree = try SourceTree(folder, hasNamedOwners: true)
        guard let item = try tree.find(name) else { throw DrydockError(.failed, "ADD failed: \(name) is gone") }
        let (sum, files) = try tree.sum(of: item)
        return CopySource(
            name: name, item: item, folder: folder, sum: String(sum.dropFirst("file:".utf8.count)), files: files, mayUnpack: false)
    }
}

/// What a download is called.
enum DownloadName {
    /// - Returns: nil where neither the address nor the server says it.
    static func of(_ url: String, _ head: DownloadHead) -> String? {
        let path = url.drop { $0 != ":" }.dropFirst(3).drop { $0 != "/" }.prefix { $0 != "?" && $0 != "#" }
        if !path.isEmpty, !path.hasSuffix("/") { return last(percentDecoded(path)) }
        return head.fileName.flatMap { $0.hasSuffix("/") ? nil : last($0) }
    }

    private static func last(_ path: String) -> String? {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        let isName = !name.isEmpty && name != "." && name != ".." && name.utf8.count <= 255 && !name.utf8.contains(0)
        return isName ? name : nil
    }

    private static func percentDecoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let decoded = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(decoded)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Tells a client how a download goes, as Docker's engine does: not more often than one can read.
/// Source: moby, `pkg/progress/progressreader.go`.
struct DownloadProgress {
    let isQuiet: Bool
    let sink: MessageSink
    /// What is shown before the amount, and of what: Docker's engine has another form for a context.
    var status = "Downloading"
    var id = ""
    var tellsTotal = true
    private var (last, total): (Int64, Int64) = (0, -1)
    private var (told, toldAt): (Int64, UInt64) = (-1, 0)

    init(isQuiet: Bool, sink: @escaping MessageSink) {
        self.isQuiet = isQuiet
        self.sink = sink
    }

    mutating func tell(_ count: Int64, of total: Int64) throws {
        (last, self.total) = (count, total)
        let now = Self.now()
        let step = total > 0 ? min(512 << 10, total / 100) : 512 << 10
        guard count > 0, count - max(0, told) > step, now &- toldAt >= 100_000_000 else { return }
        try send(now)
    }

    /// - Parameter isDone: It is told that this was all.
    mutating func end(isDone: Bool = false) throws {
        if isDone || told != last { try send(Self.now(), isDone ? "done" : "") }
    }

    private mutating func send(_ now: UInt64, _ word: String = "") throws {
        (told, toldAt) = (last, now)
        guard !isQuiet else { return }
        let shown = tellsTotal && total > 0 ? total : 0
        try sink(JSONMessage(status: status, progressDetail: JSONProgress(current: last, total: shown), progress: word, id: id))
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
