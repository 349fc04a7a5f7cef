import Basics
import Glibc

/// A folder of one test's own, removed at its end with all that is in it.
final class ScratchFolder {
    let path: String

    init() throws {
        path = "/tmp/drydock-cli-test-\(randomHex(bytes: 8))"
        guard mkdir(path, 0o700) == 0 else { throw Errno.current }
    }

    deinit {
        for name in names { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    func write(_ name: String, _ text: String, mode: mode_t = 0o644) throws {
        let descriptor = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw Errno.current }
        defer { close(descriptor) }
        try writeAll(descriptor, text)
    }

    func read(_ name: String) throws -> String { String(decoding: try readFile("\(path)/\(name)"), as: UTF8.self) }

    func mode(_ name: String) -> mode_t {
        var status = stat()
        return stat("\(path)/\(name)", &status) == 0 ? status.st_mode & 0o777 : 0
    }

    /// What is in it, sorted.
    var names: [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}

func makeLink(_ target: String, _ path: String) -> Bool { symlink(target, path) == 0 }

func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
}

/// Removes a folder that holds a config file at most.
func removeFolder(_ path: String) {
    unlink("\(path)/config.json")
    rmdir(path)
}
