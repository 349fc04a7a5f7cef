import Narration
import TextTools

/// `drydock layers [IMAGE…]`: the graph of layers as a tree, the lowest layer first, with the images and containers that stand on each.
struct LayerTreeText {
    let language: Language
    let style: Style
    let unicode: Bool

    /// The lines of the picture.
    func lines(of graph: LayerGraphAnswer) -> [String] {
        let nodes = graph.layers
        guard !nodes.isEmpty else { return [Phrase.layersNone.text(language)] }
        let children = Dictionary(grouping: nodes) { $0.parent }
        let known = Set(nodes.map(\.id))
        var lines: [String] = []
        for root in nodes where !known.contains(root.parent) { draw(root, children, first: "", rest: "", &lines) }
        lines.append("")
        lines.append(
            Phrase.layersTotal.text(language, humanSize(graph.total, precision: 3), humanSize(graph.totalUnshared, precision: 3)))
        for (image, bytes) in graph.frees {
            lines.append("  " + Phrase.layersFrees.text(language, printable(image), humanSize(bytes, precision: 3)))
        }
        return lines
    }

    private func draw(
        _ node: LayerGraphAnswer.Layer, _ children: [String: [LayerGraphAnswer.Layer]], first: String, rest: String, _ lines: inout [String]
    ) {
        var line = first + style.bold(LayerGraphAnswer.short(node.id)) + "  " + humanSize(node.size, precision: 3)
        if node.users > 1 { line += style.dim("  " + Phrase.layersShared.text(language, "\(node.users)")) }
        if !node.imageLabels.isEmpty {
            line += "  " + (unicode ? "◀ " : "<- ") + style.green(node.imageLabels.map(printable).joined(separator: ", "))
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
