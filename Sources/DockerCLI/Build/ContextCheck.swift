import Basics
import Dockerfile
import EngineClient
import Glibc
import TextTools

/// Looks through a context before anything of it is read or sent: everything in it must be readable (Docker's check), and what is
/// hardly meant to be sent (a whole disk, a home folder) is warned of.
struct ContextCheck {
    let invocation: Invocation
    let folder: ContextFolder

    /// Bytes from which on somebody is told: images are seldom made of more, and the folder was seldom meant.
    private static let large: Int64 = 500_000_000

    private var context: CLIContext { invocation.context }
    private var isKorean: Bool { context.language == .korean }

    /// What was found.
    struct Result {
        var entries = 0
        /// Bytes of all files.
        var size: Int64 = 0
        /// Files, folders and links alone, each with one name, and each in a folder that is sent itself.
        var isPlain = true
    }

    /// - Throws: `CommandFailure`; with no text where the user said no.
    func run() throws -> Result {
        var result = Result()
        var hasWarned = false
        if let sentence = placeWarning() {
            hasWarned = true
            try warn(sentence)
        }
        var walk = ContextWalk(folder)
        var count = 0
        while let step = walk.next() {
            count += 1
            if count & 511 == 0 { try checkInterrupt() }
            switch step {
            case .failure(let path, let errno, let isInLeftOutFolder): if !isInLeftOutFolder { throw failure(path, errno) }
            case .entry(let entry):
                guard entry.leftOutBy == nil else { continue }
                if !entry.isInLeftOutFolder { try checkReadable(entry) }
                result.entries += 1
                result.isPlain = result.isPlain && !entry.isInLeftOutFolder && Self.isPlain(entry)
                if entry.kind == S_IFREG { result.size += Int64(entry.status.st_size) }
                guard result.size > Self.large, !hasWarned else { continue }
                hasWarned = true
                try warn(sizeWarning())
            }
        }
        return result
    }

    private static func isPlain(_ entry: ContextEntry) -> Bool {
        [S_IFDIR, S_IFLNK].contains(entry.kind) || entry.kind == S_IFREG && entry.status.st_nlink == 1
    }

    // MARK: Docker's check

    private func failure(_ path: [UInt8], _ errno: Errno) -> CommandFailure {
        let name = HostPath.text(path)
        switch errno.code {
        case EACCES, EPERM: return CommandFailure("error checking context: can't stat '\(name)'")
        case ENOENT: return CommandFailure("error checking context: file ('\(name)') not found or excluded by .dockerignore")
        default: return CommandFailure("error checking context: lstat \(name): \(errno.text)")
        }
    }

    /// Pipes would wait for a writer, and links may lead nowhere: neither is opened.
    private func checkReadable(_ entry: ContextEntry) throws {
        guard ![S_IFLNK, S_IFIFO, S_IFDIR].contains(entry.kind) else { return }
        let path = HostPath.join(folder.path, entry.path)
        guard HostPath.withCString(path, { faccessat(AT_FDCWD, $0, R_OK, AT_EACCESS) }) != 0, errno == EACCES || errno == EPERM else {
            return
        }
        throw CommandFailure("error checking context: no permission to read from '\(HostPath.text(path))'")
    }

    private func checkInterrupt() throws {
        var entry = pollfd(fd: invocation.settings.interruptDescriptor, events: Int16(POLLIN), revents: 0)
        if poll(&entry, 1, 0) > 0 { throw EngineClientError.interrupted }
    }

    // MARK: What is hardly meant

    /// Known without a look at the files: the whole machine, or all that somebody has.
    private func placeWarning() -> String? {
        let path = HostPath.text(folder.path)
        if path == "/" {
            return isKorean
                ? "경고: /에 있는 것을 모두(이 컴퓨터 전체) 엔진에 보내게 된다. 이미지에 넣을 파일만 둔 폴더에서 build하라."
                : "WARNING: this would send all of /, the whole machine, to the engine; build in a folder with the image's own files."
        }
        guard let home = environmentVariable("HOME"), !home.isEmpty, (try? HostPath.resolved(HostPath.absolute(home))) == folder.path else {
            return nil
        }
        return isKorean
            ? "경고: 홈 폴더 \(printable(path))에 있는 것을 모두 엔진에 보내게 된다. 이미지에 넣을 파일만 둔 폴더에서 build하라."
            : "WARNING: this would send all of your home folder \(printable(path)) to the engine; "
                + "build in a folder with the image's own files."
    }

    private func sizeWarning() -> String {
        let path = printable(HostPath.text(folder.path))
        let size = humanSize(Double(Self.large), precision: 3)
        return isKorean
            ? "경고: \(path)에서 엔진에 보낼 것이 \(size)를 넘는다. .dockerignore로 뺄 수 있고, 무엇을 보내는지는 drydock context가 보여 준다."
            : "WARNING: this would send more than \(size) of \(path) to the engine; .dockerignore leaves out what the image does not need, "
                + "and drydock context shows what is sent."
    }

    /// Scripts are warned and go on, as Docker would; a person is asked.
    private func warn(_ sentence: String) throws {
        context.complain(sentence)
        guard context.inputIsTerminal, context.errorIsTerminal else { return }
        context.complainExactly(isKorean ? "그래도 보낼까? [y/N] " : "Send it all the same? [y/N] ")
        let answer = try context.readLine(interrupt: invocation.settings.interruptDescriptor)?.lowercased()
        guard answer == "y" || answer == "yes" else { throw CommandFailure(status: 1) }
    }

    /// Without what would steer the terminal: a folder's name may hold anything.
    private func printable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? "?" : $0 }))
    }
}
