import Dockerfile
import Testing

/// Each expectation is what Docker 20.10 makes of it.
@Suite struct WordExpansionTests {
    private func expand(_ text: String, _ variables: [String: String] = ["A": "a", "B": "b c", "E": ""]) throws -> String {
        try WordExpansion(escape: "\\") { variables[$0] }.expand(text)
    }

    @Test(
        arguments: [
            ("$A", "a"), ("${A}x", "ax"), ("$Ax", ""), ("x$", "x$"), ("$ A", "$ A"), (#"\$A"#, "$A"), ("'$A'", "$A"), (#""$A""#, "a"),
            (#""a\"b""#, #"a"b"#), (#""a\nb""#, #"a\nb"#), (#"a\ b"#, "a b"), ("${A:-d}", "a"), ("${N:-d}", "d"), ("${E:-d}", "d"),
            ("${N:-${B}}", "b c"), ("${A:+yes}", "yes"), ("${N:+yes}", ""), ("${N:-}", ""), ("${N:-'q r'}", "q r"), (#"${N:-\}}"#, "}"),
            ("$1", ""), ("a'b'c\"d\"", "abcd"), ("한글 $A", "한글 a"), ("", ""),
        ])
    func expands(text: String, expected: String) throws {
        #expect(try expand(text) == expected)
    }

    @Test(
        arguments: [
            ("${", "syntax error: missing '}'"), ("${A", "missing ':' in substitution"), ("${}", "syntax error: bad substitution"),
            ("${A+x}", "missing ':' in substitution"), ("${NONE?x}", "NONE: x"), ("${A:x}", "unsupported modifier (x) in substitution"),
            ("'a", "unexpected end of statement while looking for matching single-quote"),
            ("\"a", "unexpected end of statement while looking for matching double-quote"), ("${N:?gone}", "N: gone"),
        ])
    func refuses(text: String, reason: String) {
        #expect { try expand(text) } throws: { "\($0)".contains(reason) }
    }

    @Test func wordsAreSplitAtTheBlanksOfVariables() throws {
        let expansion = WordExpansion(escape: "\\") { ["B": "b c", "E": ""][$0] }
        #expect(try expansion.words("x $B 'y z' $E") == ["x", "b", "c", "y z"])
        #expect(try expansion.words("\"$B\"") == ["b c"])
    }

    @Test func whatStrangersNestAndMultiplyIsBounded() {
        #expect(throws: (any Error).self) { try expand(String(repeating: "${N:-", count: 5000) + String(repeating: "}", count: 5000)) }
        let long = String(repeating: "x", count: 100_000)
        #expect(throws: (any Error).self) { try expand(String(repeating: "$L", count: 100), ["L": long]) }
    }
}
