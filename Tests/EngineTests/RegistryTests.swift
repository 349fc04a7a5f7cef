import EngineClient
import Foundation
import Testing

/// push, pull and login with a registry that isn't ours: Debian's.
@Suite(.serialized, .enabled(if: DebianRegistry.obstacle == nil, "\(DebianRegistry.obstacle ?? "")"))
struct RegistryTests {
    @Test func anImageIsTheSameOnBothSides() throws {
        let registry = try DebianRegistry()
        try Dock.with { dock in
            dock.must(
                "run", "--name", "maker", "ubuntu:14.04", "sh", "-c",
                "echo new > /new; ln /new /hard; rm /etc/passwd; chmod u+s /bin/busybox; mkdir -m 1777 /d; chown 7:8 /d; mkfifo /p")
            let name = "\(registry.address)/me/made"
            let id = dock.must("commit", "maker", name + ":1")
            let first = try push(dock, name, "1")
            #expect(first.filter { $0.contains("Pushed") }.count == 4)
            let digest = try #require(first.compactMap(digest(in:)).first)
            #expect(try push(dock, name, "1").filter { $0.contains("Layer already exists") }.count == 4)
            // The layers of the base are taken over from where they are; those of the commit were compressed for the push.
            dock.must("tag", "ubuntu:14.04", "\(registry.address)/me/base:1")
            #expect(try push(dock, "\(registry.address)/me/base", "1").filter { $0.contains("Mounted from me/made") }.count == 3)
            #expect(dock.must("images", "--digests", "--format", "{{.Digest}}", name) == digest)
            // Gone here, it comes back as the same image.
            dock.must("rmi", name + ":1")
            #expect(dock.must("images", "-q", "--no-trunc").contains(id) == false)
            dock.must("pull", "-q", name + ":1")
            #expect(dock.must("images", "-q", "--no-trunc", name) == id)
            let seen = dock.must(
                "run", "--rm", name + ":1", "sh", "-c",
                "cat /new; stat -c %h /hard; stat -c '%a %u:%g' /d; stat -c %a /bin/busybox; ls /etc/passwd /p 2>&1; true")
            #expect(seen == "new\n2\n1777 7:8\n4755\nls: /etc/passwd: No such file or directory\n/p")
            dock.must("rm", "maker")
            #expect(dock.ailments == "")
            try othersReadIt(dock, registry, name, id)
        }
    }

    /// skopeo reads the registry, and the state root in place.
    private func othersReadIt(_ dock: Dock, _ registry: DebianRegistry, _ name: String, _ id: String) throws {
        let remote = Outcome("/usr/bin/skopeo", ["inspect", "--raw", "--tls-verify=false", "docker://\(name):1"])
        #expect(remote.output.contains(id), "\(remote.error)")
        let local = Outcome("/usr/bin/skopeo", ["inspect", "--raw", "oci:\(dock.root)/images:\(registry.address)/me/made:1"])
        #expect(local.output.contains(id), "\(local.error)")
    }

    @Test func aGuardedRegistryWantsALogin() throws {
        let registry = try DebianRegistry(guard: .htpasswd("me", "s3cret"))
        try Dock.with { dock in
            dock.must("pull", "-q", "ubuntu:14.04")
            let name = "\(registry.address)/me/u"
            dock.must("tag", "ubuntu:14.04", name + ":1")
            #expect(try push(dock, name, "1").last?.contains("no basic auth credentials") == true)
            #expect(throws: (any Error).self) { try logIn(dock, registry, "wrong") }
            try logIn(dock, registry, "s3cret")
            #expect(try push(dock, name, "1", password: "s3cret").filter { $0.contains("Pushed") }.count == 3)
            #expect(try push(dock, name, "1", password: "wrong").last?.contains("unauthorized") == true)
            #expect(dock.drydock("pull", name + ":1").error.contains("no basic auth credentials"))
        }
    }

    @Test func aRegistryOfAnotherMachineIsAskedOverTLS() throws {
        let host = try #require(LocalPort.ownAddress, "this machine has no address but loopback")
        let registry = try DebianRegistry(host: host, isSecure: true)
        try Dock.with { dock in
            dock.must("pull", "-q", "ubuntu:14.04")
            let name = "\(registry.address)/me/u"
            dock.must("tag", "ubuntu:14.04", name + ":1")
            // Signed by nobody that this machine knows: refused, and the image stays here.
            let refused = try push(dock, name, "1").last ?? ""
            #expect(refused.contains("certificate"), "\(refused)")
            let trusted = "\(dock.root)/certs.d/\(registry.address)"
            try FileManager.default.createDirectory(atPath: trusted, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: registry.folder + "/ca.crt", toPath: trusted + "/ca.crt")
            #expect(try push(dock, name, "1").filter { $0.contains("Pushed") }.count == 3)
        }
    }

    @Test func aRegistryIsBelievedWithoutACertificateOnlyWhenItIsNamed() throws {
        let host = try #require(LocalPort.ownAddress, "this machine has no address but loopback")
        let (secure, plain) = (
            try DebianRegistry(host: host, guard: .htpasswd("me", "s3cret"), isSecure: true), try DebianRegistry(host: host)
        )
        let dock = try Dock()
        defer { dock.close() }
        let server = Process()
        server.executableURL = URL(filePath: Dock.binaries + "/drydock")
        server.arguments = ["serve", "--root", dock.root, "--insecure-registry", secure.address, "--insecure-registry=\(plain.address)"]
        server.environment = ["DRYDOCK_REGISTRY": "lab", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
        server.standardError = FileHandle(forWritingAtPath: "/dev/null")
        try server.run()
        while dock.enginePID == nil && server.isRunning { usleep(20_000) }
        dock.must("pull", "-q", "ubuntu:14.04")
        for registry in [secure, plain] {
            let name = "\(registry.address)/me/u"
            dock.must("tag", "ubuntu:14.04", name + ":1")
            #expect(try push(dock, name, "1", password: "s3cret").filter { $0.contains("Pushed") }.count == 3)
        }
        #expect(dock.must("info").contains("Insecure Registries:"))
        #expect(dock.must("info").contains(secure.address))
    }

    // MARK: the engine's API

    private func push(_ dock: Dock, _ name: String, _ tag: String, password: String = "") throws -> [String] {
        let auth = #"{"username":"\#(password.isEmpty ? "" : "me")","password":"\#(password)"}"#
        let stream = try dock.client().stream(
            "POST", "/images/\(name)/push", query: [("tag", tag)], headers: [("X-Registry-Auth", Data(auth.utf8).base64EncodedString())])
        return String(decoding: try stream.collect(), as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
    }

    private func logIn(_ dock: Dock, _ registry: DebianRegistry, _ password: String) throws {
        let body = #"{"username":"me","password":"\#(password)","serveraddress":"\#(registry.address)"}"#
        _ = try dock.client().request("POST", "/auth", body: Array(body.utf8))
    }

    private func digest(in line: String) -> String? {
        line.firstMatch(of: /digest: (sha256:[0-9a-f]{64})/).map { String($0.1) }
    }
}
