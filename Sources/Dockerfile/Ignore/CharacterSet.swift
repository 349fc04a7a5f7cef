/// A set of characters as it stands in brackets: ranges, and general categories of Unicode.
struct CharacterSet: Sendable {
    private var ranges: [ClosedRange<UInt32>] = []
    private var categories: [(name: String, isNegated: Bool)] = []
    var isNegated = false

    init() {}

    init(_ ranges: [ClosedRange<UInt32>]) { self.ranges = ranges }

    mutating func add(_ range: ClosedRange<UInt32>) { ranges.append(range) }

    mutating func add(_ other: CharacterSet) {
        if other.isNegated {
            ranges += Self.complement(other.ranges)
            categories += other.categories.map { ($0.name, !$0.isNegated) }
        } else {
            ranges += other.ranges
            categories += other.categories
        }
    }

    func contains(_ character: UInt32) -> Bool {
        let isListed =
            ranges.contains { $0.contains(character) }
            || categories.contains { Self.belongs(character, to: $0.name) != $0.isNegated }
        return isListed != isNegated
    }

    private static func complement(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var rest: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { rest.append(next...(range.lowerBound - 1)) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10FFFF { rest.append(next...0x10FFFF) }
        return rest
    }

    // MARK: Sets with names

    private static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
    private static let upper: [ClosedRange<UInt32>] = [0x41...0x5A]
    private static let lower: [ClosedRange<UInt32>] = [0x61...0x7A]
    private static let underscore: [ClosedRange<UInt32>] = [0x5F...0x5F]

    static func isWord(_ character: UInt32) -> Bool { (digits + upper + underscore + lower).contains { $0.contains(character) } }

    /// `\d`, `\S` and the like.
    static func perl(_ letter: UInt32) -> CharacterSet? {
        guard let name = Unicode.Scalar(letter) else { return nil }
        var set: CharacterSet
        switch name {
        case "d", "D": set = CharacterSet(digits)
        case "s", "S": set = CharacterSet([9...10, 12...13, 32...32])
        case "w", "W": set = CharacterSet(digits + upper + underscore + lower)
        default: return nil
        }
        set.isNegated = name.value < 0x61
        return set
    }

    /// `alpha` of `[:alpha:]`, with `^` in front for the others.
    static func posix(_ name: String) -> CharacterSet? {
        var name = name[...]
        let isNegated = name.hasPrefix("^")
        if isNegated { name = name.dropFirst() }
        let known: [Substring: [ClosedRange<UInt32>]] = [
            "alnum": digits + upper + lower, "alpha": upper + lower, "ascii": [0...0x7F], "blank": [9...9, 32...32],
            "cntrl": [0...0x1F, 0x7F...0x7F], "digit": digits, "graph": [0x21...0x7E], "lower": lower, "print": [0x20...0x7E],
            "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E], "space": [9...13, 32...32], "upper": upper,
            "word": digits + upper + underscore + lower, "xdigit": digits + [0x41...0x46, 0x61...0x66],
        ]
        guard let ranges = known[name] else { return nil }
        var set = CharacterSet(ranges)
        set.isNegated = isNegated
        return set
    }

    /// `L` or `Lu` of `\p{Lu}`. Scripts (`\p{Han}`) are not known here.
    static func unicode(_ name: String, isNegated: Bool) -> CharacterSet? {
        guard name == "Any" || categoryNames.contains(name) else { return nil }
        var set = CharacterSet()
        set.categories = [(name, isNegated)]
        return set
    }

    private static let categoryNames: Set<String> = [
        "C", "Cc", "Cf", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No", "P", "Pc", "Pd",
        "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs",
    ]

    private static func belongs(_ character: UInt32, to name: String) -> Bool {
        if name == "Any" { return true }
        guard let scalar = Unicode.Scalar(character) else { return false }
        let category = shortName(scalar.properties.generalCategory)
        return name.count == 1 ? category.hasPrefix(name) : category == name
    }

    private static func shortName(_ category: Unicode.GeneralCategory) -> String {
        switch category {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter: "Lt"
        case .modifierLetter: "Lm"
        case .otherLetter: "Lo"
        case .nonspacingMark: "Mn"
        case .spacingMark: "Mc"
        case .enclosingMark: "Me"
        case .decimalNumber: "Nd"
        case .letterNumber: "Nl"
        case .otherNumber: "No"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .initialPunctuation: "Pi"
        case .finalPunctuation: "Pf"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .otherSymbol: "So"
        case .spaceSeparator: "Zs"
        case .lineSeparator: "Zl"
        case .paragraphSeparator: "Zp"
        case .control: "Cc"
        case .format: "Cf"
        case .surrogate: "Cs"
        case .privateUse: "Co"
        case .unassigned: "Cn"
        @unknown default: ""
        }
    }
}
