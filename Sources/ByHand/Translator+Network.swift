import Narration

extension Translator {
    /// Netlink, sockets and the firewall.
    func network(_ call: NarratedEvent.Call) -> [String]? {
        switch call.name {
        case "socket", "setsockopt", "getsockopt", "recvfrom", "recvmsg", "listen": return []
        case "bind": return remark(.portsHeld, describe(call))
        case "sendto", "sendmsg":
            guard call.args.count >= 2 else { return nil }
            return message(call.args[1])
        default: return nil
        }
    }

    private func message(_ text: String) -> [String]? {
        let words = text.split(separator: " ").map(String.init)
        guard let kind = words.first else { return [] }
        // Questions change nothing, and the firewall's changes stand in the step's facts as nft reads them.
        if kind.hasPrefix("RTM_GET") || kind.hasPrefix("NFT_MSG_") || kind.hasPrefix("NFNL_MSG_BATCH") { return [] }
        switch kind {
        case "RTM_NEWLINK" where words.count >= 4 && words[1] == "bridge":
            let name = ShellText.quoted(words[2])
            return ["ip link add name \(name) address \(ShellText.quoted(words[3])) type bridge", "ip link set \(name) up"]
        case "RTM_NEWLINK" where words.count >= 3 && words[1] == "veth": return cable(words)
        case "RTM_SETLINK" where words.count == 6 && words[1] == "bridge" && words[2] == "port":
            return ["bridge link set dev \(link(words[3])) hairpin \(ShellText.quoted(words[5]))"]
        case "RTM_SETLINK" where words.count == 3: return ["ip link set \(link(words[1])) \(ShellText.quoted(words[2]))"]
        case "RTM_DELLINK" where words.count == 2: return ["ip link del \(link(words[1]))"]
        case "RTM_NEWADDR" where words.count == 6:
            let broadcast = "brd \(ShellText.quoted(words[3]))"
            return ["ip address add \(names.addressed(words[1])) \(broadcast) dev \(link(words[5]))"]
        case "RTM_NEWROUTE" where words.count == 4 && words[1] == "default":
            return ["ip route add default via \(ShellText.quoted(words[3]))"]
        default: return nil
        }
    }

    /// `RTM_NEWLINK veth NAME index N (bridge BRIDGE) up, peer eth0 index M MAC in netns of pid P`
    private func cable(_ words: [String]) -> [String]? {
        guard let bridge = words.firstIndex(of: "(bridge"), bridge + 1 < words.count, let peer = words.firstIndex(of: "peer"),
            peer + 1 < words.count
        else { return nil }
        let near = words[bridge + 1].hasSuffix(")") ? String(words[bridge + 1].dropLast()) : words[bridge + 1]
        return [
            "ip link add name \"$VETH\" type veth peer name \(ShellText.quoted(words[peer + 1])) address \"$MAC\" netns \"$PID\"",
            "ip link set \"$VETH\" master \(ShellText.quoted(near)) up",
        ]
    }

    private func link(_ name: String) -> String { name == names.veth ? "\"$VETH\"" : ShellText.quoted(name) }

    /// What was handed to nft, from the step's facts.
    mutating func firewall(_ step: NarratedEvent) -> [String] {
        var lines: [String] = []
        for (key, value) in step.facts where key == "nft" {
            let commands = value.split(separator: "\n").map(String.init)
            let elements = commands.filter { $0.hasPrefix("add element ") }
            guard !elements.isEmpty else {
                lines += ShellText.hereDocument("nft -f -", commands, "NFT")
                continue
            }
            lines += remark(.portMoved)
            for element in commands { lines += port(element) }
        }
        return lines
    }

    /// `add element ip TABLE ports_tcp { 8080 : 172.17.0.2 . 80 }`
    private mutating func port(_ command: String) -> [String] {
        guard let open = command.firstIndex(of: "{"), let close = command.lastIndex(of: "}"), command.hasPrefix("add element ") else {
            return ShellText.hereDocument("nft -f -", [command], "NFT")
        }
        let head = String(command[..<open]).dropFirst("add ".count)
        let inside = command[command.index(after: open)..<close].split(separator: " ").map(String.init)
        guard let colon = inside.firstIndex(of: ":"), colon > 0, let number = Int(inside[colon - 1]) else {
            return remark(.cannot, command)
        }
        let moved = number > 55535 ? number - 10000 : number + 10000
        let key = (inside[..<(colon - 1)] + ["\(moved)"]).joined(separator: " ")
        let value = inside[(colon + 1)...].joined(separator: " ")
        undo.append("nft \(ShellText.quoted("delete \(head){ \(key) }")) 2>/dev/null || true")
        return ["nft \(names.addressed("add \(head){ \(key) : \(value) }"))"]
    }
}
