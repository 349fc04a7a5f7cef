import Basics

/// A file of /proc as it was read at one moment; empty where it could not be. It is taken apart only when asked, since a process may stand
/// still while its files are read. On bytes: as text that takes ten times as long, and mountinfo is read often.
struct ProcText {
    private let bytes: [UInt8]

    init(_ path: String) { bytes = (try? readFile(path)) ?? [] }

    private var slices: [ArraySlice<UInt8>] { bytes.split(separator: UInt8(ascii: "\n")) }

    /// How many lines it has; nil where nothing could be read.
    var lineCount: String? {
        guard !bytes.isEmpty else { return nil }
        return "\(bytes.count { $0 == UInt8(ascii: "\n") })"
    }

    /// The whole, without empty lines.
    var text: String { slices.map(Self.string).joined(separator: "\n") }

    var lines: [String] { slices.map(Self.string) }

    /// The last line whose words, parted by single spaces, pass the test.
    func lastLine(where matches: ([ArraySlice<UInt8>]) -> Bool) -> String? {
        slices.last { matches($0.split(separator: UInt8(ascii: " "))) }.map(Self.string)
    }

    /// What is mounted, of a mountinfo, in the order of the places: `/dev (tmpfs) /proc (proc)`; nil where there is nothing.
    /// - Parameter others: places that are left out, with what is below them; of `/` only itself.
    func mounts(besides others: [String]) -> String? {
        let all = slices.compactMap { line -> String? in
            let words = line.split(separator: UInt8(ascii: " "))
            guard words.count > 4, let dash = words.firstIndex(where: { $0.elementsEqual("-".utf8) }), dash + 1 < words.count else {
                return nil
            }
            let place = Self.unescaped(words[4])
            let isOther = others.contains { place == $0 || $0 != "/" && place.hasPrefix($0 + "/") }
            return isOther ? nil : "\(place) (\(Self.string(words[dash + 1])))"
        }
        return all.isEmpty ? nil : all.sorted().joined(separator: " ")
    }

    /// Blanks, tabs, line ends and backslashes stand there as `\040`: proc_pid_mountinfo(5).
    private static func unescaped(_ word: ArraySlice<UInt8>) -> String {
        var bytes: [UInt8] = []
        var rest = word
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), rest.count >= 3, let code = UInt8(string(rest.prefix(3)), radix: 8) {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The last words of the lines that stand before one with this ending.
    func lastWords(beforeEndings ending: String) -> [String] {
        let lines = slices
        let ending = Array(ending.utf8)
        return zip(lines, lines.dropFirst()).compactMap { line, next in
            guard next.count >= ending.count, next.suffix(ending.count).elementsEqual(ending) else { return nil }
            return line.split(separator: UInt8(ascii: " ")).last.map(Self.string)
        }
    }

    /// The value of `name:`, with single spaces between its words.
    func field(_ name: String) -> String? {
        let start = Array("\(name):".utf8)
        return slices.first { $0.starts(with: start) }.map { line in
            line.dropFirst(start.count).split { $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: " ") }.map(Self.string).joined(
                separator: " ")
        }
    }

    private static func string(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
