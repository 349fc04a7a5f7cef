import Basics
import Glibc
import OCI
import Registry
import Steps

/// A registry, as steps tell of it.
struct RegistryPlace: CustomStringConvertible {
    let endpoint: RegistryEndpoint
    /// It is the lab hub, in Docker Hub's place.
    let isLab: Bool

    var description: String { "\(endpoint)\(isLab ? " (the lab hub)" : "")" }
}

extension ContainerEngine {
    /// Where a name's registry listens. Names without a registry are Docker Hub's, or the lab hub's in its place; a registry on this
    /// machine is asked without TLS, as Docker does it; all others are asked over TLS.
    func registry(for domain: String, _ step: Step) throws -> RegistryPlace {
        if domain == Reference.defaultDomain {
            if dockerHub.isThere(step) { return RegistryPlace(endpoint: DockerHub.registry, isLab: false) }
            let hub = try labHub.address()
            return RegistryPlace(endpoint: RegistryEndpoint(scheme: "http", host: hub.host, port: hub.port), isLab: true)
        }
        let (host, port) = try Self.parts(of: domain)
        if insecureRegistries.contains(domain) { return try insecurePlace(host, port, step) }
        let isHere = RegistryEndpoint.isLoopback(host)
        let endpoint = RegistryEndpoint(
            scheme: isHere ? "http" : "https", host: host, port: port ?? (isHere ? 80 : 443), authorities: authorities(of: domain))
        return RegistryPlace(endpoint: endpoint, isLab: false)
    }

    /// The registry that a login or a search names: `https://index.docker.io/v1/`, `localhost:5000`, `https://host/v2/`; empty for the
    /// usual one.
    func registry(named server: String, searches: Bool = false, _ step: Step) throws -> RegistryPlace {
        var rest = Substring(server)
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        let host = String(rest.prefix { $0 != "/" })
        let hubs = ["", "docker.io", "index.docker.io", "registry-1.docker.io"]
        guard hubs.contains(host) else { return try registry(for: host, step) }
        let place = try registry(for: Reference.defaultDomain, step)
        return searches && !place.isLab ? RegistryPlace(endpoint: DockerHub.index, isLab: false) : place
    }

    /// One that `--insecure-registry` named: TLS whoever has signed, and where there is none, without.
    private func insecurePlace(_ host: String, _ port: Int?, _ step: Step) throws -> RegistryPlace {
        let secure = RegistryEndpoint(scheme: "https", host: host, port: port ?? 443, verifiesCertificate: false)
        let plain = RegistryEndpoint(scheme: "http", host: host, port: port ?? 80)
        let speaksTLS = observed(RegistryClient(endpoint: secure), step) { $0.answers() }
        return RegistryPlace(endpoint: speaksTLS ? secure : plain, isLab: false)
    }

    private static func parts(of domain: String) throws -> (host: String, port: Int?) {
        var host = domain[...]
        var port: Int?
        if let colon = domain.lastIndex(of: ":"), !domain.hasSuffix("]") {
            port = Int(domain[domain.index(after: colon)...])
            host = domain[..<colon]
            guard let port, (1...65535).contains(port) else {
                throw DrydockError(.invalid, "invalid registry address \(domain): the port is no number from 1 to 65535")
            }
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        let allowed = host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"):
                true
            default: false
            }
        }
        guard !host.isEmpty, allowed else { throw DrydockError(.invalid, "invalid registry address \(domain)") }
        return (String(host), port)
    }

    /// Certificates that the user trusts for this registry alone, below the state root or where Docker looks for them.
    private func authorities(of domain: String) -> String? {
        ["\(paths.root)/certs.d", "/etc/docker/certs.d"].map { "\($0)/\(domain)/ca.crt" }.first { access($0, R_OK) == 0 }
    }
}
