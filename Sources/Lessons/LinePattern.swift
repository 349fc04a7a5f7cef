/// A pattern for a whole text: `*` stands for any characters, everything else for itself.
public struct Glob: Sendable, Hashable {
    private let pattern: [Unicode.Scalar]
    private let wildcard: Unicode.Scalar = "*"

    public init(_ pattern: String) { self.pattern = Array(pattern.unicodeScalars) }

    /// Takes time in proportion to both lengths multiplied at worst: it never goes back more than one star.
    public func matches(_ text: String) -> Bool {
        let text = Array(text.unicodeScalars)
        var place = 0
        var position = 0
        var star: (pattern: Int, text: Int)?
        while position < text.count {
            if place < pattern.count, pattern[place] == wildcard {
                star = (place, position)
                place += 1
            } else if place < pattern.count, pattern[place] == text[position] {
                place += 1
                position += 1
            } else if let last = star {
                place = last.pattern + 1
                position = last.text + 1
                star = (last.pattern, position)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == wildcard }
    }
}

/// A line of the output that a lesson shows.
public enum ExpectedLine: Sendable, Hashable {
    /// `...`: any number of lines, none too.
    case anyLines
    /// `[..]` in it stands for any characters.
    case text(String)

    public init(_ line: String) { self = line == "..." ? .anyLines : .text(line) }

    func matches(_ line: String) -> Bool {
        guard case .text(let wanted) = self else { return true }
        // A star of the line itself is no wildcard here, and blanks at the ends are nobody's to see.
        var rest = Substring(Self.trimmed(line))
        let pieces = Self.pieces(of: Self.trimmed(wanted))
        for (index, piece) in pieces.enumerated() {
            if pieces.count == 1 { return rest == piece }
            if index == 0 {
                guard rest.hasPrefix(piece) else { return false }
                rest = rest.dropFirst(piece.count)
            } else if index == pieces.count - 1 {
                return rest.hasSuffix(piece)
            } else if piece.isEmpty {
                continue
            } else if let found = Self.find(piece, in: rest) {
                rest = rest[found...]
            } else {
                return false
            }
        }
        return true
    }

    private static func trimmed(_ text: String) -> String {
        var text = Substring(text)
        while let last = text.last, last == " " || last == "\t" || last == "\r" { text.removeLast() }
        return String(text)
    }

    private static func pieces(of pattern: String) -> [Substring] {
        var pieces: [Substring] = []
        var rest = Substring(pattern)
        while let start = firstWildcard(in: rest) {
            pieces.append(rest[..<start])
            rest = rest[rest.index(start, offsetBy: 4)...]
        }
        return pieces + [rest]
    }

    private static func firstWildcard(in text: Substring) -> Substring.Index? {
        text.indices.first { text[$0...].hasPrefix("[..]") }
    }

    /// The place behind the first occurrence.
    private static func find(_ piece: Substring, in text: Substring) -> Substring.Index? {
        text.indices.first { text[$0...].hasPrefix(piece) }.map { text.index($0, offsetBy: piece.count) }
    }
}

/// Compares output with what a lesson shows of it.
public enum ExpectedOutput {
    /// - Returns: nil when they match; else the number of the first expected line that finds no match.
    public static func mismatch(_ expected: [ExpectedLine], _ output: [String]) -> Int? {
        // reach[i]: the expected lines before i can be matched by the output read so far.
        var reach = Set(closure(0, expected))
        for line in output {
            var next: Set<Int> = []
            for place in reach where place < expected.count {
                if expected[place] == .anyLines {
                    next.insert(place)
                } else if expected[place].matches(line) {
                    next.formUnion(closure(place + 1, expected))
                }
            }
            for place in next where place < expected.count && expected[place] == .anyLines { next.formUnion(closure(place, expected)) }
            guard !next.isEmpty else { return reach.max() }
            reach = next
        }
        return reach.contains(expected.count) ? nil : reach.max()
    }

    /// The places that can be reached from one without reading a line: `...` may stand for none.
    private static func closure(_ place: Int, _ expected: [ExpectedLine]) -> [Int] {
        var places = [place]
        var next = place
        while next < expected.count, expected[next] == .anyLines {
            next += 1
            places.append(next)
        }
        return places
    }
}
