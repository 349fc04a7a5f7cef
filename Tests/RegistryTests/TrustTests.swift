import Basics
import Foundation
import Hashing
import OCI
import Registry
import Testing

/// Whose certificates are believed, and for whom.
@Suite(.timeLimit(.minutes(1)), .enabled(if: access("/usr/bin/openssl", X_OK) == 0, "openssl is not installed (make test does)"))
struct TrustTests {
    @Test("A registry that is believed without a certificate doesn't lend that to whom it redirects to") func trustIsNotLent() throws {
        let other = try SelfSignedServer()
        let location = "Location: https://127.0.0.1:\(other.port)/"
        let layer = Descriptor(mediaType: MediaType.dockerLayerGzip, digest: Digest.sha256(of: [1]), size: 1)
        let registry = try LyingServer { $0.path.contains("/blobs/") ? answer(307, [location]) : answer(200) }
        func fetch(from endpoint: RegistryEndpoint) throws -> String? {
            let client = RegistryClient(endpoint: endpoint, limits: .quick)
            let reference = try Reference("127.0.0.1:1/some/image:1")
            return sentence { try client.fetchBlob(reference, layer, to: { _ in }) }
        }
        let believed = RegistryEndpoint(scheme: "http", host: "127.0.0.1", port: registry.port, verifiesCertificate: false)
        let signed = RegistryEndpoint(scheme: "http", host: "127.0.0.1", port: registry.port, authorities: other.certificate)
        for endpoint in [believed, signed] {
            let failure = try #require(try fetch(from: endpoint))
            #expect(failure.contains("certificate"), "\(failure)")
        }
        // The server itself, believed, answers: what is refused above is its certificate.
        let itself = RegistryEndpoint(scheme: "https", host: "127.0.0.1", port: other.port, verifiesCertificate: false)
        #expect(try fetch(from: itself)?.contains("certificate") == false)
    }
}

@Suite struct LoopbackTests {
    @Test(
        "Only what never leaves the machine is asked without TLS",
        arguments: [
            ("localhost", true), ("127.0.0.1", true), ("127.255.3.4", true), ("::1", true), ("[::1]", true), ("127.evil.example", false),
            ("127.0.0.1.example", false), ("127.0.0", false), ("127.0.0.256", false), ("localhost.example", false), ("10.0.0.1", false),
        ])
    func loopback(host: String, isLoopback: Bool) {
        #expect(RegistryEndpoint.isLoopback(host) == isLoopback)
    }
}

/// openssl's, with a certificate that nobody has signed.
private final class SelfSignedServer {
    let port: Int
    let certificate: String
    private let folder: TemporaryFolder
    private let process = Process()

    init() throws {
        folder = try TemporaryFolder()
        certificate = folder.path + "/certificate"
        let make = Process()
        make.executableURL = URL(filePath: "/usr/bin/openssl")
        make.arguments = [
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-keyout", folder.path + "/key", "-out", certificate,
        ]
        make.standardError = FileHandle(forWritingAtPath: "/dev/null")
        try make.run()
        make.waitUntilExit()
        // -accept 0 takes a free port, and says which.
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = ["s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", folder.path + "/key", "-www"]
        process.standardOutput = output
        process.standardError = FileHandle(forWritingAtPath: "/dev/null")
        try process.run()
        var said = ""
        while !said.contains("ACCEPT"), case let piece = try readSome(output.fileHandleForReading.fileDescriptor), !piece.isEmpty {
            said += String(decoding: piece, as: UTF8.self)
        }
        let text = try #require(said.firstMatch(of: /ACCEPT .*:(\d+)/), "\(said)")
        port = try #require(Int(text.1))
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
