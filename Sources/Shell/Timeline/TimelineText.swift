import Narration
import TextTools

/// Operations as text: one bar for each step, where it lay in its operation and how long it took.
struct TimelineText {
    let language: Language
    let style: Style
    let unicode: Bool
    /// Columns of the terminal.
    let width: Int

    private static let barWidth = 24

    func lines(of operations: [PastOperation]) -> [String] { operations.flatMap { [""] + lines(of: $0) }.dropFirst() + [] }

    private func lines(of operation: PastOperation) -> [String] {
        let name = style.bold(operation.name(unicode ? "›" : ">"))
        var lines = ["\(operation.time)  \(name)  \(style.dim(durationText(operation.microseconds, unicode: unicode)))"]
        let titles = operation.steps.map { title($0) }
        let room = max(20, min(44, width - Self.barWidth - 16))
        let titleWidth = min(room, titles.map { displayWidth($0) }.max() ?? 0)
        for (step, title) in zip(operation.steps, titles) {
            let duration = durationText(step.microseconds, unicode: unicode)
            let shown = padded(shortened(title, to: titleWidth, ellipsis: unicode ? "…" : ""), to: titleWidth)
            lines.append("  \(shown)  \(bar(step, in: operation))  \(duration)")
            if let error = step.error { lines.append("    " + style.bold("! ") + printable(error)) }
        }
        if let error = operation.error, operation.steps.last?.error != error { lines.append("  ! " + printable(error)) }
        return lines
    }

    private func title(_ step: PastOperation.Step) -> String {
        (step.isUndo ? (unicode ? "↩ " : "undo: ") : "") + step.title(language)
    }

    private func bar(_ step: PastOperation.Step, in operation: PastOperation) -> String {
        let whole = max(operation.microseconds, 1)
        let lane = Double(Self.barWidth)
        let first = Int(min(lane - 1, max(0, step.at / whole * lane)))
        let length = Int(min(lane - Double(first), max(1, (step.microseconds / whole * lane).rounded())))
        let (on, off) = unicode ? ("█", "·") : ("#", ".")
        return style.dim(String(repeating: off, count: first)) + String(repeating: on, count: length)
            + style.dim(String(repeating: off, count: Self.barWidth - first - length))
    }
}
