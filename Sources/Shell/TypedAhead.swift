import Basics
import CDrydock
import Glibc

/// Lines of a paste that come after a command, at that command's disposal: a container that gets the terminal reads them as if they had
/// been typed into it, as they would be in a terminal without a line editor in between. What nobody reads stays the shell's.
final class TypedAhead {
    /// Names the descriptor to child processes.
    static let variable = "DRYDOCK_TYPED_AHEAD"

    private let fd: Int32

    /// - Parameter lines: As pasted, with or without the prompts that stood before them in a book.
    /// - Returns: nil without any lines, or without a descriptor to be had.
    init?(_ lines: [String]) {
        guard !lines.isEmpty else { return nil }
        let text = lines.map { Self.withoutPrompt($0) + "\r" }.joined()
        // Without MFD_CLOEXEC: commands inherit it.
        fd = dd_memfd_create("drydock-typed-ahead", 0)
        guard fd >= 0 else { return nil }
        guard (try? writeAll(fd, Array(text.utf8))) != nil, lseek(fd, 0, SEEK_SET) == 0 else {
            close(fd)
            return nil
        }
    }

    deinit { close(fd) }

    var name: String { "\(fd)" }

    /// Whoever read it has moved the place in the file, which all processes share.
    var wasRead: Bool { lseek(fd, 0, SEEK_CUR) > 0 }

    /// In a container every `# ` that a book prints before a command is its root's prompt.
    static func withoutPrompt(_ line: String) -> String {
        let trimmed = line.drop { $0 == " " || $0 == "\t" }
        return trimmed.hasPrefix("# ") || trimmed.hasPrefix("$ ") ? String(trimmed.dropFirst(2)) : line
    }
}
