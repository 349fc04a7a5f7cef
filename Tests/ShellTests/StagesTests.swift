import Basics
import Foundation
import FoundationXML
import Narration
import Testing
import TextTools

@testable import Shell

@Suite struct StagesPictureTests {
    private static func story(name: String = "builder", failed: Bool = false) -> BuildStoryAnswer {
        let json: JSONValue = [
            "image": "sha256:0123456789abcdef", "names": ["app:1"], "built": "2026-01-01T00:00:00Z", "isFailed": .bool(failed),
            "isFromHistory": false, "size": 6_000_000,
            "stages": [
                [
                    "number": 0, "name": .string(name), "base": "golang", "baseSize": 500_000_000, "image": "sha256:aa",
                    "size": 800_000_000,
                    "copiedFiles": 2, "copiedBytes": 5_000_000, "keptBytes": 0, "leftBytes": 795_000_000,
                    "steps": [
                        ["number": 1, "instruction": .string("FROM golang AS \(name)"), "result": ""],
                        [
                            "number": 2, "instruction": "RUN make", "result": "MISS", "why": "files", "details": ["a: 1 → 2"],
                            "layer": ["added": 12, "changed": 3, "deleted": 0, "bytes": 300_000_000],
                        ],
                    ],
                ],
                [
                    "number": 1, "name": "", "base": "busybox", "baseSize": 1_000_000, "image": "sha256:bb", "size": 6_000_000,
                    "copiedFiles": 0, "copiedBytes": 0, "keptBytes": 6_000_000, "leftBytes": 0,
                    "steps": [
                        ["number": 3, "instruction": "FROM busybox", "result": ""],
                        [
                            "number": 4, "instruction": "COPY --from=0 /app /app", "result": "HIT",
                            "layer": ["added": 2, "changed": 0, "deleted": 0, "bytes": 5_000_000],
                            "copy": ["stage": 0, "image": "sha256:aa", "files": 2, "bytes": 5_000_000],
                        ],
                        ["number": 5, "instruction": "CMD app", "result": "NOT RUN"],
                    ],
                ],
            ],
        ]
        return BuildStoryAnswer(json)
    }

    private static func text(_ story: BuildStoryAnswer, language: Language = .english, unicode: Bool = true, width: Int = 100) -> [String] {
        StagesText(language: language, style: Style(isTerminal: false), unicode: unicode, width: width).lines(of: story)
    }

    @Test func barsAreToScaleAndWhatStayedBehindIsTold() throws {
        let lines = Self.text(Self.story())
        let bars = lines.map { $0.filter { "█▏▎▍▌▋▊▉".contains($0) }.count }
        let base = try #require(lines.firstIndex { $0.contains("FROM golang") })
        let run = try #require(lines.firstIndex { $0.contains("RUN make") })
        #expect(bars[base] == 25 && bars[run] == 15)
        #expect(lines[run].hasSuffix("A12 C3") && lines[run + 1].hasSuffix("the files had changed: a: 1 → 2"))
        #expect(lines.contains { $0.hasSuffix("copied out 5MB (files: 2), left behind 795MB") })
        #expect(lines.contains { $0.hasSuffix("◀ from stage 0 (builder): files 2, 5MB") })
        #expect(lines.last == "Stages before the last: 800MB, of which 795MB stayed behind. The image: 6MB")
    }

    @Test("no line is wider than the terminal", arguments: [60, 80, 100, 200])
    func widths(width: Int) {
        for language in Language.allCases {
            for line in Self.text(Self.story(name: "만들기"), language: language, width: width)
            where !line.hasPrefix("Stages") && !line.hasPrefix("마지막") {
                #expect(displayWidth(line) <= width + 20, "\(line)")
            }
            // Columns stand below each other, whatever is written in them.
            let rows = Self.text(Self.story(name: "만들기"), language: language, width: width).filter {
                $0.contains("█") && $0.contains("MB ")
            }
            let ends = Set(rows.map { row in displayWidth(row.prefix(upTo: row.firstIndex(of: "█") ?? row.endIndex)) })
            #expect(ends.count <= 1, "\(rows)")
        }
    }

    @Test func plainTerminalsGetPlainSigns() {
        #expect(
            Self.text(Self.story(), unicode: false).joined().utf8.allSatisfy { $0 < 0x80 } == false, "the detail has an arrow of its own")
        #expect(!Self.text(Self.story(), unicode: false).joined().contains("█"))
    }

    @Test("the picture is well-formed, whatever names say", arguments: ["builder", "<script>&\"'", "이름", "a\u{202E}b\u{7}"])
    func picture(name: String) throws {
        let svg = StagesPicture(Self.story(name: name), language: .korean).svg()
        #expect(XMLParser(data: Data(svg.utf8)).parse())
        #expect(!svg.contains("<script") && !svg.contains("\u{202E}") && svg.contains("flowend"))
    }

    @Test func aFailedBuildHasNoTotal() {
        let lines = Self.text(Self.story(failed: true))
        #expect(lines[0].hasPrefix("A build that failed") && !lines.contains { $0.hasPrefix("Stages before") })
    }

    @Test func anAnswerOfAnotherVersionIsDrawn() {
        #expect(!Self.text(BuildStoryAnswer([:])).isEmpty)
        #expect(
            StagesPicture(BuildStoryAnswer(["stages": [["steps": [["copy": ["stage": 7]]]]]]), language: .english).svg().hasSuffix(
                "</svg>\n"))
    }

    @Test func options() {
        #expect(StagesOptions([]) == .text(image: nil) && StagesOptions(["a"]) == .text(image: "a"))
        #expect(
            StagesOptions(["--svg", "f", "a"]) == .picture(file: "f", image: "a")
                && StagesOptions(["--svg=-"]) == .picture(file: "-", image: nil))
        #expect(StagesOptions(["--json"]) == .json(image: nil) && StagesOptions(["-h"]) == .help)
        for words in [["a", "b"], ["--svg"], ["--svg", "f", "--json"], ["--what"], [""]] { #expect(StagesOptions(words) == nil) }
        #expect(LookInsideOptions(["c"]) == .container("c", command: []))
        #expect(LookInsideOptions(["c", "ls", "-l"]) == .container("c", command: ["ls", "-l"]))
        #expect(LookInsideOptions(["--at", "7", "ls"]) == .stop(operation: "7", command: ["ls"]))
        #expect(LookInsideOptions(["c/../x"])?.path == "/drydock/containers/c%2F..%2Fx/visit")
        for words in [[], [""], ["--at"], ["-x", "c"]] { #expect(LookInsideOptions(words) == nil) }
    }
}
