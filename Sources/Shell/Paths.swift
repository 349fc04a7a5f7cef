import Glibc

/// A path from the root on, so that it means the same from every directory. Nothing is resolved.
func absolute(_ path: String) -> String {
    var full = path
    if !path.hasPrefix("/"), let here = getcwd(nil, 0) {
        full = String(cString: here) + "/" + path
        free(here)
    }
    var parts: [Substring] = []
    for part in full.split(separator: "/") where part != "." {
        if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
}

/// The file that this program was started from.
func ownExecutable() -> String? {
    var path = [CChar](repeating: 0, count: 4096)
    let length = readlink("/proc/self/exe", &path, path.count - 1)
    guard length > 0 else { return nil }
    return String(decoding: path[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// The last part of a path.
func baseName(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }
