import Basics
import Foundation
import Testing

/// How a build went, as it is told afterwards: from what was done.
@Suite(.serialized, .enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct StagesTests {
    private static let dockerfile = """
        FROM ubuntu:14.04 AS builder
        COPY source /source
        RUN dd if=/dev/zero of=/objects bs=1024 count=3000 && echo program > /app && rm /source
        FROM busybox
        COPY --from=builder /app /bin/app
        ENV a=b

        """

    private func story(_ dock: Dock, _ words: String...) throws -> JSONValue {
        let outcome = dock.drydock(["stages", "--json"] + words)
        return try JSONValue(parsing: Array(outcome.output.utf8))
    }

    private func steps(_ story: JSONValue, _ stage: Int) -> [JSONValue] { story["stages"]?[stage]?["steps"]?.arrayValue ?? [] }
    private func results(_ story: JSONValue, _ stage: Int) -> [String] { steps(story, stage).map { $0["result"]?.stringValue ?? "?" } }

    @Test func eachStepTellsWhatItAddedAndEachStageWhatItLeftBehind() throws {
        try Dock.with { dock in
            let context = try BuildFolder(Self.dockerfile, ["source": "source"])
            dock.must("build", "-t", "app", context.path)
            let first = try story(dock, "app")
            #expect(first["names"]?[0]?.stringValue == "app:latest" && first["isFailed"]?.boolValue == false)
            #expect(results(first, 0) == ["", "MISS", "MISS"] && results(first, 1) == ["", "MISS", "MISS"])
            let run = steps(first, 0)[2]["layer"]
            #expect(run?["added"]?.intValue == 2 && run?["deleted"]?.intValue == 1 && run?["bytes"]?.intValue == 3_072_008)
            let copy = steps(first, 1)[1]["copy"]
            #expect(copy?["stage"]?.intValue == 0 && copy?["files"]?.intValue == 1 && copy?["bytes"]?.intValue == 8)
            let stage = first["stages"]?[0]
            let size = try #require(stage?["size"]?.intValue)
            #expect(stage?["copiedBytes"]?.intValue == 8 && stage?["keptBytes"]?.intValue == 0)
            #expect(stage?["leftBytes"]?.intValue == size - 8 && size > 3_072_008)
            #expect(first["stages"]?[1]?["leftBytes"]?.intValue == 0)
            // The cache had all of it: the same is known.
            dock.must("build", "-t", "app", context.path)
            let again = try story(dock)
            #expect(results(again, 0) == ["", "HIT", "HIT"] && results(again, 1) == ["", "HIT", "HIT"])
            #expect(steps(again, 1)[1]["copy"]?.text() == copy?.text() && again["stages"]?[0]?["leftBytes"] == stage?["leftBytes"])
            #expect(steps(again, 0)[2]["layer"]?.text() == run?.text())
            let text = dock.must("stages", "app")
            #expect(text.contains("left behind") && text.contains("from stage 0 (builder): files 1, 8B"))
            #expect(dock.must("--lang", "ko", "stages", "app").contains("스테이지 0 (builder)에서: 파일 1개, 8B"))
            #expect(!text.contains("\u{1b}"), "colours are for terminals")
            #expect(dock.must("stages", "--svg", "-", "app").hasPrefix("<svg "))
            dock.must("rmi", "app")
            dock.must("image", "prune", "-f")
            #expect(Kernel.entries(dock.root + "/builds").isEmpty)
            #expect(dock.drydock("stages", "app").code == 1)
            #expect(dock.ailments == "")
        }
    }

    @Test func whatFailedAndWhatWasNotRunIsTold() throws {
        try Dock.with { dock in
            let context = try BuildFolder("FROM busybox AS a\nENV a=b\nRUN false\nENV c=d\nFROM a\nRUN true\n")
            #expect(dock.drydock("build", context.path).code == 1)
            let failed = try story(dock)
            #expect(failed["isFailed"]?.boolValue == true)
            #expect(results(failed, 0) == ["", "MISS", "FAILED", "NOT RUN"] && results(failed, 1) == ["NOT RUN", "NOT RUN"])
            #expect(dock.must("stages").contains("NOT RUN ENV c=d"))
            #expect(dock.must("stages").contains("it ended with the exit code: 1"))
            #expect(dock.must("--lang", "ko", "stages").contains("종료 코드: 1"))
            // A base image that isn't there: the stage has not even begun.
            try context.write("Dockerfile", "FROM busybox AS a\nFROM localhost:1/nothing\nRUN true\n")
            #expect(dock.drydock("build", context.path).code == 1)
            let error = try story(dock)
            #expect(results(error, 1) == ["FAILED", "NOT RUN"] && steps(error, 1)[0]["why"]?.stringValue == "error")
            #expect(dock.must("stages").contains("localhost:1"))
        }
    }

    @Test func imagesFromElsewhereAreToldByTheirHistory() throws {
        try Dock.with { dock in
            #expect(dock.drydock("stages").error.contains("nothing has been built yet"))
            dock.must("pull", "busybox")
            let told = try story(dock, "busybox")
            #expect(told["isFromHistory"]?.boolValue == true && told["stages"]?.arrayValue?.count == 1)
            let bytes = steps(told, 0).compactMap { $0["layer"]?["bytes"]?.intValue }.reduce(0, +)
            #expect(bytes == told["size"]?.intValue && bytes > 0)
            #expect(dock.drydock("stages", "nothing").error.contains("No such image: nothing"))
        }
    }

    @Test func whatBelongsToNoImageIsSwept() throws {
        try Dock.with { dock in
            let context = try BuildFolder("FROM busybox\nENV a=b\n")
            dock.must("build", "-t", "app", context.path)
            let folder = dock.root + "/builds"
            let kept = Kernel.entries(folder)
            #expect(kept.count == 1)
            try dock.killEngine()
            let stray = String(repeating: "a", count: 64)
            for name in [".new-1", "\(stray).json", "\(stray).failed.json"] {
                try Data("{".utf8).write(to: URL(filePath: "\(folder)/\(name)"))
            }
            dock.must("ps")
            #expect(Kernel.entries(folder) == kept)
            // One that a fall of the machine has emptied says nothing.
            try Data().write(to: URL(filePath: "\(folder)/\(kept[0])"))
            #expect(try story(dock, "app")["isFromHistory"]?.boolValue == true)
        }
    }
}
