import Basics
import Store

/// `--chown`: numbers, or names of the image's own files.
///
/// Source: moby, `builder/dockerfile/internals_linux.go`, `parseChownFlag`.
struct CopyOwner {
    /// The image's files.
    let tree: SourceTree

    func owner(_ text: String) throws -> RootCopy.Owner {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, let user = parts.first, !user.isEmpty else { throw refusal("invalid chown string format: \(text)") }
        let group = parts.count == 2 && !parts[1].isEmpty ? parts[1] : user
        return RootCopy.Owner(user: try number(user, "user", "uid", "etc/passwd"), group: try number(group, "group", "gid", "etc/group"))
    }

    private func number(_ name: String, _ kind: String, _ id: String, _ path: String) throws -> UInt32 {
        if let number = UInt32(name), number <= UInt32(Int32.max) { return number }
        for fields in accountLines(try tree.read(path, limit: 4 << 20) ?? [], fields: 3) {
            if fields[0] == name, let number = UInt32(fields[2]) { return number }
        }
        throw refusal("can't find \(id) for \(kind) \(name): no such \(kind): \(name)")
    }

    private func refusal(_ text: String) -> DrydockError {
        DrydockError(.invalid, "unable to convert uid/gid chown string to host mapping: \(text)")
    }
}
