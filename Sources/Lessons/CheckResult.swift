/// What was found in place of a check's property.
public enum Observation: Sendable, Hashable {
    /// The subject, or the property of it, is not there.
    case absent
    case text(String)
    /// Several values: `contains` looks for one of them.
    case list([String])
    /// It could not be asked, e.g. of an engine that doesn't know it; the reason for people.
    case unanswerable(String)
}

/// A check's outcome.
public enum CheckOutcome: Sendable, Hashable {
    case passed
    case failed(found: Observation)
    /// Neither: it couldn't be asked.
    case notReached(why: String)

    public var hasPassed: Bool { self == .passed }
}

extension Check {
    /// Compares what was found with what must hold.
    /// - Parameter values: what steps before have kept.
    public func judge(_ found: Observation, values: [String: String]) -> CheckOutcome {
        if case .unanswerable(let why) = found { return .notReached(why: why) }
        switch expectation {
        case .exists: return found == .absent || !isSuccess(found) ? .failed(found: found) : .passed
        case .absent: return found == .absent ? .passed : .failed(found: found)
        case .compares(let comparison, let value):
            let wanted = KeptValues.fill(value, values)
            return Self.holds(comparison, found, wanted) ? .passed : .failed(found: found)
        }
    }

    /// A request that exists was answered well, too.
    private func isSuccess(_ found: Observation) -> Bool {
        guard property == .status, case .list(let statuses) = found else { return true }
        return statuses.contains { Int($0).map { $0 < 400 } ?? false }
    }

    private static func holds(_ comparison: Comparison, _ found: Observation, _ wanted: String) -> Bool {
        switch found {
        case .absent, .unanswerable: return false
        case .text(let text): return holds(comparison, text, wanted)
        case .list(let texts):
            switch comparison {
            case .notEqual, .lacks: return !texts.contains { $0 == wanted }
            case .contains: return texts.contains { $0 == wanted }
            default: return texts.contains { holds(comparison, $0, wanted) }
            }
        }
    }

    private static func holds(_ comparison: Comparison, _ text: String, _ wanted: String) -> Bool {
        let plain = text.hasSuffix("\n") && !wanted.hasSuffix("\n") ? String(text.dropLast()) : text
        switch comparison {
        case .equal: return plain == wanted
        case .notEqual: return plain != wanted
        case .contains: return contains(text, wanted)
        case .lacks: return !contains(text, wanted)
        case .matches:
            let glob = Glob(wanted)
            return glob.matches(plain) || plain.split(separator: "\n").contains { glob.matches(String($0)) }
        case .less, .atMost, .more, .atLeast:
            guard let left = Int(plain), let right = Int(wanted) else { return false }
            switch comparison {
            case .less: return left < right
            case .atMost: return left <= right
            case .more: return left > right
            default: return left >= right
            }
        }
    }

    private static func contains(_ text: String, _ piece: String) -> Bool {
        let text = Array(text.utf8)
        let piece = Array(piece.utf8)
        guard !piece.isEmpty, piece.count <= text.count else { return piece.isEmpty }
        for start in 0...(text.count - piece.count) where text[start] == piece[0] {
            if text[start..<(start + piece.count)].elementsEqual(piece) { return true }
        }
        return false
    }
}
