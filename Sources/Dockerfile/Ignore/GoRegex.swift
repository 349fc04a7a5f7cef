/// A regular expression as Go's `regexp` compiles it (RE2: no back references), run as a set of states.
///
/// Docker turns each line of .dockerignore into one and escapes only `.` and `$`, so `a+b` or `[[:alpha:]]` mean there what they mean
/// to Go. The time for a match grows with (states × characters), whatever the expression is.
struct GoRegex: Sendable {
    /// What is wrong with an expression; Docker says "syntax error in pattern" to all of it.
    struct SyntaxError: Error {}

    enum Step: Sendable {
        case character(UInt32)
        case anyButNewline
        case set(CharacterSet)
        case split(Int, Int)
        case jump(Int)
        case begin
        case end
        case wordBoundary(Bool)
        case match
    }

    private let steps: [Step]
    /// What it takes of memory, and of time for each character.
    var size: Int { steps.count }

    /// Can match at the start of the text alone.
    private let isAnchored: Bool

    /// - Parameter expression: Characters, in Go's (Perl-like) syntax.
    init(_ expression: [UInt32]) throws(SyntaxError) {
        var parser = GoRegexParser(expression)
        let tree = try parser.parse()
        var program = GoRegexProgram()
        try program.add(tree)
        program.steps.append(.match)
        steps = program.steps
        if case .sequence(let parts) = tree, case .begin? = parts.first { isAnchored = true } else { isAnchored = false }
    }

    /// Whether it matches anywhere in the text.
    func matches(_ text: ArraySlice<UInt32>) -> Bool {
        var now = States(steps.count)
        var next = States(steps.count)
        var place = text.startIndex
        while true {
            if place == text.startIndex || !isAnchored {
                if follow(from: 0, &now, text, place) { return true }
            }
            guard place < text.endIndex, !now.isEmpty || !isAnchored else { return false }
            let character = text[place]
            next.clear()
            for index in 0..<now.count {
                let state = now.list[index]
                if takes(steps[state], character), follow(from: state + 1, &next, text, place + 1) { return true }
            }
            swap(&now, &next)
            place += 1
        }
    }

    private func takes(_ step: Step, _ character: UInt32) -> Bool {
        switch step {
        case .character(let wanted): wanted == character
        case .anyButNewline: character != 10
        case .set(let set): set.contains(character)
        default: false
        }
    }

    /// Notes the states that can be reached from one without a character.
    /// - Returns: true if the match is among them.
    private func follow(from start: Int, _ states: inout States, _ text: ArraySlice<UInt32>, _ place: Int) -> Bool {
        states.pending.append(start)
        while let state = states.pending.popLast() {
            guard states.insert(state) else { continue }
            switch steps[state] {
            case .match: return true
            case .jump(let target): states.pending.append(target)
            case .split(let first, let second):
                states.pending.append(second)
                states.pending.append(first)
            case .begin: if place == text.startIndex { states.pending.append(state + 1) }
            case .end: if place == text.endIndex { states.pending.append(state + 1) }
            case .wordBoundary(let wanted):
                let before = place > text.startIndex && CharacterSet.isWord(text[place - 1])
                let after = place < text.endIndex && CharacterSet.isWord(text[place])
                if (before != after) == wanted { states.pending.append(state + 1) }
            case .character, .anyButNewline, .set: break
            }
        }
        return false
    }

    /// A set of states that remembers their order.
    private struct States {
        /// Reached and not looked at yet; kept here so that its memory is used again.
        var pending: [Int] = []
        private(set) var list: [Int] = []
        private var marks: [UInt32]
        private var round: UInt32 = 1

        init(_ size: Int) { marks = [UInt32](repeating: 0, count: size) }

        var count: Int { list.count }
        var isEmpty: Bool { list.isEmpty }

        mutating func clear() {
            list.removeAll(keepingCapacity: true)
            round += 1
        }

        mutating func insert(_ state: Int) -> Bool {
            guard marks[state] != round else { return false }
            marks[state] = round
            list.append(state)
            return true
        }
    }
}

/// What an expression consists of.
indirect enum GoRegexTree: Sendable {
    case empty
    case character(UInt32)
    case anyButNewline
    case set(CharacterSet)
    case begin
    case end
    case wordBoundary(Bool)
    case sequence([GoRegexTree])
    case either([GoRegexTree])
    /// At least so often, at most so often (nil: without end).
    case repeated(GoRegexTree, Int, Int?)
}

/// Lays an expression out as steps.
struct GoRegexProgram {
    /// More than any pattern that a person writes; a repetition of repetitions must not fill the memory.
    private static let longest = 20_000

    var steps: [GoRegex.Step] = []

    mutating func add(_ tree: GoRegexTree) throws(GoRegex.SyntaxError) {
        guard steps.count < Self.longest else { throw GoRegex.SyntaxError() }
        switch tree {
        case .empty: break
        case .character(let character): steps.append(.character(character))
        case .anyButNewline: steps.append(.anyButNewline)
        case .set(let set): steps.append(.set(set))
        case .begin: steps.append(.begin)
        case .end: steps.append(.end)
        case .wordBoundary(let wanted): steps.append(.wordBoundary(wanted))
        case .sequence(let parts): for part in parts { try add(part) }
        case .either(let choices): try addChoices(choices)
        case .repeated(let part, let least, let most):
            for _ in 0..<least { try add(part) }
            guard let most else { return try addLoop(part) }
            for _ in least..<max(least, most) {
                let split = steps.count
                steps.append(.jump(0))
                try add(part)
                steps[split] = .split(split + 1, steps.count)
            }
        }
    }

    private mutating func addLoop(_ part: GoRegexTree) throws(GoRegex.SyntaxError) {
        let split = steps.count
        steps.append(.jump(0))
        try add(part)
        steps.append(.jump(split))
        steps[split] = .split(split + 1, steps.count)
    }

    private mutating func addChoices(_ choices: [GoRegexTree]) throws(GoRegex.SyntaxError) {
        var ends: [Int] = []
        for choice in choices.dropLast() {
            let split = steps.count
            steps.append(.jump(0))
            try add(choice)
            ends.append(steps.count)
            steps.append(.jump(0))
            steps[split] = .split(split + 1, steps.count)
        }
        if let last = choices.last { try add(last) }
        for end in ends { steps[end] = .jump(steps.count) }
    }
}
