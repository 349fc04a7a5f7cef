import Basics
import Glibc
import Narration
import TextTools
import Transcripts

/// `drydock transcript show|play|export`.
struct TranscriptCommand {
    let language: Language
    let environment: Environment

    func run(_ arguments: [String]) throws -> Int32 {
        var rest = Array(arguments.dropFirst())
        switch arguments.first {
        case "show":
            guard rest.count == 1 else { return refuse() }
            say(show(try read(rest[0])))
        case "play":
            var speed = 1.0
            if let place = rest.firstIndex(of: "--speed"), rest.indices.contains(place + 1), let wish = Double(rest[place + 1]), wish > 0 {
                speed = wish
                rest.removeSubrange(place...(place + 1))
            }
            guard rest.count == 1 else { return refuse() }
            play(try read(rest[0]), speed)
        case "export":
            guard let format = rest.firstIndex(of: "--asciicast") else { return refuse() }
            rest.remove(at: format)
            let isOld = rest.contains("--v2")
            rest.removeAll { $0 == "--v2" }
            guard (1...2).contains(rest.count), !rest.contains(where: { $0.hasPrefix("--") }) else { return refuse() }
            try export(rest[0], rest.count == 2 ? rest[1] : nil, isOld ? .two : .three)
        default: return refuse()
        }
        return 0
    }

    private func refuse() -> Int32 {
        complain(LessonPhrase.transcriptUsage.text(language))
        return 2
    }

    /// Also one that has not ended, or that a crash has torn: to look at it is no harm.
    private func read(_ path: String) throws -> Transcript {
        let bytes: [UInt8]
        do { bytes = try readFile(path, limit: TranscriptReader.fileLimit) } catch {
            throw DrydockError(.notFound, LessonPhrase.transcriptUnreadable.text(language, path), errno: error)
        }
        do { return try TranscriptReader.read(bytes, toleratesTornEnd: true) } catch {
            throw DrydockError(.invalid, "\(path): \(language == .korean ? error.korean : error.description)")
        }
    }

    // MARK: show

    private func show(_ transcript: Transcript) -> String {
        let effective = Set(transcript.effectiveRuns.map(\.number))
        let name = transcript.header.lesson ?? transcript.header.started
        var lines = [LessonPhrase.transcriptHead.text(language, printable(name), "\(transcript.runs.count)")]
        var step: String?
        for run in transcript.runs {
            if run.step != step, let id = run.step { lines.append("## \(printable(id))") }
            step = run.step
            var notes: [String] = []
            if run.isSolution { notes.append(LessonPhrase.transcriptSolution.text(language)) }
            if !effective.contains(run.number) { notes.append(LessonPhrase.transcriptUndone.text(language)) }
            let line = run.line.split(separator: "\n", omittingEmptySubsequences: false).map { printable(String($0)) }
            lines.append((["$ " + line.joined(separator: "\n  ")] + notes).joined(separator: "  "))
            lines += run.inputs.map { "> " + printable($0) }
            if run.isRedacted { lines.append("> " + LessonPhrase.transcriptRedacted.text(language)) }
            for text in [run.output, run.errors] where !text.isEmpty {
                let plain = TerminalText.plain(Array(text.utf8)).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
                lines += (plain.last?.isEmpty == true ? plain.dropLast() : plain[...]).map { "  " + $0 }
            }
            if let code = run.code, code != 0 { lines.append("[\(code)]") }
        }
        return lines.joined(separator: "\n")
    }

    // MARK: play, export

    private func play(_ transcript: Transcript, _ speed: Double) {
        for moment in Asciicast(transcript).moments where moment.code == "o" {
            usleep(UInt32(min(2_000_000, Double(moment.wait) * 1000 / speed)))
            // A reader that has gone needs no more.
            guard (try? writeAll(1, moment.text)) != nil else { return }
        }
    }

    private func export(_ path: String, _ target: String?, _ version: Asciicast.Version) throws {
        let text = Asciicast(try read(path)).text(version)
        let name = target ?? Self.exported(path)
        if name == "-" { return try writeAll(1, text) }
        try FileReplacement.write(Array(text.utf8), to: name)
        say(LessonPhrase.transcriptWritten.text(language, name))
    }

    private static func exported(_ path: String) -> String {
        (path.hasSuffix(".ndjson") ? String(path.dropLast(7)) : path) + ".cast"
    }
}
