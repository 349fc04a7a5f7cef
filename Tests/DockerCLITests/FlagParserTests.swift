import Testing

@testable import DockerCLI

struct FlagParserTests {
    private func parse(_ words: [String], _ command: String = "run") throws -> FlagParser.Outcome {
        let (spec, _) = try #require(CommandTable.find(group: nil, command))
        return try FlagParser(flags: spec.flags, endsAtFirstArgument: spec.optionsEndAtFirstArgument).parse(words)
    }

    private func complaint(_ words: [String], _ command: String = "run") -> String {
        do {
            _ = try parse(words, command)
            return "(none)"
        } catch { return (error as? FlagError)?.text ?? "\(error)" }
    }

    @Test func `a cluster of switches, and options end at the image's name`() throws {
        let outcome = try parse(["-itd", "--name", "web", "-p80:80", "-e=A=b", "ubuntu:14.04", "ls", "-l", "--rm"])
        #expect(outcome.values.bool("interactive") && outcome.values.bool("tty") && outcome.values.bool("detach"))
        #expect(!outcome.values.bool("rm"))
        #expect(outcome.values.string("name") == "web")
        #expect(outcome.values.list("publish") == ["80:80"])
        #expect(outcome.values.list("env") == ["A=b"])
        #expect(outcome.arguments == ["ubuntu:14.04", "ls", "-l", "--rm"])
    }

    @Test func `switches take values only after an equals sign`() throws {
        #expect(try !parse(["--rm=false", "x"]).values.bool("rm"))
        #expect(try parse(["--sig-proxy=0", "x"]).values.bool("sig-proxy", default: true) == false)
        #expect(
            complaint(["--rm=maybe", "x"])
                == "invalid argument \"maybe\" for \"--rm\" flag: strconv.ParseBool: parsing \"maybe\": invalid syntax")
    }

    @Test func `flags may stand after arguments where no command follows`() throws {
        let outcome = try parse(["web", "-f", "--", "-v"], "rm")
        #expect(outcome.values.bool("force") && !outcome.values.bool("volumes"))
        #expect(outcome.arguments == ["web", "-v"])
    }

    @Test(arguments: [
        (["--xyz"], "unknown flag: --xyz"), (["-z"], "unknown shorthand flag: 'z' in -z"), (["-iz"], "unknown shorthand flag: 'z' in -z"),
        (["--name"], "flag needs an argument: --name"), (["-itp"], "flag needs an argument: 'p' in -p"),
        (["---x"], "bad flag syntax: ---x"),
        (["--=x"], "bad flag syntax: --=x"),
        (["-m", "abc", "x"], "invalid argument \"abc\" for \"-m, --memory\" flag: invalid size: 'abc'"),
        (["--cpus", "abc"], "invalid argument \"abc\" for \"--cpus\" flag: failed to parse abc as a rational number"),
        (["--ulimit", "foo"], "invalid argument \"foo\" for \"--ulimit\" flag: invalid ulimit argument: foo"),
        (["--mount", "foo"], "invalid argument \"foo\" for \"--mount\" flag: invalid field 'foo' must be a key=value pair"),
        (["--dns", "foo"], "invalid argument \"foo\" for \"--dns\" flag: foo is not an ip address"),
        (["-a", "foo"], "invalid argument \"foo\" for \"-a, --attach\" flag: valid streams are STDIN, STDOUT and STDERR"),
        (["--health-interval", "5"], "invalid argument \"5\" for \"--health-interval\" flag: time: missing unit in duration \"5\""),
        (
            ["--blkio-weight", "70000"],
            "invalid argument \"70000\" for \"--blkio-weight\" flag: strconv.ParseUint: parsing \"70000\": value out of range"
        ),
        (["-e", "="], "invalid argument \"=\" for \"-e, --env\" flag: invalid environment variable: ="),
    ])
    func `mistakes are told in Docker's words`(_ words: [String], _ text: String) {
        #expect(complaint(words) == text)
    }

    @Test func `numbers and filters are checked`() {
        #expect(
            complaint(["-n", "abc"], "ps")
                == "invalid argument \"abc\" for \"-n, --last\" flag: strconv.ParseInt: parsing \"abc\": invalid syntax")
        #expect(
            complaint(["--filter", "foo"], "ps")
                == "invalid argument \"foo\" for \"-f, --filter\" flag: bad format of filter (expected name=value)")
    }

    @Test func `sizes, times and shares are brought into one unit`() throws {
        let values = try parse(["-m", "1.5g", "--memory-swap", "-1", "--cpus", "1.5", "--health-interval", "1m30s", "x"]).values
        #expect(values.int("memory") == 3 << 29)
        #expect(values.int("memory-swap") == -1)
        #expect(values.int("cpus") == 1_500_000_000)
        #expect(values.int("health-interval") == 90_000_000_000)
    }

    @Test func `a hidden alias sets the same value`() throws {
        #expect(try parse(["--net", "host", "x"]).values.list("network") == ["host"])
    }

    @Test func `every command can be found by each of its names`() {
        for spec in CommandTable.commands {
            for name in spec.names { #expect(CommandTable.find(group: name.group, name.name)?.name == name) }
        }
        #expect(CommandTable.find(group: "container", "ps")?.spec.names.first?.name == "ps")
    }

    @Test func `flag names and shorthands are unique within a command`() {
        for spec in CommandTable.commands {
            #expect(Set(spec.flags.map(\.name)).count == spec.flags.count, "\(spec.names[0].path)")
            let shorthands = spec.flags.compactMap(\.shorthand)
            #expect(Set(shorthands).count == shorthands.count, "\(spec.names[0].path)")
        }
    }
}
