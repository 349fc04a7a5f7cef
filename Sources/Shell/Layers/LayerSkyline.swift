import Glibc

/// Where each thing of the picture of layers stands: layers as bricks, each one as wide as the images that stand on it.
///
/// A layer lies on the one below it and spans the columns of all images that have it. What is shared is therefore there once, and wide;
/// one column read from the ground up is one image.
struct LayerSkyline {
    /// A layer's brick.
    struct Brick {
        let layer: LayerGraphAnswer.Layer
        let columns: Range<Int>
        /// Above the ground.
        let bottom: Int
        let height: Int
    }

    /// An image with its containers, on top of its layers.
    struct Column {
        /// nil where a container stands on layers whose image has lost them.
        let image: LayerGraphAnswer.Image?
        let containers: [LayerGraphAnswer.Container]
        /// Where the topmost layer ends, above the ground.
        let bottom: Int
        /// Places of its layers in `bricks`, the lowest first.
        let bricks: [Int]
    }

    /// How high a brick is.
    typealias Height = (LayerGraphAnswer.Layer) -> Int

    private(set) var bricks: [Brick] = []
    private(set) var columns: [Column] = []
    private let gap: Int
    private let height: Height
    private let children: [String: [LayerGraphAnswer.Layer]]
    private let images: [String: [LayerGraphAnswer.Image]]

    /// - Parameter gap: between a brick and the one above it.
    init(_ graph: LayerGraphAnswer, gap: Int, height: @escaping Height) {
        self.gap = gap
        self.height = height
        children = Dictionary(grouping: graph.layers) { $0.parent }
        let known = Set(graph.layers.map(\.id))
        images = Dictionary(grouping: graph.images) { $0.top }
        for root in graph.layers where !known.contains(root.parent) { place(root, bottom: 0, below: []) }
        for image in graph.images where !known.contains(image.top) {
            columns.append(Column(image: image, containers: [], bottom: 0, bricks: []))
        }
    }

    private mutating func place(_ layer: LayerGraphAnswer.Layer, bottom: Int, below: [Int]) {
        let first = columns.count
        let number = bricks.count
        let brickHeight = height(layer)
        let top = bottom + brickHeight + gap
        // Its width is known when all that stands on it has its place.
        bricks.append(Brick(layer: layer, columns: first..<first, bottom: bottom, height: brickHeight))
        addColumns(on: layer, bottom: top, bricks: below + [number])
        for child in children[layer.id] ?? [] { place(child, bottom: top, below: below + [number]) }
        // Nothing stands on it: an engine of another version may tell of layers without their images.
        if columns.count == first { columns.append(Column(image: nil, containers: [], bottom: top, bricks: below + [number])) }
        bricks[number] = Brick(layer: layer, columns: first..<columns.count, bottom: bottom, height: brickHeight)
    }

    private mutating func addColumns(on layer: LayerGraphAnswer.Layer, bottom: Int, bricks: [Int]) {
        let ending = images[layer.id] ?? []
        let ids = Set(ending.map(\.id))
        for image in ending {
            let own = layer.containers.filter { $0.image == image.id }
            columns.append(Column(image: image, containers: own, bottom: bottom, bricks: bricks))
        }
        let strays = layer.containers.filter { !ids.contains($0.image) }
        if !strays.isEmpty { columns.append(Column(image: nil, containers: strays, bottom: bottom, bricks: bricks)) }
    }
}
