import Foundation

/// The project's files as text.
struct Checkout {
    struct Source {
        /// Relative to the project.
        let path: String
        let text: String

        /// The target it belongs to, for a file below Sources.
        var module: String? {
            let parts = path.split(separator: "/")
            return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
        }

        /// The modules that it imports, also with an access level or attributes before `import`, and of a single declaration.
        var imports: [String] {
            let prefix = #"(?:(?:@\w+(?:\([^)]*\))?|public|package|internal|fileprivate|private)\s+)*"#
            let kind = #"(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?"#
            return matches(#"(?m)^\s*\#(prefix)import\s+\#(kind)([A-Za-z_][A-Za-z0-9_]*)"#)
        }

        /// The first group of each match.
        func matches(_ pattern: String) -> [String] {
            guard let expression = try? NSRegularExpression(pattern: pattern) else { return [] }
            return expression.matches(in: text, range: NSRange(text.startIndex..., in: text)).compactMap {
                Range($0.range(at: 1), in: text).map { String(text[$0]) }
            }
        }
    }

    private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Swift and C files of the product.
    func sources() throws -> [Source] { try files(below: "Sources") }

    /// Swift and C files of the tests.
    func tests() throws -> [Source] { try files(below: "Tests") }

    private func files(below folder: String) throws -> [Source] {
        let kinds: Set = ["swift", "c", "h"]
        let names = try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
        return try names.sorted().map { "\(folder)/\($0)" }.filter { kinds.contains(($0 as NSString).pathExtension) }.map(read)
    }

    private func read(_ path: String) throws -> Source {
        Source(path: path, text: try String(contentsOf: root.appending(path: path), encoding: .utf8))
    }

    // MARK: Package.swift

    /// Each target of the package (tests aside) with its dependencies.
    func targets() throws -> [String: Set<String>] {
        let manifest = try read("Package.swift")
        // Comments may hold brackets and quotes.
        let text = manifest.text.replacing(#/\s//[^\n]*/#, with: "")
        let nio = Set(Source(path: "", text: text).matches(#"\.product\(name: "(\w+)""#))
        var targets: [String: Set<String>] = [:]
        let beginning = #/(?:\b(?:module|system)\(|\.(?:target|executableTarget|systemLibrary)\(\s*name:)\s*"([\w-]+)"/#
        for declaration in text.matches(of: beginning) {
            let call = Self.call(in: text, from: declaration.range.lowerBound)
            targets[String(declaration.1)] = Self.dependencies(of: call).union(call.contains("+ nio") ? nio : [])
        }
        return targets
    }

    /// The text of a call up to its closing parenthesis.
    private static func call(in text: String, from start: String.Index) -> Substring {
        var depth = 0
        for index in text[start...].indices {
            if text[index] == "(" { depth += 1 }
            if text[index] == ")" {
                depth -= 1
                if depth == 0 { return text[start...index] }
            }
        }
        return text[start...]
    }

    /// The names in a call's first list: `module("Store", ["Basics", …])`, `dependencies: [ … ]`.
    private static func dependencies(of call: Substring) -> Set<String> {
        guard !call.hasPrefix("system("), !call.hasPrefix(".systemLibrary(") else { return [] }
        let list: Substring
        if call.hasPrefix("module(") {
            guard let open = call.firstIndex(of: "[") else { return [] }
            list = call[open...]
        } else {
            guard let label = call.range(of: "dependencies:") else { return [] }
            list = call[label.upperBound...]
        }
        let names = list.prefix { $0 != "]" }.matches(of: #/"([\w-]+)"/#)
        return Set(names.map { String($0.1) })
    }

    // MARK: steps

    /// The keys of the narration's catalogue.
    func catalogueIDs() throws -> [String] {
        try sources().filter { $0.module == "Narration" }.flatMap { $0.matches(#"CatalogueEntry\(\s*"([a-z.]+)""#) }
    }

    /// The ids of the steps that are run (`step("start.mount")`) or named in the child's program (`"start.mount"`), with the first place.
    func stepIDs() throws -> [(id: String, path: String)] {
        var found: [String: String] = [:]
        let verbs = "pull|create|start|attach|stop|kill|exit|rm|resize"
        for source in try sources() where source.module != "Narration" {
            let ids = source.matches(#"\bstep\(\s*"([a-z]+(?:\.[a-z]+)+)""#) + source.matches(#""((?:\#(verbs))(?:\.[a-z]+)+)""#)
            // `exit.json` is a file's name.
            for id in ids where found[id] == nil && !id.contains(".json") { found[id] = source.path }
        }
        return found.map { ($0.key, $0.value) }.sorted { $0.id < $1.id }
    }
}
