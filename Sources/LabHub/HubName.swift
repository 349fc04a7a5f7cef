/// The grammar of names in the distribution API.
///
/// Source: OCI distribution specification 1.1, "Pulling manifests".
enum HubName {
    /// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*` for each component between slashes; at most 255 bytes in all.
    static func isRepository(_ name: String) -> Bool {
        guard name.utf8.count <= 255 else { return false }
        return name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { component in
            guard let first = component.first, let last = component.last, isLowerOrDigit(first), isLowerOrDigit(last) else {
                return false
            }
            let separators = component.split(omittingEmptySubsequences: true, whereSeparator: isLowerOrDigit)
            return separators.allSatisfy { run in
                run.elementsEqual([UInt8(ascii: ".")]) || run.elementsEqual([UInt8(ascii: "_")])
                    || run.elementsEqual([UInt8(ascii: "_"), UInt8(ascii: "_")]) || run.allSatisfy { $0 == UInt8(ascii: "-") }
            }
        }
    }

    /// `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`.
    static func isTag(_ tag: String) -> Bool {
        let bytes = Array(tag.utf8)
        guard (1...128).contains(bytes.count), bytes[0] != UInt8(ascii: "."), bytes[0] != UInt8(ascii: "-") else { return false }
        return bytes.allSatisfy { byte in
            isLowerOrDigit(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
        }
    }

    /// The name under which the hub knows a repository: like Docker Hub's, one without a slash is in `library/`.
    /// Both forms are served, since a client that names this hub by its address asks for `ubuntu`, not `library/ubuntu`.
    static func canonical(_ name: String) -> String {
        name.contains("/") ? name : "library/" + name
    }

    /// The name as people type it: without `library/`.
    static func familiar(_ name: String) -> String {
        name.hasPrefix("library/") ? String(name.dropFirst("library/".count)) : name
    }

    private static func isLowerOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
