import Basics
import EngineClient
import Foundation
import Testing

@testable import DockerCLI

/// A folder with folders in it, of one test's own.
final class ContextScratch {
    let path: String

    init(_ files: [String: String] = [:]) throws {
        path = "/tmp/drydock-context-test-\(randomHex(bytes: 8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, text) in files { try write(name, text) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws {
        let place = URL(filePath: path).appending(path: name)
        try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: place)
    }

    /// A call of `docker build`, with its standard input from a text and its errors into a file.
    func invocation(_ words: [String], input: String = "") throws -> Invocation {
        let (spec, name) = try #require(CommandTable.find(group: nil, "build"))
        let outcome = try FlagParser(flags: spec.flags, endsAtFirstArgument: false).parse(words)
        try write(".input", input)
        defer { unlink("\(path)/.input") }
        var context = CLIContext { _ in throw EngineClientError.cannotConnect(endpoint: "none") }
        context.input = open("\(path)/.input", O_RDONLY | O_CLOEXEC)
        context.error = open("\(path)/.error", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        unlink("\(path)/.error")
        (context.inputIsTerminal, context.errorIsTerminal) = (false, false)
        return Invocation(
            context: context, spec: spec, name: name, flags: outcome.values, arguments: outcome.arguments,
            settings: GlobalSettings(configDirectory: path + "/config"))
    }

    func prepare(_ words: [String], input: String = "") throws -> BuildContext {
        let invocation = try invocation(words, input: input)
        return try BuildContextPreparation(invocation: invocation).prepare(invocation.arguments[0], file: invocation.flags.string("file"))
    }
}

/// The members of a plain tar, with their contents.
func members(of tar: [UInt8]) -> [(name: String, kind: UInt8, content: [UInt8])] {
    var found: [(String, UInt8, [UInt8])] = []
    var rest = tar[...]
    while rest.count >= 512, rest.first != 0 {
        let header = Array(rest.prefix(512))
        let size = Int(String(decoding: header[124..<135], as: UTF8.self), radix: 8) ?? 0
        let content = Array(rest.dropFirst(512).prefix(size))
        found.append((String(decoding: header.prefix(100).prefix { $0 != 0 }, as: UTF8.self), header[156], content))
        rest = rest.dropFirst(512 + (size + 511) / 512 * 512)
    }
    return found
}

private func whole(_ context: BuildContext) throws -> [UInt8] {
    var all: [UInt8] = []
    while let piece = try context.next() { all += piece }
    return all
}

private func complaint(_ body: () throws -> Void) -> String {
    do {
        try body()
        return "(none)"
    } catch { return (error as? CommandFailure)?.text ?? "\(error)" }
}

@Suite struct BuildContextTests {
    @Test func `names are sorted, folders stand before what is in them`() throws {
        let scratch = try ContextScratch(["Dockerfile": "FROM x\n", "b/c": "1", "b.txt": "2", "a": ""])
        symlink("b.txt", scratch.path + "/l")
        link(scratch.path + "/b.txt", scratch.path + "/z")
        mkfifo(scratch.path + "/p", 0o600)
        let tar = try whole(try scratch.prepare([scratch.path]))
        let found = members(of: tar)
        #expect(found.map(\.name) == ["Dockerfile", "a", "b/", "b/c", "b.txt", "l", "p", "z"])
        #expect(String(decoding: found.map(\.kind), as: UTF8.self) == "00500261")
        #expect(String(decoding: found[0].content, as: UTF8.self) == "FROM x\n")
        #expect(tar.suffix(1024).allSatisfy { $0 == 0 } && tar.count % 512 == 0)
    }

    @Test func `what is left out is not sent, but the engine gets Dockerfile and patterns`() throws {
        let scratch = try ContextScratch([
            "Dockerfile": "FROM x\n", ".dockerignore": "*\n!keep/this\n", "keep/this": "1", "keep/that": "2", "other/x": "3",
        ])
        let found = members(of: try whole(try scratch.prepare([scratch.path])))
        #expect(found.map(\.name) == [".dockerignore", "Dockerfile", "keep/this"])
    }

    @Test func `a large file is sent in pieces`() throws {
        let scratch = try ContextScratch(["Dockerfile": "FROM x\n"])
        try scratch.write("big", String(repeating: "0123456789", count: 100_000))
        let context = try scratch.prepare([scratch.path])
        var largest = 0
        var total = 0
        while let piece = try context.next() {
            largest = max(largest, piece.count)
            total += piece.count
        }
        #expect(largest < 200 << 10 && total == 512 + 512 + 512 + 1_000_448 + 1024)
    }

    @Test func `a Dockerfile from elsewhere gets a name of its own, which the patterns leave out`() throws {
        let scratch = try ContextScratch(["Dockerfile": "FROM x\n", ".dockerignore": "a\n"])
        let context = try scratch.prepare(["-f", "-", scratch.path], input: "FROM y\n")
        #expect(context.dockerfile.hasPrefix(".dockerfile.") && context.dockerfile.count == 32)
        let found = members(of: try whole(context))
        #expect(found.map(\.name) == [".dockerignore", "Dockerfile", context.dockerfile])
        #expect(String(decoding: found[0].content, as: UTF8.self) == "a\n\n\(context.dockerfile)\n")
        #expect(String(decoding: found[2].content, as: UTF8.self) == "FROM y\n")
        let outside = try scratch.prepare(["-f", "/etc/passwd", scratch.path])
        #expect(outside.dockerfile.hasPrefix(".dockerfile."))
    }

    @Test func `standard input is a Dockerfile or an archive`() throws {
        let scratch = try ContextScratch()
        let context = try scratch.prepare(["-"], input: "FROM y\n")
        let tar = try whole(context)
        #expect(context.dockerfile == "Dockerfile" && tar.count == 2048)
        #expect(members(of: tar).map(\.name) == ["Dockerfile"])
        #expect(BuildContextPreparation.isArchive(tar))
        let passed = try scratch.prepare(["-f", "sub/D", "-"], input: String(decoding: tar, as: UTF8.self))
        #expect(passed.dockerfile == "sub/D")
        #expect(try whole(passed) == tar)
        #expect(try whole(try scratch.prepare(["-"])).count == 1536)
        #expect(!BuildContextPreparation.isArchive([UInt8](repeating: 0, count: 1024)))
        #expect(BuildContextPreparation.isArchive([0x1F, 0x8B, 0x08, 0]))
        #expect(!BuildContextPreparation.isArchive(Array("FROM x".utf8)))
    }

    @Test func `what can't be a context is refused in Docker's words`() throws {
        let scratch = try ContextScratch([
            "f": "", "empty/x": "", "bad/.dockerignore": "[\n", "bad/Dockerfile": "", "nope/.dockerignore": "!\n",
        ])
        try scratch.write("nope/Dockerfile", "")
        symlink("loop", scratch.path + "/loop")
        let path = scratch.path
        let real = HostPath.text(try HostPath.resolved(Array(path.utf8)))
        func refusal(_ words: String...) -> String { complaint { _ = try scratch.prepare(words) } }
        #expect(refusal("\(path)/none") == "unable to prepare context: path \"\(path)/none\" not found")
        #expect(refusal("") == "unable to prepare context: path \"\" not found")
        #expect(refusal("\(path)/f") == "unable to prepare context: context must be a directory: \(real)/f")
        let lead = "unable to prepare context: unable to evaluate symlinks in Dockerfile path: "
        #expect(refusal("\(path)/empty") == lead + "lstat \(real)/empty/Dockerfile: no such file or directory")
        #expect(refusal("-f", "\(path)/loop", path) == lead + "EvalSymlinks: too many links")
        #expect(refusal("-f", "\(path)/f/g", path) == lead + "not a directory")
        #expect(refusal("\(path)/bad") == "error checking context: syntax error in pattern")
        #expect(refusal("\(path)/nope") == "error checking context: illegal exclusion pattern: \"!\"")
        #expect(refusal("-f", "-", "-") == "invalid argument: can't use stdin for both build context and dockerfile")
    }

    @Test func `paths are resolved as Go resolves them`() throws {
        let scratch = try ContextScratch(["a/b/c": ""])
        symlink("a/../a/b", scratch.path + "/l")
        let root = try HostPath.resolved(Array(scratch.path.utf8))
        #expect(HostPath.text(try HostPath.resolved(root + Array("/l/./c".utf8))) == HostPath.text(root) + "/a/b/c")
        #expect(HostPath.text(HostPath.relative(Array("/a/x".utf8), to: Array("/a/b/c".utf8))) == "../../x")
        #expect(HostPath.text(HostPath.relative(Array("/a".utf8), to: Array("/a".utf8))) == ".")
    }

    @Test func `git addresses are told apart`() {
        for text in ["git://x", "git@x:y", "github.com/x/y", "https://x/y.git", "https://x/y.git#branch:folder"] {
            #expect(BuildContextPreparation.isGit(text), "\(text)")
        }
        for text in ["https://x/y.tar", "https://x/git", "https://x/y.git#"] { #expect(!BuildContextPreparation.isGit(text), "\(text)") }
    }

    @Test func `a home folder is warned of, and a script goes on`() throws {
        let scratch = try ContextScratch(["Dockerfile": "FROM x\n"])
        let invocation = try scratch.invocation([environmentVariable("HOME") ?? "/root"])
        let folder = try? ContextFolder(scratch.path, dockerfile: "")
        #expect(throws: Never.self) { try ContextCheck(invocation: invocation, folder: try #require(folder)).run() }
    }

    @Test func `too large a context is warned of before it is sent`() throws {
        let scratch = try ContextScratch(["Dockerfile": "FROM x\n"])
        let huge = open("\(scratch.path)/huge", O_WRONLY | O_CREAT, 0o600)
        ftruncate(huge, 600_000_000)
        close(huge)
        var said = [Int32](repeating: 0, count: 2)
        pipe(&said)
        let invocation = try scratch.invocation([scratch.path])
        dup2(said[1], invocation.context.error)
        close(said[1])
        _ = try BuildContextPreparation(invocation: invocation).prepare(scratch.path, file: "")
        close(invocation.context.error)
        let text = String(decoding: try readAll(said[0]), as: UTF8.self)
        #expect(text.hasPrefix("WARNING: this would send more than 500MB of ") && text.split(separator: "\n").count == 1)
    }

    @Test func `ten thousand files are walked in no time`() throws {
        let scratch = try ContextScratch(["Dockerfile": "FROM x\n", ".dockerignore": "*.log\n**/*.o\nnode_modules\n*.md\n!README.md\n"])
        for folder in 0..<10 {
            mkdir("\(scratch.path)/d\(folder)", 0o755)
            for file in 0..<1000 { close(open("\(scratch.path)/d\(folder)/f\(file)", O_WRONLY | O_CREAT, 0o644)) }
        }
        let clock = ContinuousClock()
        var count = 0
        let time = try clock.measure { count = try whole(try scratch.prepare([scratch.path])).count }
        #expect(count == 10_010 * 512 + 2 * 1024 + 1024)
        // A debug build, on a machine that may be busy.
        #expect(time < .seconds(30))
    }
}

@Suite struct BuildRequestTests {
    private func query(_ words: [String], proxies: JSONValue? = nil) throws -> [String: String] {
        let (spec, _) = try #require(CommandTable.find(group: nil, "build"))
        let flags = try FlagParser(flags: spec.flags, endsAtFirstArgument: false).parse(words + ["."]).values
        let items = try BuildQuery(flags: flags, proxies: proxies).items(for: BuildContext(dockerfile: "Dockerfile"))
        #expect(items.map(\.0) == items.map(\.0).sorted())
        return Dictionary(items) { "\($0),\($1)" }
    }

    @Test func `without flags it is Docker's request`() throws {
        #expect(
            try query([]) == [
                "buildargs": "{}", "cachefrom": "[]", "cgroupparent": "", "cpuperiod": "0", "cpuquota": "0", "cpusetcpus": "",
                "cpusetmems": "", "cpushares": "0", "dockerfile": "Dockerfile", "labels": "{}", "memory": "0", "memswap": "0",
                "networkmode": "default", "rm": "1", "shmsize": "0", "target": "", "ulimits": "null", "version": "1",
            ])
    }

    @Test func `flags`() throws {
        let given = try query([
            "-t", "a", "-t", "b:1", "--build-arg", "x=1=2", "--build-arg", "DRYDOCK_NOT_SET", "--label", "l", "--label", "k=v",
            "--cache-from", "a,b", "--cache-from", "c", "--ulimit", "nofile=1:2", "--ulimit", "core=0", "--ulimit", "nofile=3",
            "--rm=false", "-q", "--no-cache", "--force-rm", "--pull", "-m", "1g", "--memory-swap", "-1", "--platform", "LINUX/amd64",
            "--isolation", "Default", "--security-opt", "a,b", "--add-host", "a:1.2.3.4", "--network=",
        ])
        #expect(given["t"] == "a,b:1" && given["buildargs"] == #"{"DRYDOCK_NOT_SET":null,"x":"1=2"}"#)
        #expect(given["labels"] == #"{"k":"v","l":""}"# && given["cachefrom"] == #"["a","b","c"]"#)
        #expect(given["ulimits"] == #"[{"Name":"core","Hard":0,"Soft":0},{"Name":"nofile","Hard":3,"Soft":3}]"#)
        #expect(given["rm"] == "0" && given["q"] == "1" && given["nocache"] == "1" && given["forcerm"] == "1" && given["pull"] == "1")
        #expect(given["memory"] == "1073741824" && given["memswap"] == "-1" && given["platform"] == "linux/amd64")
        #expect(given["isolation"] == nil && given["securityopt"] == "a,b" && given["extrahosts"] == "a:1.2.3.4")
        #expect(given["networkmode"] == "")
    }

    @Test func `proxies of the config file are build arguments, unless given`() throws {
        let proxies: JSONValue = ["httpProxy": "http://p", "noProxy": "n"]
        let given = try query(["--build-arg", "http_proxy=mine"], proxies: proxies)
        #expect(given["buildargs"] == #"{"HTTP_PROXY":"http://p","NO_PROXY":"n","http_proxy":"mine","no_proxy":"n"}"#)
    }

    @Test(arguments: [
        (
            ["-t", "UPPER"],
            "invalid argument \"UPPER\" for \"-t, --tag\" flag: invalid reference format: repository name must be lowercase"
        ),
        (["-t", "a:b:c"], "invalid argument \"a:b:c\" for \"-t, --tag\" flag: invalid reference format"),
        (["-t="], "invalid argument \"=\" for \"-t, --tag\" flag: invalid reference format"),
        (["-m", "x"], "invalid argument \"x\" for \"-m, --memory\" flag: invalid size: 'x'"),
        (["--add-host", "bad"], "invalid argument \"bad\" for \"--add-host\" flag: bad format for add-host: \"bad\""),
        (["--label="], "invalid argument \"\" for \"--label\" flag: invalid label '': empty name"),
        (["--build-arg="], "invalid argument \"\" for \"--build-arg\" flag: invalid environment variable: "),
        (["--ulimit", "x"], "invalid argument \"x\" for \"--ulimit\" flag: invalid ulimit argument: x"),
        (
            ["--cache-from", "a\",b"],
            "invalid argument \"a\\\",b\" for \"--cache-from\" flag: parse error on line 1, column 2: bare \" in non-quoted-field"
        ),
    ])
    func `bad flags are refused in Docker's words`(words: [String], text: String) {
        do {
            _ = try query(words)
            Issue.record("\(words) were taken")
        } catch { #expect((error as? FlagError)?.text == text) }
    }

    @Test func `the engine gets all credentials`() throws {
        let scratch = try ContextScratch(["config/config.json": #"{"auths":{"b":{"auth":"bWU6cHc="},"a":{},"h":{}}}"#])
        let header = try scratch.invocation(["."]).registryConfig()
        let json = try JSONValue(parsing: try #require(Base64.forURLs.bytes(header)))
        #expect(json == ["b": ["username": "me", "password": "pw", "serveraddress": "b"]])
        let nothing = try ContextScratch().invocation(["."]).registryConfig()
        #expect(nothing == "e30=")
    }
}

@Suite struct UploadProgressTests {
    @Test func `without a terminal the size is told once, at the end`() {
        var progress = UploadProgress(isTerminal: false)
        #expect(progress.advance(by: 3_000_000, now: 0) == "")
        #expect(progress.end == "Sending build context to Docker daemon      3MB\r\r\n")
        var small = UploadProgress(isTerminal: false)
        #expect(small.advance(by: 2048, now: 0) == "")
        #expect(small.end == "Sending build context to Docker daemon  2.048kB\r\r\n")
    }

    @Test func `on a terminal it is redrawn, but not more often than can be seen`() {
        var progress = UploadProgress(isTerminal: true)
        #expect(progress.advance(by: 1000, now: 0) == "")
        #expect(progress.advance(by: 600_000, now: 0) == "Sending build context to Docker daemon  557.1kB\r")
        #expect(progress.advance(by: 2_000_000, now: 50_000_000) == "")
        #expect(progress.advance(by: 600_000, now: 200_000_000) == "Sending build context to Docker daemon  2.785MB\r")
    }
}
