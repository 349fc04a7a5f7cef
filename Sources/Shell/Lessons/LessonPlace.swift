import Basics
import Glibc
import Narration

/// Where a lesson lives: a state root of its own below the main one's `lessons`, which no other command of the learner's ever uses, and a
/// folder of its own to work in.
struct LessonPlace: Sendable {
    let id: String
    /// The learner's own state root.
    let mainRoot: String
    /// Where lines begin; the learner's files of the lesson.
    let home: String

    init(_ id: String, mainRoot: String, environment: Environment) {
        self.id = id
        self.mainRoot = mainRoot
        let base = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/root"
        home = "\(base)/drydock-lessons/\(id)"
    }

    /// `ROOT/lessons`: sockets are found below it, whose paths the kernel wants short (unix(7): 107 bytes).
    static func all(_ mainRoot: String) -> String { "\(mainRoot)/lessons" }

    private var folder: String { "\(Self.all(mainRoot))/\(id)" }
    /// The lesson's engine's state root.
    var root: String { "\(folder)/state" }
    /// `docker login` writes here instead of to the learner's own configuration.
    var configuration: String { "\(folder)/config" }
    /// Everything that was done, from which `undo` builds the state anew.
    var journal: String { "\(folder)/journal.ndjson" }

    /// The lab hub as it was filled first: filling it takes longer than everything else of a new state.
    private var hub: String { "\(folder)/hub" }

    /// Keeps the lab hub of a new state, before the learner pushes to it.
    func keepHub() throws {
        guard access(hub, F_OK) != 0 else { return }
        // What a shell that was killed has left of it.
        try removeTree(hub + ".new")
        try runTool("/bin/cp", ["-a", "--", root + "/hub", hub + ".new"], "cannot copy the lab hub")
        if rename(hub + ".new", hub) != 0 { throw DrydockError(.failed, "cannot copy the lab hub", errno: .current) }
    }

    /// - Throws: `DrydockError` when a folder can't be made.
    func prepare() throws {
        for path in [root, configuration, home] { try makeFolders(path) }
    }

    /// Empties the folder in which the learner works, and the lesson's engine's state. The engine must have ended.
    func empty() throws {
        // Shells stand in the folder itself: it stays.
        try removeContent(of: home)
        try removeTree(root)
        try removeTree(configuration)
        try prepare()
        if access(hub, F_OK) == 0 { try runTool("/bin/cp", ["-a", "--", hub, root + "/hub"], "cannot copy the lab hub") }
    }

    /// Removes everything but the learner's files.
    func remove() throws { try removeTree(folder) }
}

/// Makes a folder and those that it lies in.
func makeFolders(_ path: String) throws(DrydockError) {
    var current = ""
    for part in path.split(separator: "/") {
        current += "/" + part
        if mkdir(current, 0o711) != 0, errno != EEXIST { throw DrydockError(.failed, "cannot make \(current)", errno: .current) }
    }
}

/// Removes a folder with all that is in it, on its own file system alone.
private func removeTree(_ path: String) throws {
    try runTool("/bin/rm", ["-rf", "--one-file-system", "--", path], "cannot remove \(path)")
}

private func removeContent(of path: String) throws {
    guard access(path, F_OK) == 0 else { return }
    try runTool("/usr/bin/find", [path, "-xdev", "-mindepth", "1", "-delete"], "cannot empty \(path)")
}

private func runTool(_ program: String, _ words: [String], _ failure: String) throws {
    let outcome: Outcome
    do { outcome = try Process.run(program, [baseName(program)] + words, .inherited(), terminal: nil) } catch {
        throw DrydockError(.failed, "cannot run \(program)", errno: error)
    }
    guard outcome == .exited(0) else { throw DrydockError(.failed, failure) }
}
