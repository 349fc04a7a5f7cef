import Basics
import Foundation
import Testing

/// `drydock why` on the real kernel: what it says is what had happened.
@Suite(.serialized, .enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct WhyTests {
    /// Runs a command, whatever becomes of it, and gives its explanation on one line.
    private func why(_ dock: Dock, _ words: String...) -> String {
        _ = dock.drydock(words)
        return plain(dock.must("why"))
    }

    private func plain(_ text: String) -> String { text.split { " \n".contains($0) }.joined(separator: " ") }

    @Test func imagesThatStayAndImagesThatGo() throws {
        try Dock.with { dock in
            dock.must("pull", "busybox")
            dock.must("tag", "busybox", "other")
            let one = why(dock, "rmi", "other")
            #expect(one.contains("Only the name other:latest") && one.contains("busybox:latest"), "\(one)")
            dock.must("create", "--name", "user", "busybox")
            let refused = why(dock, "rmi", "busybox")
            #expect(refused.contains("container user (stopped) was made of it"), "\(refused)")
            dock.must("commit", "user", "child")
            let children = why(dock, "rmi", dock.must("images", "-q", "--no-trunc", "busybox"))
            #expect(children.contains("stand on its layers") && children.contains("Made on it: child:latest"), "\(children)")
            let forced = why(dock, "rmi", "-f", "busybox")
            #expect(forced.contains("Made on it: child:latest") && forced.contains("Containers that use it: user (stopped)"), "\(forced)")
            dock.must("rm", "user")
            let gone = why(dock, "rmi", "child")
            #expect(gone.contains("the image was deleted") && gone.contains("which had no name"), "\(gone)")
            #expect(why(dock, "rmi", "nothing").contains("no image nothing"))
            // Asking leaves no trace: the last command is still the last.
            #expect(plain(dock.must("why")).contains("no image nothing"))
        }
    }

    @Test func endsOfContainers() throws {
        try Dock.with { dock in
            dock.must("pull", "busybox")
            func run(_ name: String, _ script: String) { dock.must("run", "-d", "--name", name, "busybox", "sh", "-c", script) }
            run("deaf", "trap '' TERM; while true; do sleep 1; done")
            let stopped = why(dock, "stop", "-t", "1", "deaf")
            #expect(stopped.contains("had asked with SIGTERM") && stopped.contains("sent SIGKILL"), "\(stopped)")
            run("victim", "sleep 100")
            #expect(why(dock, "kill", "victim").contains("The engine sent it for `docker kill`"))
            run("murdered", "sleep 100")
            let pid = try #require(Int32(dock.must("inspect", "-f", "{{.State.Pid}}", "murdered")))
            kill(pid, SIGKILL)
            _ = dock.drydock("wait", "murdered")
            let unknown = plain(dock.must("why", "murdered"))
            #expect(unknown.contains("did not send it") && unknown.contains("another process"), "\(unknown)")
            run("polite", "trap 'exit 5' TERM; while true; do sleep 0.1; done")
            let polite = why(dock, "stop", "polite")
            #expect(polite.contains("code 5") && polite.contains("took the signal"), "\(polite)")
            #expect(why(dock, "run", "--name", "seven", "busybox", "sh", "-c", "exit 7").contains("chose the code 7"))
            #expect(why(dock, "run", "--rm", "busybox", "sh", "-c", "nonsense").contains("127"))
            let missing = why(dock, "run", "--name", "missing", "busybox", "nonsense")
            #expect(missing.contains("No process of missing ever ran") && missing.contains("nonsense"), "\(missing)")
            #expect(why(dock, "run", "busybox", "/etc").contains("may not be executed"))
            // A later engine knows it, too.
            dock.must("shutdown")
            #expect(plain(dock.must("why", "victim")).contains("docker kill"))
            #expect(dock.drydock("why", "viktim").error.contains("Did you mean victim?"))
            #expect(plain(dock.must("--lang", "ko", "why", "victim")).contains("SIGKILL"))
        }
    }

    @Test func namesPortsAndVolumesThatAreTaken() throws {
        try Dock.with { dock in
            dock.must("pull", "busybox")
            dock.must("run", "-d", "--name", "web", "-p", "28080:80", "-v", "data:/data", "busybox", "sleep", "100")
            let name = why(dock, "run", "--name", "web", "busybox", "true")
            #expect(name.contains("container web (running), made of busybox"), "\(name)")
            let port = why(dock, "run", "--name", "second", "-p", "28080:80", "busybox", "true")
            #expect(port.contains("Container web (running) publishes port 28080"), "\(port)")
            #expect(why(dock, "rm", "web").contains("rm takes only stopped ones"))
            let volume = why(dock, "volume", "rm", "data")
            #expect(volume.contains("web (running)"), "\(volume)")
            #expect(why(dock, "rm", "-f", "web").contains("ended with SIGKILL first"))

            let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(listener) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(28081).bigEndian
            let bound = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
            }
            try #require(bound == 0 && listen(listener, 1) == 0)
            let host = why(dock, "run", "-p", "28081:80", "busybox", "true")
            #expect(host.contains("A process of the host listens there") && host.contains("(pid \(getpid()))"), "\(host)")
        }
    }

    @Test func buildsAndPulls() throws {
        try Dock.with { dock in
            let missing = why(dock, "pull", "nosuchimage")
            #expect(missing.contains("nosuchimage") && !missing.contains("could not be fetched"), "\(missing)")
            #expect(why(dock, "pull", "busybox").contains("so all were fetched"))
            #expect(why(dock, "pull", "busybox").contains("only its name was set"))
            let folder = dock.root + "/context"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            func write(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)")) }
            try write("file", "one")
            try write("Dockerfile", "FROM busybox\nENV a=1\nCOPY file /file\nRUN true\n")
            #expect(why(dock, "build", "-t", "made", folder).contains("nothing had been built"))
            #expect(why(dock, "build", "-t", "made", folder).contains("came from the cache"))
            try write("file", "two")
            let changed = why(dock, "build", "-t", "made", folder)
            #expect(changed.contains("step 3: COPY") && changed.contains("files that it copies are others than then: file"), "\(changed)")
            try write("Dockerfile", "FROM busybox\nENV a=2\nCOPY file /file\nRUN true\n")
            let instruction = why(dock, "build", "-t", "made", folder)
            #expect(instruction.contains("another instruction stood then: ENV a=1") && instruction.contains("anew: 2"), "\(instruction)")
            #expect(why(dock, "build", "--no-cache", folder).contains("--no-cache: the cache was not to be asked"))
            dock.must("create", "--name", "box", "busybox")
            let commit = why(dock, "commit", "box", "fresh")
            #expect(commit.contains("Shared with busybox:latest, not copied: 1"), "\(commit)")
        }
    }

    @Test func whatGoesWrongInAStreamIsKnown() throws {
        try Dock.with { dock in
            dock.must("pull", "busybox")
            let push = why(dock, "push", "nosuch")
            #expect(push.contains("nothing was sent") && !push.contains("worked"), "\(push)")
            dock.must("tag", "busybox", "somebody/x")
            #expect(why(dock, "push", "somebody/x").contains("needs a login"))
            dock.must("run", "-d", "--name", "box", "busybox", "sleep", "100")
            let missing = why(dock, "exec", "box", "nosuchprogram")
            #expect(missing.contains("no program nosuchprogram") && missing.contains("runs on as before"), "\(missing)")
            #expect(why(dock, "exec", "box", "sh", "-c", "exit 3").contains("ended in box with code 3"))
            let deaf = why(dock, "kill", "-s", "TERM", "box")
            #expect(deaf.contains("it runs on") && deaf.contains("no handler for SIGTERM"), "\(deaf)")
            let folder = dock.root + "/context"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            func write(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: folder + "/Dockerfile")) }
            try write("FROM nosuchbase:1\nRUN true\n")
            #expect(why(dock, "build", folder).contains("The image that FROM names"))
            try write("FROM busybox\nCOPY gone /\n")
            #expect(why(dock, "build", folder).contains("gone is not in the context"))
            // Of two that are removed at once, each has its own truth.
            dock.must("create", "--name", "idle", "busybox")
            let both = why(dock, "rm", "-f", "box", "idle")
            #expect(both.contains("box was running") && both.contains("idle was not running"), "\(both)")
        }
    }

    @Test func aShellExplainsItsOwnLastCommand() throws {
        try Dock.with { dock in
            dock.must("pull", "busybox")
            let lines = "why\ndocker ps --nonsense\nwhy\ndocker ps\nwhy\nls /nowhere\nwhy\nwhy why why\npredict\npredict onn\n"
            let outcome = dock.drydock(["shell"], input: lines)
            let text = plain(outcome.output)
            for words in ["No command has been run", "never asked", "only looked", "the host's own", "predicting: off"] {
                #expect(text.contains(words), "\(words): \(text)")
            }
            #expect(outcome.error.contains("usage: drydock why") && outcome.error.contains("Did you mean on?"))
        }
    }
}
