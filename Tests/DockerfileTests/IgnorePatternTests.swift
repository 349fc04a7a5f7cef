import Basics
import Testing

@testable import Dockerfile

/// What is sent of one folder by many a .dockerignore, as Docker 20.10.24's own client sent it (its archives were listed).
@Suite struct IgnorePatternTests {
    private static let tree = [
        ".dockerignore", "1", "Dockerfile", "[b]", "a", "a(b)", "a+b", "aab", "d/", "d/a", "d/e/", "d/e/f",
    ]

    private static let everything = tree.joined(separator: " ")

    private func patterns(_ text: String) throws -> IgnorePatterns {
        var patterns = try IgnorePatterns(IgnorePatterns.lines(of: Array(text.utf8)))
        try patterns.keep(Array(".dockerignore".utf8))
        try patterns.keep(Array("Dockerfile".utf8))
        return patterns
    }

    /// Walks as the client does: a folder that is left out is looked into only for an exception that names something in it.
    private func sent(by patterns: IgnorePatterns) -> String {
        var sent: [String] = []
        var closed: [String] = []
        for entry in Self.tree where !closed.contains(where: entry.hasPrefix) {
            let isFolder = entry.hasSuffix("/")
            let path = Array((isFolder ? String(entry.dropLast()) : entry).utf8)
            if patterns.rule(leavingOut: path) == nil {
                sent.append(entry)
            } else if isFolder, !patterns.mayHoldExceptions(path) {
                closed.append(entry)
            }
        }
        return sent.joined(separator: " ")
    }

    private static let table: [(ignore: String, sent: String)] = [
        (#"{"#, everything),
        (#"a{2"#, everything),
        (#"+"#, everything),
        (#"[*]"#, everything),
        (#"a{2}b"#, ".dockerignore 1 Dockerfile [b] a a(b) a+b d/ d/a d/e/ d/e/f"),
        (#"a+b"#, ".dockerignore 1 Dockerfile [b] a a(b) a+b d/ d/a d/e/ d/e/f"),
        (#"a\+b"#, ".dockerignore 1 Dockerfile [b] a a(b) aab d/ d/a d/e/ d/e/f"),
        (#"a(b)"#, everything),
        (#"a|d"#, ".dockerignore 1 Dockerfile [b]"),
        (#"**"#, ".dockerignore Dockerfile"),
        (#"/"#, everything),
        (#"."#, everything),
        (#".."#, everything),
        (#"../a"#, everything),
        (#"//a"#, ".dockerignore 1 Dockerfile [b] a(b) a+b aab d/ d/a d/e/ d/e/f"),
        (#"\pL"#, ".dockerignore 1 Dockerfile [b] a(b) a+b aab"),
        (#"[[:alpha:]]"#, ".dockerignore 1 Dockerfile [b] a(b) a+b aab"),
        (#"[:alpha:]"#, ".dockerignore 1 Dockerfile [b] a(b) a+b aab d/ d/a d/e/ d/e/f"),
        (#"[\d]"#, ".dockerignore Dockerfile [b] a a(b) a+b aab d/ d/a d/e/ d/e/f"),
        (#"\d"#, ".dockerignore Dockerfile [b] a a(b) a+b aab d/ d/a d/e/ d/e/f"),
        (#"a{,2}"#, everything),
        (#"|"#, ".dockerignore Dockerfile"),
        (#"(?i)a"#, everything),
        (#"(?a)"#, everything),
        (#"\Qa"#, everything),
        (#"**a"#, ".dockerignore 1 Dockerfile [b] a(b) a+b aab d/ d/e/ d/e/f"),
        (#"***"#, ".dockerignore Dockerfile"),
        (#"[^a]"#, ".dockerignore Dockerfile [b] a a(b) a+b aab"),
        (#"\[b\]"#, ".dockerignore 1 Dockerfile a a(b) a+b aab d/ d/a d/e/ d/e/f"),
        (#"d/*"#, ".dockerignore 1 Dockerfile [b] a a(b) a+b aab d/"),
        (#"**/a"#, ".dockerignore 1 Dockerfile [b] a(b) a+b aab d/ d/e/ d/e/f"),
        (#"d/**"#, ".dockerignore 1 Dockerfile [b] a a(b) a+b aab d/"),
        (#"**/e"#, ".dockerignore 1 Dockerfile [b] a a(b) a+b aab d/ d/a"),
        (#"*/*/f"#, ".dockerignore 1 Dockerfile [b] a a(b) a+b aab d/ d/a d/e/"),
        (#"a**"#, ".dockerignore 1 Dockerfile [b] d/ d/a d/e/ d/e/f"),
        (#"x**y"#, everything),
        (#"^a"#, ".dockerignore 1 Dockerfile [b] a(b) a+b aab d/ d/a d/e/ d/e/f"),
        (#"a$"#, everything),
        (#"\x61"#, ".dockerignore 1 Dockerfile [b] a(b) a+b aab d/ d/a d/e/ d/e/f"),
        (#"\141"#, ".dockerignore 1 Dockerfile [b] a(b) a+b aab d/ d/a d/e/ d/e/f"),
        (#"[[]b]"#, ".dockerignore 1 Dockerfile a a(b) a+b aab d/ d/a d/e/ d/e/f"),
        (#"d/"#, ".dockerignore 1 Dockerfile [b] a a(b) a+b aab"),
        (#"d/e/../e"#, ".dockerignore 1 Dockerfile [b] a a(b) a+b aab d/ d/a"),
        (#"*\#n!d/e"#, ".dockerignore Dockerfile d/e/ d/e/f"),
        (#"*\#n!d/e/f"#, ".dockerignore Dockerfile d/e/f"),
        (#"d\#n!d/e/f"#, ".dockerignore 1 Dockerfile [b] a a(b) a+b aab d/e/f"),
        (#"**\#n!d"#, ".dockerignore Dockerfile d/ d/a d/e/ d/e/f"),
        (#"*\#n!*/e"#, ".dockerignore Dockerfile"),
        (#"Dockerfile\#n.dockerignore"#, everything),
        (#"# c\#n #a\#n a "#, ".dockerignore 1 Dockerfile [b] a(b) a+b aab d/ d/a d/e/ d/e/f"),
        (#"a*b+"#, ".dockerignore 1 Dockerfile [b] a a(b) d/ d/a d/e/ d/e/f"),
        (#"??*"#, ".dockerignore 1 Dockerfile a d/ d/a d/e/ d/e/f"),
        (#"a**?"#, everything),
        (#"**/*\#n!**/f"#, ".dockerignore Dockerfile"),
    ]

    @Test(arguments: table)
    func sendsWhatDockerSends(ignore: String, expected: String) throws {
        #expect(sent(by: try patterns(ignore + "\n")) == expected)
    }

    private static let refused: [(ignore: String, sentence: String)] = [
        (#"["#, #"syntax error in pattern"#),
        (#"a["#, #"syntax error in pattern"#),
        (#"[]"#, #"syntax error in pattern"#),
        (#"[^"#, #"syntax error in pattern"#),
        (#"[a-"#, #"syntax error in pattern"#),
        (#"\"#, #"syntax error in pattern"#),
        (#"a\"#, #"syntax error in pattern"#),
        (#"[]a]"#, #"syntax error in pattern"#),
        (#"[-]"#, #"syntax error in pattern"#),
        (#"("#, #"syntax error in pattern"#),
        (#"a)"#, #"syntax error in pattern"#),
        (#"*+"#, #"syntax error in pattern"#),
        (#"[b-a]"#, #"syntax error in pattern"#),
        (#"!"#, #"illegal exclusion pattern: "!""#),
        (#"! "#, #"illegal exclusion pattern: "!""#),
        (#"a{1001}"#, #"syntax error in pattern"#),
        (#"!/"#, #"illegal exclusion pattern: "!""#),
        (#"\q"#, #"syntax error in pattern"#),
        (#"(a"#, #"syntax error in pattern"#),
        (#"[a"#, #"syntax error in pattern"#),
        (#"x{2}{600}"#, #"syntax error in pattern"#),
        (#"\C"#, "syntax error in pattern"),
        (#"\h"#, "syntax error in pattern"),
        (#"(+a)"#, "syntax error in pattern"),
        (#"|+"#, "syntax error in pattern"),
        (#"*{2}"#, "syntax error in pattern"),
        (#"**+"#, "syntax error in pattern"),
        (#"**/+"#, "syntax error in pattern"),
        (#"\E"#, "syntax error in pattern"),
        (#"[a-\d]"#, "syntax error in pattern"),
        (#"\p"#, "syntax error in pattern"),
        (#"\p{Foo}"#, "syntax error in pattern"),
        (#"\1"#, "syntax error in pattern"),
        (#"\x{"#, "syntax error in pattern"),
        (#"a{2,1}"#, "syntax error in pattern"),
        (#"[[:foo:]]"#, "syntax error in pattern"),
        (#"(a{40}){40}"#, "syntax error in pattern"),
    ]

    @Test(arguments: refused)
    func refusesWhatDockerRefuses(ignore: String, sentence: String) {
        #expect { _ = try patterns(ignore + "\n") } throws: { ($0 as? DrydockError)?.sentence == sentence }
    }

    @Test func linesAreReadAsDockerReadsThem() throws {
        let text = "\u{FEFF}# c\n #d\r\n\n  /a/../b//c/  \n! /x \n!\n\u{3000}e\u{3000}\n"
        let lines = try IgnorePatterns.lines(of: Array(text.utf8))
        #expect(lines.map { String(decoding: $0.pattern, as: UTF8.self) } == ["#d", "b/c", "!x", "!", "e"])
        #expect(lines.map(\.line) == [2, 4, 5, 6, 7])
    }

    @Test func aLineMayNotBeEndless() {
        #expect { _ = try IgnorePatterns.lines(of: [UInt8](repeating: 97, count: 70_000)) } throws: {
            ($0 as? DrydockError)?.sentence == "Error reading .dockerignore: bufio.Scanner: token too long"
        }
    }

    @Test func theLastMatchingLineDecides() throws {
        let patterns = try patterns("*\n!a\na\n")
        #expect(patterns.rule(leavingOut: Array("a".utf8))?.line == 3)
        #expect(patterns.rule(leavingOut: Array("aab".utf8))?.line == 1)
    }

    @Test func namesNeedNotBeUTF8() throws {
        let patterns = try IgnorePatterns([(1, [0xFF] + Array("*".utf8)), (2, Array("한?".utf8))])
        #expect(patterns.rule(leavingOut: [0xFE, 0x61]) != nil, "Go reads each wrong byte as the same character")
        #expect(patterns.rule(leavingOut: Array("한글".utf8)) != nil)
        #expect(patterns.rule(leavingOut: Array("한글날".utf8)) == nil)
    }

    /// Backtracking would take longer than the universe exists.
    @Test(
        .timeLimit(.minutes(20)),
        arguments: [
            String(repeating: "(a*)*", count: 40) + "b", String(repeating: "a*", count: 200) + "b",
            String(repeating: "**/", count: 200) + "b",
            "((((a{10}){10}){10})|(aa)+)+b", String(repeating: "(a|aa)+", count: 100) + "$",
        ])
    func hostilePatternsTakeNoLongerThanOthers(pattern: String) throws {
        guard let patterns = try? IgnorePatterns([(1, Array(pattern.utf8))]) else { return }
        _ = patterns.rule(leavingOut: [UInt8](repeating: 97, count: 4000))
    }

    @Test func patternsHaveABound() {
        let line = (line: 1, pattern: Array("(aaaaaaaaaa){1000}".utf8))
        #expect(throws: DrydockError.self) { _ = try IgnorePatterns([(line: Int, pattern: [UInt8])](repeating: line, count: 500)) }
    }
}
