import Basics
import ClientArchive
import Dockerfile
import EngineClient
import Glibc
import TextTools

/// What is sent to the engine, and what the engine is told of it.
struct BuildContext {
    /// The Dockerfile's name in what is sent.
    var dockerfile: String
    /// Where the engine fetches the context itself; empty if it is sent.
    var remote = ""
    /// For an engine that has the files of the folder's last build; nil for what is sent whole.
    var kept: KeptContext?
    /// The next piece of what is sent; nil at its end, and where nothing is sent.
    var next: () throws -> [UInt8]? = { nil }
}

/// Prepares a context from what stands on the command line: a folder, an address, or standard input.
/// Source: docker/cli 20.10, `cli/command/image/build/context.go`.
struct BuildContextPreparation {
    let invocation: Invocation

    /// Bytes of a Dockerfile that comes from elsewhere: more is something else.
    private static let longestDockerfile = 16 << 20

    private var input: Int32 { invocation.context.input }

    /// - Parameters:
    ///   - given: the argument.
    ///   - file: `-f`'s value, empty without one.
    /// - Throws: `CommandFailure` with Docker's text.
    func prepare(_ given: String, file: String) throws -> BuildContext {
        if given == "-" {
            guard file != "-" else { throw CommandFailure("invalid argument: can't use stdin for both build context and dockerfile") }
            return try fromInput(file)
        }
        if access(given, F_OK) == 0 { return try fromFolder(given, file) }
        if Self.isGit(given) { return try fromGit(given, file) }
        if Self.isURL(given) {
            // Docker's client fetches it itself and sends it on. drydock's engine is on this machine and does it without the detour.
            return BuildContext(dockerfile: file, remote: given)
        }
        throw CommandFailure("unable to prepare context: path \(goQuoted(given)) not found")
    }

    // MARK: Folders

    private func fromFolder(_ given: String, _ file: String, mayReadOutside: Bool = true) throws -> BuildContext {
        let folder = try ContextFolder(given, dockerfile: file)
        let found = try ContextCheck(invocation: invocation, folder: folder).run()
        var extra: ExtraDockerfile?
        if file == "-" {
            do { extra = ExtraDockerfile(content: try readAll(input, limit: Self.longestDockerfile)) } catch {
                throw CommandFailure("read /dev/stdin: \(error.text)")
            }
        } else if folder.hasOutsideDockerfile {
            // A stranger's link must not make a file of this machine part of the context.
            guard mayReadOutside else {
                let name = file.isEmpty ? "Dockerfile" : file
                throw CommandFailure(
                    "unable to prepare context: the Dockerfile (\(name)) must be within the build context (\(HostPath.text(folder.path)))")
            }
            extra = ExtraDockerfile(content: try read(file))
        }
        let context = invocation.context
        let complain = { (text: String) in
            let time = Timestamp.now().fixedNano.prefix(19) + "Z"
            context.complain("time=\"\(time)\" level=error msg=\(goQuoted(text))")
        }
        let archive = ContextArchive(folder, extra: extra, complain: complain)
        // A repository's folder is a new one each time.
        let kept = extra == nil && mayReadOutside ? KeptContext(folder, found, complain: complain) : nil
        return BuildContext(
            dockerfile: extra?.name ?? HostPath.text(folder.dockerfile), kept: kept, next: { try archive.next() })
    }

    private func read(_ file: String) throws -> [UInt8] {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw CommandFailure("unable to open Dockerfile: open \(file): \(Errno.current.text)") }
        defer { close(descriptor) }
        do { return try readAll(descriptor, limit: Self.longestDockerfile) } catch { throw CommandFailure("read \(file): \(error.text)") }
    }

    // MARK: Repositories

    private func fromGit(_ given: String, _ file: String) throws -> BuildContext {
        let repository = try GitContext(given, invocation)
        // Relative to the repository: there is nothing else that it could mean.
        let isPath = !file.isEmpty && file != "-" && !file.hasPrefix("/")
        var context = try fromFolder(repository.folder, isPath ? "\(repository.folder)/\(file)" : file, mayReadOutside: false)
        let next = context.next
        // Its folder goes when everything was sent.
        context.next = { try withExtendedLifetime(repository) { try next() } }
        return context
    }

    // MARK: Standard input

    private func fromInput(_ file: String) throws -> BuildContext {
        var head: [UInt8] = []
        while head.count < 2 * TarWriter.blockSize, let piece = try nextPiece(of: input) { head += piece }
        let input = input
        if Self.isArchive(head) {
            var first: [UInt8]? = head
            return BuildContext(dockerfile: file) {
                defer { first = nil }
                return try first ?? nextPiece(of: input)
            }
        }
        var content = head
        while let piece = try nextPiece(of: input) {
            content += piece
            guard content.count <= Self.longestDockerfile else {
                throw CommandFailure("unable to prepare context: the Dockerfile on standard input is too large")
            }
        }
        var bytes: [UInt8]? = Self.archive(ofDockerfile: content)
        return BuildContext(dockerfile: "Dockerfile") {
            defer { bytes = nil }
            return bytes
        }
    }

    /// Docker writes the file into a folder first, so it is this user's, and new.
    private static func archive(ofDockerfile content: [UInt8]) -> [UInt8] {
        var member = TarMember(name: Array("Dockerfile".utf8), kind: S_IFREG, mode: 0o644, size: Int64(content.count))
        member.modified = Int64(Timestamp.now().nanoseconds / 1_000_000_000)
        member.owner = geteuid()
        member.group = getegid()
        member.ownerName = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? ""
        member.groupName = getgrgid(getegid()).map { String(cString: $0.pointee.gr_name) } ?? ""
        return TarWriter.header(member) + content + TarWriter.padding(after: member.size) + TarWriter.end
    }

    /// gzip, bzip2, xz, or a tar whose first header's checksum is right.
    static func isArchive(_ head: [UInt8]) -> Bool {
        let marks: [[UInt8]] = [[0x1F, 0x8B, 0x08], [0x42, 0x5A, 0x68], [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]]
        if marks.contains(where: { head.starts(with: $0) }) { return true }
        guard head.count >= TarWriter.blockSize, head[0] != 0 || head[148] != 0 else { return false }
        let digits = head[148..<156].drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
        guard let wanted = Int(String(decoding: digits, as: UTF8.self), radix: 8) else { return false }
        let sum = head[..<TarWriter.blockSize].enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
        return sum == wanted
    }

    // MARK: Addresses

    static func isURL(_ text: String) -> Bool { text.hasPrefix("http://") || text.hasPrefix("https://") }

    static func isGit(_ text: String) -> Bool {
        if isURL(text) {
            // `….git`, perhaps with a branch behind it.
            let path = text.prefix { $0 != "#" }
            return path.hasSuffix(".git") && text != path + "#"
        }
        return ["git://", "github.com/", "git@"].contains { text.hasPrefix($0) }
    }
}
