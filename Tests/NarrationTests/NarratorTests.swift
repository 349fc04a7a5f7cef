import Basics
import Testing
import TextTools

@testable import Narration

@Suite struct NarratorTests {
    static let mountEnd = #"""
        {"event":"end","op":"7","id":"start.mount","path":["run","start","start.mount"],"us":812.4,
        "calls":[{"name":"mkdir","args":["/x","0755"],"result":-1,"errno":17,"us":2.0,"pid":100},
        {"name":"mount","args":["overlay","/merged","overlay","MS_NODEV","lowerdir=a"],"result":0,"errno":0,"us":31.0,"pid":4711,"by":"child"}],
        "facts":[{"key":"mountinfo","value":"612 580 0:55"},{"key":"digest","value":"sha256:\#(String(repeating: "ab", count: 32))"}]}
        """#

    func event(_ text: String) throws -> NarratedEvent { try #require(NarratedEvent(JSONValue(parsing: text))) }

    func render(
        _ mode: NarrationMode, _ texts: String..., width: Int = 0, colour: Bool = false, language: Language = .english
    ) throws -> String {
        var narrator = Narrator(NarratorOptions(mode: mode, language: language, width: width, colour: colour, live: width > 0))
        return try texts.map { narrator.render(try event($0)) }.joined()
    }

    @Test func briefIsOneLineWithTheMostTellingFacts() throws {
        let text = try render(.brief, Self.mountEnd)
        #expect(text == "  ✓   812 µs  Stack the file system  digest abababababab · mountinfo 612 580 0:55\n")
    }

    @Test func briefFitsTheTerminal() throws {
        let text = try render(.brief, Self.mountEnd, width: 50)
        #expect(text.split(separator: "\n").allSatisfy { columns(String($0)) <= 50 })
        #expect(text.hasSuffix("…\n"))
    }

    @Test(arguments: [
        ("a→b ✓ … · µs", 12), ("한글 ✓", 6), ("e\u{301}", 1), ("✓\u{FE0F}", 2), ("a\u{AD}b", 2), ("\u{1B}[1m✓\u{1B}[0m", 1), ("◽", 2),
        ("", 0),
    ])
    func marksTakeTheColumnsThatTerminalsGiveThem(_ text: String, _ width: Int) {
        #expect(displayWidth(text) == width)
    }

    @Test func fullTellsEachCallAndMarksTheChilds() throws {
        let text = try render(.full, Self.mountEnd)
        #expect(text.contains("      mkdir(\"/x\", 0755) = -1 EEXIST (file exists)  2.0 µs\n"))
        #expect(text.contains("      [child 4711] mount(\"overlay\", \"/merged\", \"overlay\", MS_NODEV, \"lowerdir=a\") = 0  31 µs\n"))
        #expect(text.contains("    → mountinfo: 612 580 0:55\n"))
        #expect(text.contains("    → digest: sha256:abababababab…\n"))
        #expect(text.contains("An overlay shows"))
    }

    @Test func failedCallsAreRedOnlyWhereColourIsWanted() throws {
        #expect(try render(.full, Self.mountEnd, colour: true).contains("\u{1B}[31m      mkdir"))
        #expect(try !render(.full, Self.mountEnd).contains("\u{1B}"))
    }

    @Test func theCommandIsAnnouncedOnce() throws {
        let begin = { (verb: String) in #"{"event":"begin","op":"1","id":"\#(verb)","path":["run","\#(verb)"]}"# }
        let text = try render(.brief, begin("create"), begin("start"))
        #expect(text == "▸ run  Run a container\n▸ create  Create the container\n▸ start  Start the container\n")
    }

    @Test func whatIsNoStepIsSaidInTheReadersLanguage() throws {
        let note =
            #"{"event":"note","op":"1","id":"start","path":[],"text":"a is taken by b: c","note":"subnet.taken","values":["172.17.0.0/16","docker0","172.18.0.0/16"]}"#
        #expect(try render(.brief, note) == "  ※ a is taken by b: c\n")
        let korean = try render(.brief, note, width: 200, language: .korean)
        #expect(korean == "  ※ 172.17.0.0/16은 docker0이 이미 쓰고 있다. 컨테이너는 172.18.0.0/16에서 주소를 받는다\n")
        // A newer engine's, or one that has lost its values, is passed on as it is.
        #expect(try render(.brief, note.replacing("subnet.taken", with: "other"), language: .korean) == "  ※ a is taken by b: c\n")
    }

    @Test func whatIsRolledBackIsSaid() throws {
        let text = try render(.brief, #"{"event":"undo","op":"1","id":"create.layer","path":[],"us":20}"#)
        #expect(text == "  ↩ rolled back: Make the container's own layer  20 µs\n")
    }

    @Test func whatOneStepTakesBackInManyPiecesIsOneBriefLine() throws {
        let undo = #"{"event":"undo","op":"1","id":"start.cgroup.create","path":[],"us":20}"#
        #expect(try render(.brief, undo, undo, undo).filter { $0 == "\n" }.count == 1)
        #expect(try render(.full, undo, undo, undo).filter { $0 == "\n" }.count == 3)
    }

    @Test func jsonHasTheKeysOfTheIssueInOrder() throws {
        let text = try render(.json, Self.mountEnd)
        #expect(
            text.hasPrefix(
                #"{"event":"end","id":"start.mount","path":["run","start","start.mount"],"us":812.4,"calls":[{"name":"mkdir","args":["#))
        #expect(
            text.contains(#"{"name":"mkdir","args":["/x","0755"],"result":-1,"errno":17,"us":2,"pid":100,"by":"engine"}"#)
                || text.contains(#""us":2.0,"pid":100,"by":"engine"}"#))
        #expect(text.filter { $0 == "\n" }.count == 1)
    }

    @Test func jsonLeavesOutWhatIsNoStep() throws {
        #expect(try render(.json, #"{"event":"note","text":"x"}"#, #"{"event":"progress","id":"pull.layer"}"#) == "")
    }

    @Test func progressIsErasedBeforeOtherLines() throws {
        let progress = #"{"event":"progress","op":"1","id":"pull.layer","current":500000,"total":1000000,"label":"4f4f"}"#
        let end = #"{"event":"end","op":"1","id":"pull.layer","path":[],"us":5,"calls":[],"facts":[]}"#
        let text = try render(.brief, progress, end, width: 80)
        #expect(text.contains("500kB/1.00MB"))
        #expect(text.contains("\r\u{1B}[K  ✓"))
    }

    @Test("absurd progress is drawn without a trap", arguments: ["-5", "9223372036854775807", "0"])
    func progressBounds(current: String) throws {
        let text = #"{"event":"progress","op":"1","id":"pull.layer","current":\#(current),"total":9223372036854775807,"label":"x"}"#
        #expect(try !render(.brief, text, width: 80).isEmpty)
    }

    @Test func controlCharactersOfAnEngineDoNotReachTheTerminal() throws {
        let text = try render(
            .full, #"{"event":"end","op":"1","id":"x.y","path":[],"us":1,"calls":[],"facts":[{"key":"k","value":"a\u001b[2Jb"}]}"#)
        #expect(!text.contains("\u{1B}") && text.contains("a?[2Jb"))
    }

    @Test func aStepIsIntroducedOnce() throws {
        var narrator = Narrator(NarratorOptions(mode: .full))
        let paused = try event(#"{"event":"paused","op":"7","id":"start.mount","path":[],"when":"before","level":"step"}"#)
        #expect(narrator.introduction(paused).contains("An overlay shows"))
        #expect(narrator.introduction(paused) == "")
        #expect(!narrator.render(try event(Self.mountEnd)).contains("An overlay shows"))
    }
}

@Suite struct LayoutTests {
    @Test func koreanWrapsByColumns() {
        let lines = wrap("이미지는 읽기 전용이다", width: 12, indent: "  ", hanging: "  ")
        #expect(lines == ["  이미지는", "  읽기", "  전용이다"])
    }

    @Test func wordsLongerThanALineAreBroken() {
        #expect(wrap("abcdefghij", width: 4) == ["abcd", "efgh", "ij"])
        // Marks that won't be seen take no room.
        #expect(wrap("`ab` cd", width: 5) { displayWidth($0.filter { $0 != "`" }) } == ["`ab` cd"])
    }

    @Test func widthZeroNeverWraps() {
        #expect(wrap(String(repeating: "a b ", count: 100), width: 0).count == 1)
    }

    @Test func onlyIDsAreShortened() {
        let id = String(repeating: "0a", count: 32)
        func short(_ text: String) -> String { shortIDs(text, ellipsis: "…") }
        #expect(short(id) == "0a0a0a0a0a0a…")
        #expect(short("/x/\(id)/\(id)") == "/x/0a0a0a0a0a0a…/0a0a0a0a0a0a…")
        #expect(short("한글 \(id).json") == "한글 0a0a0a0a0a0a….json")
        for text in [id + "0", String(id.dropLast()), id + "A" + id.dropLast(), String(repeating: "-", count: 100)] {
            #expect(short(text) == (text.contains("A") ? "0a0a0a0a0a0a…A" + id.dropLast() : text))
        }
    }

    @Test(arguments: [
        ("-1", "-1"), ("0755", "0755"), ("0x80", "0x80"), ("12/a", "\"12/a\""), ("NULL", "NULL"), ("AF_NETLINK", "AF_NETLINK"),
        ("MS_REC|MS_PRIVATE", "MS_REC|MS_PRIVATE"), ("NAME", "\"NAME\""), ("A_b", "\"A_b\""), ("/x", "\"/x\""), ("", "\"\""), ("…", "…"),
        ("[\"a\"]", "[\"a\"]"), ("a\nb", "\"a\\nb\""),
    ])
    func stringsAreQuotedAndOtherArgumentsAreNot(_ argument: String, _ told: String) {
        #expect(CallText.text(name: "f", args: [argument]) == "f(\(told))")
    }

    @Test func durations() {
        #expect(durationText(0.42) == "0.4 µs")
        #expect(durationText(812.4) == "812 µs")
        #expect(durationText(3100) == "3.1 ms")
        #expect(durationText(1_240_000, unicode: false) == "1.24 s")
        #expect(durationText(31, unicode: false) == "31 us")
        #expect(durationText(.nan) == "? s")
    }
}
