import Basics
import CReadline
import Glibc

/// The lines of earlier sessions and of this one.
struct History {
    private let library: Readline
    private let path: String?
    private static let length: Int32 = 5000

    /// Reads the file of earlier sessions, `$XDG_STATE_HOME/drydock/history` or `~/.drydock_history`.
    init(_ library: Readline, environment: Environment) {
        self.library = library
        path = Self.file(environment)
        library.api.using_history()
        library.api.stifle_history(Self.length)
        if let path { _ = library.api.read_history(path) }
    }

    /// Keeps a line, in memory and at once on disk, so that a shell that is killed loses none.
    /// A line that begins with a space, repeats the last one, or holds a password is not kept.
    func add(_ line: String, after last: String?) {
        let flat = joined(line)
        guard !flat.isEmpty, !flat.hasPrefix(" "), flat != last, !holdsSecret(flat) else { return }
        library.api.add_history(flat)
        if let path {
            _ = library.api.append_history(1, path)
        }
    }

    /// Cuts the file to its length.
    func finish() { if let path { _ = library.api.history_truncate_file(path, Self.length) } }

    /// Every kept line, the oldest first.
    var lines: [String] {
        guard var entry = library.api.history_list() else { return [] }
        var lines: [String] = []
        while let pointer = entry.pointee {
            lines.append(String(cString: pointer.pointee.line))
            entry += 1
        }
        return lines
    }

    /// Lines joined with a backslash become one again; the file has one entry a line.
    private func joined(_ line: String) -> String {
        var result = ""
        var rest = Substring(line)
        while let end = rest.firstIndex(of: "\n") {
            let piece = rest[..<end]
            result += piece.hasSuffix("\\") ? piece.dropLast() : piece + "\n"
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private func holdsSecret(_ line: String) -> Bool {
        let words = line.split(separator: " ")
        guard words.contains("login") else { return false }
        return words.contains { $0.hasPrefix("-p") || $0.hasPrefix("--password") && $0 != "--password-stdin" }
    }

    private static func file(_ environment: Environment) -> String? {
        var path: String
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            mkdir(state, 0o700)
            mkdir(state + "/drydock", 0o700)
            path = state + "/drydock/history"
        } else if let home = environment["HOME"], home.hasPrefix("/") {
            path = home + "/.drydock_history"
        } else {
            return nil
        }
        // Made here, since the library would let others read it.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        fchmod(descriptor, 0o600)
        close(descriptor)
        return path
    }
}
