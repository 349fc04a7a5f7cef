import Basics
import Glibc
import Lessons
import Narration
import Replay
import Transcripts

/// `drydock lesson samples FOLDER [LESSON...]`: records transcripts of each kind, for trying graders.
struct SamplesCommand {
    let settings: Settings
    let environment: Environment

    func run(_ arguments: [String]) throws -> Int32 {
        guard let folder = arguments.first, !folder.hasPrefix("-") else {
            let isKorean = settings.language == .korean
            complain(isKorean ? "사용법: drydock lesson samples 폴더 [실습...]" : "usage: drydock lesson samples FOLDER [LESSON...]")
            return 125
        }
        guard let program = ownExecutable() else { throw DrydockError(.failed, Phrase.noExecutable.text(settings.language)) }
        let wanted = arguments.dropFirst()
        for file in try LessonLibrary(environment: environment).files {
            let lesson = try LessonLibrary.load(file)
            guard wanted.isEmpty || wanted.contains(lesson.id) else { continue }
            let template = try StateTemplate(images: lesson.images)
            defer { template.remove() }
            let samples = SampleTranscripts(lesson: lesson, digest: ContentDigest.text(try readFile(file)))
            for kind in SampleTranscripts.Kind.allCases {
                let host = try LocalHost(program: program, template: template.root, environment: environment.entries)
                defer { host.end() }
                try write(try samples.record(kind, on: host).text, to: "\(absolute(folder))/\(lesson.id).\(kind.rawValue).ndjson")
            }
            say(lesson.id)
        }
        return 0
    }

    private func write(_ text: String, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw DrydockError(.failed, "cannot write \(path)", errno: .current) }
        defer { close(descriptor) }
        do { try writeAll(descriptor, text) } catch { throw DrydockError(.failed, "cannot write \(path)", errno: error) }
    }
}
