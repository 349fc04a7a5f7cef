import Basics
import CDrydock
import EngineClient
import Foundation
import Glibc
import Testing

/// `docker exec`, on the real kernel.
@Suite(.serialized, .enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct ExecTests {
    /// A dock with a container that sleeps under the name `host`.
    private func withContainer(_ options: [String] = [], _ body: (Dock) throws -> Void) throws {
        try Dock.with { dock in
            let made = dock.drydock(["run", "-d", "--name", "host"] + options + ["ubuntu:14.04", "sleep", "1000"])
            try #require(made.code == 0, "\(made.error)")
            try body(dock)
            #expect(dock.ailments == "")
        }
    }

    @Test func aCommandRunsInTheContainerAndEndsWithItsCode() throws {
        try withContainer(["-e", "A=container", "-e", "B=container"]) { dock in
            let both = dock.drydock("exec", "host", "sh", "-c", "echo out; echo err >&2")
            #expect(both.output == "out\n" && both.error == "err\n" && both.code == 0)
            #expect(dock.must("exec", "host", "hostname") == dock.must("exec", "host", "cat", "/etc/hostname"))
            #expect(dock.must("exec", "host", "cat", "/proc/1/cmdline").hasPrefix("sleep"))
            #expect(dock.must("exec", "-i", "host", "cat", input: "through stdin") == "through stdin")
            // Without -i there is nothing to read, whatever there is.
            #expect(dock.must("exec", "host", "cat", input: "unread").isEmpty)
            #expect(dock.must("exec", "-w", "/etc", "host", "pwd") == "/etc")
            #expect(dock.must("exec", "-u", "1234:5", "host", "sh", "-c", "id -u; id -g; echo $HOME") == "1234\n5\n/")
            let variables = dock.must("exec", "-e", "B=exec", "-e", "C=exec", "host", "env").split(separator: "\n").map(String.init)
            #expect(Set(["A=container", "B=exec", "C=exec", "HOME=/root"]).isSubset(of: variables), "\(variables)")
            #expect(variables.count == 6, "only PATH and HOSTNAME besides: \(variables)")
            for (script, code) in [("exit 7", 7), ("kill -9 $$", 137), ("kill -TERM $$", 143)] {
                #expect(dock.drydock("exec", "host", "sh", "-c", script).code == Int32(code), "\(script)")
            }
            #expect(dock.drydock("container", "exec", "host", "false").code == 1)
            // Output without a reader does not keep it from ending.
            dock.must("exec", "-d", "host", "sh", "-c", "seq 1 100000; echo done > /tmp/mark")
            try eventually("it ended") { dock.drydock("exec", "host", "cat", "/tmp/mark").output == "done\n" }
        }
    }

    @Test func whatCannotRunIsToldInDockersWords() throws {
        try withContainer { dock in
            let prefix = "OCI runtime exec failed: exec failed: unable to start container process: "
            for (words, text) in [
                (["nosuch"], prefix + #"exec: "nosuch": executable file not found in $PATH: unknown"#),
                (["/nosuch"], prefix + #"exec: "/nosuch": stat /nosuch: no such file or directory: unknown"#),
                (["/etc"], prefix + #"exec: "/etc": permission denied: unknown"#),
            ] {
                let outcome = dock.drydock(["exec", "host"] + words)
                #expect(outcome.output == text + "\r\n" && outcome.code == 126, "\(words): \(outcome)")
            }
            let folder = dock.drydock("exec", "-w", "/nosuch", "host", "true")
            #expect(
                folder.output == prefix + #"chdir to cwd ("/nosuch") set in config.json failed: no such file or directory: unknown"#
                    + "\r\n")
            #expect(dock.drydock("exec", "-w", "etc", "host", "true").output.contains("Cwd must be an absolute path"))
            let user = dock.drydock("exec", "-u", "nobody-here", "host", "true")
            #expect(user.output == "unable to find user nobody-here: no matching entries in passwd file\r\n" && user.code == 126)
            let detached = dock.drydock("exec", "-d", "host", "nosuch")
            #expect(detached.code == 1 && detached.error.hasPrefix("Error response from daemon: OCI runtime exec failed"))
            let missing = dock.drydock("exec", "nosuch", "true")
            #expect(missing.code == 1 && missing.error == "Error: No such container: nosuch\n")
            let id = dock.must("kill", "host").isEmpty ? "" : dock.must("inspect", "-f", "{{.Id}}", "host")
            dock.must("wait", "host")
            let stopped = dock.drydock("exec", "host", "true")
            #expect(stopped.code == 1 && stopped.error == "Error response from daemon: Container \(id) is not running\n")
        }
    }

    @Test func theAPIAnswersAsDockers() throws {
        try withContainer { dock in
            let client = try dock.client()
            let refusals = [
                ("/containers/nosuch/exec", #"{"Cmd":["true"]}"#, 404, "No such container: nosuch"),
                ("/containers/host/exec", "{}", 400, "No exec command specified"),
                ("/containers/host/exec", #"{"Cmd":["true"],"DetachKeys":"foo"}"#, 500, "Invalid escape keys (foo) provided"),
                ("/exec/nosuch/start", #"{"Detach":true}"#, 404, "No such exec instance: nosuch"),
            ]
            for (path, body, status, message) in refusals {
                #expect(refusal { try client.request("POST", path, body: Array(body.utf8)) } == "\(status) \(message)")
            }
            #expect(refusal { try client.request("GET", "/exec/nosuch/json") } == "404 No such exec instance: nosuch")
            let id = try create(
                client, #"{"Cmd":["sh","-c","sleep 0.3; exit 3"],"AttachStdout":true,"User":"0:0","DetachKeys":"ctrl-p,q"}"#)
            let before = try client.request("GET", "/exec/\(id)/json").json()
            #expect(before["ExitCode"] == .null && before["Running"] == false && before["Pid"] == 0 && before["DetachKeys"] == "EHE=")
            #expect(before["ProcessConfig"]?["entrypoint"] == "sh" && before["ProcessConfig"]?["user"] == "0:0")
            #expect(before["OpenStdout"] == true && before["OpenStderr"] == false && before["OpenStdin"] == false)
            let inspected = try client.request("GET", "/containers/host/json").json()
            #expect(inspected["ExecIDs"] == .array([.string(id)]) && before["ContainerID"] == inspected["Id"])
            let start = Array(#"{"Detach":true}"#.utf8)
            #expect(try client.request("POST", "/exec/\(id)/start", body: start).status == 200)
            let during = try client.request("GET", "/exec/\(id)/json").json()
            #expect(during["Running"] == true && during["ExitCode"] == .null && during["Pid"]?.intValue ?? 0 > 0)
            #expect(
                refusal { try client.request("POST", "/exec/\(id)/start", body: start) }
                    == "409 Error: Exec command \(id) is already running")
            try eventually("it ended") { try client.request("GET", "/exec/\(id)/json").json()["ExitCode"] == 3 }
            #expect(
                refusal { try client.request("POST", "/exec/\(id)/start", body: start) } == "409 Error: Exec command \(id) has already run")
            #expect(refusal { try client.request("POST", "/exec/\(id)/resize", query: [("h", "1"), ("w", "1")]) } == "404 no such exec")
            #expect(try client.request("GET", "/containers/host/json").json()["ExecIDs"] == .null)
            // What was asked for and never started goes with the container; what ran is known to have been killed.
            let (never, running) = (try create(client, #"{"Cmd":["true"]}"#), try create(client, #"{"Cmd":["sleep","100"]}"#))
            _ = try client.request("POST", "/exec/\(running)/start", body: start)
            dock.must("kill", "host")
            dock.must("wait", "host")
            #expect(refusal { try client.request("GET", "/exec/\(never)/json") } == "404 No such exec instance: \(never)")
            #expect(try client.request("GET", "/exec/\(running)/json").json()["ExitCode"] == 137)
        }
    }

    @Test func aTerminalIsItsOwnAndCanBeResized() throws {
        try withContainer { dock in
            let client = try dock.client()
            let id = try create(
                client,
                #"{"Cmd":["sh","-c","tty; echo $TERM; read x; stty size; exit 5"],"Tty":true,"AttachStdin":true,"AttachStdout":true}"#)
            let stream = try client.hijack("/exec/\(id)/start", body: Array(#"{"Tty":true}"#.utf8))
            _ = try client.request("POST", "/exec/\(id)/resize", query: [("h", "33"), ("w", "77")])
            try #require(try stream.writeSome(Array("\n".utf8)[...]) == 1)
            let said = try everything(from: stream)
            #expect(said.contains("/dev/pts/0\r\n") && said.contains("xterm") && said.contains("33 77"), "\(said)")
            // Whoever saw the end gets the code.
            #expect(try client.request("GET", "/exec/\(id)/json").json()["ExitCode"] == 5)
        }
    }

    @Test func itHasWhatTheContainerHasAndNothingOfTheHosts() throws {
        try withContainer(["--cap-drop", "NET_RAW", "--security-opt", "no-new-privileges", "--pids-limit", "50"]) { dock in
            let status = "grep -E 'CapInh|CapPrm|CapEff|CapBnd|Seccomp:|NoNewPrivs' /proc/self/status"
            let own = dock.must("exec", "host", "sh", "-c", status.replacingOccurrences(of: "self", with: "1"))
            #expect(dock.must("exec", "host", "sh", "-c", status) == own)
            #expect(own.contains("Seccomp:\t2") && own.contains("NoNewPrivs:\t1"))
            let privileged = dock.must("exec", "--privileged", "host", "sh", "-c", status)
            #expect(privileged.contains("Seccomp:\t2") && !privileged.contains("CapBnd:\t00000000a8"))
            #expect(dock.must("exec", "-u", "7", "host", "sh", "-c", status).contains("CapEff:\t0000000000000000"))
            for kind in ["mnt", "pid", "uts", "ipc", "net"] {
                let pair = dock.must("exec", "host", "sh", "-c", "readlink /proc/1/ns/\(kind); readlink /proc/self/ns/\(kind)")
                #expect(Set(pair.split(separator: "\n")).count == 1, "\(pair)")
            }
            let groups = dock.must("exec", "host", "sh", "-c", "cat /proc/1/cgroup; echo; cat /proc/self/cgroup")
            #expect(Set(groups.components(separatedBy: "\n\n")).count == 1, "\(groups)")
            // Three descriptors: none of the host's is left, nor its folder, environment or terminal.
            let descriptors = dock.must("exec", "host", "sh", "-c", "ls /proc/$$/fd; true").split(separator: "\n")
            #expect(descriptors.count == 3, "\(descriptors)")
            #expect(dock.must("exec", "host", "readlink", "/proc/self/fd/0") == "/dev/null")
            for number in 3..<12 {
                let leak = dock.drydock("exec", "-w", "/proc/self/fd/\(number)", "host", "ls")
                #expect(leak.code == 126 && leak.output.contains("chdir to cwd"), "\(number): \(leak)")
            }
            #expect(dock.must("exec", "-w", "/proc/1/cwd", "host", "ls").contains("etc"))
            #expect(dock.must("exec", "host", "sh", "-c", "ls -l /dev/null").hasPrefix("crw-rw-rw-"))
        }
    }

    /// CVE-2019-5736: what a container reaches of the shim's program lies on a mount that can't be written to.
    @Test func theShimsProgramCannotBeWrittenToThroughProc() throws {
        try withContainer { dock in
            let shim = try #require(dock.shims.first)
            let program = open("/proc/\(shim)/exe", O_RDONLY | O_CLOEXEC)
            try #require(program >= 0)
            defer { close(program) }
            var mount = statvfs()
            #expect(fstatvfs(program, &mount) == 0 && mount.f_flag & 1 == 1, "it is on a mount that can be written to")
            // ETXTBSY while it runs somewhere; never a descriptor.
            let again = open("/proc/self/fd/\(program)", O_WRONLY | O_CLOEXEC)
            #expect(again < 0 && [EROFS, ETXTBSY].contains(errno))
            if again >= 0 { close(again) }
            // The way in: the shim's own program executed inside.
            #expect(dock.drydock("exec", "host", "/proc/self/exe").code == 2)
        }
    }

    @Test func twentyAtOnce() throws {
        try withContainer { dock in
            let shim = try #require(dock.shims.first)
            let (files, engineFiles) = (descriptors(of: shim), descriptors(of: dock.enginePID ?? 0))
            let outcomes = Monitored([Outcome]())
            DispatchQueue.concurrentPerform(iterations: 20) { number in
                let outcome = dock.drydock("exec", "-i", "host", "sh", "-c", "cat; exit \(number)", input: "number \(number)")
                outcomes.update { $0.append(outcome) }
            }
            let seen = outcomes.read { $0 }
            #expect(Set(seen.map { "\($0.code): \($0.output)" }) == Set((0..<20).map { "\($0): number \($0)" }))
            for number in 0..<10 { _ = dock.drydock("exec", "-t", "host", "sh", "-c", "exit \(number)") }
            for _ in 0..<5 { _ = dock.drydock("exec", "host", "nosuch") }
            try eventually("no descriptors are left, \(descriptors(of: shim)) of \(files)") { descriptors(of: shim) == files }
            try eventually("nor in the engine") { descriptors(of: dock.enginePID ?? 0) <= engineFiles + 1 }
            let processes = dock.must("exec", "host", "sh", "-c", "ls -d /proc/[0-9]*").split(separator: "\n")
            #expect(processes.count <= 3, "sleep, sh and ls: \(processes)")
        }
    }

    @Test func itOutlivesTheEngineAndNotTheContainer() throws {
        try withContainer { dock in
            let outcome = Monitored<Outcome?>(nil)
            let client = Thread { [outcome] in
                let ended = dock.drydock("exec", "host", "sh", "-c", "echo ready > /tmp/a; sleep 2; echo lived > /tmp/b; exec sleep 500")
                outcome.update { $0 = ended }
            }
            client.start()
            try eventually("it runs") { dock.drydock("exec", "host", "cat", "/tmp/a").output == "ready\n" }
            try dock.killEngine()
            let gone = try #require(outcome.wait(seconds: 20) { $0 }, "the client hangs")
            #expect(gone.code != 0)
            try eventually("it goes on") { dock.drydock("exec", "host", "cat", "/tmp/b").output == "lived\n" }
            // The new engine doesn't know it, and its own end well.
            #expect(dock.must("inspect", "-f", "{{.ExecIDs}}", "host") == "[]")
            let late = Monitored<Outcome?>(nil)
            Thread { [late] in
                let ended = dock.drydock("exec", "host", "sh", "-c", "echo ready > /tmp/c; sleep 400")
                late.update { $0 = ended }
            }.start()
            try eventually("it runs") { dock.drydock("exec", "host", "cat", "/tmp/c").output == "ready\n" }
            dock.must("kill", "host")
            let killed = try #require(late.wait(seconds: 20) { $0 }, "the client hangs")
            #expect(killed.code == 137, "\(killed)")
            dock.must("wait", "host")
            try eventually("the shim has gone") { dock.shims.isEmpty }
        }
    }

    @Test func aStartIsTakenBackFromEveryStop() throws {
        try withContainer { dock in
            let shim = try #require(dock.shims.first)
            let files = descriptors(of: shim)
            var point = 0
            var kinds: Set<String> = []
            while true {
                var place: Walk.Stop?
                let walk = try Walk(dock, Command.exec) { number, stop in
                    guard number == point, !stop.isFinal else { return .goOn("into") }
                    place = stop
                    return .goOn("abort")
                }
                guard let place else {
                    #expect(walk.failure == nil)
                    break
                }
                if let call = place.call { kinds.insert(call) }
                #expect(walk.failure?.contains("aborted") == true, "abort \(place): \(walk.failure ?? "worked")")
                #expect(dock.must("inspect", "-f", "{{.State.Running}}", "host") == "true")
                try eventually("nothing of it is left after an abort \(place)") {
                    descriptors(of: shim) == files && children(of: shim) == 1
                }
                // Of some fifty capabilities that are dropped one is like the other.
                point += place.call == "prctl" && place.when == "after" ? 5 : 1
            }
            #expect(point > 60, "only \(point) stops")
            #expect(kinds.isSuperset(of: ["setns", "clone", "seccomp", "capset", "setresuid", "setsid", "execve"]), "\(kinds)")
        }
    }

    // MARK: tools

    private func create(_ client: EngineClient, _ body: String) throws -> String {
        let created = try client.request("POST", "/containers/host/exec", body: Array(body.utf8))
        #expect(created.status == 201)
        return try #require(try created.json()["Id"]?.stringValue)
    }

    private func refusal(_ body: () throws -> Response) -> String {
        do { return "no error: \(try body().status)" } catch let error as EngineClientError {
            return error.apiError.map { "\($0.status) \($0.message)" } ?? "\(error)"
        } catch { return "\(error)" }
    }

    private func everything(from stream: HijackedConnection) throws -> String {
        var received = stream.buffered
        while true {
            var readable = pollfd(fd: stream.descriptor, events: Int16(POLLIN), revents: 0)
            try #require(poll(&readable, 1, 20_000) == 1, "\(String(decoding: received, as: UTF8.self))")
            guard let bytes = try stream.read() else { continue }
            if bytes.isEmpty { return String(decoding: received, as: UTF8.self) }
            received += bytes
        }
    }

    private func descriptors(of pid: Int32) -> Int { Kernel.entries("/proc/\(pid)/fd").count }

    private func children(of pid: Int32) -> Int {
        Kernel.text("/proc/\(pid)/task/\(pid)/children").split(separator: " ").count
    }

    private func eventually(_ what: @autoclosure () -> String, _ condition: () throws -> Bool) throws {
        for _ in 0..<100 {
            if try condition() { return }
            usleep(100_000)
        }
        Issue.record("never came: \(what())")
    }
}
