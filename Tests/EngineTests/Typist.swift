import CDrydock
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
        var (near, terminal) = (Int32(-1), Int32(-1))
        var size = winsize(ws_row: 50, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0)
        try #require(openpty(&near, &terminal, nil, nil, &size) == 0)
        master = near
        // Neither this end nor the other, but as its streams, is the shell's.
        for descriptor in [near, terminal] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        let end = FileHandle(fileDescriptor: terminal, closeOnDealloc: true)
        // Which makes the terminal the shell's own, as a login does.
        shell.executableURL = URL(filePath: "/usr/bin/setsid")
        shell.arguments = ["--ctty", "--wait", Dock.binaries + "/drydock", "--root", dock.root] + settings + ["shell"]
        let folder = URL(filePath: dock.root).deletingLastPathComponent().path
        var environment = ProcessInfo.processInfo.environment
        environment.merge(["TERM": "xterm", "HOME": folder, "DOCKER_CONFIG": folder + "/config"]) { $1 }
        shell.environment = environment
        (shell.standardInput, shell.standardOutput, shell.standardError) = (end, end, end)
        try shell.run()
        // So that reading ends when the shell does.
        try end.close()
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

    /// Ends the shell as closing the terminal's window does, whatever it is at.
    func leave() {
        close(master)
        shell.waitUntilExit()
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
