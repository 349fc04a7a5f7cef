import Basics
import Glibc
import Kernel
import Steps

/// Holds all of a container's processes still, so that its files can be read as they are at one moment.
///
/// Sources: Documentation/admin-guide/cgroup-v1/freezer-subsystem.rst; cgroup-v2.rst, `cgroup.freeze`.
extension ContainerCgroup {
    /// Freezes the container; returns when the last of its processes stands still.
    /// - Throws: `SystemCallFailure`; `DrydockError` when a process can't be stopped within 10 s (it waits for a disk that doesn't answer).
    ///   It runs again then.
    public func freeze(_ recorder: Recorder) throws {
        guard let freezer else { throw DrydockError(.unsupported, "this kernel has no freezer for cgroups") }
        do {
            try recorder.writeFile(
                "\(freezer.directory)/\(freezer.isV2 ? "cgroup.freeze" : "freezer.state")", freezer.isV2 ? "1" : "FROZEN")
            // On v2 a change of this file since it was last read wakes a poll(2); v1 tells of it in no other way than being asked.
            let events = freezer.isV2 ? open("\(freezer.directory)/cgroup.events", O_RDONLY | O_CLOEXEC) : -1
            defer { if events >= 0 { close(events) } }
            let deadline = monotonicMicroseconds() + 10_000_000
            while true {
                var byte: UInt8 = 0
                _ = pread(events, &byte, 1, 0)
                if isFrozen(freezer) { break }
                guard monotonicMicroseconds() < deadline else {
                    throw DrydockError(
                        .failed, "a process of the container can't be held still", advice: "Try again, or commit with --pause=false.")
                }
                var change = pollfd(fd: events, events: Int16(POLLPRI), revents: 0)
                if events >= 0 { _ = poll(&change, 1, 1000) } else { usleep(500) }
            }
        } catch {
            try? thaw(recorder)
            throw error
        }
    }

    /// Lets the container go on. Does nothing to one that isn't frozen.
    public func thaw(_ recorder: Recorder) throws {
        guard let freezer else { return }
        try recorder.writeFile(
            "\(freezer.directory)/\(freezer.isV2 ? "cgroup.freeze" : "freezer.state")", freezer.isV2 ? "0" : "THAWED", tolerating: [ENOENT])
    }

    /// Frozen, or on the way there.
    public var isHeldStill: Bool {
        guard let freezer else { return false }
        return freezer.isV2 ? text("\(freezer.directory)/cgroup.freeze") == "1" : text("\(freezer.directory)/freezer.state") != "THAWED"
    }

    private var freezer: (directory: String, isV2: Bool)? {
        if let own = hierarchies.first(where: { $0.controllers.contains("freezer") && !$0.isV2 }) { return (directory(own), false) }
        return v2Directory.flatMap { access("\($0)/cgroup.freeze", F_OK) == 0 ? ($0, true) : nil }
    }

    private func isFrozen(_ freezer: (directory: String, isV2: Bool)) -> Bool {
        freezer.isV2
            ? text("\(freezer.directory)/cgroup.events").contains("frozen 1") : text("\(freezer.directory)/freezer.state") == "FROZEN"
    }

    private func text(_ path: String) -> String {
        guard let bytes = try? readFile(path, limit: 4096) else { return "" }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").joined(separator: "\n")
    }
}
