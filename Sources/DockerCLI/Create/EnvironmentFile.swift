import Basics
import Glibc

/// Files of `NAME=value` lines: `--env-file`, `--label-file`.
enum EnvironmentFile {
    /// Reads the files in order.
    /// - Parameter inherit: gives a name that stands alone its value; without one such a line is left out.
    /// - Throws: `ValueError` in Docker's words.
    static func read(_ paths: [String], inherit: (String) -> String?) throws -> [String] {
        try paths.flatMap { try parse(bytes(of: $0), path: $0, inherit: inherit) }
    }

    private static func bytes(of path: String) throws -> [UInt8] {
        do { return try readFile(path, limit: 16 << 20) } catch { throw ValueError("open \(path): \(error.text)") }
    }

    static func parse(_ bytes: [UInt8], path: String, inherit: (String) -> String?) throws -> [String] {
        var lines: [String] = []
        for (index, raw) in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            let unmarked = index == 0 && raw.starts(with: [0xef, 0xbb, 0xbf]) ? raw.dropFirst(3) : raw
            guard let text = String(validating: unmarked.last == 13 ? unmarked.dropLast() : unmarked, as: UTF8.self) else {
                throw ValueError("env file \(path) contains invalid utf8 bytes at line \(index + 1): \(unmarked)")
            }
            let line = text.drop { $0.isWhitespace }
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts[0]
            guard !name.contains(where: { $0 == " " || $0 == "\t" }) else {
                throw ValueError("poorly formatted environment: variable '\(name)' contains whitespaces")
            }
            guard !name.isEmpty else { throw ValueError("poorly formatted environment: no variable name on line '\(line)'") }
            if parts.count == 2 {
                lines.append("\(name)=\(parts[1])")
            } else if let value = inherit(String(name)) {
                lines.append("\(name)=\(value)")
            }
        }
        return lines
    }

    /// Later values of a name win, at the place of the first.
    static func merged(_ entries: [String]) -> [String] {
        var places: [Substring: Int] = [:]
        var out: [String] = []
        for entry in entries {
            let name = entry.prefix { $0 != "=" }
            if let place = places[name] {
                out[place] = entry
            } else {
                places[name] = out.count
                out.append(entry)
            }
        }
        return out
    }

    /// `a=b` entries as an object sorted by key; a lone name has an empty value.
    static func object(_ entries: [String]) -> JSONObject {
        var object = JSONObject()
        for entry in entries {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            object[parts[0]] = .string(parts.count == 2 ? parts[1] : "")
        }
        return object.sortedByKey()
    }
}
