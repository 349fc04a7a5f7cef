import Narration
import TextTools

/// `drydock stages --svg`: each stage is a column of steps with bars on one scale, and what `COPY --from` takes is a line from the foot of
/// the stage it comes from to the step that takes it.
struct StagesPicture {
    let language: Language
    private let story: BuildStoryAnswer
    private var words: StagesWords { StagesWords(language: language) }

    private static let margin = 28
    private static let top = 84
    private static let columnWidth = 380
    private static let gutter = 64
    private static let rowHeight = 50
    private static let rowGap = 6
    private static let footHeight = 56
    /// Where the bar of what became of a stage is, below the text on it.
    private static let barTop = 22
    private static let headHeight = 34
    /// Longer builds are cut: the picture is to be looked at.
    private static let mostSteps = 60

    init(_ story: BuildStoryAnswer, language: Language) {
        self.story = story
        self.language = language
    }

    private var largest: Int { max(1, story.stages.flatMap { [$0.baseSize] + $0.steps.map { $0.layer?.bytes ?? 0 } }.max() ?? 1) }

    private func left(_ column: Int) -> Int { Self.margin + column * (Self.columnWidth + Self.gutter) }
    private func shown(_ stage: BuildStoryAnswer.Stage) -> [BuildStoryAnswer.Step] { Array(stage.steps.prefix(Self.mostSteps)) }
    private func rowTop(_ row: Int) -> Int { Self.top + Self.headHeight + row * (Self.rowHeight + Self.rowGap) }
    private func footTop(_ stage: BuildStoryAnswer.Stage) -> Int { rowTop(shown(stage).count) + 6 }

    /// What is copied, in the order in which it is drawn.
    private struct Line {
        let from: Int
        let to: (column: Int, row: Int)
        let isBase: Bool
    }

    private var copies: [Line] {
        var lines: [Line] = []
        for (column, stage) in story.stages.enumerated() {
            if let base = stage.baseStage, base < column { lines.append(Line(from: base, to: (column, 0), isBase: true)) }
            for (row, step) in shown(stage).enumerated() {
                guard let from = step.copy?.stage, from < column else { continue }
                lines.append(Line(from: from, to: (column, row), isBase: false))
            }
        }
        return lines
    }

    /// The picture as an SVG file.
    func svg() -> String {
        let columns = max(1, story.stages.count)
        let width = max(680, left(columns - 1) + Self.columnWidth + Self.margin)
        let ground = (story.stages.map { footTop($0) + Self.footHeight }.max() ?? Self.top) + 8
        let lines = copies
        let height = ground + lines.count * 10 + (words.total(story) == nil ? 16 : 46)
        var page = SVGPage()
        page.rectangle(x: 0, y: 0, width: width, height: height, style: "paper")
        let title = words.title(story)
        page.text(truncated(title, (width - 2 * Self.margin) / 12), x: Self.margin, y: 38, style: "title")
        page.text(story.isFromHistory ? Phrase.stagesFromHistory.text(language) : story.shortImage, x: Self.margin, y: 60, style: "dim")
        for (number, line) in lines.enumerated() { draw(line, number, ground, &page) }
        for (column, stage) in story.stages.enumerated() { draw(stage, column, &page) }
        if let total = words.total(story) {
            page.text(total, x: Self.margin, y: height - 18, style: "sharing")
        }
        return page.document(
            width: width, height: height, language: language == .korean ? "ko" : "en", title: title,
            style: PictureStyle.sheet + "\n" + Self.sheet)
    }

    // MARK: Stages

    private func draw(_ stage: BuildStoryAnswer.Stage, _ column: Int, _ page: inout SVGPage) {
        let x = left(column)
        if !story.isFromHistory {
            page.text(words.stage(stage), x: x, y: Self.top + 18, style: "head")
            page.text(humanSize(stage.size), x: x + Self.columnWidth, y: Self.top + 18, anchor: .end, style: "head")
        }
        for (row, step) in shown(stage).enumerated() { draw(step, stage, isBase: row == 0 && !story.isFromHistory, x, rowTop(row), &page) }
        let y = footTop(stage)
        if stage.steps.count > Self.mostSteps {
            page.text(Phrase.pictureMore.text(language, "\(stage.steps.count - Self.mostSteps)"), x: x, y: y + 8, style: "dim")
        }
        guard words.tellsRest(stage, in: story), stage.size > 0 else { return }
        page.group("\(words.stage(stage)) · \(words.rest(stage))") { page in
            let kept = share(stage.keptBytes, of: stage.size)
            let copied = min(share(stage.copiedBytes, of: stage.size), Self.columnWidth - kept)
            page.text(words.rest(stage), x: x, y: y + 14, style: "maker")
            let bar = y + Self.barTop
            page.rectangle(x: x, y: bar, width: Self.columnWidth, height: 18, radius: 4, style: "left")
            if kept > 0 { page.rectangle(x: x, y: bar, width: kept, height: 18, radius: 4, style: "bar") }
            if copied > 0 { page.rectangle(x: x + kept, y: bar, width: copied, height: 18, radius: 4, style: "crossed") }
        }
    }

    /// At least a stroke for what is not nothing.
    private func share(_ bytes: Int, of whole: Int) -> Int {
        bytes == 0 ? 0 : min(Self.columnWidth, max(3, Int(Double(bytes) / Double(whole) * Double(Self.columnWidth))))
    }

    private func draw(
        _ step: BuildStoryAnswer.Step, _ stage: BuildStoryAnswer.Stage, isBase: Bool, _ x: Int, _ y: Int, _ page: inout SVGPage
    ) {
        let instruction = words.instruction(step)
        let bytes = isBase && stage.baseSize > 0 ? stage.baseSize : step.layer?.bytes
        let told = [instruction, step.result, words.why(step), step.copy.map { words.copy($0, in: story) } ?? ""]
        page.group(told.filter { !$0.isEmpty }.joined(separator: " · ")) { page in
            page.rectangle(x: x, y: y, width: Self.columnWidth, height: Self.rowHeight, radius: 6, style: style(of: step))
            let badge = displayWidth(step.result) * 8
            page.text("\(step.number)", x: x + 28, y: y + 19, anchor: .end, style: "size")
            page.text(truncated(instruction, (Self.columnWidth - 56 - badge) / 8), x: x + 38, y: y + 19, style: "id")
            page.text(step.result, x: x + Self.columnWidth - 10, y: y + 19, anchor: .end, style: "result")
            guard let bytes else { return }
            let most = 150
            let length = bytes == 0 ? 0 : max(2, Int(Double(bytes) / Double(largest) * Double(most)))
            if length > 0 { page.rectangle(x: x + 38, y: y + 30, width: length, height: 11, radius: 2, style: isBase ? "base" : "bar") }
            page.text(humanSize(bytes), x: x + 38 + length + 8, y: y + 40, style: "size")
            let note = step.copy.map { Phrase.stagesCopyShort.text(language, "\($0.files)", "\($0.stage.map(String.init) ?? $0.image)") }
            page.text(
                note ?? step.layer.map(words.counts) ?? "", x: x + Self.columnWidth - 10, y: y + 40, anchor: .end,
                style: step.copy == nil ? "maker" : "sharing")
        }
    }

    private func style(of step: BuildStoryAnswer.Step) -> String {
        switch step.result {
        case "HIT": "shared"
        case "FAILED": "failed"
        case "NOT RUN": "idle"
        default: "own"
        }
    }

    // MARK: What goes from stage to stage

    /// From the foot of the stage down, along below everything, up beside the column and to the step.
    private func draw(_ line: Line, _ number: Int, _ ground: Int, _ page: inout SVGPage) {
        guard line.from >= 0, line.from < story.stages.count else { return }
        let source = story.stages[line.from]
        let start = (x: left(line.from) + 40 + number % 30 * 10, y: footTop(source) + Self.barTop + 18)
        let lane = ground + number * 10
        let side = left(line.to.column) - 14 - number % 5 * 9
        let end = rowTop(line.to.row) + 35
        let style = line.isBase ? "basis" : "flow"
        page.line(fromX: start.x, y: start.y, toX: start.x, toY: lane, style: style)
        page.line(fromX: start.x, y: lane, toX: side, toY: lane, style: style)
        page.line(fromX: side, y: lane, toX: side, toY: end, style: style)
        page.line(fromX: side, y: end, toX: left(line.to.column), toY: end, style: style)
        page.dot(x: left(line.to.column), y: end, radius: 5, style: style + "end")
    }

    private static let sheet = """
        .head { font-size: 15px; font-weight: 600; }
        .result { font-size: 12px; font-weight: 600; fill: #566074; }
        .bar { fill: #3f69b8; }
        .base { fill: #9aa7bf; }
        .left { fill: #dfe3ea; }
        .crossed { fill: #2b9a57; }
        .failed { fill: #fbe3e1; stroke: #c0483c; }
        .idle { fill: #f1f3f7; stroke: #b9c0cc; stroke-dasharray: 4 4; }
        .flow { stroke: #2b9a57; stroke-width: 2; }
        .flowend { fill: #2b9a57; }
        .basis { stroke: #34518a; stroke-width: 2; stroke-dasharray: 6 4; }
        .basisend { fill: #34518a; }
        @media (prefers-color-scheme: dark) {
          .result { fill: #a3aec1; }
          .bar { fill: #6f96e0; }
          .base { fill: #5b6780; }
          .left { fill: #2a3140; }
          .crossed { fill: #4cc27c; }
          .failed { fill: #431f1c; stroke: #d8685d; }
          .idle { fill: #191e28; stroke: #4a5262; }
          .flow { stroke: #4cc27c; }
          .flowend { fill: #4cc27c; }
          .basis { stroke: #86a8e6; }
          .basisend { fill: #86a8e6; }
        }
        """
}
