import Basics
import Registry
import Steps

/// Where names without a registry lead: to Docker Hub, or, as long as that can't be reached, to the lab hub.
final class DockerHub: Sendable {
    /// False where results have to be the same on every machine: in lessons and tests.
    private let isWanted: Bool
    private let known = Monitored<(isThere: Bool, until: Double)?>(nil)

    static let registry = RegistryEndpoint(scheme: "https", host: "registry-1.docker.io", port: 443)
    /// Answers searches.
    static let index = RegistryEndpoint(scheme: "https", host: "index.docker.io", port: 443)

    init(isWanted: Bool) { self.isWanted = isWanted }

    /// Whether Docker Hub answers: asked once, and remembered for a while, so that without a network not every pull waits.
    /// - Parameter step: Gets the request as evidence, when one is made.
    func isThere(_ step: Step) -> Bool {
        guard isWanted else { return false }
        let now = monotonicMicroseconds()
        if let known = known.read({ $0 }), now < known.until { return known.isThere }
        var limits = RegistryLimits()
        limits.connectSeconds = 2
        limits.stallSeconds = 3
        limits.retries = 0
        let exchanges = Monitored([HTTPExchange]())
        let client = RegistryClient(endpoint: Self.registry, limits: limits) { exchange in exchanges.update { $0.append(exchange) } }
        let isThere = client.answers()
        for exchange in exchanges.read({ $0 }) { step.fact("http", exchange.line) }
        known.update { $0 = (isThere, monotonicMicroseconds() + (isThere ? 300e6 : 30e6)) }
        return isThere
    }
}
