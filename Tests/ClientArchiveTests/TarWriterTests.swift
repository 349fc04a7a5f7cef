import Basics
import Glibc
import Testing

@testable import ClientArchive

@Suite struct TarWriterTests {
    private func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }

    private func member(_ name: String, kind: mode_t = S_IFREG, size: Int64 = 0, modified: Int64 = 0o15301334420) -> TarMember {
        TarMember(name: Array(name.utf8), kind: kind, mode: 0o644, size: size, modified: modified)
    }

    /// The header that Docker 20.10.24's client wrote for the `.dockerignore` that it adds.
    @Test func aHeaderIsDockersByteForByte() {
        var file = member(".dockerignore", size: 47)
        file.mode = 0o600
        let header = TarWriter.header(file, keepsKind: false)
        #expect(header.count == 512)
        #expect(text(header[..<100]) == ".dockerignore")
        let fields = String(decoding: header[100..<157], as: UTF8.self)
        #expect(fields == "0000600\u{0}0000000\u{0}0000000\u{0}00000000057\u{0}15301334420\u{0}011705\u{0} 0")
        #expect(Array(header[257..<265]) == Array("ustar\u{0}00".utf8))
        #expect(String(decoding: header[329..<345], as: UTF8.self) == "0000000\u{0}0000000\u{0}")
    }

    @Test func theModeTellsTheKind() {
        #expect(text(TarWriter.header(member("f"))[100..<108]) == "0100644")
        #expect(text(TarWriter.header(member("d/", kind: S_IFDIR))[100..<108]) == "0040644")
        #expect(text(TarWriter.header(member("l", kind: S_IFLNK))[100..<108]) == "0120644")
    }

    @Test func aLongNameStandsInTwoFieldsWhereItCan() {
        let name = String(repeating: "d", count: 60) + "/" + String(repeating: "e", count: 60)
        let header = TarWriter.header(member(name))
        #expect(header.count == 512)
        #expect(text(header[345..<500]) == String(repeating: "d", count: 60) && text(header[..<100]) == String(repeating: "e", count: 60))
    }

    @Test func whatDoesNotFitHasARecord() {
        let name = "폴더/" + String(repeating: "x", count: 3)
        let header = TarWriter.header(member(name, modified: -1))
        #expect(header.count == 3 * 512)
        #expect(header[156] == UInt8(ascii: "x") && text(header[..<100]) == "/PaxHeaders.0/xxx")
        #expect(text(header[512..<1024]) == "12 mtime=-1\n19 path=폴더/xxx\n")
        #expect(text(header[1024..<1124]) == "/xxx" && text(header[1160..<1172]) == "00000000000")
    }

    @Test func aRecordsLengthCountsItself() {
        for length in 80...120 {
            let header = TarWriter.header(member(String(repeating: "é", count: length)))
            let record = header[512...].prefix { $0 != 0 }
            #expect(Int(text(record.prefix { $0 != 32 })) == record.count)
        }
    }

    @Test func hugeFilesAreWritable() {
        let header = TarWriter.header(member("big", size: 10 << 30))
        #expect(text(header[512..<1024]) == "20 size=10737418240\n")
    }

    @Test func linksHaveNoContent() {
        var link = member("b", size: 5)
        link.hardLink = Array("a".utf8)
        let header = TarWriter.header(link)
        #expect(header[156] == UInt8(ascii: "1") && text(header[157..<257]) == "a" && text(header[124..<136]) == "00000000000")
    }

    @Test func contentFillsBlocks() {
        #expect(TarWriter.padding(after: 0).isEmpty && TarWriter.padding(after: 512).isEmpty)
        #expect(TarWriter.padding(after: 1).count == 511)
    }
}
