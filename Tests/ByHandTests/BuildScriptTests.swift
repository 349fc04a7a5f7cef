import Basics
import Foundation
import Narration
import Testing

@testable import ByHand

/// A build's script, from events as the engine sends them.
@Suite struct BuildScriptTests {
    @Test func eachInstructionIsAPartInItsOrder() throws {
        let lines = try script().split(separator: "\n").map(String.init)
        let wanted = [
            "# ════ FROM base", "here c1 d1 b1", #"RUN[Env]='["A=b"]'"#, "# ════ COPY a.txt /b", #"copy_file "$B/context"/a.txt /b 0:0"#,
            #"layer "$B/staging/build/copy-1/upper" c2"#, #"did '"created_by":"COPY"'"#, "image app:1-by-hand",
        ]
        var places: [Int] = []
        for line in wanted { places.append(try #require(lines.firstIndex(of: line), "\(line)")) }
        #expect(places == places.sorted())
    }

    @Test func bashReadsIt() throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-n", "-c", try script(instruction: "RUN a\nreboot '", file: "it's; reboot")]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    /// What stands in a Dockerfile, or is called so in a context, never becomes a line of the script.
    @Test func nobodysWordsAreCommands() throws {
        let text = try script(instruction: "RUN a\nreboot", file: "x\nreboot\ny")
        #expect(text.contains(#"copy_file "$B/context"'/x"#))
        #expect(!text.contains("\n# ════ RUN a\nreboot"))
    }

    @Test func whatCameFromTheCacheIsSaid() throws {
        let hit = """
            {"event":"end","id":"build.cache","calls":[],"facts":[{"key":"cache","value":"HIT"}],"details":{"image":{"id":"aa","layers":
            [{"chain":"c2","diff":"d2","blob":"b2"}],"config":{},"history":[{"created_by":"COPY"}]}}}
            """
        let text = try script(cache: hit)
        #expect(text.contains("FROM THE CACHE") && text.contains("\nhere c2 d2 b2\n") && !text.contains("\ncopy_file \"$B"))
        #expect(try !script().contains("FROM THE CACHE"))
    }

    @Test func whatIsLeftOutIsNotSent() throws {
        #expect(try script(leftOut: ["a b", "c"]).contains("--exclude='./a b' \\\n    --exclude=./c \\\n"))
        #expect(try !script().contains("--exclude"))
    }

    @Test func onlyAFolderIsAContext() {
        #expect(throws: ByHandRefusal.impossible(.context)) { try script(host: nil) }
    }

    @Test func aPushGoesBesideDrydocks() {
        let (path, tag) = PushScript.parts(of: "docker.io/learner/app:1")
        #expect(path == "learner/app" && tag == "1")
        #expect(PushScript.parts(of: "localhost:5000/app").path == "app")
        #expect(PushScript.parts(of: "localhost:5000/app").tag == "latest")
    }

    // MARK: Events

    private func script(instruction: String = "COPY a.txt /b", file: String = "a.txt", cache: String? = nil, leftOut: [String] = []) throws
        -> String
    {
        try script(host: .context(folder: "/src", leftOut: leftOut), instruction: instruction, file: file, cache: cache)
    }

    private func script(host: HostFiles?, instruction: String = "COPY", file: String = "a", cache: String? = nil) throws -> String {
        let subject = JSONValue.string(instruction).text()
        let name = JSONValue.string(file).text()
        let copied = """
            {"event":"end","id":"build.copy","calls":[{"name":"mount","args":["overlay","/r/staging/build/copy-1/merged","overlay","0",
            "lowerdir=l/c1,upperdir=/r/staging/build/copy-1/upper,workdir=/r/staging/build/copy-1/work"],"errno":0}],"details":{"copied":
            {"sources":[{"path":\(name),"name":\(name),"context":"/r/staging/build/context-1","isFolder":false,"isUnpacked":false}],
            "target":"/b","owner":"0:0"}}}
            """
        let made = [
            copied,
            #"{"event":"end","id":"build.layer","calls":[],"details":{"layer":{"of":"/r/staging/build/copy-1/upper","chain":"c2"}}}"#,
            #"{"event":"end","id":"build.image","calls":[],"details":{"image":{"id":"bb","config":{},"history":[{"created":"x","created_by":"COPY"}]}}}"#,
        ]
        let events =
            [
                #"{"event":"end","id":"build.context","calls":[]}"#, #"{"event":"end","id":"build.dockerfile","calls":[]}"#,
                """
                {"event":"end","id":"build.from","calls":[],"facts":[{"key":"instruction","value":"FROM base"}],"details":{"image":{"id":"aa",
                "layers":[{"chain":"c1","diff":"d1","blob":"b1"}],"config":{"Env":["A=b"]},"history":[]}}}
                """,
                #"{"event":"begin","id":"instruction","subject":\#(subject)}"#,
                cache ?? #"{"event":"end","id":"build.cache","calls":[],"facts":[{"key":"cache","value":"MISS"}]}"#,
            ] + (cache == nil ? made : []) + [
                #"{"event":"end","id":"instruction","calls":[]}"#, #"{"event":"end","id":"build.stage","calls":[]}"#,
                #"{"event":"end","id":"build.tag","calls":[],"facts":[{"key":"app:1","value":"sha256:bb"}]}"#,
            ]
        let parsed = try events.map { text in try #require(NarratedEvent(try JSONValue(parsing: Array(text.utf8)))) }
        return try ScriptWriter.script(
            of: Recording(command: ["build", "-t", "app:1", "."], root: "/r", containers: [], host: host, events: parsed),
            language: .english)
    }
}
