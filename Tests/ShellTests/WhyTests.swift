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
                "OOM killer did: its cgroup may have 8MiB"))
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

    @Test func severalNamesAreToldOnceEach() throws {
        func untag(_ name: String) -> String {
            #"{"op":"1","verb":"rmi","steps":[{"id":"rmi.untag","facts":[{"key":"name","value":"\#(name)"}]}]}"#
        }
        let requests = [try request("DELETE /images/a:1", 200), try request("DELETE /images/a:2", 200, number: 2)]
        let answers = WhyExplainer(evidence: try evidence(requests, operations: [untag("a:1"), untag("a:2")])).answers()
        #expect(answers.map { $0.text[0].contains("a:1") } == [true, false], "\(answers)")
    }

    @Test func whatEndedBadlyDidNotWork() throws {
        let push = try request("POST /images/me/x/push?tag=1", 200, error: "denied: requested access to the resource is denied")
        let told = text(try evidence([push], status: 1))
        #expect(told.contains("doesn't take me/x:1") && !told.contains("worked"), "\(told)")
        let gone = try request("POST /images/x/push", 200, error: "An image does not exist locally with the tag: x")
        #expect(text(try evidence([gone], status: 1)).contains("so nothing was sent"))
        #expect(text(try evidence([try request("POST /images/x/push", 200)])).contains("in the registry now"))
        // Of a request that nothing is known of, too.
        let other = try evidence([try request("POST /containers/web/restart", 204)], status: 7, state: [:])
        #expect(!text(other).contains("It worked"))
        #expect(text(try evidence([try request("POST /volumes/create", 201)], status: 7)).contains("ended with code 7 all the same"))
        #expect(text(try evidence([try request("POST /volumes/create", 201)])).contains("It worked"))
    }

    @Test func anExecHasItsCodeOrItsReason() throws {
        let requests = [try request("POST /containers/web/exec", 201), try request("POST /exec/ee/start", 101, number: 2)]
        let failed = #"{"op":"1","verb":"exec","error":"execve nope [\"nope\"]: no such file or directory","steps":[]}"#
        #expect(text(try evidence(requests, status: 126, operations: [failed])).contains("in web there is no program nope"))
        let ended = try evidence(requests, status: 3, state: ["/exec/ee/json": #"{"ExitCode":3,"Running":false}"#])
        #expect(text(ended).contains("ended in web with code 3"))
        #expect(text(try evidence(requests, state: ["/exec/ee/json": #"{"Running":true}"#])).contains("still runs in web"))
        #expect(text(try evidence(requests, status: 5)).contains("code 5 all the same"))
    }

    @Test func aPortOfUDPIsNotOneOfTCP() throws {
        let refused = try request("POST /containers/cccc/start", 500, error: "Bind for 0.0.0.0:8080 failed: port is already allocated")
        let wanted = #"{"HostConfig":{"PortBindings":{"81/udp":[{"HostPort":"8080"}]}}}"#
        let state = [
            "/containers/json?all=1": Self.containers, "/drydock/containers/cccc/ending": #"{"name":"second"}"#,
            "/containers/cccc/json": wanted,
        ]
        let told = text(try evidence([refused], state: state, listeners: []))
        #expect(told.contains("port 8080/udp") && !told.contains("Container web"), "\(told)")
    }

    @Test func aSignalThatEndsNothingIsExplained() throws {
        let kill = try request("POST /containers/web/kill?signal=TERM", 204)
        let state = [
            "/drydock/containers/web/ending": #"{"name":"web","status":"running","startedAt":"2026-11-29T03:12:45.5Z"}"#,
            "/containers/web/json": #"{"State":{"Pid":77}}"#,
        ]
        var told = try evidence([kill], state: state)
        told.handles = { pid, signal in pid == 77 && signal == 15 ? false : nil }
        #expect(text(told).contains("SIGTERM was sent to the first process of web") && text(told).contains("no handler for SIGTERM"))
        told.handles = { _, _ in true }
        #expect(text(told).contains("It has a handler"))
        // What can't be seen isn't said.
        told.handles = { _, _ in nil }
        #expect(text(told) == "SIGTERM was sent to the first process of web, and it runs on.")
    }

    @Test func aBuildWithoutItsFileOrItsBaseSaysSo() throws {
        let error = "COPY failed: file not found in build context or excluded by .dockerignore: stat gone: file does not exist"
        #expect(text(try evidence([try request("POST /build", 200, error: error)], status: 1)).contains("gone is not in the context"))
        let denied = "pull access denied for base, repository does not exist"
        let pull = #"{"op":"1","verb":"pull","error":"denied","steps":[]}"#
        let told = text(try evidence([try request("POST /build", 200, error: denied)], status: 1, operations: [pull]))
        #expect(told.contains("FROM names was to be pulled") && told.contains("The registry gives base"), "\(told)")
    }

    @Test func whatStandsOnAnImageIsNamedThroughImagesWithoutNames() throws {
        let images =
            #"[{"Id":"sha256:a","RepoTags":["base:1"]},{"Id":"sha256:bbbbbbbbbbbbb","ParentId":"sha256:a"},"#
            + #"{"Id":"sha256:c","ParentId":"sha256:bbbbbbbbbbbbb","RepoTags":["app:1"]}]"#
        let evidence = try evidence([], state: ["/images/json?all=1": images])
        #expect(evidence.holders(ofImage: "sha256:a").children == ["bbbbbbbbbbbb (app:1)"])
        #expect(
            evidence.describeImage(short: "bbbbbbbbbbbb") == "bbbbbbbbbbbb (app:1)" && evidence.describeImage(short: "app:1") == "app:1")
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
        #expect(SignalHandlers.handles(status: "Name:\tsh\nSigCgt:\t0000000000004002\n", 15) == true)
        #expect(SignalHandlers.handles(status: "SigCgt:\t0000000000000002\n", 15) == false)
        #expect(SignalHandlers.handles(status: "", 15) == nil)
    }
}
