import Narration

/// The page's overview of namespaces and of the network, as HTML: boxes that stand beside each other where there is room, and below each
/// other on a phone.
///
/// Every text is escaped here: names come from strangers.
struct TimelineOverview {
    let language: Language
    let traces: ContainerTraces

    /// More than these are counted, not shown.
    private static let mostEntries = 24
    private static let mostPorts = 12
    /// Characters of a label, and of a text of rules.
    private static let longest = (label: 80, rules: 6000)

    private var latest: [ContainerTraces.Entry] { Array(traces.entries.reversed()) }
    private var withNetwork: [ContainerTraces.Entry] { latest.filter { $0.verb == "start" && ($0.network != nil || usesHosts($0)) } }

    /// Where the page has them: what the links on top of it lead to.
    var parts: [(anchor: String, title: String)] {
        var parts: [(String, String)] = []
        if !traces.entries.isEmpty { parts.append(("namespaces", say(.namespaces))) }
        if !withNetwork.isEmpty { parts.append(("network", say(.network))) }
        return parts
    }

    var html: String { namespaces + network }

    // MARK: Namespaces

    private var namespaces: String {
        guard !traces.entries.isEmpty else { return "" }
        let shown = latest.prefix(Self.mostEntries).map { entry in
            let chips = entry.namespaces.prefix(16).map { chip($0, isExec: entry.verb == "exec") }.joined()
            return "<div class=\"o-entry\">\(heading(entry))<ul class=\"o-spaces\">\(chips)</ul></div>\n"
        }.joined()
        return section("namespaces", say(.namespaces), say(.namespacesNote), shown + more(latest.count))
    }

    private func chip(_ namespace: ContainerTraces.Namespace, isExec: Bool) -> String {
        let meaning = OverviewPhrase.meaning(of: namespace.kind).map { "<span>\(escaped(say($0)))</span>" } ?? ""
        let whose = say(namespace.isHosts ? .hosts : isExec ? .wentIn : .own)
        return "<li class=\"\(namespace.isHosts ? "o-hosts" : "o-own")\"><p><b>\(escaped(namespace.kind))</b> \(meaning)</p>"
            + "<p><code>\(escaped(namespace.inode))</code> <em>\(escaped(whose))</em></p></li>"
    }

    private func heading(_ entry: ContainerTraces.Entry) -> String {
        "<h3>\(label(entry)) <small>\(escaped(entry.verb)) \(escaped(entry.time)) UTC\(remark(entry))</small></h3>"
    }

    private func remark(_ entry: ContainerTraces.Entry) -> String {
        if entry.isTakenBack { return " · " + escaped(say(.takenBack)) }
        return entry.end.map { " · " + escaped(say($0.isRemoval ? .removed : .ended, $0.time)) } ?? ""
    }

    /// The container's name, where one was told, and the beginning of its id.
    private func label(_ entry: ContainerTraces.Entry) -> String {
        guard let id = entry.container else { return "?" }
        let short = "<code>\(escaped(String(id.prefix(12))))</code>"
        return traces.names[id].map { escaped(cut($0)) + " " + short } ?? short
    }

    // MARK: Network

    private var network: String {
        guard !withNetwork.isEmpty else { return "" }
        let shown = withNetwork.prefix(Self.mostEntries)
        var host = ""
        for bridge in traces.bridges { host += block(bridge, shown.filter { $0.network?.bridge == bridge.link.name }) }
        host += list(.hostNetwork, shown.filter(usesHosts))
        // Loopback and nothing else: that was read back, not concluded from what is missing.
        let lonely = list(.noNetwork, shown.filter { $0.network?.interfaces == ["lo"] && !usesHosts($0) })
        if !host.isEmpty { host = "<div class=\"o-host\"><p class=\"o-title\">\(escaped(say(.host)))</p>\n\(host)</div>\n" }
        return section("network", say(.network), say(.networkNote), host + lonely + more(withNetwork.count))
    }

    private func usesHosts(_ entry: ContainerTraces.Entry) -> Bool { entry.namespaces.contains { $0.kind == "net" && $0.isHosts } }

    private func list(_ phrase: OverviewPhrase, _ entries: [ContainerTraces.Entry]) -> String {
        guard !entries.isEmpty else { return "" }
        let items = entries.map { "<li>\(label($0)) <small>\(escaped($0.time)) UTC\(remark($0))</small></li>" }.joined()
        return "<p>\(escaped(say(phrase)))</p><ul class=\"o-plain\">\(items)</ul>\n"
    }

    /// A bridge with the cables that were plugged into it.
    private func block(_ bridge: ContainerTraces.Bridge, _ entries: [ContainerTraces.Entry]) -> String {
        guard !entries.isEmpty else { return "" }
        let words = [bridge.address, bridge.link.mac, bridge.forwarding.map { "ip_forward \($0)" }].compactMap { $0 }
        return "<div class=\"o-bridge\">\(node(bridge.link.name, [say(.bridge), "#" + bridge.link.index] + words))"
            + rules(bridge.rules, .rules) + "<ul class=\"o-cables\">\(entries.map(cable).joined())</ul></div>\n"
    }

    private func cable(_ entry: ContainerTraces.Entry) -> String {
        guard let network = entry.network else { return "" }
        var html = "<li\(entry.end != nil || entry.isTakenBack ? " class=\"o-over\"" : "")>"
        if !network.ports.isEmpty {
            let ports = network.ports.prefix(Self.mostPorts).map { port(String($0), network) }.joined()
            html +=
                "<ul class=\"o-ports\">\(ports)\(more(network.ports.count, Self.mostPorts, "li"))</ul>" + rules(network.rules, .rulesPorts)
        }
        html += "<div class=\"o-line\">"
        if let cable = network.cable { html += node(cable.name, ["veth", "#" + cable.index]) + "<i class=\"o-wire\"></i>" }
        html += "<div class=\"o-inside\">\(heading(entry))"
        if let space = entry.namespaces.first(where: { $0.kind == "net" }) { html += "<p><code>net:[\(escaped(space.inode))]</code></p>" }
        let words = [network.cable?.peerIndex.map { "#" + $0 }, network.address, network.mac].compactMap { $0 }
        // Loopback is in each of them.
        let name = network.interfaces.first { $0 != "lo" }
        if name != nil || !words.isEmpty { html += node(name ?? "", words) }
        if let gateway = network.gateway { html += "<p>\(escaped(say(.gateway, cut(gateway))))</p>" }
        return html + "</div></div></li>\n"
    }

    /// `0.0.0.0:8088->80/tcp`, and to whose port 80 that leads.
    private func port(_ text: String, _ network: ContainerTraces.Network) -> String {
        let ends = text.components(at: "->")
        guard ends.count == 2 else { return "<li><code>\(escaped(cut(text)))</code></li>" }
        let address = network.address.map { $0.prefix { $0 != "/" } + ":" } ?? ""
        return "<li><code>\(escaped(cut(ends[0])))</code> → <code>\(escaped(cut(address + ends[1])))</code></li>"
    }

    private func node(_ name: String, _ words: [String]) -> String {
        "<p class=\"o-node\"><b>\(escaped(cut(name)))</b> \(words.map { "<span>\(escaped(cut($0)))</span>" }.joined(separator: " "))</p>"
    }

    private func rules(_ text: String?, _ title: OverviewPhrase) -> String {
        guard let text, !text.isEmpty else { return "" }
        let lines = cut(text, Self.longest.rules).split(separator: "\n").map { escaped(String($0)) }.joined(separator: "\n")
        return "<details class=\"o-rules\"><summary>\(escaped(say(title)))</summary><pre>\(lines)</pre></details>"
    }

    // MARK: Words

    private func section(_ anchor: String, _ title: String, _ remark: String, _ body: String) -> String {
        "<section id=\"\(anchor)\">\n<h2>\(escaped(title))</h2>\n<p class=\"remark\">\(escaped(remark))</p>\n\(body)</section>\n"
    }

    private func more(_ count: Int, _ most: Int = mostEntries, _ element: String = "p") -> String {
        count > most ? "<\(element)>\(escaped(say(.more, "\(count - most)")))</\(element)>" : ""
    }

    private func say(_ phrase: OverviewPhrase, _ value: String = "") -> String { phrase.text(language, value) }

    private func cut(_ text: String, _ most: Int = longest.label) -> String { text.count > most ? text.prefix(most) + "…" : text }

    private func escaped(_ text: String) -> String { SVGPage.escaped(text) }

    /// Own classes all begin with `o-`: the picture of layers brings a style sheet of its own along, which counts for the whole page.
    static let style = """
        nav { display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin: 0 0 1rem; }
        nav a { color: var(--bar); }
        h3 { font-size: 1rem; margin: 0 0 .3rem; }
        h3 small { font-weight: normal; color: var(--pale); }
        .o-entry { margin: .9rem 0; }
        .o-spaces, .o-ports, .o-cables, .o-plain { list-style: none; margin: 0; padding: 0; }
        .o-spaces { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.4rem, 1fr)); gap: .4rem; }
        .o-spaces li { border: 1px solid var(--line); border-left: .3rem solid var(--bar); border-radius: .35rem; padding: .25rem .5rem; line-height: 1.4; }
        .o-spaces p { margin: 0; }
        .o-spaces li.o-hosts { border-left-color: var(--pale); background: var(--soft); }
        .o-spaces span, .o-spaces em { color: var(--pale); font-size: .8rem; font-style: normal; }
        .o-host { border: 1px solid var(--line); border-radius: .5rem; padding: .6rem; background: var(--soft); }
        .o-title { margin: 0 0 .5rem; color: var(--pale); }
        .o-node { margin: 0; padding: .3rem .6rem; border: 1px solid var(--bar); border-radius: .35rem; background: var(--paper);
        display: flex; flex-wrap: wrap; gap: 0 .7rem; align-items: baseline; }
        .o-node span { color: var(--pale); font-size: .85rem; }
        .o-bridge { margin: 0 0 .8rem; }
        .o-bridge > .o-node { border-width: 2px; }
        .o-cables { margin-left: .8rem; border-left: .3rem solid var(--bar); padding-top: .3rem; }
        .o-cables > li { padding: .7rem 0 .3rem 1.2rem; }
        .o-line { display: flex; align-items: center; position: relative; }
        .o-line::before { content: ""; position: absolute; left: -1.2rem; width: 1.2rem; height: 3px; background: var(--bar); }
        .o-line > .o-node { flex: none; max-width: 45%; flex-direction: column; }
        .o-wire { flex: 1 1 1rem; min-width: 1.2rem; max-width: 6rem; height: 3px; background: var(--bar); }
        .o-inside { flex: 1 1 auto; border: 2px dashed var(--pale); border-radius: .5rem; padding: .5rem .6rem; background: var(--paper); }
        .o-inside p { margin: .2rem 0 0; color: var(--pale); font-size: .85rem; }
        .o-inside .o-node { color: inherit; font-size: 1rem; }
        .o-over { opacity: .6; }
        .o-ports { display: flex; flex-wrap: wrap; gap: .1rem 1.2rem; margin-bottom: .3rem; }
        .o-ports code, .o-entry code, .o-inside code { color: inherit; }
        .o-rules { margin: .2rem 0 .5rem; font-size: .9rem; }
        .o-rules > summary { display: list-item; list-style: disclosure-closed; margin-left: 1.2rem; color: var(--pale); }
        .o-rules[open] > summary { list-style: disclosure-open; }
        .o-rules > pre { margin-left: 0; }
        @media (max-width: 40rem) {
        .o-line { align-items: flex-start; flex-direction: column; }
        .o-line::before { top: 1.2rem; }
        .o-line > .o-node { max-width: 100%; flex-direction: row; }
        .o-wire { flex: none; width: 3px; min-width: 3px; height: 1.2rem; margin-left: 1.2rem; }
        .o-inside { align-self: stretch; }
        }
        """
}

extension String {
    /// The text before and after the first occurrence of a mark; the whole where there is none.
    fileprivate func components(at mark: String) -> [String] {
        guard let range = firstRange(of: mark) else { return [self] }
        return [String(self[..<range.lowerBound]), String(self[range.upperBound...])]
    }
}
