import Basics
import DockerAPI
import EngineInterface
import OCI
import Store

extension ContainerEngine {
    /// `drydock layers`: who stands on which layer, and what each image would free.
    /// - Parameter names: The images to show; none means all.
    public func layerGraph(of names: [String]) throws -> LayerGraph {
        let all = images.images()
        let chosen = names.isEmpty ? all : try names.map { try images.lookup($0) }
        let shown = Set(chosen.flatMap(\.chain))
        var nodes: [ChainID: LayerGraphNode] = [:]
        var order: [ChainID] = []
        for image in chosen {
            let makers = image.layerMakers
            for (index, chain) in image.chain.enumerated() where nodes[chain] == nil {
                guard let record = images.layer(chain) else { continue }
                var node = LayerGraphNode()
                node.chainID = chain.description
                node.diffID = record.diffID.description
                node.parent = record.parent?.description ?? ""
                node.size = record.size
                node.createdBy = makers[index]
                node.users = all.filter { $0.chain.contains(chain) }.count
                nodes[chain] = node
                order.append(chain)
            }
        }
        var frees: [String: Int64] = [:]
        var drawn: [LayerGraphImage] = []
        let held = heldLayers()
        for image in chosen {
            let labels = image.repoTags.isEmpty ? [image.id.short] : image.repoTags
            if let top = image.chain.last { nodes[top]?.images += labels }
            // What no other image and no container has.
            let others = all.filter { $0.id != image.id }
            let freed = image.chain.filter { chain in
                !held.contains(chain) && !others.contains { $0.chain.contains(chain) } && !isBelow(chain, held)
            }.reduce(0) { $0 + (images.layer($1)?.size ?? 0) }
            frees[labels[0]] = freed
            var graphImage = LayerGraphImage()
            (graphImage.id, graphImage.names, graphImage.top) = (image.id.description, image.repoTags, image.chain.last?.description ?? "")
            (graphImage.size, graphImage.frees) = (image.size, freed)
            drawn.append(graphImage)
        }
        for container in containers.all {
            guard let text = container.record.layers.last, let top = try? ChainID(text), shown.contains(top) else { continue }
            nodes[top]?.containers.append(
                LayerGraphContainer(
                    name: container.name, isRunning: container.isRunning, size: FileTree.size(container.upper),
                    image: container.record.imageID))
        }
        return LayerGraph(layers: order.compactMap { nodes[$0] }, images: drawn, frees: frees)
    }

    /// True when a layer that a container stands on has this one below it.
    private func isBelow(_ chain: ChainID, _ held: Set<ChainID>) -> Bool {
        held.contains { top in
            var current: ChainID? = top
            while let layer = current {
                if layer == chain { return true }
                current = images.layer(layer)?.parent
            }
            return false
        }
    }
}
