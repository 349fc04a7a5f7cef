/// What a context's archive said of its members that the unpacked files don't show, and that counts for their sums.
struct MemberHeaders {
    /// Which files came as another name of a file, and of which.
    private(set) var hardLinks: [MemberPath: [UInt8]] = [:]
    /// Members' names that aren't simply their paths: tar(1) writes `./file`, Docker's client `file`.
    private(set) var names: [MemberPath: [UInt8]] = [:]

    mutating func note(_ path: MemberPath, name: [UInt8], isFolder: Bool, hardLink: [UInt8]?) {
        names[path] = name == path.memberName(isFolder: isFolder) ? nil : name
        hardLinks[path] = hardLink
    }
}
