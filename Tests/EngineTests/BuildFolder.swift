import Foundation

/// A build's context in a folder of its own.
final class BuildFolder {
    let path = "/var/tmp/drydock-context-\(UUID().uuidString)"
    private var names = ["Dockerfile"]

    init(_ dockerfile: String, _ files: [String: String] = [:]) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try write("Dockerfile", dockerfile)
        for (name, text) in files { try write(name, text) }
        names += files.keys.sorted()
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)")) }

    /// As a client sends it.
    func archive() -> [UInt8] { Array(Outcome("/bin/tar", ["-C", path, "-cf", "-"] + names).output.utf8) }
}
