import Basics
import EngineClient
import Foundation
import Glibc
import Grading
import Testing

/// What a transcript may do in its machine, and what it can't do, however hard it tries.
@Suite(.serialized, .enabled(if: Box.obstacle == nil, "\(Box.obstacle ?? "")"))
struct ReplayMachineTests {
    // MARK: it works

    @Test func aLearnersCommandsRunAsTheyDoAnywhere() throws {
        let outcome = try Box.run(
            """
            drydock run -d --name web busybox sleep 100 >/dev/null && drydock ps --format '{{.Names}} {{.Image}}' &&
            drydock exec web ip -o -4 addr show eth0 | grep -o 172.17.0.2/16 &&
            mkdir box && cd box && printf 'FROM busybox\\nRUN echo hi >/made\\n' >Dockerfile && drydock build -q -t made . >/dev/null &&
            drydock run --rm made cat /made && drydock volume create data && drydock run --rm -v data:/d busybox touch /d/x &&
            drydock images | awk '{print $1}' | sort | tr '\\n' ' ' && echo done
            """
        ) { machine in
            let web = try machine.client.request("GET", "/containers/web/json").json()
            #expect(web["State"]?["Running"] == true && web["HostConfig"]?["Memory"] == .integer(256 << 20))
            #expect(web["HostConfig"]?["PidsLimit"] == 128)
        }
        #expect(outcome.output == "web busybox\n172.17.0.2/16\nhi\ndata\nREPOSITORY busybox made done\n", "\(outcome)")
        #expect(outcome.code == 0 && outcome.refusals.isEmpty)
    }

    @Test func itStartsQuickly() throws {
        _ = try Box.images.get()
        var times: [Double] = []
        for _ in 0..<5 {
            let before = ContinuousClock.now
            let machine = try ReplayMachine(try Box.options(["/bin/true"]))
            times.append(Double((ContinuousClock.now - before).components.attoseconds) / 1e15)
            machine.end()
        }
        print("a replay machine starts in \(times.map { Int($0) }.sorted()) ms")
        #expect(times.min() ?? .infinity < 1000)
    }

    // MARK: the host is not there

    @Test(
        arguments: [
            "cat /etc/shadow", "ls /root", "ls /work", "ls /var", "ls /boot", "cat /proc/1/cmdline", "cat /proc/1/environ",
            "ls /proc/1/root/",
            "echo x >/usr/bin/x", "echo x >/etc/passwd", "echo x >/opt/drydock/drydock", "echo x >/x", "rm -f /run/drydock/engine.sock",
            "mount -t tmpfs x /tmp", "unshare -m true", "unshare -U true", "unshare -r true", "unshare -n true", "nsenter -t 1 -m true",
            "mknod ~/vda b 254 0", "chroot / true", "kill -9 1", "echo 1 >/proc/sys/kernel/hostname", "ls /sys/fs/cgroup",
            "setpriv --reuid 0 id", "su -c id", "ip link add type dummy", "hostname x", "dd if=/dev/vda of=x count=1", "cat /proc/kcore",
            "ls /var/lib/drydock", "cat /opt/drydock/images/ubuntu.json", "renice -n -5 $$",
        ])
    func aLineOfBashCanNot(_ line: String) throws {
        let outcome = try Box.run(line)
        #expect(outcome.code != 0 && outcome.code != nil, "\(line): \(outcome)")
    }

    @Test func itSeesNoProcessesButItsOwn() throws {
        let outcome = try Box.run(
            "ls /proc | grep -c '^[0-9]'; ps -e -o user= | sort -u; for p in $(seq 1 40); do kill -9 $p 2>/dev/null; done; drydock ps -q; echo alive"
        )
        #expect(outcome.output.hasSuffix("learner\nalive\n"), "\(outcome)")
    }

    @Test func itHasNoRights() throws {
        let outcome = try Box.run("grep -E '^(Cap|NoNewPrivs)' /proc/self/status; id -u; id -G")
        #expect(outcome.output.contains("CapBnd:\t0000000000000000") && outcome.output.contains("NoNewPrivs:\t1"), "\(outcome)")
        #expect(outcome.output.hasSuffix("2000000\n2000000\n"))
    }

    @Test func noServiceOfTheHostIsReached() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in(
            sin_family: sa_family_t(AF_INET), sin_port: 0, sin_addr: in_addr(s_addr: UInt32(0x7f00_0001).bigEndian),
            sin_zero: (0, 0, 0, 0, 0, 0, 0, 0))
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port =
            withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    bind(listener, pointer, length) == 0 && listen(listener, 8) == 0 && getsockname(listener, pointer, &length) == 0
                }
            } ? UInt16(bigEndian: address.sin_port) : 0
        try #require(port != 0)
        let outcome = try Box.run(
            """
            (exec 3<>/dev/tcp/127.0.0.1/\(port)) && echo reached; cat /proc/net/unix | grep -c @
            drydock run --rm busybox nc -w 2 172.17.0.1 \(port) </dev/null && echo reached
            drydock run --rm busybox nc -w 2 127.0.0.1 \(port) </dev/null && echo reached; ls /sys/class/net 2>/dev/null; true
            """)
        #expect(!outcome.output.contains("reached") && outcome.output.hasPrefix("0\n"), "\(outcome)")
    }

    // MARK: the engine

    @Test(
        arguments: [
            "run --rm -v /:/host busybox true", "run --rm --mount type=bind,source=/,target=/x busybox true",
            "run --rm --privileged busybox true", "run --rm --net host busybox true", "run --rm --pid host busybox true",
            "run --rm --ipc host busybox true", "run --rm --uts host busybox true", "run --rm --device /dev/null busybox true",
            "run --rm --cap-add SYS_ADMIN busybox true", "run --rm --security-opt seccomp=unconfined busybox true",
            "run --rm --cgroup-parent / busybox true", "run --rm --sysctl net.ipv4.ip_forward=1 busybox true",
            "run --rm --net container:web busybox true", "exec --privileged web true", "import http://127.0.0.1/x.tar",
            "volume create --opt type=none --opt o=bind --opt device=/ x", "shutdown", "doctor",
        ])
    func anEngineIsNotTalkedInto(_ words: String) throws {
        let outcome = try Box.run("drydock run -d --name web busybox sleep 100 >/dev/null 2>&1; drydock \(words)")
        #expect(outcome.code != 0 && outcome.code != nil, "\(words): \(outcome)")
        #expect(outcome.refusals.count == 1 && outcome.errors.contains("this engine replays a transcript: "), "\(words): \(outcome)")
    }

    @Test func aContainerSeesNothingOfTheHostEither() throws {
        let outcome = try Box.run(
            """
            drydock run --rm busybox sh -c 'mount -t tmpfs x /mnt || echo no; mknod /d b 254 0 && head -c 1 /d >/dev/null || echo no
            ls / | tr "\\n" " "; echo x >/proc/sys/kernel/core_pattern || echo no; ls /sys/fs/cgroup/memory | head -c 0; ps | grep -c engine'
            """)
        #expect(outcome.output.hasPrefix("no\nno\n") && outcome.output.contains("no\n") && !outcome.output.contains("work"), "\(outcome)")
    }

    @Test func roomForContainersIsLimited() throws {
        let outcome = try Box.run("for i in $(seq 40); do drydock create busybox true >/dev/null 2>&1 && echo $i; done | tail -1")
        #expect(outcome.output == "32\n" && outcome.refusals.count == 8, "\(outcome)")
    }

    // MARK: bounds

    @Test func aForkBombIsBoundedAndTheEngineLives() throws {
        let outcome = try Box.run(":(){ :|:& };: 2>/dev/null; sleep 2; echo over", seconds: 20) { machine in
            try Box.checkEngine(machine)
        }
        #expect(!outcome.events.isEmpty, "\(outcome)")
    }

    @Test func aForkBombInAContainerIsBounded() throws {
        let outcome = try Box.run(
            "timeout 10 drydock run --rm busybox sh -c 'f() { f | f & }; f; sleep 3' >/dev/null 2>&1; drydock ps -q; echo over"
        ) {
            try Box.checkEngine($0)
        }
        #expect(outcome.output.hasSuffix("over\n"), "\(outcome.code ?? -1) \(outcome.events)")
    }

    @Test func diskIsBounded() throws {
        let outcome = try Box.run(
            """
            for i in $(seq 9); do head -c 30000000 /dev/zero >f$i || break; done 2>/dev/null; du -sm ~ | cut -f1
            head -c 100000000 /dev/zero >/tmp/big; ls -l /tmp/big | cut -d' ' -f5
            drydock run --name filler busybox sh -c 'for i in $(seq 9); do head -c 60000000 /dev/zero >/f$i; done; du -smx /' 2>/dev/null | cut -f1
            drydock ps -a --format '{{.Names}} {{.State}}'; drydock rm filler; drydock run --rm busybox echo well
            """)
        let lines = outcome.output.split(separator: "\n")
        #expect(
            lines.count == 6 && lines[3] == "filler exited" && Int(lines[0]) ?? 999 <= 48 && Int(lines[1]) ?? 1 << 40 <= 32 << 20,
            "\(outcome)")
        #expect(lines.last == "well" && lines.count > 2 && (100...192).contains(Int(lines[2]) ?? 0), "\(outcome)")
    }

    @Test func memoryIsBounded() throws {
        let outcome = try Box.run(
            """
            big() { head -c 3000000000 /dev/zero | tail -c $1 >/dev/null 2>&1; }
            big 2000000000; echo bash $?; (for i in 1 2 3 4; do big 900000000 & done; wait) 2>/dev/null
            drydock run --rm busybox tail -c 2000000000 /dev/zero >/dev/null 2>&1; echo container $?
            """
        ) { try Box.checkEngine($0) }
        #expect(!outcome.output.contains("bash 0") && outcome.output.hasSuffix("container 137\n"), "\(outcome)")
    }

    @Test func endlessOutputEndsWithItsReader() throws {
        let outcome = try Box.run("yes; true")
        #expect(outcome.output.utf8.count >= 1 << 20 && outcome.output.utf8.count < 2 << 20)
    }

    @Test func timeIsLimited() throws {
        let before = ContinuousClock.now
        let outcome = try Box.run("trap '' TERM HUP INT; echo begun; sleep 1000 & sleep 1000; sleep 1000", seconds: 2)
        #expect(outcome.events.first == .timeIsOver && outcome.output == "begun\n", "\(outcome)")
        #expect(ContinuousClock.now - before < .seconds(20))
    }

    @Test func whatRunsInTheBackgroundEndsWithTheMachine() throws {
        let outcome = try Box.run("(setsid sleep 1000 &) ; nohup sleep 1000 >/dev/null 2>&1 & echo gone")
        #expect(outcome.output == "gone\n" && outcome.code == 0, "\(outcome)")
    }

    // MARK: several, and the end

    @Test func twoMachinesDoNotSeeEachOther() throws {
        let first = try ReplayMachine(
            try Box.options([
                "/bin/bash", "-c", "drydock run -d --name first busybox sleep 99 >/dev/null 2>&1; echo x >/tmp/x; echo up; read word",
            ]))
        defer { first.end() }
        // It is up when it says so.
        var byte: UInt8 = 0
        try #require(read(first.output, &byte, 1) == 1)
        let second = try Box.second(
            slot: 1,
            "sleep 1; drydock ps -a --format '{{.Names}}'; ls /tmp; ps -e -o user= | sort -u; drydock run --rm busybox ip -o -4 addr show eth0 | grep -o 172.17.0.2/16"
        )
        #expect(second.output == "learner\n172.17.0.2/16\n", "\(second)")
        let names = try first.client.request("GET", "/containers/json").json()
        #expect(names[0]?["Names"]?[0] == "/first")
        first.end()
        #expect(Box.residue == "")
    }

    @Test func aKilledGraderLeavesNothing() throws {
        _ = try Box.images.get()
        let process = Process()
        process.executableURL = URL(filePath: Box.probe)
        process.arguments = [
            Box.binaries, Box.recipes, Box.prepared, "5", "300", "/bin/bash", "-c",
            "drydock run -d busybox sleep 1000 2>/dev/null; setsid sleep 1000 & sleep 1000",
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        var said: [UInt8] = []
        // The container's id is the second line.
        while said.filter({ $0 == 10 }).count < 2 {
            let more = try readSome(pipe.fileHandleForReading.fileDescriptor)
            try #require(!more.isEmpty, "\(String(decoding: said, as: UTF8.self))")
            said += more
        }
        #expect(Box.residue(of: process.processIdentifier) != "")
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        var left = ""
        for _ in 0..<100 {
            left = Box.shell(
                "ps -o pid=,args= -u 2000005; grep drydock-machine /proc/self/mountinfo; pgrep -f -a '^/opt/drydock/drydock-engine'")
            if left.isEmpty { break }
            usleep(50_000)
        }
        #expect(left == "")
        // Its cgroups are empty, and go when the next machine begins.
        try ReplayMachine(try Box.options(["/bin/true"])).end()
        #expect(Box.residue(of: process.processIdentifier) == "")
    }

    @Test func whatCannotBeMadeLeavesNothing() throws {
        var options = try Box.options(["/bin/true"])
        options.recipes = "/nowhere"
        #expect(throws: (any Error).self) { try ReplayMachine(options) }
        options = try Box.options(["true"])
        #expect(throws: (any Error).self) { try ReplayMachine(options) }
        #expect(Box.residue == "")
    }
}

extension Box {
    /// Like `run`, beside another machine.
    static func second(slot: Int, _ line: String) throws -> Outcome {
        let machine = try ReplayMachine(try options(["/bin/bash", "-c", line], slot: slot))
        defer { machine.end() }
        return listen(to: machine)
    }
}
