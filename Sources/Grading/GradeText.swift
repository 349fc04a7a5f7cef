import Lessons
import Narration

/// A grade for people.
extension Grade {
    /// - Parameter isDetailed: with every check, not only those that fail.
    public func text(_ language: Language, isDetailed: Bool = false) -> String {
        let isKorean = language == .korean
        if let refusal { return "\(file): \(isKorean ? "채점할 수 없음" : "not graded"): \(refusal)\n" }
        var text = "\(file): \(title[language]) (\(lesson)): \(Self.number(points))/\(Self.number(maximum))\n"
        for step in steps {
            text += "  \(step.result.mark) \(step.title[language])\(step.result == .passed ? "" : ": " + step.result.words(language))"
            text += step.points > 0 && step.points < 1 ? " (\(Self.number(step.points)))\n" : "\n"
            for check in step.checks where isDetailed || !check.hasPassed && step.result != .passed {
                text += "      \(check.hasPassed ? "+" : "-") \(check.text[language])\n"
            }
        }
        if let divergence { text += (isKorean ? "  처음 갈라진 곳: " : "  first difference: ") + divergence[language] + "\n" }
        for attempt in attempts { text += (isKorean ? "  하려다 막힌 것: " : "  tried and refused: ") + attempt + "\n" }
        for remark in remarks { text += "  \(remark[language])\n" }
        return text
    }

    /// With two digits at most, and none where they say nothing.
    static func number(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        if hundredths.isMultiple(of: 100) { return "\(hundredths / 100)" }
        let digits = hundredths % 100
        return "\(hundredths / 100)." + (digits.isMultiple(of: 10) ? "\(digits / 10)" : digits < 10 ? "0\(digits)" : "\(digits)")
    }
}

extension StepGrade.Result {
    var mark: String {
        switch self {
        case .passed: "✓"
        case .failed: "✗"
        case .notReached, .skipped, .notJudged: "·"
        }
    }

    func words(_ language: Language) -> String {
        switch self {
        case .passed: language == .korean ? "통과" : "passed"
        case .failed: language == .korean ? "실패" : "failed"
        case .notReached: language == .korean ? "도달하지 못함" : "not reached"
        case .skipped: language == .korean ? "건너뜀" : "skipped"
        case .notJudged: language == .korean ? "다시 실행해서는 판정할 수 없음" : "can't be judged in a replay"
        }
    }
}
