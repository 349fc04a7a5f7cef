import Basics
import EngineClient
import Foundation
import Testing

/// What the notes' 2.2.1 to 2.2.4 show, on the real kernel.
@Suite(.serialized, .enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct RunTests {
    /// Who waits for a removal that can't be made would wait for ever.
    @Test func aRemovalThatFailsIsToldToThoseWhoWait() throws {
        try Dock.with { dock in
            dock.must("pull", "ubuntu:14.04")
            let id = dock.must("run", "-d", "--rm", "--name", "stays", "ubuntu:14.04", "sleep", "600")
            // In the place where the container's folder is put aside.
            let obstacle = "\(dock.root)/making/rm-\(id)"
            try FileManager.default.createDirectory(atPath: obstacle + "/full", withIntermediateDirectories: true)
            let wait = try dock.client().stream("POST", "/containers/\(id)/wait", query: [("condition", "removed")])
            dock.must("kill", "stays")
            let answer = try JSONValue(parsing: try wait.collect())
            #expect(answer["StatusCode"]?.intValue == 137)
            #expect(answer["Error"]?["Message"]?.stringValue?.hasPrefix("unable to remove filesystem for \(id): rename ") == true)
            try FileManager.default.removeItem(atPath: obstacle)
            #expect(dock.must("rm", "stays") == "stays")
            #expect(dock.ailments == "")
        }
    }

    @Test func aWholeDayWithContainers() throws {
        try Dock.with { dock in
            try runs(dock)
            try isolates(dock)
            try mounts(dock)
            try publishes(dock)
            try livesAndDies(dock)
        }
    }

    private func runs(_ dock: Dock) throws {
        #expect(dock.must("run", "--rm", "ubuntu:14.04", "echo", "hello world!") == "hello world!")
        #expect(dock.must("images", "-q").count == 12)
        for (command, code) in [
            (["sh", "-c", "exit 7"], 7), (["/no/such"], 127), (["/etc"], 126), (["sh", "-c", "kill -TERM $$; exit 4"], 4),
        ] {
            #expect(dock.drydock(["run", "--rm", "ubuntu:14.04"] + command).code == Int32(code), "\(command)")
        }
        let typo = dock.drydock("run", "ubuntu:14:04")
        #expect(typo.code == 125 && typo.error.contains("invalid reference format"))
        #expect(dock.drydock("run", "--rm", "-p", "70000:80", "ubuntu:14.04").code == 125)
        #expect(dock.must("run", "--rm", "-i", "ubuntu:14.04", "cat", input: "through stdin") == "through stdin")
        let said = dock.must(
            "run", "--rm", "-e", "A=b c", "-w", "/tmp", "-u", "65534:65534", "-h", "ship", "--entrypoint", "/bin/sh", "ubuntu:14.04",
            "-c", "echo $A; pwd; id -u; id -g; hostname")
        #expect(said == "b c\n/tmp\n65534\n65534\nship")
        #expect(dock.must("ps", "-aq").isEmpty)
    }

    private func isolates(_ dock: Dock) throws {
        #expect(dock.must("run", "--rm", "ubuntu:14.04", "sh", "-c", "echo $$") == "1")
        #expect(dock.must("run", "--rm", "ubuntu:14.04", "sh", "-c", "grep CapEff /proc/self/status").hasSuffix("00000000a80425fb"))
        #expect(dock.must("run", "--rm", "ubuntu:14.04", "sh", "-c", "grep Seccomp: /proc/self/status").hasSuffix("2"))
        // The image can't be written to through a container, nor the kernel through /proc and /sys.
        for place in ["/proc/sys/kernel/hostname", "/proc/sysrq-trigger", "/sys/kernel/uevent_helper"] {
            #expect(dock.drydock("run", "--rm", "ubuntu:14.04", "sh", "-c", "echo x > \(place)").code != 0, "\(place)")
        }
        #expect(dock.must("run", "--rm", "ubuntu:14.04", "sh", "-c", "cat /proc/kcore | wc -c") == "0")
        // A device node of the host's disk may be made, but not be opened.
        let disk = dock.drydock("run", "--rm", "ubuntu:14.04", "sh", "-c", "mknod /disk b 254 0 && dd if=/disk bs=1 count=1")
        #expect(disk.code != 0 && disk.error.contains("not permitted"), "\(disk.error)")
        #expect(dock.drydock("run", "--rm", "ubuntu:14.04", "mount", "-t", "tmpfs", "x", "/tmp").code != 0)
        let namespaces = dock.must(
            "run", "--rm", "ubuntu:14.04", "sh", "-c", "for kind in mnt pid uts ipc net; do readlink /proc/self/ns/$kind; done"
        ).split(separator: "\n")
        #expect(namespaces.count == 5)
        for namespace in namespaces {
            let kind = String(namespace.prefix { $0 != ":" })
            #expect(Kernel.link("/proc/self/ns/\(kind)") != String(namespace))
        }
        #expect(dock.must("run", "--rm", "--network", "none", "ubuntu:14.04", "ls", "/sys/class/net").contains("lo"))
        let outside = try #require(Kernel.link("/proc/self/ns/net"))
        #expect(dock.must("run", "--rm", "--network", "host", "ubuntu:14.04", "readlink", "/proc/self/ns/net") == outside)
    }

    private func mounts(_ dock: Dock) throws {
        let shared = dock.root + "/../shared"
        try FileManager.default.createDirectory(atPath: shared, withIntermediateDirectories: true)
        dock.must("run", "--rm", "-v", "\(shared):/data", "ubuntu:14.04", "sh", "-c", "echo kept > /data/file")
        #expect(Kernel.text(shared + "/file") == "kept\n")
        #expect(dock.drydock("run", "--rm", "-v", "\(shared):/data:ro", "ubuntu:14.04", "sh", "-c", "echo no > /data/file").code != 0)
        #expect(Kernel.text(shared + "/file") == "kept\n")
    }

    private func publishes(_ dock: Dock) throws {
        dock.must("run", "-d", "--name", "web", "-p", "127.0.0.1::80", "ubuntu:14.04", "httpd", "-f", "-p", "80", "-h", "/etc")
        let port = try #require(dock.must("port", "web", "80").split(separator: ":").last.map(String.init))
        let page = Outcome("/usr/bin/env", ["curl", "-sS", "--retry", "5", "--retry-connrefused", "http://127.0.0.1:\(port)/os-release"])
        #expect(page.output.contains("Ubuntu"), "\(page.error)")
        let clash = dock.drydock("run", "-d", "-p", "127.0.0.1:\(port):80", "ubuntu:14.04", "sleep", "9")
        #expect(clash.code == 125 && clash.error.contains("port is already allocated"))
        dock.must("rm", "-f", "web")
    }

    private func livesAndDies(_ dock: Dock) throws {
        let id = dock.must("run", "-d", "--name", "one", "ubuntu:14.04", "sh", "-c", "echo out; echo err >&2; exec sleep 600")
        #expect(dock.must("start", String(id.prefix(3))) == String(id.prefix(3)))
        #expect(dock.must("ps", "--format", "{{.Names}}") == "one")
        #expect(dock.drydock("rm", "one").error.contains("You cannot remove a running container"))
        #expect(dock.must("stop", "-t", "0", "one") == "one")
        #expect(dock.must("inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", "one") == "exited 137")
        let logs = dock.drydock("logs", "one")
        #expect(logs.output == "out\n" && logs.error == "err\n")
        #expect(dock.must("container", "prune", "-f").contains(id))
        #expect(dock.must("ps", "-aq").isEmpty)
        #expect(dock.ailments == "")
    }
}
