import Basics
import Narration
import Testing

@testable import Shell

/// What the timeline's page tells of namespaces and of the network: nothing but what the evidence holds.
@Suite struct TimelineOverviewTests {
    private static let web = String(repeating: "ab", count: 32)

    private func operation(_ verb: String, _ steps: [String], more: String = "") throws -> PastOperation {
        PastOperation(
            try JSONValue(
                parsing: Array(
                    #"{"op":"1","verb":"\#(verb)","began":"2026-11-29T03:12:45.5Z","us":9,"observed":true\#(more),"steps":[\#(steps.joined(separator: ","))]}"#
                        .utf8)))
    }

    private func step(_ id: String, _ facts: [(String, String)], isUndo: Bool = false) -> String {
        let facts = facts.map { JSONValue.object(["key": .string($0.0), "value": .string($0.1)]) }
        return "\(JSONValue.object(["id": .string(id), "at": .number(0), "us": .number(1), "undo": .bool(isUndo), "facts": .array(facts)]))"
    }

    private func create(_ name: String) throws -> PastOperation {
        try operation("create", [step("create.name", [("name", name), ("id", Self.web)])])
    }

    private func start(port: String = "0.0.0.0:8088->80/tcp", more: String = "") throws -> PastOperation {
        try operation(
            "start",
            [
                step(
                    "start.network.bridge",
                    [
                        ("bridge", "12: dd8e7722 bridge up 02:42:37:ae:40:97"), ("address", "172.19.0.1/16 dev dd8e7722"),
                        ("ip_forward", "1"),
                        ("nft", "add table ip t\nadd rule <x>"),
                    ]),
                step("start.network.address", [("address", "172.19.0.2/16"), ("mac", "02:42:ac:13:00:02"), ("gateway", "172.19.0.1")]),
                step("start.ports", [("nft", "add element ip t ports_tcp { 8088 : 172.19.0.2 . 80 }"), ("port", port)]),
                step("start.cgroup.create", [("cgroup", "/sys/fs/cgroup/cpu/drydock/\(Self.web)")]),
                step(
                    "start.clone",
                    [("mnt", "mnt:[4026532181]"), ("net", "net:[4026532185]"), ("cgroup", "cgroup:[4026531835] (the host's)")]),
                step("start.network.veth", [("link", "15: veth1 veth up port of 12 peer index 14 56:d5:aa:12:e4:9f")]),
                step("start.network.interface", [("interfaces", "lo eth0")]),
            ], more: more)
    }

    private func page(_ operations: [PastOperation], _ language: Shell.Language = .english) -> String {
        TimelinePage(language: language, operations: operations, layers: nil).text
    }

    @Test func everyPhraseIsThereInBothLanguages() {
        for phrase in OverviewPhrase.allCases {
            let (english, korean) = phrase.texts
            #expect(
                !english.isEmpty && !korean.isEmpty && english != korean && english.contains("%1") == korean.contains("%1"), "\(phrase)")
        }
    }

    @Test func aStartTellsItsNamespacesAndItsPlaceInTheNetwork() throws {
        let traces = ContainerTraces([try create("web"), try start()])
        let entry = try #require(traces.entries.first)
        #expect(traces.entries.count == 1 && traces.names[Self.web] == "web" && traces.subjects == [Self.web, Self.web])
        #expect(entry.namespaces.map(\.inode) == ["4026532181", "4026532185", "4026531835"])
        #expect(entry.namespaces.map(\.isHosts) == [false, false, true])
        let network = try #require(entry.network)
        #expect(network.cable?.name == "veth1" && network.cable?.peerIndex == "14" && network.interfaces == ["lo", "eth0"])
        #expect(network.address == "172.19.0.2/16" && network.bridge == "dd8e7722" && network.ports == ["0.0.0.0:8088->80/tcp"])
        #expect(traces.bridges.map(\.link.index) == ["12"] && traces.bridges[0].address == "172.19.0.1/16")
        let page = page([try create("web"), try start()])
        #expect(page.contains("<code>0.0.0.0:8088</code> → <code>172.19.0.2:80/tcp</code>") && page.contains("net:[4026532185]"))
        #expect(
            page.contains("add rule &lt;x&gt;") && page.contains("href=\"#network\"") && page.contains("<span class=\"subject\">web</span>")
        )
    }

    @Test func whatTheEvidenceDoesNotHoldIsNotShown() throws {
        // Nobody watched: times alone.
        let silent = try operation("start", [#"{"id":"start.clone","at":0,"us":1}"#, #"{"id":"start.network.veth","at":1,"us":1}"#])
        #expect(ContainerTraces([silent]).entries.isEmpty)
        for part in ["id=\"namespaces\"", "id=\"network\"", "<nav>"] { #expect(!page([silent]).contains(part)) }
        // A number that is none, and what was taken back.
        let odd = try operation("start", [step("start.clone", [("mnt", "mnt:[12x]"), ("net", "net"), ("uts", "]uts:[")])])
        let undone = try operation("start", [step("start.clone", [("mnt", "mnt:[12]")], isUndo: true)])
        #expect(ContainerTraces([odd, undone]).entries.isEmpty)
        // Of one without an address there is no arrow to an address.
        let bare = try operation("start", [step("start.clone", [("net", "net:[7]")]), step("start.ports", [("port", "1.2.3.4:1->2/tcp")])])
        #expect(ContainerTraces([bare]).entries[0].network?.address == nil && !page([bare]).contains("veth"))
        #expect(!page([bare]).contains("Loopback"))
        #expect(ContainerTraces.Link("eth0: up") == nil && ContainerTraces.Link("") == nil)
    }

    @Test func anEndIsToldOfTheStartBeforeIt() throws {
        let exit = try operation("exit", [step("exit.cgroup", [("cgroup", "/drydock/\(Self.web)")])])
        let traces = ContainerTraces([try start(), exit, try start()])
        #expect(traces.entries.map { $0.end?.time } == ["03:12:45", nil])
        // Another's end ends nothing here.
        let other = try operation("exit", [step("exit.cgroup", [("cgroup", "/drydock/\(String(repeating: "cd", count: 32))")])])
        #expect(ContainerTraces([try start(), other]).entries[0].end == nil)
        let failed = try start(more: #","error":"no""#)
        #expect(ContainerTraces([failed]).entries[0].isTakenBack && page([failed]).contains("was taken back"))
    }

    @Test func namesOfStrangersStayText() throws {
        let name = #"</h3><script>alert(1)</script>"'"#
        let operations = [try create(name), try start(port: "<img src=x>->\"80"), try start(port: "->->")]
        for language in Shell.Language.allCases {
            let page = page(operations, language)
            #expect(!page.lowercased().contains("<script") && !page.contains("<img") && page.contains("&lt;script&gt;alert(1)"))
        }
        // However long a name is, and however many containers there are.
        let many = try (0..<60).map { _ in try create(String(repeating: "n", count: 5000)) } + (0..<60).map { _ in try start() }
        let html = TimelineOverview(language: .english, traces: ContainerTraces(many)).html
        #expect(html.contains("… and 36 more") && !html.contains(String(repeating: "n", count: 100)))
    }

    @Test func hostsAndNoNetworkAreTold() throws {
        let host = try operation("start", [step("start.clone", [("net", "net:[5] (the host's)")])])
        let none = try operation(
            "start", [step("start.clone", [("net", "net:[6]")]), step("start.network.interface", [("interfaces", "lo")])])
        let page = page([host, none])
        #expect(page.contains("The host&apos;s own network") && page.contains("Loopback (lo) alone"))
    }
}
