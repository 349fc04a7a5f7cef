import Basics
import Glibc
import LabHub

/// `drydock-engine --hub-listen HOST:PORT`: the lab hub alone, for a class on a network. It has a folder of its own, so that it stands
/// beside an engine on the same root.
enum ServedHub {
    /// Serves until SIGTERM or SIGINT, which are blocked already.
    /// - Throws: `DrydockError` when it can't be filled or can't listen there.
    static func run(listen: String, root: String) throws {
        guard let colon = listen.lastIndex(of: ":"), let port = Int(listen[listen.index(after: colon)...]), (0...65535).contains(port)
        else {
            throw DrydockError(.invalid, "\(listen) is no address to listen at", advice: "HOST:PORT, such as 0.0.0.0:5000")
        }
        let folder = root + "/hub-served"
        for path in [root, folder] where mkdir(path, 0o755) != 0 && errno != EEXIST {
            throw DrydockError(.failed, "cannot make \(path)", errno: .current)
        }
        let lock = open(folder + "/serving", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            throw DrydockError(.conflict, "a hub is served from \(folder) already")
        }
        let hub = try LabHub(directory: folder)
        for name in try hub.fill() { say("  \(name)") }
        let address = try hub.start(host: String(listen[..<colon]), port: port)
        say("serving at \(address.host):\(address.port); DRYDOCK_REGISTRY=http://THIS-MACHINE:\(address.port) makes others pull from it")
        var signals = endingSignals()
        var number: Int32 = 0
        while sigwait(&signals, &number) != 0 {}
        hub.stop()
    }

    private static func say(_ line: String) { try? writeAll(1, line + "\n") }
}
