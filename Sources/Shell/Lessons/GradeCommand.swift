import Basics
import Glibc
import Grading
import Lessons
import Narration
import Synchronization
import Transcripts

/// `drydock grade`: replays transcripts and says what they are worth.
struct GradeCommand {
    let settings: Settings
    let environment: Environment

    func run(_ arguments: [String]) throws -> Int32 {
        guard let options = GradeOptions(arguments) else {
            complain(GradeOptions.usage(settings.language))
            return 125
        }
        var settings = settings
        if let language = options.language { settings.language = language }
        if options.wantsHelp {
            say(GradeOptions.usage(settings.language))
            return 0
        }
        guard geteuid() == 0 else { throw DrydockError(.unauthorized, Phrase.notRoot.text(settings.language, "drydock grade")) }
        let gradings = try GradingClass(options, settings: settings, environment: environment)
        let grades = try gradings.gradeAll()
        try write(grades, options, settings.language)
        return grades.allSatisfy(\.isPerfect) ? 0 : 1
    }

    private func write(_ grades: [Grade], _ options: GradeOptions, _ language: Language) throws {
        switch options.format {
        case .text: say(trimmedEnd(grades.map { $0.text(language, isDetailed: options.isDetailed) }.joined()))
        case .json:
            let list = grades.map { $0.json(language) }
            say("\(list.count == 1 ? list[0] : .array(list))")
        case .gradescope:
            let list = grades.map { $0.gradescope(language) }
            say("\(list.count == 1 ? list[0] : .array(list))")
        case .junit: say(trimmedEnd(GradeReports.junit(grades, language)))
        case .tap: say(trimmedEnd(GradeReports.tap(grades, language)))
        case .csv: say(trimmedEnd(GradeReports.csv(grades)))
        }
    }

    private func trimmedEnd(_ text: String) -> String { text.hasSuffix("\n") ? String(text.dropLast()) : text }
}

/// What was asked of `drydock grade`.
struct GradeOptions {
    enum Format: String, CaseIterable { case text, json, gradescope, junit, tap, csv }

    var files: [String] = []
    var format = Format.text
    var isDetailed = false
    /// nil for the shell's.
    var language: Language?
    /// Grades by this lesson whatever the transcripts say.
    var lesson: String?
    var pack: String?
    /// Results go there one by one, and what is there already isn't done again.
    var results: String?
    /// How many at a time; nil for one on each processor.
    var jobs: Int?
    var wantsHelp = false

    init?(_ arguments: [String]) {
        var rest = arguments[...]
        var isOptions = true
        while let word = rest.popFirst() {
            guard isOptions, word.hasPrefix("-"), word != "-" else {
                files.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            func value() -> String? { parts.count == 2 ? parts[1] : rest.popFirst() }
            switch parts[0] {
            case "--": isOptions = false
            case "--help", "-h": wantsHelp = true
            case "--details": isDetailed = true
            case "--format":
                guard let format = value().flatMap(Format.init(rawValue:)) else { return nil }
                self.format = format
            case "--lang":
                guard let language = value().flatMap(Language.init(rawValue:)) else { return nil }
                self.language = language
            case "--lesson": lesson = value()
            case "--pack": pack = value()
            case "--results": results = value()
            case "--jobs", "-j":
                guard let count = value().flatMap({ Int($0) }), (1...64).contains(count) else { return nil }
                jobs = count
            default: return nil
            }
        }
        if files.isEmpty, !wantsHelp { return nil }
    }

    static func usage(_ language: Language) -> String {
        language == .korean
            ? """
            사용법: drydock grade [옵션] 파일...     기록을 격리된 곳에서 다시 실행해 채점한다
              --format text|json|gradescope|junit|tap|csv
              --lang ko|en
              --details         통과한 검사도 모두 보이기
              --lesson ID       기록에 적힌 실습 대신 이 실습으로 채점
              --pack 폴더       drydock의 실습 대신 이 폴더의 실습
              --results 폴더    결과를 하나씩 저장하고, 끊기면 남은 것부터 이어 간다 (summary.csv, summary.json)
              -j, --jobs 수     동시에 채점할 수
            """
            : """
            usage: drydock grade [OPTIONS] FILE...   replay transcripts in isolation, and grade them
              --format text|json|gradescope|junit|tap|csv
              --lang ko|en
              --details         show checks that passed, too
              --lesson ID       grade by this lesson instead of the one that the transcript names
              --pack FOLDER     lessons of this folder instead of drydock's own
              --results FOLDER  keep each result; an interrupted run goes on with the rest (summary.csv, summary.json)
              -j, --jobs N      how many at a time
            """
    }
}
