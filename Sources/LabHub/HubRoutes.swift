import Basics
import OCI

/// The distribution API: which question gets which answer. It knows nothing of sockets.
///
/// Source: OCI distribution specification 1.1.
struct HubRoutes: Sendable {
    let storage: HubStorage
    let users: HubUsers
    let uploads: Uploads
    let tokens: TokenMint
    /// The platform that a client gets which cannot read an index.
    let platform: Platform

    static let service = "drydock-lab-hub"

    /// What to do with a request, of which only the head is known.
    func plan(_ request: HubRequest) -> HubPlan {
        switch request.path {
        case "/token": only(["GET"], request) { .attempt { try token(request) } }
        case "/v1/_ping": only(["GET", "HEAD"], request) { .answer { .json(true) } }
        case "/v1/search": only(["GET"], request) { .attempt { try search(request) } }
        case "/v2", "/v2/": only(["GET", "HEAD"], request) { guarded(request, nil) { .answer { .json([:]) } } }
        case "/v2/_catalog":
            only(["GET", "HEAD"], request) {
                guarded(request, .catalog) {
                    .answer { page(storage.catalogue.repositories.keys.sorted(by: goOrdered), request) { ["repositories": $0] } }
                }
            }
        default: repository(request)
        }
    }

    /// What every answer has.
    static func completed(_ answer: HubAnswer) -> HubAnswer {
        var answer = answer
        answer.headers.append(("Docker-Distribution-Api-Version", "registry/2.0"))
        answer.headers.append(("X-Content-Type-Options", "nosniff"))
        return answer
    }

    /// `<name>/tags/list`, `<name>/manifests/<reference>`, `<name>/blobs/<digest>`, `<name>/blobs/uploads/<id>`; the name has
    /// slashes itself.
    private func repository(_ request: HubRequest) -> HubPlan {
        guard request.path.hasPrefix("/v2/") else { return .refuse(HubProblem.notFound.answer()) }
        let parts = request.path.dropFirst("/v2/".count).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 3 else { return .refuse(HubProblem.notFound.answer()) }
        if parts.count >= 4, parts[parts.count - 3] == "blobs", parts[parts.count - 2] == "uploads" {
            let id = parts[parts.count - 1]
            return named(parts.dropLast(3)) { id.isEmpty ? newUpload(request, in: $0) : upload(request, id, in: $0) }
        }
        let reference = parts[parts.count - 1]
        switch parts[parts.count - 2] {
        case "tags" where reference == "list":
            return named(parts.dropLast(2)) { name in only(["GET", "HEAD"], request) { tags(request, name) } }
        case "manifests": return named(parts.dropLast(2)) { manifests(request, reference, in: $0) }
        case "blobs" where reference == "uploads": return named(parts.dropLast(2)) { newUpload(request, in: $0) }
        case "blobs": return named(parts.dropLast(2)) { blobs(request, reference, in: $0) }
        default: return .refuse(HubProblem.notFound.answer())
        }
    }

    private func tags(_ request: HubRequest, _ name: String) -> HubPlan {
        guarded(request, .repository(name, "pull")) {
            .attempt {
                page(try known(name)?.tags.keys.sorted(by: goOrdered) ?? [], request) { ["name": .string(name), "tags": $0] }
            }
        }
    }

    private func manifests(_ request: HubRequest, _ reference: String, in name: String) -> HubPlan {
        switch request.method {
        case "PUT": guarded(request, .repository(name, "pull", "push")) { put(request, reference, in: name) }
        case "DELETE":
            guarded(request, .repository(name, "delete")) { .attempt { try delete(manifest: reference, in: name) } }
        default:
            only(["GET", "HEAD"], request, also: ["PUT", "DELETE"]) {
                guarded(request, .repository(name, "pull")) {
                    .attempt { manifest(request, reference, in: try known(name) ?? HubCatalogue.Repository()) }
                }
            }
        }
    }

    private func blobs(_ request: HubRequest, _ reference: String, in name: String) -> HubPlan {
        if request.method == "DELETE" {
            return guarded(request, .repository(name, "delete")) { .attempt { try delete(blob: reference, in: name) } }
        }
        return only(["GET", "HEAD"], request, also: ["DELETE"]) {
            guarded(request, .repository(name, "pull")) {
                .attempt {
                    _ = try known(name)
                    return blob(request, reference, in: name)
                }
            }
        }
    }

    /// - Returns: nil for a repository that has blobs and no manifest yet.
    private func known(_ name: String) throws -> HubCatalogue.Repository? {
        if let repository = storage.catalogue.repository(name) { return repository }
        guard storage.holds(repository: name) else { throw HubRefusal(.nameUnknown, ["name": .string(name)]) }
        return nil
    }

    // MARK: What is asked

    func only(_ methods: [String], _ request: HubRequest, also others: [String] = [], _ plan: () -> HubPlan) -> HubPlan {
        if methods.contains(request.method) { return plan() }
        return .refuse(HubProblem.unsupported.answer(headers: [("Allow", (methods + others).joined(separator: ", "))]))
    }

    private func named(_ parts: ArraySlice<String>, _ plan: (String) -> HubPlan) -> HubPlan {
        let name = parts.joined(separator: "/")
        return HubName.isRepository(name) ? plan(name) : .refuse(HubProblem.nameInvalid.answer(.string(name)))
    }

    // MARK: Who may

    func guarded(_ request: HubRequest, _ scope: TokenMint.Scope?, _ plan: () -> HubPlan) -> HubPlan {
        let verdict = request.credentials("bearer").map { tokens.judge($0, for: scope) }
        if verdict == .allowed { return plan() }
        var challenge = "Bearer realm=\"http://\(request.host)/token\",service=\"\(Self.service)\""
        if let scope { challenge += ",scope=\"\(scope.text)\"" }
        switch verdict {
        case .invalid: challenge += ",error=\"invalid_token\""
        case .insufficient: challenge += ",error=\"insufficient_scope\""
        case .allowed, nil: break
        }
        let detail = scope.map { scope in
            JSONValue.array(
                scope.actions.map { action in
                    ["Type": .string(scope.type), "Class": "", "Name": .string(scope.name), "Action": .string(action)]
                })
        }
        return .refuse(HubProblem.unauthorized.answer(detail ?? nil, headers: [("WWW-Authenticate", challenge)]))
    }
}
