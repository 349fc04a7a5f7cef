import Lessons
import Testing

@Suite struct PatternTests {
    @Test(arguments: [
        ("a*c", "abbbc", true), ("a*c", "abbbd", false), ("*", "", true), ("", "", true), ("", "x", false), ("a**b", "ab", true),
        ("*가*", "나가다", true), ("GET /containers/json*all=1*", "GET /containers/json?all=1&limit=2", true), ("a*b*c", "aXbXbXc", true),
    ])
    func globs(_ pattern: String, _ text: String, _ matches: Bool) { #expect(Glob(pattern).matches(text) == matches) }

    /// A pattern from a stranger must not take exponential time.
    @Test func manyStarsAreQuick() {
        #expect(!Glob(String(repeating: "a*", count: 200) + "b").matches(String(repeating: "a", count: 5000)))
    }

    @Test(arguments: [
        (["a [..] c"], ["a b c"], true), (["a [..] c"], ["a b d"], false), (["..."], [], true), (["...", "x"], ["1", "2", "x"], true),
        (["...", "x"], ["1", "2"], false), (["x"], ["x", "y"], false), (["x", "..."], ["x", "y", "z"], true), ([], [], true),
        ([], ["x"], false),
        (["[..]"], ["anything"], true), (["x  "], ["x"], true), (["...", "a", "...", "b"], ["0", "a", "1", "a", "b"], true),
    ])
    func outputs(_ expected: [String], _ output: [String], _ matches: Bool) {
        #expect((ExpectedOutput.mismatch(expected.map { ExpectedLine($0) }, output) == nil) == matches)
    }

    @Test(
        arguments: [
            ("ls", [108, 115, 13]), ("^P^Q", [16, 17]), ("^x", [94, 120, 13]), ("\u{1b}[A\r", [27, 91, 65, 13]), ("", [13]),
            ("^P\r", [94, 80, 13]),
        ] as [(String, [UInt8])])
    func keys(_ text: String, _ bytes: [UInt8]) { #expect(Keys(text).bytes == bytes) }
}
