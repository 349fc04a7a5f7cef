/// Where something is mounted on the host. See proc(5), mountinfo.
enum MountedPaths {
    /// Mount points in a folder, the first mounted first.
    static func beneath(_ folder: String) -> [String] {
        Evidence.text("/proc/self/mountinfo").split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 4, fields[4].hasPrefix(folder + "/") else { return nil }
            return String(fields[4])
        }
    }
}
