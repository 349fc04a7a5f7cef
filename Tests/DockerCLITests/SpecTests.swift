import Basics
import Testing
import TextTools

@testable import DockerCLI

struct PortSpecTests {
    @Test(arguments: [
        ("80", "80/tcp||"), ("8080:80", "80/tcp||8080"), ("127.0.0.1:8080:80/udp", "80/udp|127.0.0.1|8080"),
        ("127.0.0.1::80", "80/tcp|127.0.0.1|"),
        ("[::1]:53:53/UDP", "53/udp|::1|53"), ("8000-8001:80-81", "80/tcp||8000 81/tcp||8001"), ("6000-6005:99", "99/tcp||6000-6005"),
        ("published=90,target=91,protocol=udp", "91/udp||90"),
    ])
    func `ports are read`(_ spec: String, _ expected: String) throws {
        let read = try PortSpec.parse(spec).map { "\($0.port)|\($0.hostAddress)|\($0.hostPort)" }.joined(separator: " ")
        #expect(read == expected)
    }

    @Test(arguments: [
        ("abc:80", "Invalid hostPort: abc"), ("70000:80", "Invalid hostPort: 70000"), ("80:abc", "Invalid containerPort: abc"),
        ("80:", "No port specified: 80:<empty>"), ("::", "No port specified: ::<empty>"), ("80/foo", "Invalid proto: foo"),
        ("1.2.3:80:80", "Invalid ip address: 1.2.3"), ("81-80:80", "Invalid hostPort: 81-80"),
        ("80-81:90-95", "Invalid ranges specified for container and host Ports: 90-95 and 80-81"),
        ("80:80:80:80:80", "Invalid ip address 80:80:80: address 80:80:80:: too many colons in address"),
        ("source=80", "No port specified: :/tcp<empty>"),
    ])
    func `what is no port is refused in Docker's words`(_ spec: String, _ text: String) {
        #expect(throws: ValueError(text)) { try PortSpec.parse(spec) }
    }

    @Test func `exposed ports are a port or a range`() throws {
        #expect(try PortSpec.parseExposed("100-101/udp") == ["100/udp", "101/udp"])
        #expect(throws: ValueError("invalid port format for --expose: 80:80")) { try PortSpec.parseExposed("80:80") }
    }
}

struct DetachKeysTests {
    @Test func `keys are read`() throws {
        #expect(try DetachKeys.parse("ctrl-p,ctrl-q") == [16, 17])
        #expect(try DetachKeys.parse("a,ctrl-@,ctrl-[") == [97, 0, 27])
        #expect(throws: ValueError("Unknown character: 'ctrl-?'")) { try DetachKeys.parse("ctrl-?") }
    }

    @Test func `the sequence ends the session, also in pieces`() {
        var keys = DetachKeys(DetachKeys.standard)
        #expect(keys.filter([97, 16]).forward == [97])
        let end = keys.filter([17, 98])
        #expect(end.detached && end.forward.isEmpty)
    }

    @Test func `what only began like the sequence is handed on`() {
        var keys = DetachKeys(DetachKeys.standard)
        #expect(keys.filter([16]).forward.isEmpty)
        #expect(keys.filter([98]).forward == [16, 98])
        #expect(keys.filter([16]).forward.isEmpty)
        #expect(keys.filter([16]).forward == [16])
        #expect(keys.filter([17]).detached)
    }

    @Test func `without keys everything is handed on`() {
        var keys = DetachKeys([])
        #expect(keys.filter([16, 17]).forward == [16, 17])
    }
}

struct StreamDemultiplexerTests {
    @Test func `frames are taken apart at any boundary`() throws {
        let stream: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 2, 104, 105, 2, 0, 0, 0, 0, 0, 0, 1, 33]
        for cut in 1..<stream.count {
            var frames = StreamDemultiplexer()
            var out: [UInt8] = []
            var err: [UInt8] = []
            for piece in [stream[..<cut], stream[cut...]] {
                try frames.take(Array(piece), output: { out += $0 }, error: { err += $0 })
            }
            #expect(out == [104, 105] && err == [33])
        }
    }

    @Test func `a frame of unknown kind is refused`() {
        var frames = StreamDemultiplexer()
        #expect(throws: ValueError("Unrecognized input header: 73")) {
            try frames.take(Array("Invalid !".utf8), output: { _ in }, error: { _ in })
        }
    }
}

struct ContainerRowTests {
    private func row(_ json: String, truncates: Bool = true) throws -> JSONObject {
        ContainerRow(entry: try JSONValue(parsing: json), truncates: truncates, now: Timestamp(nanoseconds: 1_000_000_000_000)).row.fields
    }

    @Test func `ids and commands are cut, names lose their slash`() throws {
        let json = """
            {"Id":"0123456789abcdef","Names":["/other/link","/web"],"Image":"ubuntu:14.04","ImageID":"sha256:ffff","Command":"sleep 1 2 3 4 5 6 7 8 9 10",
            "Created":400,"State":"running","Status":"Up 10 minutes","Ports":[],"Labels":{"b":"2","a":"1"},"SizeRw":10,"SizeRootFs":1234567}
            """
        let short = try row(json)
        #expect(short["ID"] == "0123456789ab")
        #expect(short["Names"] == "web")
        #expect(short["Command"] == "\"sleep 1 2 3 4 5 6 7…\"")
        #expect(short["RunningFor"] == "10 minutes ago")
        #expect(short["Labels"] == "a=1,b=2")
        #expect(short["Size"] == "10B (virtual 1.23MB)")
        let long = try row(json, truncates: false)
        #expect(long["ID"] == "0123456789abcdef")
        #expect(long["Names"] == "other/link,web")
    }

    @Test func `ports are sorted, and neighbours drawn together`() throws {
        let json = """
            [{"PrivatePort":81,"Type":"tcp"},{"PrivatePort":80,"Type":"tcp"},{"PrivatePort":53,"PublicPort":53,"IP":"0.0.0.0","Type":"udp"},
            {"PrivatePort":443,"PublicPort":8443,"IP":"127.0.0.1","Type":"tcp"}]
            """
        let ports = ContainerRow.ports(try JSONValue(parsing: json).arrayValue ?? [])
        #expect(ports == "0.0.0.0:53->53/udp, 80-81/tcp, 127.0.0.1:8443->443/tcp")
    }

    @Test func `a table has Docker's titles, a template one line a row`() throws {
        let fields = try row("{\"Id\":\"0123456789abcdef\",\"Names\":[\"/web\"],\"Labels\":{\"a\":\"1\"}}")
        let rows = [Row(fields: fields, labels: ["a": "1"])]
        let table = try RowFormat("table {{.ID}}\\t{{.Names}}\\t{{.Label \"a\"}}").render(rows, kind: ContainerRow.kind)
        #expect(table == "CONTAINER ID   NAMES     a\n0123456789ab   web       1\n")
        #expect(try RowFormat("{{.Names}}:{{.Label \"a\"}}").render(rows, kind: ContainerRow.kind) == "web:1\n")
    }
}

struct ContainerRequestTests {
    private func request(_ words: [String]) throws -> JSONValue {
        let (spec, _) = try #require(CommandTable.find(group: nil, "run"))
        let outcome = try FlagParser(flags: spec.flags, endsAtFirstArgument: true).parse(words)
        return try ContainerRequest(flags: outcome.values, arguments: outcome.arguments).json
    }

    @Test func `health checks and stop settings are handed on as Docker's client does`() throws {
        let check = try request([
            "--health-cmd", "a b", "--health-interval", "1s", "--health-timeout", "2s", "--health-retries", "4",
            "--health-start-period", "3s", "--stop-signal", "USR1", "--stop-timeout", "7", "busybox",
        ])
        #expect(
            check["Healthcheck"] == [
                "Test": ["CMD-SHELL", "a b"], "Interval": 1_000_000_000, "Timeout": 2_000_000_000, "StartPeriod": 3_000_000_000,
                "Retries": 4,
            ])
        #expect(check["StopSignal"] == "USR1" && check["StopTimeout"] == 7)
        #expect(try request(["--health-retries", "4", "busybox"])["Healthcheck"] == ["Retries": 4])
        #expect(try request(["--no-healthcheck", "busybox"])["Healthcheck"] == ["Test": ["NONE"]])
        #expect(try request(["busybox"])["Healthcheck"] == nil)
        for (words, text) in [
            (["--no-healthcheck", "--health-cmd", "x"], "--no-healthcheck conflicts with --health-* options"),
            (["--health-interval", "-1s"], "--health-interval cannot be negative"),
            (["--health-retries", "-1"], "--health-retries cannot be negative"),
        ] {
            #expect(throws: ValueError(text)) { try request(words + ["busybox"]) }
        }
    }

    @Test func `binds are told from anonymous volumes`() throws {
        let json = try request(["-v", "/tmp:/x:ro", "-v", "/anon", "-v", "named:/data", "busybox"])
        #expect(json["HostConfig"]?["Binds"] == ["/tmp:/x:ro", "named:/data"])
        #expect(json["Volumes"] == ["/anon": [:]])
    }

    @Test func `the same bind again is no second one, and volumes' options bring a driver along`() throws {
        let json = try request(["-v", "named:/x", "-v", "named:/x", "--mount", "type=volume,src=v1,dst=/y,volume-nocopy", "busybox"])
        #expect(json["HostConfig"]?["Binds"] == ["named:/x"])
        let mount = json["HostConfig"]?["Mounts"]?.arrayValue?.first
        #expect(mount?.text() == #"{"Type":"volume","Source":"v1","Target":"/y","VolumeOptions":{"NoCopy":true,"DriverConfig":{}}}"#)
    }

    @Test func `names are sorted as people count`() {
        let names = ["web10", "web2", "7d", "57d", "a", "web02", "Web1", "web"]
        #expect(names.sorted(by: naturallyPrecedes) == ["7d", "57d", "Web1", "a", "web", "web2", "web02", "web10"])
    }

    @Test func `an attached input ends with its client`() throws {
        let json = try request(["-it", "ubuntu:14.04", "bash"])
        #expect(json["StdinOnce"] == true && json["OpenStdin"] == true && json["Tty"] == true)
        #expect(json["Cmd"] == ["bash"])
    }

    @Test func `later values of a variable win`() throws {
        #expect(try request(["-e", "A=1", "-e", "B=2", "-e", "A=3", "x"])["Env"] == ["A=3", "B=2"])
    }

    @Test(arguments: [
        (["--rm", "--restart", "always", "x"], "Conflicting options: --restart and --rm"),
        (["--pid", "foo", "x"], "--pid: invalid PID mode"),
        (["--memory-swappiness", "101", "x"], "invalid value: 101. Valid memory swappiness range is 0-100"),
        (["--mac-address", "foo", "x"], "foo is not a valid mac address"), (["--network=", "x"], "no name set for network"),
        (["--device", "a:b:c:d", "x"], "bad format for path: a:b:c:d"),
        (["--security-opt", "foo", "x"], "Invalid --security-opt: \"foo\""),
    ])
    func `what contradicts itself is refused in Docker's words`(_ words: [String], _ text: String) {
        #expect(throws: ValueError(text)) { try request(words) }
    }
}

struct HelpTextTests {
    @Test func `flags are set in two columns and wrapped`() throws {
        let (spec, name) = try #require(CommandTable.find(group: nil, "stop"))
        let text = HelpText.command(spec, name, width: 80, defaultConfig: "/root/.docker")
        #expect(
            text == """
                Usage:  docker stop [OPTIONS] CONTAINER [CONTAINER...]

                Stop one or more running containers

                Options:
                  -t, --time int   Seconds to wait for stop before killing it (default 10)

                """)
    }

    @Test func `a last word rather goes over than stands alone`() throws {
        let (spec, name) = try #require(CommandTable.find(group: nil, "restart"))
        let text = HelpText.command(spec, name, width: 80, defaultConfig: "/root/.docker")
        #expect(
            text.hasSuffix("  -t, --time int   Seconds to wait for stop before killing the container\n                   (default 10)\n"))
    }
}
