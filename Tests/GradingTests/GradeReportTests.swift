import Basics
import Lessons
import Narration
import Testing

@testable import Grading

@Suite struct GradeReportTests {
    private func grade() -> Grade {
        var grade = Grade(file: "=a\"<b>.ndjson", lesson: "1-x", title: Localized(english: "One", korean: "하나"))
        var passed = StepGrade(id: "a", title: Localized(english: "First", korean: "첫째"))
        (passed.result, passed.points) = (.passed, 1)
        var failed = StepGrade(id: "b", title: Localized(english: "Second # part", korean: "둘째"))
        (failed.result, failed.points) = (.failed, 1.0 / 3)
        failed.checks = [CheckGrade(source: "image a exists", text: Localized(english: "a & b", korean: "가"), hasPassed: false)]
        grade.steps = [passed, failed, StepGrade(id: "c", title: Localized(english: "Third", korean: "셋째"))]
        return grade
    }

    @Test func pointsAreRoundedForPeople() {
        #expect([0, 1, 0.5, 1.0 / 3, 2.0 / 3, 1.05].map(Grade.number) == ["0", "1", "0.5", "0.33", "0.67", "1.05"])
    }

    @Test func whatWasNotReachedIsNoFailure() {
        #expect(
            GradeReports.tap([grade()], .english).split(separator: "\n").map(String.init) == [
                "TAP version 13", "1..3", "# =a\"<b>.ndjson", "ok 1 - First", "not ok 2 - Second   part", "  # a & b",
                "ok 3 - Third # SKIP not reached",
            ])
        let junit = GradeReports.junit([grade()], .korean)
        #expect(junit.contains("failures=\"1\" errors=\"0\" skipped=\"1\""))
        #expect(junit.contains("=a&quot;&lt;b&gt;.ndjson"))
    }

    @Test func cellsAreNoFormulas() {
        #expect(GradeReports.csv([grade()]).contains("\r\n\"'=a\"\"<b>.ndjson\",1-x,1.33,3,1,1,1,0,0,0,\r\n"))
    }

    @Test func aRecordIsReadBackAsItWas() throws {
        var lesson = Lesson(id: "1-x", section: "1", minutes: 1, images: [], file: "x")
        lesson.title = grade().title
        lesson.steps = grade().steps.map { LessonStep(id: $0.id, title: $0.title, line: 1) }
        let read = try #require(Grade(grade().record, file: grade().file, lesson: lesson))
        #expect(read == grade())
    }

    @Test func gradescopeHasAScoreForEachStep() {
        let json = grade().gradescope(.english)
        #expect(json["tests"]?.arrayValue?.count == 3)
        #expect(json["score"]?.doubleValue == 1.33)
        #expect(json["tests"]?[1]?["status"]?.stringValue == "failed")
    }
}
