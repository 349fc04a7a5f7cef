import Basics
import ClientArchive
import EngineClient
import Glibc
import TextTools

/// A build context from a git repository: `https://host/x.git#branch:folder`. git itself fetches it, into a folder that goes with the command.
/// Source: moby 20.10, `builder/remotecontext/git/gitutils.go`.
final class GitContext {
    /// The folder that is the context.
    private(set) var folder = ""
    private let root: String
    /// Held open and locked for as long as the folder is in use.
    private let lock: Int32
    private let git: String
    private let invocation: Invocation

    private static let prefix = "drydock-build-git-"

    /// - Parameter address: as on the command line.
    /// - Throws: `CommandFailure` in Docker's words.
    init(_ address: String, _ invocation: Invocation) throws {
        self.invocation = invocation
        let searchPath = environmentVariable("PATH") ?? ""
        let programs = searchPath.split(separator: ":").filter { $0.hasPrefix("/") }.map { "\($0)/git" }
        guard let git = programs.first(where: { access($0, X_OK) == 0 }) else {
            throw CommandFailure("unable to prepare context: unable to find 'git': exec: \"git\": executable file not found in $PATH")
        }
        self.git = git
        let repository = Repository(address)
        // It would be an option to git.
        guard !repository.reference.hasPrefix("-") else { throw Self.failure("invalid refspec: \(repository.reference)") }
        guard !repository.remote.hasPrefix("-") else { throw Self.failure("invalid address: \(repository.remote)") }
        Self.sweep()
        var template = Array("\(Self.parent)/\(Self.prefix)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Self.failure("cannot make a temporary folder: \(Errno.current.text)") }
        root = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        lock = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        _ = flock(lock, LOCK_EX | LOCK_NB)
        try fetch(repository)
    }

    deinit {
        FolderRemoval.remove(root)
        if lock >= 0 { close(lock) }
    }

    private func fetch(_ repository: Repository) throws {
        try run(["init"]) { "failed to init repo at \(root): \($0)" }
        try run(["remote", "add", "origin", repository.remote]) { "failed add origin repo at \(repository.remote): \($0)" }
        let fetch = { (depth: [String]) in ["fetch"] + depth + ["origin", "--", repository.reference] }
        let shallow = try outcome(fetch(["--depth", "1"]))
        if shallow.failure != nil {
            // A plain web server can't give the newest commit alone.
            guard BuildContextPreparation.isURL(repository.remote), shallow.text.contains("shallow capabilities") else {
                throw Self.failure("error fetching: \(shallow.raw): \(shallow.failure ?? "")")
            }
            try run(fetch([])) { "error fetching: \($0)" }
        }
        let checkout = try outcome(["checkout", repository.reference])
        if checkout.failure != nil, try outcome(["checkout", "FETCH_HEAD"]).failure != nil {
            throw Self.failure("error checking out \(repository.reference): \(checkout.raw): \(checkout.failure ?? "")")
        }
        let modules = try process(["-C", root, "submodule", "update", "--init", "--recursive", "--depth=1"])
        if let failure = modules.failure { throw Self.failure("error initializing submodules: \(modules.raw): \(failure)") }
        folder = try find(repository.folder)
    }

    /// Resolved by the kernel beneath the repository: no link in it leads out.
    private func find(_ path: String) throws -> String {
        guard !path.isEmpty else { return root }
        let whole = HostPath.text(HostPath.clean(Array("\(root)/\(path)".utf8)))
        guard whole == root || whole.hasPrefix("\(root)/") else {
            throw Self.failure(
                "error setting git context, \(goQuoted(path)) not within git root: evalSymlinksInScope: \(whole) is not in \(root)")
        }
        let place = openInRoot(lock, path)
        guard place >= 0 else { throw Self.failure("stat \(whole): \(Errno.current.text)") }
        defer { close(place) }
        var status = stat()
        guard fstat(place, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw Self.failure("error setting git context, not a directory: \(whole)")
        }
        do throws(Errno) { return HostPath.text(try HostPath.target(ofLink: Array("/proc/self/fd/\(place)".utf8))) } catch {
            throw Self.failure("stat \(whole): \(error.text)")
        }
    }

    // MARK: git

    private func run(_ words: [String], _ sentence: (String) -> String) throws {
        let outcome = try outcome(words)
        if let failure = outcome.failure { throw Self.failure(sentence("\(outcome.raw): \(failure)")) }
    }

    private func outcome(_ words: [String]) throws -> HelperProcess.Outcome {
        try process(["--work-tree", root, "--git-dir", "\(root)/.git"] + words)
    }

    private func process(_ words: [String]) throws -> HelperProcess.Outcome {
        // A repository's submodules must not name folders of this machine.
        try HelperProcess(
            path: git, arguments: ["git", "-c", "protocol.file.allow=never"] + words, complaints: 2, joinsComplaints: true,
            language: invocation.context.language
        ).run(input: [], interrupt: invocation.settings.interruptDescriptor)
    }

    private static func failure(_ text: String) -> CommandFailure {
        CommandFailure("unable to prepare context: unable to 'git clone' to temporary context directory: \(text)")
    }

    // MARK: Folders that were left over

    private static var parent: String {
        let given = environmentVariable("TMPDIR") ?? ""
        return given.hasPrefix("/") ? given : "/tmp"
    }

    /// Removes what commands have left that were killed: nobody holds the lock of their folders any more.
    private static func sweep() {
        for name in (try? HostPath.names(in: Array(parent.utf8))) ?? [] where name.starts(with: Array(prefix.utf8)) {
            let path = "\(parent)/\(HostPath.text(name))"
            let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard folder >= 0 else { continue }
            defer { close(folder) }
            var status = stat()
            // One that has just been made may not be locked yet.
            guard fstat(folder, &status) == 0, status.st_uid == geteuid(), time(nil) - status.st_mtim.tv_sec > 60,
                flock(folder, LOCK_EX | LOCK_NB) == 0
            else { continue }
            FolderRemoval.remove(path)
        }
    }

    /// What an address says: where, which branch, which folder in it.
    struct Repository: Equatable {
        let remote: String
        let reference: String
        let folder: String

        init(_ address: String) {
            let isWhole = BuildContextPreparation.isURL(address) || ["git://", "git@"].contains { address.hasPrefix($0) }
            let parts = (isWhole ? address : "https://\(address)").split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            remote = String(parts[0])
            let fragment = parts.count == 2 ? String(parts[1]) : ""
            let names = fragment.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            reference = names.first.flatMap { $0.isEmpty ? nil : $0 } ?? "master"
            folder = names.count == 2 ? names[1] : ""
        }
    }
}

/// Removes a folder of one's own with all that is in it, following no link.
enum FolderRemoval {
    static func remove(_ path: String) {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        if folder >= 0 { empty(folder, depth: 0) }
        rmdir(path)
    }

    /// Closes the folder.
    private static func empty(_ folder: Int32, depth: Int) {
        guard depth < 1000, let stream = fdopendir(folder) else {
            close(folder)
            return
        }
        defer { closedir(stream) }
        var names: [[CChar]] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }.map(CChar.init(bitPattern:))) + [0] }
            if name != [46, 0], name != [46, 46, 0] { names.append(name) }
        }
        for name in names where unlinkat(dirfd(stream), name, 0) != 0 {
            let inner = openat(dirfd(stream), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            if inner >= 0 { empty(inner, depth: depth + 1) }
            unlinkat(dirfd(stream), name, AT_REMOVEDIR)
        }
    }
}
