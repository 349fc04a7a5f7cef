import EngineClient
import Foundation
import Testing

/// The notes' 2.3.4, with the lab hub in Docker Hub's place, and what else concerns images that travel.
@Suite(.serialized, .enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct DistributionTests {
    @Test func anImageIsPublishedAndPulled() throws {
        try Dock.with { dock in
            let settings = ["DOCKER_CONFIG": "\(dock.root)-config"]
            func docker(_ words: String..., input: String = "") -> Outcome { dock.drydock(words, input: input, environment: settings) }
            dock.must("run", "--name", "maker", "ubuntu:14.04", "sh", "-c", "echo first push >> test")
            let id = dock.must("commit", "maker", "my-image-name:0.0")
            dock.must("rm", "maker")
            dock.must("tag", "my-image-name:0.0", "rhehdrla/my-image-name:0.0")
            let stranger = docker("push", "rhehdrla/my-image-name:0.0")
            #expect(stranger.code == 1 && stranger.error.contains("denied: requested access to the resource is denied"))
            #expect(docker("login", "-u", "rhehdrla", "--password-stdin", input: "secret\n").output.contains("Login Succeeded"))
            let pushed = docker("push", "rhehdrla/my-image-name:0.0")
            #expect(pushed.code == 0 && pushed.output.contains("Mounted from library/ubuntu"), "\(pushed.error)")
            // Another's repository stays another's, and a wrong password is one.
            dock.must("tag", "my-image-name:0.0", "another/thing:1")
            #expect(docker("push", "another/thing:1").code == 1)
            #expect(docker("login", "-u", "rhehdrla", "--password-stdin", input: "wrong\n").code == 1)
            let found = docker("search", "rhehdrla").output.split(separator: "\n")
            #expect(found.count == 2 && found[1].hasPrefix("rhehdrla/my-image-name "))
            // What was made here needs nothing but its name, though the hub has its layers in another form.
            dock.must("rmi", "rhehdrla/my-image-name:0.0")
            #expect(docker("pull", "rhehdrla/my-image-name:0.0").output.contains("Status: Downloaded newer image"))
            #expect(dock.must("images", "-q", "--no-trunc", "rhehdrla/my-image-name") == id)
            #expect(dock.must("run", "--rm", "my-image-name:0.0", "cat", "/test") == "first push")
            #expect(dock.ailments == "")
            dock.must("rmi", "my-image-name:0.0", "rhehdrla/my-image-name:0.0", "another/thing:1")
            #expect(!dock.must("images", "-aq", "--no-trunc").contains(id))
            #expect(dock.must("run", "--rm", "rhehdrla/my-image-name:0.0", "cat", "/test") == "first push")
            #expect(dock.must("images", "-q", "--no-trunc", "rhehdrla/my-image-name") == id)
            #expect(docker("logout").code == 0)
            #expect(docker("push", "rhehdrla/my-image-name:0.0").code == 1)
            #expect(dock.ailments == "")
        }
    }

    @Test func aRunningContainerIsHeldStillWhileItIsRead() throws {
        try Dock.with { dock in
            // Two files that are always written together: an image of one moment has them alike.
            dock.must(
                "run", "-d", "--name", "writer", "ubuntu:14.04", "sh", "-c",
                "n=0; while :; do n=$((n + 1)); echo $n >> /a; i=0; while [ $i -lt 50 ]; do i=$((i + 1)); done; echo $n >> /b; done")
            dock.must("exec", "writer", "sh", "-c", "while [ ! -s /b ]; do :; done")
            dock.must("commit", "writer", "held:1")
            #expect(dock.must("ps", "--format", "{{.Names}} {{.State}}") == "writer running")
            let numbers = dock.must("run", "--rm", "held:1", "tail", "-qn", "1", "/a", "/b").split(separator: "\n").compactMap { Int($0) }
            #expect(numbers.count == 2 && (0...1).contains(numbers[0] - numbers[1]), "\(numbers)")
            dock.must("rm", "-f", "writer")
            #expect(dock.ailments == "")
        }
    }

    /// The engine is killed while the container is frozen: the next one lets it go on.
    @Test func aContainerIsNotLeftFrozen() throws {
        try Dock.with { dock in
            dock.must(
                "run", "-d", "--name", "walked", "ubuntu:14.04", "sh", "-c", "trap 'exit 3' TERM; while :; do sleep 100 & wait; done")
            var wasFrozen = false
            _ = try Walk(dock, { _ = try $0.request("POST", "/commit", query: [("container", "walked")]) }) { _, stop in
                guard stop.id == "commit.layer", stop.when == "before", !wasFrozen else { return .goOn("into") }
                wasFrozen = true
                try dock.killEngine()
                return .leave
            }
            #expect(wasFrozen)
            // One that is frozen couldn't hear this, and would have to be killed.
            dock.must("stop", "-t", "10", "walked")
            #expect(dock.must("inspect", "--format", "{{.State.ExitCode}}", "walked") == "3")
            #expect(dock.must("images", "-aq").split(separator: "\n").count == 1)
            #expect(dock.ailments == "")
        }
    }

    @Test func changesAreMadeToTheConfiguration() throws {
        try Dock.with { dock in
            dock.must("run", "--name", "maker", "ubuntu:14.04", "true")
            dock.must(
                "commit", "-c", "ENV A=1 B=${A:-two}", "-c", #"CMD ["sh", "-c", "echo $A $B"]"#, "-c", "WORKDIR /srv", "-c",
                "EXPOSE 80-81/udp",
                "maker", "changed:1")
            #expect(dock.must("run", "--rm", "changed:1") == "1 two")
            #expect(
                dock.must("inspect", "--format", "{{.Config.WorkingDir}} {{json .Config.ExposedPorts}}", "changed:1")
                    == #"/srv {"80/udp":{},"81/udp":{}}"#)
            for (change, complaint) in [
                ("RUN x", "run is not a valid change command"), ("ENV x", "ENV must have two arguments"),
                ("ONBUILD FROM x", "FROM isn't allowed as an ONBUILD trigger"), ("EXPOSE x", "Invalid containerPort: x"),
            ] {
                let refused = dock.drydock("commit", "-c", change, "maker", "bad:1")
                #expect(refused.code == 1 && refused.error.contains(complaint), "\(change): \(refused.error)")
            }
            dock.must("rm", "maker")
        }
    }

    @Test func anAddressIsImported() throws {
        try Dock.with { dock in
            let folder = "\(dock.root)-web"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data("content\n".utf8).write(to: URL(filePath: folder + "/file"))
            try #require(Outcome("/bin/tar", ["-C", folder, "-cf", folder + "/files.tar", "file"]).code == 0)
            let server = try WebServer(folder)
            let said = dock.must("import", "-m", "from afar", "\(server.address)/files.tar", "fetched:1")
            #expect(said.hasPrefix("Downloading from \(server.address)/files.tar\nsha256:"))
            #expect(dock.must("history", "--format", "{{.Comment}}", "fetched:1") == "from afar")
            for place in ["\(server.address)/nothing", "http://127.0.0.1:1/x"] {
                #expect(dock.drydock("import", place, "bad:1").code == 1)
            }
            #expect(dock.must("images", "-q").split(separator: "\n").count == 1)
            #expect(dock.ailments == "")
        }
    }
}

/// Python's, on a port of its own.
final class WebServer {
    let address: String
    private let process = Process()

    init(_ folder: String) throws {
        let port = try LocalPort.free()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-m", "http.server", "--bind", "127.0.0.1", "--directory", folder, "\(port)"]
        process.standardOutput = FileHandle(forWritingAtPath: "/dev/null")
        process.standardError = FileHandle(forWritingAtPath: "/dev/null")
        try process.run()
        address = "http://127.0.0.1:\(port)"
        try LocalPort.await("127.0.0.1:\(port)")
    }

    deinit {
        // SIGTERM may be blocked in what a test starts.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
