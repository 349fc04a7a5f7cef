import Narration
import TextTools

/// Sentences that the text and the picture of a build share.
struct StagesWords {
    let language: Language

    func title(_ story: BuildStoryAnswer) -> String {
        let name = story.names.first ?? story.shortImage
        return (story.isFailed ? Phrase.stagesFailed : .stagesTitle).text(language, printable(name), humanSize(story.size))
    }

    func stage(_ stage: BuildStoryAnswer.Stage) -> String {
        let name = stage.name.isEmpty ? "" : " (\(printable(stage.name)))"
        return Phrase.stagesStage.text(language, "\(stage.number)\(name)")
    }

    /// An instruction on one line. Docker's histories begin each with the shell that ran it, which says nothing.
    func instruction(_ step: BuildStoryAnswer.Step) -> String {
        var text = step.instruction
        for prefix in ["/bin/sh -c #(nop)", "/bin/sh -c"] where text.hasPrefix(prefix) {
            text = String(text.dropFirst(prefix.count).drop { $0 == " " })
        }
        let words = text.split(whereSeparator: { " \t\n".contains($0) }).joined(separator: " ")
        return words.isEmpty ? Phrase.stagesUnknownStep.text(language) : printable(words)
    }

    /// `+12 ~3 -1`: nothing for what is zero.
    func counts(_ layer: BuildStoryAnswer.Layer) -> String {
        [("A", layer.added), ("C", layer.changed), ("D", layer.deleted)].filter { $0.1 > 0 }.map { "\($0.0)\($0.1)" }.joined(separator: " ")
    }

    func result(_ step: BuildStoryAnswer.Step) -> String { step.result }

    /// Why it was no hit; empty where that is told by the step before it.
    func why(_ step: BuildStoryAnswer.Step) -> String {
        let reason: Phrase
        switch step.why {
        case "no-cache": reason = .stagesNoCache
        case "nothing-built": return Phrase.stagesNothingBuilt.text(language)
        case "files": reason = .stagesFilesChanged
        case "argument": reason = .stagesArgumentChanged
        case "configuration": reason = .stagesConfigurationChanged
        case "instruction": reason = .stagesOtherInstruction
        case "exit-code": reason = .stagesExitCode
        case "error": return step.details.first.map(printable) ?? ""
        default: return ""
        }
        let details = step.details.prefix(2).map(printable).joined(separator: ", ")
        return reason.text(language) + (details.isEmpty ? "" : ": \(details)")
    }

    /// From where, and how much.
    func copy(_ copy: BuildStoryAnswer.Copy, in story: BuildStoryAnswer) -> String {
        let place = copy.stage.flatMap { number in story.stages.first { $0.number == number } }.map(stage) ?? printable(copy.image)
        return Phrase.stagesCopy.text(language, place, "\(copy.files)", humanSize(copy.bytes))
    }

    /// What became of a stage's bytes.
    func rest(_ stage: BuildStoryAnswer.Stage) -> String {
        var parts: [String] = []
        if stage.keptBytes > 0 { parts.append(Phrase.stagesKept.text(language, humanSize(stage.keptBytes))) }
        if stage.copiedBytes > 0 || stage.copiedFiles > 0 {
            parts.append(Phrase.stagesCopiedOut.text(language, "\(stage.copiedFiles)", humanSize(stage.copiedBytes)))
        }
        parts.append(Phrase.stagesLeft.text(language, humanSize(stage.leftBytes)))
        return parts.joined(separator: ", ")
    }

    /// Not the last stage of a build: something of it may have stayed behind.
    func tellsRest(_ stage: BuildStoryAnswer.Stage, in story: BuildStoryAnswer) -> Bool {
        !stage.image.isEmpty && !story.isFromHistory && stage.number != story.stages.last?.number
    }

    func total(_ story: BuildStoryAnswer) -> String? {
        let left = story.stages.filter { tellsRest($0, in: story) }
        guard !left.isEmpty, !story.isFailed else { return nil }
        let bytes = left.reduce(0) { $0 + $1.leftBytes }
        return Phrase.stagesTotal.text(language, humanSize(left.reduce(0) { $0 + $1.size }), humanSize(bytes), humanSize(story.size))
    }
}
