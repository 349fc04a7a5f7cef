import Narration
import TextTools

/// `drydock stages [IMAGE]`: a build as lines with bars, all on one scale.
struct StagesText {
    let language: Language
    let style: Style
    let unicode: Bool
    let width: Int

    private var words: StagesWords { StagesWords(language: language) }
    /// Columns of a bar.
    private var room: Int { max(8, min(30, width / 4)) }

    /// The lines of the picture.
    func lines(of story: BuildStoryAnswer) -> [String] {
        var lines = [style.bold(words.title(story))]
        if story.isFromHistory { lines.append(style.dim(Phrase.stagesFromHistory.text(language))) }
        let largest = story.stages.flatMap { [$0.baseSize] + $0.steps.map { $0.layer?.bytes ?? 0 } }.max() ?? 0
        for stage in story.stages {
            lines.append("")
            if !story.isFromHistory { lines.append(style.bold(style.cyan(words.stage(stage))) + "  " + humanSize(stage.size)) }
            var before = ""
            for step in stage.steps {
                // What holds for all steps is told once.
                let why = words.why(step)
                lines += self.lines(of: step, stage, story, largest, why: why == before ? "" : why)
                before = why
            }
            if words.tellsRest(stage, in: story) { lines += rest(of: stage) }
        }
        lines += ["", style.dim(Phrase.stagesLegend.text(language))]
        if let total = words.total(story) { lines.append(total) }
        return lines
    }

    private func lines(
        of step: BuildStoryAnswer.Step, _ stage: BuildStoryAnswer.Stage, _ story: BuildStoryAnswer, _ largest: Int, why: String
    ) -> [String] {
        let isBase = step.number == stage.steps.first?.number && !story.isFromHistory
        let bytes = isBase && stage.baseSize > 0 ? stage.baseSize : step.layer?.bytes
        let number = String(repeating: " ", count: max(0, 4 - "\(step.number)".count)) + "\(step.number)"
        let result = padded(words.result(step), to: 7)
        let counts = step.layer.map(words.counts) ?? ""
        // number, result, size, bar, counts: the instruction gets what is left.
        let left = max(16, width - 4 - 1 - 7 - 1 - 9 - 1 - room - 1 - 12)
        let instruction = padded(truncated(words.instruction(step), left), to: left)
        let size = bytes.map { humanSize($0) } ?? ""
        let bar = bytes.map { self.bar($0, of: largest) } ?? ""
        let line =
            "\(number) \(coloured(result, step.result)) \(instruction) "
            + String(repeating: " ", count: max(0, 8 - displayWidth(size))) + size + " "
            + (isBase ? style.dim(padded(bar, to: room)) : style.cyan(padded(bar, to: room))) + " " + style.dim(counts)
        var lines = [trimmed(line)]
        let indent = String(repeating: " ", count: 13)
        if !why.isEmpty { lines.append(indent + style.dim(truncated(why, max(20, width - 13)))) }
        if let copy = step.copy { lines.append(indent + (unicode ? "◀ " : "<- ") + style.green(words.copy(copy, in: story))) }
        return lines
    }

    private func coloured(_ text: String, _ result: String) -> String {
        switch result {
        case "HIT": style.green(text)
        case "MISS": style.yellow(text)
        case "FAILED": style.red(text)
        case "NOT RUN": style.dim(text)
        default: text
        }
    }

    /// To scale. What is not nothing is at least a thin stroke.
    private func bar(_ bytes: Int, of largest: Int) -> String {
        guard bytes > 0, largest > 0 else { return "" }
        let eighths = Int((Double(bytes) / Double(largest) * Double(room * 8)).rounded())
        guard unicode else { return String(repeating: "#", count: max(1, (eighths + 4) / 8)) }
        let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        let whole = String(repeating: "█", count: eighths / 8)
        return eighths == 0 ? "▏" : whole + parts[eighths % 8]
    }

    /// Where a stage's bytes have gone, as one bar: kept, copied out, left behind.
    private func rest(of stage: BuildStoryAnswer.Stage) -> [String] {
        let whole = max(20, min(60, width - 26))
        let indent = String(repeating: " ", count: 13)
        guard stage.size > 0 else { return [indent + style.dim(words.rest(stage))] }
        let cells = { (bytes: Int) in bytes == 0 ? 0 : max(1, bytes * whole / max(1, stage.size)) }
        let (kept, copied) = (min(whole, cells(stage.keptBytes)), min(whole, cells(stage.copiedBytes)))
        let left = max(0, whole - kept - copied)
        let signs = unicode ? ("█", "▓", "░") : ("#", "+", ".")
        let bar =
            style.cyan(String(repeating: signs.0, count: kept)) + style.green(String(repeating: signs.1, count: min(copied, whole - kept)))
            + style.dim(String(repeating: signs.2, count: left))
        return [indent + bar, indent + words.rest(stage)]
    }

    private func trimmed(_ line: String) -> String {
        var line = line
        while line.last == " " { line.removeLast() }
        return line
    }
}
