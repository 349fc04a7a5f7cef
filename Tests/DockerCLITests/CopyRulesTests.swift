import Basics
import Testing

@testable import DockerCLI

/// What `docker cp` does, as Docker 20.10 does it. Each line was seen there.
struct CopyRulesTests {
    @Test(arguments: [
        ("c:/x", "c|/x"), ("c:x", "c|x"), ("c:", "c|"), ("/x:y", "-|/x:y"), ("./c:x", "-|./c:x"), ("..:x", "-|..:x"), ("x", "-|x"),
        ("-", "-|-"),
        (":x", "-|x"), ("c:a:b", "c|a:b"),
    ])
    func `an argument names a container or not`(_ text: String, _ expected: String) {
        let argument = CopyArgument(text)
        #expect("\(argument.container ?? "-")|\(argument.path)" == expected)
    }

    @Test(arguments: [
        // The destination is a folder: the source lands in it under its own name.
        ("/s/d", true, "/x", "folder", "/x"), ("/s/d/.", true, "/x", "folder", "/x"), ("/s/f", false, "/x", "folder", "/x"),
        // It is a file.
        ("/s/d", true, "/x/f", "file", "cannot copy directory"), ("/s/f", false, "/x/g", "file", "/x f→g"),
        ("/s/f", false, "/x/g/", "file", "/x f→g"),
        // It is not there.
        ("/s/d", true, "/x/n", "none", "/x d→n"), ("/s/d/.", true, "/x/n", "none", "/x .→n"), ("/s/d", true, "/x/n/", "none", "/x d→n"),
        ("/s/f", false, "/x/n", "none", "/x f→n"), ("/s/f", false, "/x/n/", "none", "no such directory"),
        ("/s/f", false, "", "none", "no such directory"),
        ("/s/f", false, "n", "none", ". f→n"),
    ])
    func `what becomes of a copy`(_ source: String, _ isFolder: Bool, _ destination: String, _ kind: String, _ expected: String) {
        let target = CopyInfo(path: destination, exists: kind != "none", isFolder: kind == "folder")
        let said: String
        do {
            let plan = try CopyRules.plan(CopyInfo(path: source, exists: true, isFolder: isFolder), to: target)
            said = plan.folder + (plan.renaming.map { " \($0.old)→\($0.new)" } ?? "")
        } catch { said = error.text }
        #expect(said == expected)
    }

    @Test func `sources are looked up as Docker does`() throws {
        let folder = try ScratchFolder()
        let path = folder.path
        try folder.write("f", "x")
        #expect(makeLink("f", "\(path)/lf") && makeLink(".", "\(path)/ld") && makeLink("nosuch", "\(path)/no"))
        func source(_ name: String, _ follows: Bool = false) -> String {
            do {
                let info = try LocalPath.source(LocalPath.absolute("\(path)/\(name)"), followsLink: follows)
                return "\(info.path.dropFirst(path.count)) \(info.isFolder) \(info.rebased)"
            } catch { return error.text.replacing(path, with: "") }
        }
        #expect(source("f") == "/f false ")
        #expect(source("lf") == "/lf false ")
        #expect(source("lf", true) == "/f false lf")
        #expect(source("ld/") == "/ true ld")
        #expect(source("no") == "/no false ")
        #expect(source("no", true) == "lstat /nosuch: no such file or directory")
        #expect(source("f/") == "not a directory")
        #expect(source("f/.") == "not a directory")
        #expect(source("missing") == "lstat /missing: no such file or directory")
        #expect(source("missing/x") == "lstat /missing: no such file or directory")
    }

    @Test func `destinations are looked up as Docker does`() throws {
        let folder = try ScratchFolder()
        let path = folder.path
        try folder.write("f", "x")
        #expect(makeLink("f", "\(path)/lf") && makeLink("new", "\(path)/ln") && makeLink("loop", "\(path)/loop"))
        func target(_ name: String) -> String {
            let absolute = LocalPath.absolute("\(path)/\(name)")
            do {
                try LocalPath.checkOutput(absolute)
                let info = try LocalPath.destination(absolute)
                return "\(info.path.dropFirst(path.count)) \(info.exists)"
            } catch { return error.text.replacing(path, with: "") }
        }
        #expect(target("f") == "/f true")
        #expect(target("lf") == "/f true")
        #expect(target("ln") == "/new false")
        #expect(target("n/") == "/n/ false")
        #expect(target("nodir/x") == #"invalid output path: directory "/nodir" does not exist"#)
        #expect(target("f/") == "stat /f/: not a directory")
        #expect(target("f/x") == "stat /f/x: not a directory")
        #expect(throws: CommandFailure.self) { try LocalPath.checkOutput("/dev/null") }
    }
}

struct GoPathTests {
    @Test(arguments: [
        ("", "."), ("/", "/"), ("a//b/./c/..", "a/b"), ("/../a", "/a"), ("../a", "../a"), ("a/../..", ".."), ("a/", "a"), ("/.", "/"),
    ])
    func `paths are cleaned as Go does`(_ path: String, _ cleaned: String) { #expect(GoPath.clean(path) == cleaned) }

    @Test(arguments: [("/a/.", "/a", "/a/."), ("/a/", "/a", "/a/"), ("/a", "/a", "/a"), ("/", "/", "/"), (".", "/w", "/w/.")])
    func `the end is kept`(_ original: String, _ cleaned: String, _ expected: String) {
        #expect(GoPath.keepingEnd(of: original, on: cleaned) == expected)
    }

    @Test(arguments: [("/a/b", "/a|b"), ("/a/b/.", "/a/b|."), ("b", ".|b"), ("/", "/|/"), ("/a/", "/|a")])
    func `an entry is split off`(_ path: String, _ expected: String) {
        let (folder, name) = GoPath.entry(path)
        #expect("\(folder)|\(name)" == expected)
    }

    @Test func `modes are Go's`() {
        #expect(GoFileMode(0o100644).bits == 420)
        #expect(GoFileMode(0o120777).bits == 134_218_239)
        #expect(GoFileMode(0o041777).bits == 2_148_532_735)
        #expect(GoFileMode(0o020666).isDevice && GoFileMode(0o040755).isFolder)
    }
}
