import Basics
import Narration
import Testing
import TextTools

@testable import Shell

/// Explanations, made of answers that stand in the test: no engine.
@Suite struct WhyTests {
    private func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    private func request(_ text: String, _ status: Int, error: String? = nil, number: Int = 1) throws -> WhyEvidence.Request {
        var object: JSONObject = ["number": .integer(Int64(number)), "request": .string(text), "status": .integer(Int64(status))]
        object["time"] = .string("2026-11-29T03:12:45.5Z")
        if let error { object["error"] = .string(error) }
        return try #require(WhyEvidence.Request(.object(object)))
    }

    private func evidence(
        _ requests: [WhyEvidence.Request], status: Int32 = 0, isDockers: Bool = true, operations: [String] = [],
        state: [String: String] = [:],
        listeners: [PortHolder]? = nil, language: Shell.Language = .english
    ) throws -> WhyEvidence {
        var evidence = WhyEvidence(
            language: language, asked: AskedCommand(line: "docker x", token: "t", status: status, isDockers: isDockers))
        evidence.requests = requests
        evidence.operations = try operations.map { PastOperation(try json($0)) }
        let answers = try state.mapValues { try json($0) }
        evidence.state = { answers[$0] }
        evidence.listeners = { _, _ in listeners }
        return evidence
    }

    private func text(_ evidence: WhyEvidence) -> String {
        WhyExplainer(evidence: evidence).answers().flatMap(\.text).joined(separator: "\n")
    }

    private static let containers =
        #"[{"Id":"aaaaaaaaaaaabbbb","Names":["/web"],"Image":"busybox","ImageID":"sha256:1","State":"running","Created":1795921965,"#
        + #""Ports":[{"PrivatePort":80,"PublicPort":8080,"Type":"tcp"}]}]"#

    @Test func everyPhraseIsThereInBothLanguages() {
        for phrase in WhyPhrase.allCases {
            let (english, korean) = phrase.texts
            #expect(!english.isEmpty && !korean.isEmpty && english != korean, "\(phrase)")
            for blank in 1...6 { #expect(english.contains("%\(blank)") == korean.contains("%\(blank)"), "\(phrase) %\(blank)") }
        }
        for phrase in PredictPhrase.allCases {
            let (english, korean) = phrase.texts
            #expect(!english.isEmpty && english != korean, "\(phrase)")
            for blank in 1...3 { #expect(english.contains("%\(blank)") == korean.contains("%\(blank)"), "\(phrase) %\(blank)") }
        }
        #expect(WhyPhrase.filled("%1 %2 100%", ["%2", "b"]) == "%2 b 100%")
    }

    @Test func aLineThatDockerRefusedNeverReachedTheEngine() throws {
        #expect(text(try evidence([], status: 125)).contains("never asked"))
        #expect(text(try evidence([], status: 2, isDockers: false)).contains("the host's own"))
        #expect(text(try evidence([])).contains("asked the engine for nothing"))
        #expect(text(try evidence([try request("GET /containers/json", 200)])).contains("only looked"))
        var old = try evidence([], status: 1)
        old.isTooOld = true
        #expect(text(old).contains("started anew"))
    }

    @Test func anUntaggedImageNamesWhoHoldsIt() throws {
        let operation =
            #"{"op":"1","verb":"rmi","steps":[{"id":"rmi.untag","facts":[{"key":"name","value":"a:1"}]},"#
            + #"{"id":"rmi.kept","facts":[{"key":"container","value":"web (running)"},{"key":"made on it","value":"b:1"}]}]}"#
        let told = text(try evidence([try request("DELETE /images/a:1?force=1", 200)], operations: [operation]))
        #expect(
            told.contains("Only the name a:1") && told.contains("Containers that use it: web (running)") && told.contains("Made on it: b:1")
        )
        let other =
            #"{"op":"1","verb":"rmi","steps":[{"id":"rmi.untag","facts":[{"key":"name","value":"a:1"},{"key":"name left","value":"a:2"}]}]}"#
        #expect(text(try evidence([try request("DELETE /images/a:1", 200)], operations: [other])).contains("Names that it has: a:2"))
        let korean = text(try evidence([try request("DELETE /images/a:1", 200)], operations: [operation], language: .korean))
        #expect(korean.contains("web (실행 중)"))
    }

    @Test func aDeletedImageTellsWhichLayersStayed() throws {
        let operation =
            #"{"op":"1","verb":"rmi","steps":[{"id":"rmi.untag","facts":[{"key":"name","value":"a:1"}]},{"id":"rmi.delete","facts":["#
            + #"{"key":"image","value":"sha256:1"},{"key":"layers removed","value":"1 of 3"},{"key":"layer kept","value":"b:1"},"#
            + #"{"key":"layer kept","value":"b:1"}]}]}"#
        let answers = WhyExplainer(evidence: try evidence([try request("DELETE /images/a:1", 200)], operations: [operation])).answers()
        #expect(answers.count == 1 && answers[0].text.last == "Of its 3 layers, removed from the disk: 1.")
        #expect(answers[0].evidence == ["layers that stayed: 2, needed by b:1"])
    }

    @Test func aPortIsTakenBySomebody() throws {
        let refused = try request(
            "POST /containers/cccc/start", 500, error: "driver failed: Bind for 0.0.0.0:8080 failed: port is already allocated")
        let state = ["/containers/json?all=1": Self.containers, "/drydock/containers/cccc/ending": #"{"name":"second"}"#]
        #expect(text(try evidence([refused], state: state)).contains("Container web (running) publishes port 8080"))
        let bound = try request(
            "POST /containers/cccc/start", 500, error: "Error starting userland proxy: listen tcp4 0.0.0.0:81: bind: address already in use"
        )
        let nginx = [PortHolder(pid: 7, name: "nginx")]
        #expect(text(try evidence([bound], state: state, listeners: nginx)).contains("nginx (pid 7)"))
        #expect(text(try evidence([bound], state: state, listeners: [])).contains("Now nobody listens"))
        #expect(text(try evidence([bound], state: state, listeners: nil)).contains("can't be asked"))
        let table = "  sl  local\n  0: 0100007F:0051 00000000:0000 0A 0:0 0:0 0 0 0 4711 1\n 1: 0100007F:0051 0:0 01 0:0 0:0 0 0 0 5 1\n"
        #expect(PortHolder.inodes(in: table, port: 81, listening: true) == ["socket:[4711]"])
    }

    @Test func aTakenNameNamesItsOwner() throws {
        let error = #"Conflict. The container name "/web" is already in use by container "aaaaaaaaaaaabbbb". You have to remove"#
        let told = text(
            try evidence(
                [try request("POST /containers/create?name=web", 409, error: error)], state: ["/containers/json?all=1": Self.containers]))
        #expect(told.contains("container web (running), made of busybox at 2026-11-29"))
    }

    private func exit(_ more: String) throws -> String {
        let ending = #"{"name":"web","status":"exited","finishedAt":"2026-11-29T03:12:55.5Z","command":"sh"\#(more)}"#
        return WhyExit(evidence: try evidence([])).answer(try json(ending)).text.joined(separator: "\n")
    }

    @Test func anEndHasItsCause() throws {
        let stop =
            #","exitCode":137,"signal":9,"sent":[{"signal":"SIGTERM","by":"stop","at":"2026-11-29T03:12:45.5Z"},"#
            + #"{"signal":"SIGKILL","by":"stop","at":"2026-11-29T03:12:55.5Z"}]"#
        #expect(try exit(stop).contains("still there 10 s later"))
        let kill = #","exitCode":137,"signal":9,"sent":[{"signal":"SIGKILL","by":"kill","at":"2026-11-29T03:12:55.5Z"}]"#
        #expect(try exit(kill).contains("sent it for `docker kill`"))
        #expect(
            try exit(#","exitCode":137,"signal":9,"oom":true,"memory":8388608,"sent":[]"#).contains(
                "OOM killer did: its cgroup may have 8.39MB"))
        let unknown = try exit(#","exitCode":137,"signal":9,"sent":[]"#)
        #expect(unknown.contains("did not send it") && unknown.contains("another process"))
        #expect(try exit(#","exitCode":139,"signal":11,"sent":[]"#).contains("memory which it may not"))
        #expect(try exit(#","exitCode":139,"signal":0,"sent":[]"#).contains("The first process itself was not"))
        #expect(try exit(#","exitCode":127,"signal":0,"sent":[]"#).contains("don't find"))
        #expect(try exit(#","exitCode":3,"signal":0,"sent":[]"#).contains("chose the code 3"))
        #expect(try exit(#","exitCode":137"#).contains("not on record"))
        #expect(WhyExit.seconds(from: "2026-11-29T23:59:59.5Z", to: "2026-11-30T00:00:01Z") == "1.5")
    }

    @Test func aBuildTellsItsFirstMiss() throws {
        let story =
            #"{"stages":[{"steps":[{"number":1,"instruction":"FROM a"},{"number":2,"instruction":"ENV a=2","result":"MISS","#
            + #""why":"instruction","details":["/bin/sh -c #(nop)  ENV a=1"]},{"number":3,"instruction":"RUN x","result":"MISS","why":"after-miss"}]}]}"#
        let answer = WhyBuild(language: .english).answer(BuildStoryAnswer(try json(story)))
        #expect(
            answer.text.count == 3 && answer.text[1] == "On the same parent another instruction stood then: ENV a=1. Now it is: ENV a=2")
        let files = story.replacing(#""instruction","details":["/bin/sh -c #(nop)  ENV a=1"]"#, with: #""files","details":["x: 1 → 2"]"#)
        #expect(WhyBuild(language: .english).answer(BuildStoryAnswer(try json(files))).text[1].hasSuffix("x: 1 → 2"))
    }

    // MARK: predict

    private func question(_ words: String, _ state: [String: String]) throws -> PredictQuestion? {
        PredictQuestion.make(words.split(separator: " ").map(String.init), try evidence([], state: state, listeners: []))
    }

    @Test func questionsAreAskedWhereTheStateMakesOne() throws {
        #expect(try question("rmi gone", [:]) == nil && question("ps -a", [:]) == nil && question("rmi --nonsense a", [:]) == nil)
        let rmi = try #require(try question("rmi a:1", ["/images/a:1/json": #"{"Id":"sha256:1"}"#]))
        #expect(rmi.choices.map(\.outcome) == [.deleted, .untagged, .refused])
        #expect(rmi.happened(try evidence([try request("DELETE /images/a:1", 409)])) == .refused)
        let untag = #"{"op":"1","verb":"rmi","steps":[{"id":"rmi.untag"}]}"#
        #expect(rmi.happened(try evidence([try request("DELETE /images/a:1", 200)], operations: [untag])) == .untagged)
        #expect(try question("rm web", ["/drydock/containers/web/ending": #"{"status":"exited"}"#]) == nil)
        let rm = try #require(try question("rm -f web", ["/drydock/containers/web/ending": #"{"status":"running"}"#]))
        #expect(rm.happened(try evidence([try request("DELETE /containers/web?force=1", 204)])) == .removed)
        let run = try #require(try question("run -it busybox sh", [:]))
        #expect(run.happened(try evidence([try request("POST /images/create", 200)])) == .pulls)
        #expect(run.happened(try evidence([try request("POST /containers/create", 201)])) == .uses)
    }

    @Test func commitIsJudgedByTheLayersThatAreThere() throws {
        let base = #"{"Id":"sha256:1","RepoTags":["a:1"],"RootFS":{"Layers":["x","y"]}}"#
        let commit = try #require(
            try question("commit web new:1", ["/containers/web/json": #"{"Image":"sha256:1"}"#, "/images/sha256:1/json": base]))
        #expect(
            commit.text.contains("a:1, which has 2 layers")
                && commit.choices.map(\.outcome) == [.newLayers(3), .newLayers(1), .newLayers(0)])
        let after = try evidence([], state: ["/images/new:1/json": #"{"RootFS":{"Layers":["x","y","z"]}}"#])
        #expect(commit.happened(after) == .newLayers(1))
    }

    @Test func aHandlerForTermIsSeenInTheMask() {
        #expect(PredictMaker.handlesTerm(status: "Name:\tsh\nSigCgt:\t0000000000004002\n") == true)
        #expect(PredictMaker.handlesTerm(status: "SigCgt:\t0000000000000002\n") == false)
        #expect(PredictMaker.handlesTerm(status: "") == nil)
    }
}
