import Basics
import Foundation
import Narration
import Testing

@testable import ByHand

/// What bash makes of the words is what was recorded, whatever a stranger wrote.
@Suite struct ShellTextTests {
    @Test(arguments: ["'; rm -rf /", "a\nb", "$(x)", "`x`", "\\", "", "-n", "a b", "!", "\"", "it's", "~", "*", "#", "한글"])
    func aStrangersWordStaysOneWord(word: String) throws {
        #expect(try bash("printf %s \(ShellText.quoted(word))") == word)
        // Beside a variable, too.
        let names = [Replacement("/root", "B", ends: { "/:,".contains($0) })]
        #expect(try bash("B=/b; printf %s \(ShellText.word("/root/\(word)", names))") == "/b/\(word)")
    }

    @Test func aNameIsReplacedWhereItEnds() {
        let root = [Replacement("/r", "B", ends: { "/:,".contains($0) }), Replacement("172.17.0.2", "A", ends: { !$0.isNumber })]
        #expect(ShellText.word("/r/x", root) == "\"$B/x\"")
        #expect(ShellText.word("/root/x", root) == "/root/x")
        #expect(ShellText.word("172.17.0.22", root) == "172.17.0.22")
        #expect(ShellText.word("172.17.0.2/16", root) == "\"$A/16\"")
    }

    @Test func aCommentHasNoEnd() {
        for line in ShellText.comment("a\nrm -rf /\r\u{b}x") { #expect(line.hasPrefix("# ") && !line.contains("\r")) }
    }

    @Test func noLineEndsAHereDocumentEarly() throws {
        let text = ["one", "EOF", "EOF_\nEOF__"]
        #expect(try bash(ShellText.hereDocument("cat", text, "EOF").joined(separator: "\n") + "\n") == text.joined(separator: "\n") + "\n")
    }

    @Test func writtenTextComesBack() {
        #expect(ShellText.unescaped("a\\nb\\tc\\\\n") == "a\nb\tc\\n")
    }

    @Test(arguments: [
        ("172.17.0.2/16", "172.17.255.253"), ("10.0.0.1/24", "10.0.0.254"), ("10.0.0.5/30", "10.0.0.6"),
    ])
    func theFarEndOfASubnet(address: String, far: String) { #expect(ScriptWriter.farEnd(address) == far) }

    @Test func nothingComesOfWhatFailed() {
        let failed = event(#"{"event":"end","id":"start.exec","error":"no such file","calls":[]}"#)
        #expect(throws: ByHandRefusal.failed("no such file")) { try script([failed]) }
        #expect(throws: ByHandRefusal.nothing) { try script([]) }
        let other = event(#"{"event":"end","id":"import.layer","calls":[]}"#)
        #expect(throws: ByHandRefusal.unsupported("import")) { try script([other]) }
    }

    /// A call that nobody taught the translator is told, not dropped.
    @Test func anUnknownCallIsAComment() throws {
        let step = event(#"{"event":"end","id":"create.layer","calls":[{"name":"fancy_new_call","args":["x\nreboot"],"by":"engine"}]}"#)
        let text = try script([step])
        #expect(text.contains("NOT DONE") && text.contains("fancy_new_call(x\\nreboot)"))
        #expect(!text.split(separator: "\n").contains("reboot"))
    }

    @Test func everyRemarkHasBothLanguages() {
        for remark in Remark.allCases {
            #expect(!remark.texts.en.isEmpty && !remark.texts.ko.isEmpty && remark.texts.ko != remark.texts.en)
            #expect(remark.texts.en.components(separatedBy: "%1").count == remark.texts.ko.components(separatedBy: "%1").count)
        }
    }

    private func event(_ json: String) -> NarratedEvent {
        guard let parsed = try? JSONValue(parsing: json), let event = NarratedEvent(parsed) else {
            preconditionFailure("no event: \(json)")
        }
        return event
    }

    private func script(_ events: [NarratedEvent]) throws(ByHandRefusal) -> String {
        try ScriptWriter.script(
            of: Recording(command: ["run", "a\nreboot"], root: "/r", containers: [], events: events), language: .english)
    }

    private func bash(_ script: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", script]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let bytes = try readAll(pipe.fileHandleForReading.fileDescriptor)
        process.waitUntilExit()
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// The default root's cgroup and sockets are called after drydock itself; the script has its own all the same.
@Suite struct NamesTests {
    private func names(_ root: String, _ parent: String) throws -> Names {
        let id = String(repeating: "a", count: 64)
        let json = """
            {"event":"end","op":"1","id":"create.name","path":["run","create","create.name"],"us":1,
            "calls":[{"name":"mkdir","args":["/sys/fs/cgroup/cpu/\(parent)/\(id)","0755"],"result":0,"errno":0,"us":1,"pid":1}],
            "facts":[{"key":"id","value":"\(id)"}]}
            """
        let event = try #require(NarratedEvent(try JSONValue(parsing: Array(json.utf8))))
        return Names(Recording(command: ["run"], root: root, containers: [], events: [event]))
    }

    @Test(arguments: ["drydock", "drydock-1a2b3c"]) func noCgroupIsTheRealOne(parent: String) throws {
        let names = try names("/var/lib/drydock", parent)
        let id = String(repeating: "a", count: 64)
        #expect(names.path("/sys/fs/cgroup/cpu/\(parent)/\(id)/tasks") == "\"/sys/fs/cgroup/cpu/$CG/$ID/tasks\"")
        #expect(names.path("/sys/fs/cgroup/memory/x/\(parent)/\(id)") == "\"/sys/fs/cgroup/memory/x/$CG/$ID\"")
    }

    @Test func noSocketIsTheRealOne() throws {
        #expect(try names("/var/lib/drydock", "drydock").isNote("/run/drydock/shims/a.sock"))
        #expect(try names("/x", "drydock-1a2b3c").isNote("/x/run/shims/a.sock"))
    }
}
