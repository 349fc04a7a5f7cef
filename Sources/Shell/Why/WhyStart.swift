import Basics
import Narration

/// Why a container could not be made or started, and what came of it.
struct WhyStart {
    let evidence: WhyEvidence
    private var language: Language { evidence.language }

    private func tell(_ phrase: WhyPhrase, _ values: String...) -> String { phrase.text(language, values) }

    /// `POST /containers/create` that was refused.
    func notMade(_ request: WhyEvidence.Request) -> WhyAnswer {
        let error = request.error ?? ""
        let quoted = error.split(separator: "\"", omittingEmptySubsequences: false).map(String.init)
        if error.contains("is already in use by container"), quoted.count > 3 {
            let name = printable(String(quoted[1].drop { $0 == "/" }))
            var answer = WhyAnswer(tell(.nameTaken, name), evidence: [printable(error)])
            if let holder = evidence.container(id: quoted[3]) {
                let made = holder["Created"]?.intValue.map { Self.time($0) } ?? "?"
                answer.text.append(tell(.nameTakenBy, evidence.describe(holder), printable(holder["Image"]?.stringValue ?? ""), made))
            } else {
                answer.text.append(tell(.nameFreeNow, String(quoted[3].prefix(12))))
            }
            answer.text.append(tell(.nameTakenTry, name))
            return answer
        }
        if error.contains("No such image") {
            return WhyAnswer(tell(.noSuchImage, printable(String(error.split(separator: " ").last ?? ""))), evidence: [printable(error)])
        }
        return WhyAnswer(tell(.refused, printable(error)))
    }

    /// `POST /containers/ID/start` that was refused.
    func notStarted(_ request: WhyEvidence.Request) -> WhyAnswer {
        let error = request.error ?? ""
        let id = request.pieces.count > 1 ? request.pieces[1] : ""
        let name = printable(evidence.state("/drydock/containers/\(id)/ending")?["name"]?.stringValue ?? String(id.prefix(12)))
        if let (port, transport) = Self.port(in: error) {
            return portTaken(port, transport ?? self.transport(of: port, wantedBy: id) ?? "tcp", name, error)
        }
        if error.contains("OCI runtime create failed") { return WhyExit(evidence: evidence).neverBegan(name, error) }
        return WhyAnswer(tell(.refused, printable(error)))
    }

    private func portTaken(_ port: UInt16, _ transport: String, _ name: String, _ error: String) -> WhyAnswer {
        var answer = WhyAnswer(tell(.portTaken, name, "\(port)/\(transport)"), evidence: [printable(error)])
        let holder = evidence.containers.first { container in
            (container["Ports"]?.arrayValue ?? []).contains {
                $0["PublicPort"]?.intValue == Int(port) && ($0["Type"]?.stringValue ?? transport) == transport
            }
        }
        if let holder {
            answer.text.append(tell(.portByContainer, evidence.describe(holder), "\(port)"))
        } else {
            switch evidence.listeners(port, transport) {
            case nil: answer.text.append(tell(.portUnknown))
            case let found? where found.isEmpty: answer.text.append(tell(.portFreeNow, "\(port)"))
            case let found?:
                // Shims of other state roots and the engine's own helpers count too: named as what they are.
                answer.text.append(
                    tell(.portByProcess, found.map { "\(printable($0.name)) (pid \($0.pid))" }.joined(separator: ", "), "\(port)"))
            }
        }
        answer.text.append(tell(.portTry, "\(port)"))
        return answer
    }

    /// `Bind for 0.0.0.0:8080 failed: port is already allocated`, `listen tcp4 0.0.0.0:80: bind: address already in use`.
    /// - Returns: the port, and its transport where the sentence holds it.
    static func port(in error: String) -> (UInt16, String?)? {
        if error.contains("port is already allocated"), let place = error.firstRange(of: "Bind for ") {
            let address = error[place.upperBound...].prefix { $0 != " " }
            return UInt16(address.split(separator: ":").last ?? "").map { ($0, nil) }
        }
        guard error.lowercased().contains("address already in use"), let place = error.firstRange(of: "listen ") else { return nil }
        let words = error[place.upperBound...].split(separator: " ")
        guard words.count > 1, let port = UInt16(words[1].split(separator: ":").last ?? "") else { return nil }
        return (port, words[0].hasPrefix("udp") ? "udp" : "tcp")
    }

    /// What the container wanted the port for: `{"81/udp": [{"HostPort": "9000"}]}`.
    private func transport(of port: UInt16, wantedBy id: String) -> String? {
        guard case .object(let bindings)? = evidence.state("/containers/\(id)/json")?["HostConfig"]?["PortBindings"] else { return nil }
        let wanted = bindings.filter { ($0.value.arrayValue ?? []).contains { $0["HostPort"]?.stringValue == "\(port)" } }
        // Of both, only one can have been taken, and which isn't told.
        let transports = Set(wanted.map { $0.key.hasSuffix("/udp") ? "udp" : "tcp" })
        return transports.count == 1 ? transports.first : nil
    }

    /// Seconds since 1970 as RFC 3339 has them, without fractions.
    static func time(_ seconds: Int) -> String {
        let text = Timestamp(nanoseconds: Int64(seconds) * 1_000_000_000).description
        return text.replacing("T", with: " ").replacing("Z", with: " UTC")
    }

    // MARK: Images that were looked for

    /// A pull that failed.
    func notPulled(_ name: String, _ error: String) -> WhyAnswer {
        let phrase: WhyPhrase =
            switch error {
            case let text where text.contains("pull access denied"): .pullDenied
            case let text where text.contains("manifest for") || text.contains("manifest unknown"): .pullNoTag
            case let text where text.contains("repository") && text.contains("not found"): .pullNoRepository
            case let text where text.contains("unauthorized") || text.contains("denied"): .pullLogin
            case let text where WhyRegistry.isUnreachable(text): .pullUnreachable
            default: .pullFailed
            }
        return WhyAnswer(tell(phrase, printable(name)), evidence: [printable(error)])
    }

    /// The image of `pull access denied for web, …` or `manifest for web:1 not found: …`.
    static func image(in error: String) -> String? {
        for mark in ["pull access denied for ", "manifest for "] {
            if let place = error.firstRange(of: mark) { return String(error[place.upperBound...].prefix { !", ".contains($0) }) }
        }
        return nil
    }

    /// A pull that worked, by its own notes.
    func pulled(_ name: String, _ operation: PastOperation?) -> WhyAnswer {
        let layers = operation?.steps.filter { $0.id == "pull.layer" && $0.error == nil && !$0.isUndo } ?? []
        let here = layers.filter { !$0.values("download").isEmpty }.count
        guard operation != nil else { return WhyAnswer(tell(.pullDone, printable(name))) }
        if layers.isEmpty { return WhyAnswer(tell(.pullNothing, printable(name))) }
        return WhyAnswer(tell(here == 0 ? .pullAll : .pullSome, printable(name), "\(layers.count - here)", "\(layers.count)", "\(here)"))
    }
}
