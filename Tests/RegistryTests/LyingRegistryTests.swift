import Basics
import Foundation
import Hashing
import OCI
import Registry
import Testing

@Suite("A registry that lies")
struct LyingRegistryTests {
    private let reference: Reference
    private let layer: [UInt8]
    private let descriptor: Descriptor

    init() throws {
        reference = try Reference("ubuntu:14.04")
        layer = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        descriptor = Descriptor(mediaType: MediaType.ociLayerGzip, digest: Digest.sha256(of: layer), size: Int64(layer.count))
    }

    /// Fetches the layer from a server that answers blobs so.
    private func fetch(_ blob: @escaping @Sendable () -> [UInt8]?, _ limits: RegistryLimits = .quick) throws -> String? {
        let server = try LyingServer { $0.path.contains("/blobs/") ? blob() : answer(200) }
        return sentence { try server.client(limits).fetchBlob(reference, descriptor, to: { _ in }) }
    }

    @Test("The right layer passes")
    func honest() throws {
        let layer = layer
        #expect(try fetch { answer(200, [], layer) } == nil)
    }

    @Test("A layer that is cut off: what, where and how far")
    func truncated() throws {
        let layer = layer
        let cut = Array(layer.prefix(1000))
        let sentence = try #require(try fetch { answer(200, [], cut, length: layer.count) })
        #expect(sentence.hasPrefix("download of \(descriptor.digest) from http://127.0.0.1:"))
        #expect(sentence.hasSuffix(" broke off after 1000 of 100000 bytes: unexpected EOF"))
        // The same when the server claims that this is all.
        #expect(try fetch { answer(200, [], cut) }?.hasSuffix("broke off after 1000 of 100000 bytes: unexpected EOF") == true)
    }

    @Test("A layer with another content")
    func wrongDigest() throws {
        var other = layer
        other[5] ^= 1
        let wrong = other
        #expect(try fetch { answer(200, [], wrong) } == "filesystem layer verification failed for digest \(descriptor.digest)")
    }

    @Test("A layer that does not end is refused at its first byte too many, before the sink sees it")
    func endless() throws {
        let layer = layer
        let server = try LyingServer { request in
            request.path.contains("/blobs/") ? answer(200, [], layer + Array(repeating: 0, count: 50_000_000)) : answer(200)
        }
        var taken = 0
        let words = sentence { try server.client().fetchBlob(reference, descriptor, to: { taken += $0.count }) }
        #expect(
            words == "filesystem layer verification failed for digest \(descriptor.digest): the registry sends more than its 100000 bytes"
        )
        #expect(taken <= 100_000)
    }

    @Test("A registry that falls silent is given up")
    func silent() throws {
        var limits = RegistryLimits()
        limits.stallSeconds = 1
        #expect(try fetch({ nil }, limits)?.hasSuffix("no data for 1 seconds") == true)
    }

    @Test("A redirect loop ends, and one to another protocol is not followed")
    func redirects() throws {
        let exchanges = Exchanges()
        let server = try LyingServer {
            $0.path.contains("/blobs/") ? answer(307, ["Location: /v2/library/ubuntu/blobs/again"]) : answer(200)
        }
        let words = sentence { try server.client(RegistryLimits(), exchanges).fetchBlob(reference, descriptor, to: { _ in }) }
        #expect(words?.hasSuffix("stopped after 5 redirects") == true)
        #expect(exchanges.lines.count == 7)
        for target in ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/"] {
            let words = try #require(try fetch { answer(307, ["Location: \(target)"]) })
            #expect(words.contains("redirect"), "\(words)")
        }
    }

    @Test("Credentials stay with the registry when it redirects to another host")
    func credentials() throws {
        let layer = layer
        let storage = try LyingServer { _ in answer(200, [], layer) }
        let place = "http://127.0.0.1:\(storage.port)/data"
        let server = try LyingServer { request in
            switch request.path {
            case "/v2/": answer(401, ["WWW-Authenticate: Bearer realm=\"http://\(Self.host(request))/token\",service=\"s\""])
            case let path where path.hasPrefix("/token"): answer(200, [], Array("{\"token\":\"secret\"}".utf8))
            default: answer(302, ["Location: \(place)"])
            }
        }
        try server.client().fetchBlob(reference, descriptor, to: { _ in })
        #expect(server.requests.last?.authorization == "Bearer secret")
        #expect(storage.requests.map(\.authorization) == [nil])
    }

    @Test("A token that is refused is replaced once")
    func expired() throws {
        let tokens = Exchanges()
        let server = try LyingServer { request in
            let challenge = "WWW-Authenticate: Bearer realm=\"http://\(Self.host(request))/token\",service=\"s\",error=\"invalid_token\""
            switch request.path {
            case "/v2/": return answer(401, [challenge])
            case let path where path.hasPrefix("/token"):
                tokens.add(HTTPExchange(method: "", url: "", status: 0, bytes: 0, microseconds: 0))
                return answer(200, [], Array("{\"token\":\"t\(tokens.lines.count)\"}".utf8))
            default:
                return request.authorization == "Bearer t2"
                    ? answer(404, [], Array("{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"gone\"}]}".utf8))
                    : answer(401, [challenge])
            }
        }
        let client = server.client()
        try client.authorize(reference)
        #expect(sentence { _ = try client.resolve(reference) } == "manifest for ubuntu:14.04 not found: manifest unknown: gone")
    }

    @Test("Nonsense instead of a manifest", arguments: ["<html>", "[]", "{}", "", "{\"schemaVersion\":2,\"layers\":[],\"manifests\":[]}"])
    func nonsense(_ body: String) throws {
        let server = try LyingServer { $0.path.contains("/manifests/") ? answer(200, [], Array(body.utf8)) : answer(200) }
        let words = sentence { _ = try server.client().resolve(reference) }
        #expect(words?.hasPrefix("the registry's manifest of ubuntu:14.04 cannot be used: ") == true)
    }

    @Test("Bytes that are no HTTP at all")
    func noProtocol() throws {
        let server = try LyingServer { _ in Array("SSH-2.0-OpenSSH_9.2\r\n".utf8) }
        let words = sentence { _ = try server.client().resolve(reference) }
        #expect(words == "Get \"http://127.0.0.1:\(server.port)/v2/\": malformed HTTP response")
        let mute = try LyingServer { _ in [] }
        #expect(sentence { _ = try mute.client().resolve(reference) } == "Get \"http://127.0.0.1:\(mute.port)/v2/\": EOF")
    }

    @Test("A manifest beyond all bounds is refused while it comes")
    func hugeManifest() throws {
        let huge = [UInt8](repeating: UInt8(ascii: " "), count: 6 << 20)
        let server = try LyingServer { $0.path.contains("/manifests/") ? answer(200, [], huge) : answer(200) }
        #expect(
            sentence { _ = try server.client().resolve(reference) } == "the manifest of ubuntu:14.04 is larger than 4194304 bytes"
        )
    }

    @Test("A manifest that is not what its digest says")
    func wrongManifest() throws {
        let body = Array("{\"schemaVersion\":2}".utf8)
        let other = Digest.sha256(of: "other".utf8)
        let server = try LyingServer {
            $0.path.contains("/manifests/") ? answer(200, ["Docker-Content-Digest: \(other)"], body) : answer(200)
        }
        #expect(sentence { _ = try server.client().resolve(reference) } == "manifest verification failed for digest \(other)")
        let asked = reference.with(digest: other)
        let second = try LyingServer {
            $0.path.contains("/manifests/") ? answer(200, ["Docker-Content-Digest: \(Digest.sha256(of: body))"], body) : answer(200)
        }
        #expect(sentence { _ = try second.client().resolve(asked) } == "manifest verification failed for digest \(other)")
    }

    @Test("An error's words cannot play with the terminal")
    func escapeSequences() throws {
        let body = Array("{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"slow\\u001b[31m\\ndown\"}]}".utf8)
        let server = try LyingServer { $0.path.contains("/manifests/") ? answer(429, [], body) : answer(200) }
        #expect(sentence { _ = try server.client().resolve(reference) } == "toomanyrequests: slow[31mdown")
    }

    @Test("A token that would smuggle a header is no token")
    func smuggledToken() throws {
        let server = try LyingServer { request in
            request.path == "/v2/"
                ? answer(401, ["WWW-Authenticate: Bearer realm=\"http://\(Self.host(request))/token\""])
                : answer(200, [], Array("{\"token\":\"a\\r\\nX-Evil: 1\"}".utf8))
        }
        #expect(sentence { try server.client().authorize(reference) }?.hasSuffix("the answer has no token") == true)
    }

    private static func host(_ request: LyingServer.Request) -> String {
        request.head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("host: ") }.map { String($0.dropFirst(6)) } ?? ""
    }
}
