import Basics
import Foundation
import Synchronization
import Testing
import Transcripts

@testable import Shell

/// A command between a real terminal (here: another pseudo-terminal, with this test at its keyboard) and a listener.
@Suite struct RelayTests {
    private final class Listener: RelayListener {
        var heard: [TranscriptEvent.Stream: [UInt8]] = [:]
        var notes = KeystrokeNotes()
        var inputs: [KeystrokeNotes.Note] = []
        var unread: [UInt8] = []

        func heard(_ stream: TranscriptEvent.Stream, _ bytes: [UInt8]) {
            heard[stream, default: []] += bytes
            notes.heard(bytes)
        }
        func typed(_ bytes: [UInt8], isHidden: Bool) { inputs += notes.typed(bytes, isHidden: isHidden) }
        func consumed() {}
        func leftUnread(_ bytes: [UInt8]) { unread = bytes }
        func resized(columns: Int, rows: Int) {}
        func idle() {}

        func text(_ stream: TranscriptEvent.Stream) -> String { String(decoding: heard[stream] ?? [], as: UTF8.self) }
    }

    /// Types an answer whenever the text before it has appeared.
    private func relay(_ script: String, _ answers: [(after: String, keys: String)]) throws -> (Listener, Outcome) {
        let outer = try PseudoTerminal(columns: 90, rows: 20)
        let terminal = outer.openOtherSide()
        _ = fcntl(terminal, F_SETFL, 0)
        defer { close(terminal) }
        let master = outer.master
        let typist = try Thread.start {
            var seen = ""
            var left = answers[...]
            while let next = left.first {
                var piece = [UInt8](repeating: 0, count: 4096)
                var entry = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
                guard poll(&entry, 1, 10_000) > 0 else { return }
                let got = read(master, &piece, piece.count)
                guard got > 0 else { return }
                seen += String(decoding: piece[..<got], as: UTF8.self)
                guard seen.contains(next.after) else { continue }
                seen = ""
                left.removeFirst()
                for key in Array(next.keys.utf8) {
                    _ = write(master, [key], 1)
                    usleep(2000)
                }
            }
        }
        let listener = Listener()
        let run = RelayRun(terminal: terminal, listener: listener, outputs: (terminal, terminal))
        let environment = Environment(["PATH": "/usr/bin:/bin", "TERM": "dumb"])
        let (outcome, _) = try run.run("/bin/bash", ["bash", "-c", script], environment)
        typist.join(seconds: 12)
        return (listener, outcome)
    }

    @Test func streamsAreToldApartAndPasswordsLeftOut() throws {
        let (listener, outcome) = try relay(
            "read -p 'Name: ' x; echo out $x; read -sp 'Secret: ' y; echo; echo $y | wc -c; tty >/dev/null && echo err >&2; exit 3",
            [("Name: ", "kimm\u{7f}\r"), ("Secret: ", "hunter2\r")])
        #expect(outcome == .exited(3))
        #expect(listener.text(.out).contains("out kim\r\n"))
        #expect(listener.text(.err).contains("err\r\n"))
        #expect(listener.text(.out).contains("8\r\n"))
        #expect(listener.inputs == [.init(text: "kim", isSecret: false), .init(text: "", isSecret: true)])
    }

    @Test func controlKeysReachTheCommand() throws {
        let (listener, outcome) = try relay("trap 'echo caught; exit 7' INT; echo ready; while :; do sleep 0.1; done", [("ready", "\u{3}")])
        #expect(outcome == .exited(7))
        #expect(listener.text(.out).contains("caught"))
        #expect(listener.inputs == [.init(text: "^C", isSecret: false)])
    }

    /// What a command doesn't read is the next one's.
    @Test func keysThatNobodyReadComeBack() throws {
        let (listener, _) = try relay("echo ready; sleep 1", [("ready", "echo next\rhalf")])
        #expect(String(decoding: listener.unread, as: UTF8.self) == "echo next\nhalf")
    }

    @Test func theSizeIsTheRealTerminals() throws {
        let (listener, _) = try relay("stty size", [])
        #expect(listener.text(.out) == "20 90\r\n")
    }
}

@Suite struct TerminalTextTests {
    @Test(arguments: [
        ("a\r\nb\r\n", "a\nb\n"), ("10%\r20%\r\n", "20%\n"), ("\u{1b}[1mbold\u{1b}[0m\u{1b}]0;title\u{7}!", "bold!"), ("ab\u{8}c", "ac"),
        // Docker's progress: up, over what stood there, and down again.
        ("a: Waiting\r\nb: Waiting\r\n\u{1b}[2A\u{1b}[2K\ra: Done\r\u{1b}[2B", "a: Done\nb: Waiting\n"),
        ("long line\rx\u{1b}[K\r\n", "x\n"), ("\u{1b}[9A\u{1b}[9Bx", "x"), ("\u{1b}[", ""), ("\u{1b}", ""),
    ])
    func whatStoodThereAtTheEnd(_ output: String, _ text: String) { #expect(TerminalText.plain(Array(output.utf8)) == text) }
}

@Suite struct KeystrokeTests {
    @Test(arguments: [
        ("ls -l\r", "ls -l"), ("lsx\u{7f}\r", "ls"), ("\u{10}\u{11}", "^P^Q"), ("\u{3}", "^C"), ("\u{1b}[A\r", "\u{1b}[A\r"),
        ("l\t\r", "l\t\r"),
        ("가나\u{7f}\r", "가"), ("^P\r", "^P\r"), ("\r", ""), ("exit\n", "exit"),
        // What the terminal answers by itself is no key of anybody's; the arrows are.
        ("\u{1b}[24;80Rls\r", "ls"), ("\u{1b}[?62;c\u{1b}[1;1R\u{1b}[A\r", "\u{1b}[A\r"), ("\u{1b}[5~\r", "\u{1b}[5~\r"),
    ])
    func notes(_ keys: String, _ text: String) {
        var notes = KeystrokeNotes()
        var all = notes.typed(Array(keys.utf8), isHidden: false)
        if let rest = notes.rest() { all.append(rest) }
        #expect(all == [.init(text: text, isSecret: false)])
    }

    @Test(arguments: [
        ("Password: ", true), ("root@x:/# ", false), ("비밀번호: ", true), ("Enter passphrase for key '/x': ", true),
        ("cat token.txt\r\nroot@x:/# ", false),
    ])
    func questions(_ prompt: String, _ isSecret: Bool) {
        var notes = KeystrokeNotes()
        notes.heard(Array(prompt.utf8))
        #expect(notes.typed(Array("abc\r".utf8), isHidden: false).first?.isSecret == isSecret)
    }

    /// Inside a container the outer terminal shows nothing by itself, so it is the echo that tells.
    @Test func lettersThatAreNotShownAreASecret() {
        var notes = KeystrokeNotes()
        notes.heard(Array("PIN: ".utf8))
        var result: [KeystrokeNotes.Note] = []
        for key in "1234\r".utf8 { result += notes.typed([key], isHidden: false) }
        #expect(result == [.init(text: "", isSecret: true)])
        notes.heard(Array("\r\nName: ".utf8))
        result = []
        for key in "kim\r".utf8 {
            result += notes.typed([key], isHidden: false)
            notes.heard([key])
        }
        #expect(result == [.init(text: "kim", isSecret: false)])
    }
}
