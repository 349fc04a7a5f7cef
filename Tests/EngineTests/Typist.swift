import Foundation
import Testing

/// Somebody at a terminal: drydock's shell on a pseudo-terminal, with the test at its keyboard.
final class Typist {
    private let master: Int32
    private let shell = Process()
    /// What the shell has printed and nobody has waited for yet.
    private var unread: [UInt8] = []

    static let prompt = "drydock> "

    /// - Parameter settings: drydock's own options, before the word `shell`.
    init(_ dock: Dock, _ settings: [String] = []) throws {
        master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0)
        let name = try #require(ptsname(master).map { String(cString: $0) })
        let terminal = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(terminal >= 0)
        var size = winsize(ws_row: 50, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
        let end = FileHandle(fileDescriptor: terminal, closeOnDealloc: true)
        // Which makes the terminal the shell's own, as a login does.
        shell.executableURL = URL(filePath: "/usr/bin/setsid")
        shell.arguments = ["--ctty", "--wait", Dock.binaries + "/drydock", "--root", dock.root] + settings + ["shell"]
        var environment = ProcessInfo.processInfo.environment
        environment.merge(["TERM": "xterm", "HOME": dock.folder, "DOCKER_CONFIG": dock.folder + "/config"]) { $1 }
        shell.environment = environment
        (shell.standardInput, shell.standardOutput, shell.standardError) = (end, end, end)
        try shell.run()
        _ = try wait(for: Self.prompt)
    }

    /// Types a line and waits for what comes behind its answer.
    /// - Returns: what was printed until then, without colours, on one line.
    @discardableResult
    func type(_ line: String, until mark: String = prompt, at place: SourceLocation = #_sourceLocation) throws -> String {
        for byte in Array((line + "\r").utf8) {
            var byte = byte
            try #require(write(master, &byte, 1) == 1, sourceLocation: place)
        }
        return try wait(for: mark, at: place)
    }

    /// Ends the shell as Ctrl-D does, and waits for its end.
    func leave() {
        var end = UInt8(4)
        _ = write(master, &end, 1)
        shell.waitUntilExit()
        close(master)
    }

    private func wait(for mark: String, at place: SourceLocation = #_sourceLocation) throws -> String {
        while true {
            let text = Self.plain(unread)
            if let found = text.range(of: mark) {
                unread = Array(text[found.upperBound...].utf8)
                return text[..<found.lowerBound].split { " \r\n".contains($0) }.joined(separator: " ")
            }
            var wish = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            var piece = [UInt8](repeating: 0, count: 4096)
            let isReady = poll(&wish, 1, 60_000) > 0
            let count = isReady ? read(master, &piece, piece.count) : 0
            try #require(count > 0, "the terminal never said \(mark): \(text)", sourceLocation: place)
            unread += piece[..<count]
        }
    }

    /// Without what steers a terminal: ESC [ … letter, and single characters.
    private static func plain(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self).replacingOccurrences(
            of: "\u{1B}\\[[0-9;?]*[A-Za-z]", with: "", options: .regularExpression)
    }
}
