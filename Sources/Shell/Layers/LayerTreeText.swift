import Basics
import EngineClient
import Narration
import TextTools

/// `drydock layers [IMAGE…]`: the graph of layers as a tree, the lowest layer first, with the images and containers that stand on each.
struct LayersCommand {
    let language: Language
    let style: Style
    let unicode: Bool

    private struct Node {
        let id: String
        let parent: String
        let size: Int
        let users: Int
        let images: [String]
        let containers: [(name: String, isRunning: Bool, size: Int)]
    }

    /// The lines of the picture.
    func lines(of answer: JSONValue) -> [String] {
        let nodes = (answer["layers"]?.arrayValue ?? []).map(Self.node)
        guard !nodes.isEmpty else { return [Phrase.layersNone.text(language)] }
        let children = Dictionary(grouping: nodes) { $0.parent }
        let known = Set(nodes.map(\.id))
        var lines: [String] = []
        for root in nodes where !known.contains(root.parent) { draw(root, children, first: "", rest: "", &lines) }
        let total = nodes.reduce(0) { $0 + $1.size }
        let separate = nodes.reduce(0) { $0 + $1.size * max(1, $1.users) }
        lines.append("")
        lines.append(Phrase.layersTotal.text(language, humanSize(total, precision: 3), humanSize(separate, precision: 3)))
        for (image, bytes) in (answer["frees"]?.objectValue ?? JSONObject()).map({ ($0.key, $0.value.intValue ?? 0) }).sorted(by: {
            $0.0 < $1.0
        }) {
            lines.append("  " + Phrase.layersFrees.text(language, printable(image), humanSize(bytes, precision: 3)))
        }
        return lines
    }

    private static func node(_ json: JSONValue) -> Node {
        Node(
            id: json["chainId"]?.stringValue ?? "", parent: json["parent"]?.stringValue ?? "", size: json["size"]?.intValue ?? 0,
            users: json["users"]?.intValue ?? 0, images: (json["images"]?.arrayValue ?? []).compactMap(\.stringValue),
            containers: (json["containers"]?.arrayValue ?? []).map {
                ($0["name"]?.stringValue ?? "?", $0["running"]?.boolValue ?? false, $0["size"]?.intValue ?? 0)
            })
    }

    private func draw(_ node: Node, _ children: [String: [Node]], first: String, rest: String, _ lines: inout [String]) {
        var line = first + style.bold(String(node.id.dropFirst(7).prefix(12))) + "  " + humanSize(node.size, precision: 3)
        if node.users > 1 { line += style.dim("  " + Phrase.layersShared.text(language, "\(node.users)")) }
        if !node.images.isEmpty {
            line += "  " + (unicode ? "◀ " : "<- ") + style.green(node.images.map(printable).joined(separator: ", "))
        }
        lines.append(line)
        let branches = (children[node.id] ?? [])
        let count = node.containers.count + branches.count
        for (index, container) in node.containers.enumerated() {
            let state = (container.isRunning ? Phrase.layersRunning : .layersStopped).text(language)
            let text =
                Phrase.layersContainer.text(language, printable(container.name), state) + "  " + humanSize(container.size, precision: 3)
            lines.append(rest + branch(isLast: index == count - 1) + style.yellow(text))
        }
        for (index, child) in branches.enumerated() {
            let isLast = node.containers.count + index == count - 1
            draw(child, children, first: rest + branch(isLast: isLast), rest: rest + (isLast ? "   " : unicode ? "│  " : "|  "), &lines)
        }
    }

    private func branch(isLast: Bool) -> String { unicode ? (isLast ? "└─ " : "├─ ") : (isLast ? "`- " : "|- ") }
}
