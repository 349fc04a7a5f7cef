import Basics
import Lessons
import Narration

/// Grades in the formats of test tools.
public enum GradeReports {
    /// JUnit's XML: a suite for each transcript, a case for each step.
    public static func junit(_ grades: [Grade], _ language: Language) -> String {
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
        for grade in grades {
            let failures = grade.steps.count { $0.result == .failed }
            let skipped = grade.steps.count { $0.result != .passed && $0.result != .failed }
            let errors = grade.refusal == nil ? 0 : 1
            text += "  <testsuite name=\"\(escaped(grade.file))\" tests=\"\(grade.steps.count + errors)\" failures=\"\(failures)\" "
            text += "errors=\"\(errors)\" skipped=\"\(skipped)\">\n"
            if let refusal = grade.refusal {
                text += "    <testcase name=\"transcript\" classname=\"\(escaped(grade.file))\">"
                text += "<error message=\"\(escaped(refusal))\"/></testcase>\n"
            }
            for step in grade.steps { text += junit(step, of: grade, language) }
            text += "  </testsuite>\n"
        }
        return text + "</testsuites>\n"
    }

    private static func junit(_ step: StepGrade, of grade: Grade, _ language: Language) -> String {
        let head = "    <testcase name=\"\(escaped(step.title[language]))\" classname=\"\(escaped(grade.lesson)).\(escaped(step.id))\""
        let reason = escaped(step.rationale(language))
        switch step.result {
        case .passed: return head + "/>\n"
        case .failed: return head + "><failure message=\"\(Grade.number(step.points))/1\">\(reason)</failure></testcase>\n"
        case .notReached, .skipped, .notJudged: return head + "><skipped message=\"\(reason)\"/></testcase>\n"
        }
    }

    /// The Test Anything Protocol, version 13.
    public static func tap(_ grades: [Grade], _ language: Language) -> String {
        var lines: [String] = []
        var number = 0
        for grade in grades {
            lines.append("# \(oneLine(grade.file))")
            if let refusal = grade.refusal {
                number += 1
                lines.append("not ok \(number) - \(oneLine(grade.file)): \(oneLine(refusal))")
            }
            for step in grade.steps {
                number += 1
                let isOK = step.result != .failed
                // A step that couldn't be reached is neither: TAP calls that skipped.
                let directive = step.result == .passed || step.result == .failed ? "" : " # SKIP \(step.result.words(language))"
                lines.append("\(isOK ? "ok" : "not ok") \(number) - \(oneLine(step.title[language]))\(directive)")
                for check in step.checks where !check.hasPassed && step.result == .failed {
                    lines.append("  # \(oneLine(check.text[language]))")
                }
            }
        }
        return (["TAP version 13", "1..\(number)"] + lines).joined(separator: "\n") + "\n"
    }

    /// One line a transcript, for spreadsheets (RFC 4180).
    public static func csv(_ grades: [Grade]) -> String {
        var text = "file,lesson,points,maximum,passed,failed,not reached,skipped,not judged,attempts,refused\r\n"
        for grade in grades {
            let counts = StepGrade.Result.allCases.map { kind in grade.steps.count { $0.result == kind } }
            var cells = [quoted(grade.file), quoted(grade.lesson), Grade.number(grade.points), Grade.number(grade.maximum)]
            cells += counts.map(String.init) + ["\(grade.attempts.count)", quoted(grade.refusal ?? "")]
            text += cells.joined(separator: ",") + "\r\n"
        }
        return text
    }

    private static func quoted(_ text: String) -> String {
        // A cell that begins with these is a formula to a spreadsheet; a file's name is a stranger's.
        let safe = text.first.map { "=+-@\t".contains($0) } == true ? "'" + text : text
        guard safe.contains(where: { ",\"\n\r".contains($0) }) else { return safe }
        return "\"" + safe.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n": result += "&#10;"
            default: if scalar.value >= 32 || scalar == "\t" { result.unicodeScalars.append(scalar) }
            }
        }
        return result
    }

    private static func oneLine(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 || $0 == "#" ? " " : $0 }))
    }
}
