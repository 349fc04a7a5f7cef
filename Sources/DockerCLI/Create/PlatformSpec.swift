import OCI
import TextTools

/// `--platform` values: `linux/arm64`, `arm64`, `linux/arm/v7`.
enum PlatformSpec {
    private static let systems: Set<String> = [
        "aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "js", "linux", "nacl", "netbsd", "openbsd", "plan9",
        "solaris",
        "windows", "zos",
    ]
    private static let architectures: Set<String> = [
        "386", "amd64", "amd64p32", "arm", "armbe", "arm64", "arm64be", "ppc64", "ppc64le", "mips", "mipsle", "mips64", "mips64le",
        "mips64p32",
        "mips64p32le", "ppc", "riscv", "riscv64", "s390", "s390x", "sparc", "sparc64", "x86_64", "aarch64", "armhf", "armel", "i386",
    ]

    /// - Returns: the platform in the form that the engine takes.
    /// - Throws: `ValueError` in Docker's words.
    static func parse(_ text: String) throws -> String {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        for part in parts where part.isEmpty || !part.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }) {
            let rule = goQuoted("^[A-Za-z0-9_-]+$")
            throw ValueError(
                "\(goQuoted(part)) is an invalid component of \(goQuoted(text)): "
                    + "platform specifier component must match \(rule): invalid argument"
            )
        }
        let host = Platform.host
        switch parts.count {
        case 1:
            let word = parts[0].lowercased()
            if systems.contains(word) { return Platform(os: word, architecture: host.architecture).description }
            if architectures.contains(word) { return Platform(os: "linux", architecture: word).description }
            throw ValueError("\(goQuoted(text)): unknown operating system or architecture: invalid argument")
        case 2: return Platform(os: parts[0], architecture: parts[1]).description
        case 3: return Platform(os: parts[0], architecture: parts[1], variant: parts[2]).description
        default: throw ValueError("\(goQuoted(text)): cannot parse platform specifier: invalid argument")
        }
    }
}
