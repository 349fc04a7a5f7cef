import Foundation
import Testing
import Transcripts

/// A lesson from start to end as a learner without a terminal plays it, on the real kernel.
@Suite(.enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct LessonPlayTests {
    private static let solution = """
        docker run --name commit_test ubuntu:14.04 sh -c 'echo test_first! >> first'
        docker commit -c 'CMD ["bash"]' -a rhehdrla -m "first commit" commit_test commit_test:first
        docker run --name commit_test2 commit_test:first sh -c 'echo test_second! >> second'
        docker commit -a rhehdrla -m "second commit" commit_test2 commit_test:second
        docker iamges
        docker images

        """

    /// A home and a dock of its own; nothing of the lesson is left behind.
    private func with(_ body: (_ dock: Dock, _ play: (String, [String]) -> Outcome) throws -> Void) throws {
        let home = FileManager.default.temporaryDirectory.appending(path: "lesson-home-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: home) }
        try Dock.with { dock in
            let environment = ["HOME": home, "DRYDOCK_LANG": "en", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
            try body(dock) { lines, words in
                dock.drydock(["lesson"] + words, input: lines, environment: environment)
            }
            let reset = dock.drydock(["lesson", "reset", "--all"], environment: environment)
            #expect(reset.code == 0, "\(reset.error)")
            let left = (try? FileManager.default.contentsOfDirectory(atPath: dock.root + "/lessons")) ?? []
            #expect(left.allSatisfy { $0 == "progress.json" }, "\(left)")
            // Nor are the folders that were made for it, unless something of the learner's is in them.
            #expect(Kernel.entries(home + "/drydock-lessons").isEmpty)
        }
    }

    /// Other ways than the lesson's own lead to its goals, and the learner's own containers are not touched.
    @Test func fromStartToEndByAnotherWay() throws {
        try with { dock, play in
            dock.must("pull", "busybox")
            dock.must("create", "--name", "mine", "busybox")
            let outcome = play(
                Self.solution + "docker ps -a --format '{{.Names}}'\nquit\ndocker ps -a --format '{{.Names}}'\n", ["start", "2.3.1-commit"])
            #expect(outcome.code == 0, "\(outcome.error)")
            #expect(outcome.output.contains("The lesson is done."), "\(outcome.output) \(outcome.error)")
            #expect(outcome.output.split(separator: "\n").filter { $0 == "mine" }.count == 1)
            #expect(outcome.output.contains("commit_test2\ncommit_test\n"))
            #expect(play("", ["list"]).output.contains("done"))
            // Without anything to play with real images.
            #expect(play("", ["start", "--full", "2.3.1"]).error.contains("2.3.1-commit has no full variant"))
        }
    }

    /// Left and gone on with; a skip that follows the learner's own doings; an undo; a shell that is gone without a word.
    @Test func leaveSkipUndo() throws {
        try with { dock, play in
            let first = play(
                "docker run --name wrong ubuntu:14.04 true\nundo\ndocker ps -aq\nskip\nlesson quit\n", ["start", "2.3.1-commit"])
            #expect(first.output.contains("Undone."), "\(first.output) \(first.error)")
            #expect(first.output.contains("Step 2 of 4"))
            let second = play("docker ps -a --format '{{.Names}}'\nskip\nskip\ndocker iamges\ndocker images\n", ["start"])
            #expect(second.output.contains("Going on"))
            #expect(second.output.contains("\ncommit_test\n"))
            #expect(second.output.contains("skipped steps: 3"), "\(second.output) \(second.error)")
            let journal = try Data(contentsOf: URL(filePath: dock.root + "/lessons/2.3.1-commit/journal.ndjson"))
            let transcript = try TranscriptReader.read(Array(journal))
            #expect(transcript.skippedSteps == ["write", "commit", "second"])
            #expect(!transcript.effectiveRuns.contains { $0.line.contains("wrong") })
            #expect(transcript.effectiveRuns.first { $0.line.contains("commit_test2") }?.inputs == ["echo test_second! >> second", "exit"])
        }
    }

    @Test func recordedAndShown() throws {
        try with { dock, play in
            let file = dock.root + "/r.ndjson"
            let outcome = play("docker ps\nhint\nhint\nhint\ncheck\nrecord stop\nrecord\n", ["start", "2.3.1-commit", "--record", file])
            #expect(outcome.output.contains("Not yet: container commit_test"), "\(outcome.output) \(outcome.error)")
            #expect(outcome.output.contains("The next command: `docker run -it --name commit_test ubuntu:14.04`"))
            #expect(outcome.output.contains("nothing is being recorded"))
            let transcript = try TranscriptReader.read(Array(try Data(contentsOf: URL(filePath: file))))
            #expect(transcript.hasEnded && transcript.header.lesson == "2.3.1-commit" && transcript.header.lessonDigest?.count == 64)
            #expect(transcript.runs.first?.output.contains("CONTAINER ID") == true)
            #expect(transcript.runs.first?.step == "write")
            #expect(dock.drydock("transcript", "show", file).output.contains("$ docker ps"))
            #expect(dock.drydock("transcript", "export", "--asciicast", file, "-").output.hasPrefix(#"{"version":3,"#))
        }
    }

    @Test func mistakesAreAnsweredInASentence() throws {
        try with { _, play in
            #expect(play("", ["start", "2.3.1-comit"]).error.contains("Did you mean 2.3.1-commit?"))
            #expect(play("", ["stat"]).error.contains("Did you mean start?"))
            #expect(play("", ["hint"]).error.contains("drydock lesson start opens it"))
        }
    }
}
