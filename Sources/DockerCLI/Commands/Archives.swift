import Basics
import EngineClient
import Glibc
import OCI

/// `docker save`
@Sendable func saveCommand(_ invocation: Invocation) throws -> Int32 {
    try invocation.download("save") { client in
        guard invocation.arguments.count > 1 else { return try client.stream("GET", "/images/\(segment(invocation.arguments[0]))/get") }
        return try client.stream("GET", "/images/get", query: invocation.arguments.map { ("names", $0) })
    }
}

/// `docker export`
@Sendable func exportCommand(_ invocation: Invocation) throws -> Int32 {
    try invocation.download("export") { try $0.stream("GET", "/containers/\(segment(invocation.arguments[0]))/export") }
}

extension Invocation {
    /// Writes what the engine sends to `--output`, or to standard output, which must not be a terminal then.
    fileprivate func download(_ verb: String, _ request: (EngineClient) throws -> ResponseStream) throws -> Int32 {
        let path = flags.string("output")
        if path.isEmpty, context.outputIsTerminal {
            throw CommandFailure("cowardly refusing to \(verb) to a terminal. Use the -o flag or redirect")
        }
        if !path.isEmpty, let problem = outputProblem(path) {
            throw CommandFailure("failed to \(verb) \(verb == "save" ? "image" : "container"): \(problem)")
        }
        let stream = try request(try client())
        guard !path.isEmpty else {
            while let bytes = try stream.next() { try? writeAll(context.output, bytes) }
            return 0
        }
        try copy(stream, to: path)
        return 0
    }

    private func outputProblem(_ path: String) -> String? {
        var status = stat()
        if stat(path, &status) == 0 {
            if status.st_mode & S_IFMT == S_IFDIR { return "invalid output path: \"\(path)\" must be a file, not a directory" }
            if [S_IFCHR, S_IFBLK].contains(status.st_mode & S_IFMT), path != "/dev/null" { return "got a device" }
            return nil
        }
        let folder = path.contains("/") ? String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) : "."
        return access(folder.isEmpty ? "/" : folder, F_OK) == 0 ? nil : "invalid output path: directory \"\(folder)\" does not exist"
    }

    /// The file appears when it is whole, and not at all when it isn't.
    private func copy(_ stream: ResponseStream, to path: String) throws {
        let folder = path.contains("/") ? String(path[...(path.lastIndex(of: "/") ?? path.startIndex)]) : ""
        var template = Array("\(folder).docker_temp_XXXXXX".utf8CString)
        let file = mkstemp(&template)
        guard file >= 0 else { throw CommandFailure("open \(path): \(Errno.current.text)") }
        let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        do {
            defer { close(file) }
            let output = UncachedFile(file)
            while let bytes = try stream.next() {
                let result: Result<Void, Errno> = bytes.withUnsafeBytes { piece in
                    Result { () throws(Errno) in try output.write(piece) }
                }
                try result.get()
            }
            try output.finish()
        } catch let error as Errno {
            unlink(temporary)
            throw CommandFailure("write \(path): \(error.text)")
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else {
            let problem = Errno.current
            unlink(temporary)
            throw CommandFailure("rename \(path): \(problem.text)")
        }
    }
}

/// `docker import`
@Sendable func importCommand(_ invocation: Invocation) throws -> Int32 {
    let context = invocation.context
    let source = invocation.arguments[0]
    let isURL = source.hasPrefix("http://") || source.hasPrefix("https://")
    var input = context.input
    if source != "-", !isURL {
        input = open(source, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw CommandFailure("open \(source): \(Errno.current.text)") }
    }
    defer { if input != context.input { close(input) } }
    var query = invocation.flags.list("change").map { ("changes", $0) }
    query.append(("fromSrc", isURL ? source : "-"))
    let message = invocation.flags.string("message")
    if !message.isEmpty { query.append(("message", message)) }
    if invocation.arguments.count > 1 {
        let reference: Reference
        do { reference = try Reference(invocation.arguments[1]) } catch {
            throw CommandFailure("Error response from daemon: \(error.sentence)")
        }
        query += [("repo", reference.familiarName), ("tag", reference.tag ?? "")]
    }
    let stream = try invocation.client().upload("POST", "/images/create", query: query, headers: [("Content-Type", "text/plain")]) {
        isURL ? nil : try nextPiece(of: input)
    }
    var display = ProgressDisplay(context: context, descriptor: context.output, isTerminal: context.outputIsTerminal)
    try display.show(stream)
    return 0
}
