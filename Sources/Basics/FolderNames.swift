import Glibc

/// The names in a folder, sorted, without `.` and `..`.
///
/// - Throws: the `Errno` of opendir(3) or readdir(3).
public func folderNames(_ path: String) throws(Errno) -> [String] {
    guard let stream = opendir(path) else { throw Errno.current }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
        // The end and an error both are nil.
        errno = 0
        guard let entry = readdir(stream) else {
            guard errno == 0 else { throw Errno.current }
            return names.sorted()
        }
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != "." && name != ".." { names.append(name) }
    }
}
