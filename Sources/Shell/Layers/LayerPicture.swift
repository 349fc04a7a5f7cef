import Narration
import TextTools

/// `drydock layers --svg`: the graph of layers as a picture. Layers are bricks from the ground up, images stand on their layers, containers
/// with their own thin, writable layers on the images.
struct LayerPicture {
    let language: Language
    private let graph: LayerGraphAnswer
    private let skyline: LayerSkyline
    private let columnWidth: Int

    private static let gap = 4
    private static let between = 18
    private static let margin = 28
    private static let titleHeight = 78
    private static let containerHeight = 42
    private static let containerStep = 48
    /// More names or containers than this are counted, not shown: the picture is to be looked at.
    private static let mostNames = 6
    private static let mostContainers = 12
    /// A column of text at the sizes of the style sheet, with room for fonts that run wide: names are larger and bold.
    private static let cell = 8
    private static let nameCell = 9

    init(_ graph: LayerGraphAnswer, language: Language) {
        self.graph = graph
        self.language = language
        skyline = LayerSkyline(graph, gap: Self.gap) { Self.height(of: $0) }
        let names = graph.images.flatMap(\.names) + graph.layers.flatMap { $0.containers.map(\.name) }
        columnWidth = min(max((names.map(displayWidth).max() ?? 0) * Self.nameCell + 40, 264), 344)
    }

    /// Thicker for more bytes, by powers of ten: a true scale would show one layer and hide all others.
    private static func height(of layer: LayerGraphAnswer.Layer) -> Int {
        var digits = 0
        var left = layer.size / 1000
        while left > 0 {
            digits += 1
            left /= 10
        }
        let lines = 1 + (layer.maker.isEmpty ? 0 : 1) + (layer.users > 1 ? 1 : 0)
        return 18 + lines * 17 + digits * 5
    }

    // MARK: The whole

    /// The picture as an SVG file.
    func svg() -> String {
        let legend = PictureLegend(language: language)
        let columns = skyline.columns.count
        let width = max(columns * (columnWidth + Self.between) - Self.between + 2 * Self.margin, 640)
        let heights = skyline.columns.map { $0.bottom + cardHeight($0.image) + containersHeight($0) }
        let ground = Self.titleHeight + (heights.max() ?? 60) + 12
        let legendRows = legend.rows(width: width - 2 * Self.margin)
        let height = ground + 34 + legendRows.count * PictureLegend.rowHeight + 8
        var page = SVGPage()
        page.rectangle(x: 0, y: 0, width: width, height: height, style: "paper")
        let title = Phrase.pictureTitle.text(language)
        page.text(title, x: Self.margin, y: 36, style: "title")
        page.text(summary, x: Self.margin, y: 58, style: "dim")
        for brick in skyline.bricks { draw(brick, ground, &page) }
        for number in skyline.columns.indices { draw(number, ground, &page) }
        page.line(fromX: Self.margin - 8, y: ground, toX: width - Self.margin + 8, toY: ground, style: "ground")
        legend.draw(legendRows, x: Self.margin, y: ground + 34, &page)
        return page.document(
            width: width, height: height, language: language == .korean ? "ko" : "en", title: title, style: PictureStyle.sheet)
    }

    private var summary: String {
        guard !graph.layers.isEmpty else { return Phrase.layersNone.text(language) }
        return Phrase.layersTotal.text(language, humanSize(graph.total), humanSize(graph.totalUnshared))
    }

    private func left(_ column: Int) -> Int { Self.margin + column * (columnWidth + Self.between) }

    // MARK: Layers

    private func draw(_ brick: LayerSkyline.Brick, _ ground: Int, _ page: inout SVGPage) {
        let layer = brick.layer
        let x = left(brick.columns.lowerBound)
        let width = left(brick.columns.upperBound - 1) + columnWidth - x
        let top = ground - brick.bottom - brick.height
        let size = humanSize(layer.size)
        let shared = layer.users > 1 ? Phrase.layersShared.text(language, "\(layer.users)") : ""
        page.group([layer.id, size, shared, layer.maker].filter { !$0.isEmpty }.joined(separator: " · ")) { page in
            page.rectangle(
                x: x, y: top, width: width, height: brick.height, radius: 5, style: layer.users > 1 ? "shared" : "own")
            var lines: [(String, String)] = []
            if !shared.isEmpty { lines.append((shared, "sharing")) }
            if !layer.maker.isEmpty { lines.append((shortMaker(layer.maker), "maker")) }
            var y = top + (brick.height - lines.count * 17) / 2 + 4
            page.text(LayerGraphAnswer.short(layer.id), x: x + 32, y: y, style: "id")
            page.text(size, x: x + width - 12, y: y, anchor: .end, style: "size")
            for (text, style) in lines {
                y += 17
                page.text(truncated(text, (columnWidth - 44) / 7), x: x + 32, y: y, style: style)
            }
        }
    }

    /// Docker's histories begin each line with the shell that ran it, which says nothing.
    private func shortMaker(_ maker: String) -> String {
        for prefix in ["/bin/sh -c #(nop)", "/bin/sh -c"] where maker.hasPrefix(prefix) {
            return String(maker.dropFirst(prefix.count).drop { $0 == " " })
        }
        return maker
    }

    // MARK: Images and containers

    private func draw(_ number: Int, _ ground: Int, _ page: inout SVGPage) {
        let column = skyline.columns[number]
        let x = left(number)
        var y = ground - column.bottom
        // From the image down to the ground, with a dot in each layer that it is made of.
        if !column.bricks.isEmpty { page.line(fromX: x + 16, y: y, toX: x + 16, toY: ground, style: "spine") }
        for place in column.bricks {
            let brick = skyline.bricks[place]
            page.dot(x: x + 16, y: ground - brick.bottom - brick.height / 2, radius: 5, style: "bead")
        }
        if let image = column.image {
            let height = cardHeight(image)
            y -= height
            draw(image, layers: column.bricks.count, x, y, height, &page)
        }
        for container in column.containers.prefix(Self.mostContainers) {
            y -= Self.containerStep
            draw(container, x, y, &page)
        }
        if column.containers.count > Self.mostContainers {
            page.text(more(column.containers.count - Self.mostContainers), x: x + 16, y: y - 12, style: "dim")
        }
    }

    private func more(_ count: Int) -> String { Phrase.pictureMore.text(language, "\(count)") }

    private func labels(_ image: LayerGraphAnswer.Image) -> [String] {
        guard !image.names.isEmpty else { return [LayerGraphAnswer.short(image.id) + " " + Phrase.pictureNoName.text(language)] }
        guard image.names.count > Self.mostNames else { return image.names }
        return image.names.prefix(Self.mostNames) + [more(image.names.count - Self.mostNames)]
    }

    private func cardHeight(_ image: LayerGraphAnswer.Image?) -> Int { image.map { 50 + 18 * labels($0).count } ?? 0 }

    private func containersHeight(_ column: LayerSkyline.Column) -> Int {
        min(column.containers.count, Self.mostContainers) * Self.containerStep + (column.containers.count > Self.mostContainers ? 28 : 0)
    }

    private func draw(_ image: LayerGraphAnswer.Image, layers: Int, _ x: Int, _ top: Int, _ height: Int, _ page: inout SVGPage) {
        page.group(([image.id] + image.names).joined(separator: " · ")) { page in
            page.rectangle(x: x, y: top, width: columnWidth, height: height, radius: 8, style: "card")
            var y = top + 23
            for label in labels(image) {
                page.text(truncated(label, (columnWidth - 28) / Self.nameCell), x: x + 16, y: y, style: "name")
                y += 18
            }
            page.text(Phrase.pictureImage.text(language, humanSize(image.size), "\(layers)"), x: x + 16, y: y, style: "note")
            // The first question that "0B" raises is why.
            let freesNothing = image.frees == 0 && image.size > 0
            page.text(
                (freesNothing ? Phrase.pictureFreesNothing : .pictureFrees).text(language, humanSize(image.frees)), x: x + 16, y: y + 17,
                style: "note")
        }
    }

    private func draw(_ container: LayerGraphAnswer.Container, _ x: Int, _ top: Int, _ page: inout SVGPage) {
        let state = (container.isRunning ? Phrase.layersRunning : .layersStopped).text(language)
        page.group("\(container.name) · \(state) · \(humanSize(container.size))") { page in
            page.rectangle(x: x, y: top, width: columnWidth, height: Self.containerHeight, radius: 8, style: "box")
            page.dot(x: x + 16, y: top + 14, radius: 4, style: container.isRunning ? "running" : "stopped")
            let room = (columnWidth - 48) / Self.cell - displayWidth(state)
            page.text(truncated(container.name, max(room, 8)), x: x + 28, y: top + 18, style: "label")
            page.text(state, x: x + columnWidth - 12, y: top + 18, anchor: .end, style: "maker")
            page.text(Phrase.pictureContainer.text(language, humanSize(container.size)), x: x + 28, y: top + 34, style: "maker")
        }
    }
}
