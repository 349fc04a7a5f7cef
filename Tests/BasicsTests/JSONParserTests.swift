import Testing

@testable import Basics

/// Texts from strangers: what is JSON is read as it is, and what isn't is refused where it goes wrong.
struct JSONParserTests {
    @Test(arguments: [
        (#""plain""#, "plain"), (#""""#, ""), (#""한글 é 😀""#, "한글 é 😀"), (#""a\n\t\"\\\/""#, "a\n\t\"\\/"), (#""\u0041\uD83D\uDE00""#, "A😀"),
        (#""ends in two \uD83D""#, "ends in two \u{FFFD}"), ("\"\u{7F}\"", "\u{7F}"),
    ])
    func stringsAreReadAsTheyAre(_ text: String, _ value: String) throws {
        #expect(try JSONValue(parsing: text) == .string(value))
    }

    @Test(
        arguments: [
            ([0x22, 0xC3, 0x28, 0x22], 1), ([0x22, 0x61, 0xFF, 0x22], 1), ([0x22, 0xED, 0xA0, 0x80, 0x22], 1),
            ([0x22, 0x61, 0x0A, 0x22], 2),
            ([0x22, 0x61], 2),
        ] as [([UInt8], Int)])
    func whatIsNoTextIsRefused(_ bytes: [UInt8], _ offset: Int) throws {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: bytes) }
        #expect(error?.offset == offset)
        #expect(throws: JSONError.self) { try bytes.withUnsafeBufferPointer { try JSONValue(parsing: $0) } }
    }

    @Test func depthAndLengthAreBounded() throws {
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        #expect(throws: JSONError.self) { try JSONValue(parsing: deep) }
        #expect(throws: Never.self) { try JSONValue(parsing: deep, limits: JSONLimits(maximumDepth: 200)) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: "[1, 2]", limits: JSONLimits(maximumBytes: 5)) }
    }
}
