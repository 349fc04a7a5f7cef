import Foundation
import Testing

/// `predict` at a terminal, on the real kernel: the judgement is what the command did, whatever was answered.
@Suite(.serialized, .enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct PredictTests {
    /// Types a command and the number of an answer, and gives what was said of it.
    private func answer(_ typist: Typist, _ line: String, _ number: Int, at place: SourceLocation = #_sourceLocation) throws -> String {
        let asked = try typist.type(line, until: "Enter to skip: ", at: place)
        #expect(asked.contains(" \(number). "), "\(line): \(asked)", sourceLocation: place)
        return try typist.type("\(number)", at: place)
    }

    private func with(_ body: (Dock, Typist) throws -> Void) throws {
        try Dock.with { dock in
            dock.must("pull", "busybox")
            let typist = try Typist(dock, ["--lang", "en"])
            defer { typist.leave() }
            #expect(try typist.type("predict on").contains("predicting: on"))
            try body(dock, typist)
        }
    }

    private func folder(_ dock: Dock, _ dockerfile: String) throws -> String {
        let folder = dock.root + "/context"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(dockerfile.utf8).write(to: URL(filePath: folder + "/Dockerfile"))
        return folder
    }

    @Test func rmiIsJudgedByWhatWent() throws {
        try with { dock, typist in
            dock.must("tag", "busybox", "other:1")
            let wrong = try answer(typist, "docker rmi other:1", 1)
            #expect(wrong.contains("You said: delete the image") && wrong.contains("What happened: take only this name away"), "\(wrong)")
            #expect(wrong.contains("Names that it has: busybox:latest") && !wrong.contains("As you said"), "\(wrong)")
            dock.must("create", "--name", "user", "busybox")
            let refused = try answer(typist, "docker rmi busybox", 3)
            #expect(refused.contains("As you said: refuse") && refused.contains("container user (stopped)"), "\(refused)")
            dock.must("rm", "user")
            let gone = try answer(typist, "docker rmi busybox", 2)
            #expect(gone.contains("You said: take only") && gone.contains("What happened: delete the image"), "\(gone)")
            #expect(dock.must("images", "-q").isEmpty)
            // Nothing to ask where there is no such image.
            #expect(try !typist.type("docker rmi busybox").contains("What will"))
        }
    }

    @Test func pullIsJudgedByTheLayersThatCame() throws {
        try with { dock, typist in
            let folder = try folder(dock, "FROM busybox\nRUN echo one > /one\n")
            dock.must("build", "-q", "-t", "me2u/two", folder)
            dock.must("login", "-u", "me2u", "-p", "pw")
            dock.must("push", "me2u/two")
            #expect(try answer(typist, "docker pull me2u/two", 3).contains("As you said: no layer"))
            dock.must("rmi", "me2u/two")
            let some = try answer(typist, "docker pull me2u/two", 1)
            #expect(
                some.contains("You said: all of its layers") && some.contains("What happened: only the layers that are missing"), "\(some)")
            #expect(some.contains("of its 2 layers, 1 were here already"), "\(some)")
            let all = try answer(typist, "docker pull alpine", 1)
            #expect(all.contains("As you said: all of its layers"), "\(all)")
            // A pull that fails went none of these ways.
            let none = try answer(typist, "docker pull me2u/nothing", 1)
            #expect(none.contains("none of these ways") && !none.contains("As you said"), "\(none)")
        }
    }

    @Test func buildIsJudgedByItsStory() throws {
        try with { dock, typist in
            let folder = try folder(dock, "FROM busybox\nENV a=1\nCOPY Dockerfile /x\nRUN true\n")
            let first = try answer(typist, "docker build -t made \(folder)", 1)
            #expect(first.contains("As you said: step 2: ENV a=1"), "\(first)")
            let cached = try answer(typist, "docker build -t made \(folder)", 1)
            #expect(cached.contains("You said: step 2") && cached.contains("What happened: none: all come from the cache"), "\(cached)")
            _ = try self.folder(dock, "FROM busybox\nENV a=1\nCOPY Dockerfile /x\nRUN true\n# another text\n")
            let changed = try answer(typist, "docker build -t made \(folder)", 3)
            #expect(changed.contains("You said: step 4") && changed.contains("What happened: step 3: COPY"), "\(changed)")
        }
    }

    @Test func runStopAndRmAreJudged() throws {
        try with { dock, typist in
            #expect(try answer(typist, "docker run --rm alpine true", 2).contains("What happened: a pull from the registry"))
            #expect(try answer(typist, "docker run -d --name box busybox sleep 100", 2).contains("As you said: nothing"))
            #expect(try answer(typist, "docker rm box", 2).contains("What happened: refuse"))
            let stopped = try answer(typist, "docker stop -t 1 box", 1)
            #expect(stopped.contains("What happened: not by that") && stopped.contains("had no handler for SIGTERM"), "\(stopped)")
            // Enter alone runs the command and judges nothing.
            dock.must("start", "box")
            _ = try typist.type("docker rm -f box", until: "Enter to skip: ")
            #expect(try !typist.type("").contains("As you said"))
            #expect(dock.must("ps", "-aq").isEmpty)
        }
    }
}
