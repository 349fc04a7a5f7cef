import Basics
import Foundation
import FoundationXML
import Narration
import Testing
import TextTools

@testable import Shell

/// What an XML reader makes of a picture.
private final class Reading: NSObject, XMLParserDelegate {
    struct Element {
        let name: String
        let attributes: [String: String]
        var text = ""
    }

    private(set) var elements: [Element] = []
    private var open: [Int] = []

    /// - Returns: nil when the text is not well-formed.
    static func of(_ svg: String) -> Reading? {
        let reading = Reading()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = reading
        return parser.parse() ? reading : nil
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        open.append(elements.count)
        elements.append(Element(name: name, attributes: attributes))
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        if let last = open.last { elements[last].text += text }
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) { open.removeLast() }

    func texts(_ style: String) -> [String] {
        elements.filter { $0.name == "text" && $0.attributes["class"] == style }.map(\.text)
    }
    func boxes(_ style: String) -> [Element] { elements.filter { $0.name == "rect" && $0.attributes["class"] == style } }
}

@Suite struct LayerPictureTests {
    private static let base = "sha256:" + String(repeating: "a", count: 64)
    private static let first = "sha256:" + String(repeating: "b", count: 64)
    private static let second = "sha256:" + String(repeating: "c", count: 64)

    /// Two images on one layer, each with a layer of its own, and the image of the lower layer alone.
    private static func graph(name: String = "img:1", container: String = "cc") -> LayerGraphAnswer {
        let json: JSONValue = [
            "layers": [
                [
                    "chainId": .string(base), "parent": "", "size": 5_000_000, "createdBy": "/bin/sh -c #(nop) ADD file:1 in /", "users": 3,
                    "images": ["base:1"], "containers": [],
                ],
                [
                    "chainId": .string(first), "parent": .string(base), "size": 1000, "users": 1, "images": [.string(name)],
                    "containers": [["name": .string(container), "running": true, "size": 12, "image": "sha256:2"]],
                ],
                ["chainId": .string(second), "parent": .string(base), "size": 0, "users": 1, "images": ["img:2"], "containers": []],
            ],
            "images": [
                ["id": "sha256:1", "names": ["base:1"], "top": .string(base), "size": 5_000_000, "frees": 0],
                ["id": "sha256:2", "names": [.string(name), "also:this"], "top": .string(first), "size": 5_001_000, "frees": 1000],
                ["id": "sha256:3", "names": [], "top": .string(second), "size": 5_000_000, "frees": 0],
            ],
            "frees": [:],
        ]
        return LayerGraphAnswer(json)
    }

    @Test("is well-formed and needs nothing from elsewhere", arguments: ["en", "ko"])
    func wellFormed(code: String) throws {
        let language = try #require(Language(rawValue: code))
        let svg = LayerPicture(Self.graph(), language: language).svg()
        let reading = try #require(Reading.of(svg))
        #expect(reading.elements.first?.name == "svg")
        #expect(Set(reading.elements.map(\.name)).isSubset(of: ["svg", "title", "style", "g", "rect", "line", "circle", "text"]))
        #expect(svg.components(separatedBy: "http").count == 2, "only the name space")
        #expect(svg.contains("prefers-color-scheme: dark"))
    }

    @Test func sharedLayersStandOnceUnderAllTheirImages() throws {
        let reading = try #require(Reading.of(LayerPicture(Self.graph(), language: .english).svg()))
        // One of the signs below the picture has the same look.
        let shared = try #require(reading.boxes("shared").first)
        #expect(reading.boxes("shared").count == 2 && reading.boxes("own").count == 3)
        #expect(reading.texts("id") == ["aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"])
        #expect(reading.texts("sharing") == ["in 3 images"])
        let cards = reading.boxes("card")
        #expect(cards.count == 3)
        for card in cards {
            let left = try #require(Int(card.attributes["x"] ?? ""))
            let width = try #require(Int(card.attributes["width"] ?? ""))
            let from = try #require(Int(shared.attributes["x"] ?? ""))
            let wide = try #require(Int(shared.attributes["width"] ?? ""))
            #expect(from <= left && left + width <= from + wide)
        }
        #expect(reading.texts("maker").contains("ADD file:1 in /"))
    }

    @Test func imagesStandOnTheirLayersAndContainersOnThem() throws {
        let graph = Self.graph()
        let skyline = LayerSkyline(graph, gap: 2) { _ in 10 }
        #expect(skyline.columns.map(\.image?.id) == ["sha256:1", "sha256:2", "sha256:3"])
        #expect(skyline.columns.map(\.bottom) == [12, 24, 24])
        #expect(skyline.bricks.map(\.columns) == [0..<3, 1..<2, 2..<3])
        #expect(skyline.columns.map { $0.containers.map(\.name) } == [[], ["cc"], []])
        #expect(skyline.columns[1].bricks == [0, 1])
    }

    @Test func aStrangersNamesAreTextAndNothingElse() throws {
        let name = #"</text><script>alert("1")</script>&'"# + "\u{1b}[31m\u{0}\u{202E}\n\u{FFFE}"
        let svg = LayerPicture(Self.graph(name: name, container: name), language: .english).svg()
        let reading = try #require(Reading.of(svg))
        #expect(!reading.elements.contains { $0.name == "script" })
        #expect(!svg.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202E })
        #expect(reading.texts("name").contains { $0.hasPrefix(#"</text><script>alert("1")"#) })
    }

    @Test func longAndWideNamesAreShortened() throws {
        let name = String(repeating: "한", count: 120)
        let reading = try #require(Reading.of(LayerPicture(Self.graph(name: name), language: .korean).svg()))
        let shown = try #require(reading.texts("name").first { $0.hasPrefix("한") })
        #expect(shown.hasSuffix("…") && shown.count < 30)
        // The whole name is where the pointer rests.
        #expect(reading.elements.contains { $0.name == "title" && $0.text.contains(name) })
    }

    @Test func nothingIsAPictureToo() throws {
        let svg = LayerPicture(LayerGraphAnswer(.object(JSONObject())), language: .english).svg()
        #expect(try #require(Reading.of(svg)).texts("dim").contains("no image, no layer"))
    }
}

@Suite struct LayersOptionsTests {
    private static let known: [([String], LayersOptions)] = [
        ([], .tree(images: [])), (["a", "b"], .tree(images: ["a", "b"])), (["--svg", "f"], .picture(file: "f", images: [])),
        (["a", "--svg=f", "b"], .picture(file: "f", images: ["a", "b"])), (["--svg", "-", "a"], .picture(file: "-", images: ["a"])),
        (["--files", "a"], .files(image: "a", all: false)), (["a", "--all", "--files"], .files(image: "a", all: true)), (["-h"], .help),
    ]

    @Test("words that are understood", arguments: known)
    func understood(words: [String], expected: LayersOptions) { #expect(LayersOptions(words) == expected) }

    @Test(
        "words that are not",
        arguments: [
            ["--svg"], ["--svg="], ["--svg", ""], ["--svg", "a", "--svg", "b"], ["--files"], ["--files", "a", "b"], ["--all"],
            ["--svg", "f", "--files", "a"], ["--what"], [""],
        ])
    func refused(words: [String]) { #expect(LayersOptions(words) == nil) }
}

@Suite struct FileReplacementTests {
    private let folder = NSTemporaryDirectory() + "/drydock-write-\(UUID().uuidString)"

    @Test func filesAreReplacedWholeAndKeepTheirMode() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = folder + "/a.svg"
        try FileReplacement.write(Array("one".utf8), to: file)
        try #require(chmod(file, 0o600) == 0)
        try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "a.svg")
        try FileReplacement.write(Array("two".utf8), to: folder + "/link")
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "two")
        #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["a.svg", "link"])
        #expect(FileReplacement.isFolder(folder) && FileReplacement.isFolder("x/") && !FileReplacement.isFolder(file))
    }

    @Test func devicesStayDevices() throws {
        try FileReplacement.write([1], to: "/dev/null")
        var status = stat()
        #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
    }

    @Test func aMissingFolderIsNamed() {
        let error = #expect(throws: DrydockError.self) { try FileReplacement.write([1], to: folder + "/none/a.svg") }
        #expect(error?.description == "can't write \(folder)/none/a.svg: no such file or directory")
    }
}

@Suite struct LayerFilesTextTests {
    private func lines(_ json: JSONValue, _ language: Language = .english) -> [String] {
        var text = LayerFilesText(language: language, style: .plain, unicode: true)
        return text.lines(for: json)
    }

    @Test func aLayerSaysWhatItDoes() {
        let layer: JSONValue = [
            "chainId": "sha256:0123456789abcdef", "number": 2, "of": 3, "size": 1500, "createdBy": "RUN x", "added": 1, "changed": 2,
            "deleted": 3,
        ]
        #expect(lines(["layer": layer]) == ["layer 2 of 3  0123456789ab  1.5kB  added 1, changed 2, deleted 3", "  RUN x"])
        #expect(lines(["layer": layer], .korean)[0] == "계층 2/3  0123456789ab  1.5kB  더함 1, 바꿈 2, 지움 3")
    }

    @Test func filesStandInColumns() {
        let now: JSONValue = ["kind": "file", "size": 12, "mode": "0600", "owner": "7:7"]
        let before: JSONValue = ["kind": "file", "size": 3, "mode": "0644", "owner": "0:0"]
        #expect(
            lines(["file": ["path": "/etc/hosts", "depth": 1, "mark": "C", "now": now, "before": before]])
                == ["C      12B    hosts  (mode 0644 → 0600, owner 0:0 → 7:7)"])
        #expect(lines(["file": ["path": "/gone", "depth": 0, "mark": "D", "before": before]]) == ["D           gone"])
        let folder: JSONValue = ["kind": "folder", "size": 0, "mode": "0755", "owner": "0:0"]
        #expect(
            lines(["file": ["path": "/usr", "depth": 0, "mark": "A", "now": folder, "inside": 7, "insideSize": 2000]])
                == ["A      2kB  usr/  (7 inside, not shown)"])
        #expect(
            lines(["file": ["path": "/a\u{1b}[2J", "depth": 0, "mark": "C", "now": now, "before": folder]], .korean)
                == ["C      12B  a?[2J  (전에는 폴더, 소유자 0:0 → 7:7)"])
    }
}
