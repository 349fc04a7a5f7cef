import Basics
import Glibc
import Synchronization

/// Finds drydock's own engine for a state root, and starts it if nobody serves there yet, as tmux starts its server.
public enum EngineLauncher {
    /// The default state root.
    public static let defaultRoot = "/var/lib/drydock"

    /// Engines that this process has started, by root: somebody must take their end, or they stay in the process table.
    private static let children = Mutex<[String: pid_t]>([:])

    /// Where sockets, lock and log of the root's engine live.
    public static func runtimeDirectory(root: String) -> String { root == defaultRoot ? "/run/drydock" : root + "/run" }

    /// The engine's endpoint for a root.
    public static func endpoint(root: String) -> EngineEndpoint { .unixSocket(path: runtimeDirectory(root: root) + "/engine.sock") }

    /// Connects to the root's engine, starting it first if needed. Two clients may do so at the same time: the engine holds
    /// a lock, and one that comes second reports itself ready.
    /// - Parameters:
    ///   - root: the state root, an absolute path.
    ///   - engine: the engine's binary; nil for `drydock-engine` beside this program.
    ///   - timeout: seconds to wait until a started engine accepts.
    /// - Throws: `EngineClientError.launch` with one sentence that says what is wrong.
    public static func connect(root: String, engine: String? = nil, timeout: Int = 60) throws -> EngineClient {
        let client = EngineClient(endpoint: endpoint(root: root))
        if try client.connect() { return client }
        try start(root: root, engine: engine, timeout: timeout)
        guard try client.connect() else {
            throw EngineClientError.launch("the engine says that it is ready, but nobody listens at \(client.endpoint)")
        }
        return client
    }

    /// Waits until no engine serves the root any more: it lets go of its lock as the last thing that it does.
    public static func awaitEnd(root: String) {
        let lock = open(runtimeDirectory(root: root) + "/engine.lock", O_RDONLY | O_CLOEXEC)
        guard lock >= 0 else { return }
        defer { close(lock) }
        while flock(lock, LOCK_SH) != 0 && errno == EINTR {}
        guard let child = children.withLock({ $0.removeValue(forKey: root) }) else { return }
        while waitpid(child, nil, 0) < 0 && errno == EINTR {}
    }

    /// True if someone accepts connections there.
    public static func isServed(_ endpoint: EngineEndpoint) throws -> Bool {
        do {
            close(try endpoint.connect())
            return true
        } catch EngineClientError.cannotConnect { return false }
    }

    /// Starts an engine in a session of its own and waits until it accepts.
    static func start(root: String, engine: String?, timeout: Int) throws {
        let binary = try engine ?? besideThisProgram("drydock-engine")
        guard access(binary, X_OK) == 0 else { throw EngineClientError.launch("cannot start the engine: there is no \(binary)") }
        let runtime = runtimeDirectory(root: root)
        try makeDirectory(runtime)
        let log = open(runtime + "/engine.log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard log >= 0 else { throw EngineClientError.launch("cannot open \(runtime)/engine.log: \(Errno(code: errno).text)") }
        defer { close(log) }
        let (readEnd, writeEnd) = try closeOnExecPipe()
        defer { close(readEnd) }
        do {
            defer { close(writeEnd) }
            let child = try spawn(binary, ["drydock-engine", "--root", root, "--ready-fd", "3"], log: log, ready: writeEnd)
            let before = children.withLock { $0.updateValue(child, forKey: root) }
            // One that has been killed since, or came second.
            if let before { waitpid(before, nil, WNOHANG) }
        }
        try awaitReady(readEnd, timeout: timeout, log: runtime + "/engine.log")
    }

    private static func besideThisProgram(_ name: String) throws -> String {
        var path = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &path, path.count - 1)
        guard length > 0 else { throw EngineClientError.launch("cannot start the engine: /proc is not mounted") }
        let own = String(decoding: path[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return own[..<(own.lastIndex(of: "/") ?? own.startIndex)] + "/" + name
    }

    private static func makeDirectory(_ path: String) throws {
        var current = ""
        for part in path.split(separator: "/") {
            current += "/" + part
            guard mkdir(current, 0o711) != 0, errno != EEXIST else { continue }
            let reason = Errno(code: errno)
            let advice = [EACCES, EPERM, EROFS].contains(reason.code) ? " (run as root, or give --root a folder of your own)" : ""
            throw EngineClientError.launch("cannot make \(current): \(reason.text)\(advice)")
        }
    }

    private static func spawn(_ binary: String, _ arguments: [String], log: Int32, ready: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, log, 1)
        posix_spawn_file_actions_adddup2(&actions, log, 2)
        posix_spawn_file_actions_adddup2(&actions, ready, 3)
        // Nothing of the caller's may live on in the engine: `x=$(docker ps)` would wait for the engine's end.
        addCloseFrom(&actions, 4)
        addChangeDirectory(&actions, "/")

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, setSession | Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))

        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for pointer in argv { free(pointer) } }
        var child: pid_t = 0
        let failure = posix_spawn(&child, binary, &actions, &attributes, &argv, environ)
        guard failure == 0 else { throw EngineClientError.launch("cannot start \(binary): \(Errno(code: failure).text)") }
        return child
    }

    /// Reads "ok" or "error: sentence" from the engine; an end without either means that it died.
    private static func awaitReady(_ descriptor: Int32, timeout: Int, log: String) throws {
        var said: [UInt8] = []
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while !said.contains(10), said.count < 4096 {
            let ready = poll(&entry, 1, Int32(timeout) * 1000)
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { throw EngineClientError.launch("the engine is not ready after \(timeout) seconds; see \(log)") }
            var piece = [UInt8](repeating: 0, count: 512)
            let got = read(descriptor, &piece, piece.count)
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { break }
            said += piece[..<got]
        }
        let line = String(decoding: said.prefix { $0 != 10 }, as: UTF8.self)
        if line == "ok" { return }
        if line.hasPrefix("error: ") { throw EngineClientError.launch(String(line.dropFirst(7))) }
        throw EngineClientError.launch("the engine ended before it was ready; see \(log)")
    }
}

/// POSIX_SPAWN_SETSID (spawn.h, a GNU extension).
private let setSession: Int16 = 0x80

/// glibc 2.34 and later; the header that Swift imports hides the two behind a feature macro.
@_silgen_name("posix_spawn_file_actions_addclosefrom_np")
@discardableResult
private func addCloseFrom(_ actions: UnsafeMutablePointer<posix_spawn_file_actions_t>, _ first: Int32) -> Int32

@_silgen_name("posix_spawn_file_actions_addchdir_np")
@discardableResult
private func addChangeDirectory(_ actions: UnsafeMutablePointer<posix_spawn_file_actions_t>, _ path: UnsafePointer<CChar>) -> Int32

/// A pipe that no child inherits. (pipe2(2) would do it in one call, but Swift's Glibc module hides it.)
/// - Throws: `EngineClientError.io`
public func closeOnExecPipe() throws -> (readEnd: Int32, writeEnd: Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw EngineClientError.io(Errno(code: errno)) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
}
