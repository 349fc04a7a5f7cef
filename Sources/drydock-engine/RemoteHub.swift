import Basics
import Engine

/// A lab hub on another machine, a teacher's, in the place of one's own: `DRYDOCK_REGISTRY=http://HOST:PORT`.
final class RemoteHub: LabRegistry {
    private let place: (host: String, port: Int)

    /// - Parameter address: `http://HOST:PORT`, the port being 5000 when it isn't said.
    /// - Throws: `DrydockError` for anything else.
    init(_ address: String) throws(DrydockError) {
        let rest = address.dropFirst("http://".count).prefix { $0 != "/" }
        let host = rest.prefix { $0 != ":" }
        let port = rest.count == host.count ? 5000 : Int(rest.dropFirst(host.count + 1)) ?? 0
        guard !host.isEmpty, (1...65535).contains(port),
            host.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || ".-".contains($0)) })
        else {
            throw DrydockError(.invalid, "DRYDOCK_REGISTRY is no address: \(address)", advice: "DRYDOCK_REGISTRY=http://HOST:5000, or lab")
        }
        place = (String(host), port)
    }

    func address() throws -> (host: String, port: Int) { place }
    func fill() throws -> [String] {
        throw DrydockError(.unsupported, "the hub at \(place.host):\(place.port) is another machine's; it is filled there")
    }
    func imageNames() -> [String] { [] }
}
