/// What part of a blob a Range header asks for (RFC 9110, section 14). One range; a client that asks for several gets all.
enum ByteRange: Sendable, Hashable {
    case whole
    case part(Range<Int64>)
    case outside

    static func parse(_ headers: [String], size: Int64) -> ByteRange {
        guard headers.count == 1, headers[0].hasPrefix("bytes=") else { return .whole }
        let sides = headers[0].dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
        guard sides.count == 2, sides.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }) else { return .whole }
        switch (Int64(sides[0]), Int64(sides[1])) {
        case (nil, let last?) where sides[0].isEmpty:
            return last > 0 && size > 0 ? .part(max(0, size - last)..<size) : .outside
        case (let first?, nil) where sides[1].isEmpty:
            return first < size ? .part(first..<size) : .outside
        case (let first?, let last?):
            guard first <= last else { return .whole }
            return first < size ? .part(first..<(min(last, size - 1) + 1)) : .outside
        default:
            return .whole
        }
    }
}
