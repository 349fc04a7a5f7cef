import Basics
import CDrydock
import EngineInterface
import Glibc
import Registry
import Steps
import Store

extension ImageBuild {
    /// Fetches what `ADD` names by its address, before the cache is asked: only its content tells whether it is the same.
    func download(_ url: String, to destination: String) throws -> (folder: String, source: CopySource) {
        let path = url.drop { $0 != ":" }.dropFirst(3).drop { $0 != "/" }.prefix { $0 != "?" && $0 != "#" }
        let name = path.hasSuffix("/") ? "" : path.split(separator: "/").last.map(String.init) ?? ""
        guard !name.isEmpty, name != ".", name != ".." else {
            throw DrydockError(.invalid, "ADD failed: cannot determine filename for source \(url)")
        }
        let folder = try lease.makeFolder("download")
        try say("\n")
        let call = call
        try engine.operate("build", call) { operation in
            try operation.step("build.download") { step in
                let file = dd_open("\(folder)/\(name)", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
                guard file >= 0 else { throw DrydockError(.failed, "can't create \(name)", errno: Errno(code: errno)) }
                defer { close(file) }
                let exchanges = Monitored([HTTPExchange]())
                defer { for exchange in exchanges.read({ $0 }) { step.fact("http", exchange.line) } }
                let download = Download(url) { exchange in exchanges.update { $0.append(exchange) } }
                var modified: Int?
                do {
                    let sink = { (bytes: UnsafeRawBufferPointer) in try writeAll(file, bytes) }
                    modified = try download.fetch(to: sink) { count in
                        if call.isCancelled { throw DrydockError(.unavailable, "the build was cancelled") }
                        step.progress(current: count, total: 0, label: name)
                    }
                } catch let error as DrydockError {
                    throw DrydockError(error.code, "ADD failed: \(error.sentence)", cause: error.cause, advice: error.advice)
                }
                let time = timespec(tv_sec: modified ?? 0, tv_nsec: 0)
                futimens(file, [time, time])
            }
        }
        let tree = try SourceTree(folder, hasNamedOwners: true)
        guard let item = try tree.find(name) else { throw DrydockError(.failed, "ADD failed: \(name) is gone") }
        let (sum, files) = try tree.sum(of: item)
        return (folder, CopySource(name: name, item: item, sum: String(sum.dropFirst("file:".utf8.count)), files: files, mayUnpack: false))
    }
}
