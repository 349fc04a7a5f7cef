import EngineClient
import Foundation
import Testing

/// `docker cp`: files go both ways, whether the container runs or not, and never past its root.
@Suite(.serialized, .enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct CopyTests {
    @Test func filesGoBothWays() throws {
        try Dock.with { dock in
            let here = try Here(dock)
            dock.must("run", "-d", "--name", "runs", "ubuntu:14.04", "sleep", "1000")
            dock.must("create", "--name", "waits", "ubuntu:14.04", "true")
            here.shell("mkdir -p tree/sub; echo x > tree/x; ln tree/x tree/twin; ln -s x tree/link; chown 12:34 tree/x; chmod 4751 tree/x")
            here.shell("touch -d '2001-02-03 04:05:06.5' tree/sub")
            here.shell("python3 -c 'import os; os.setxattr(\"tree/x\", \"user.colour\", b\"blue\")'")
            for name in ["runs", "waits"] {
                here.must("drydock cp tree \(name):/tree")
                let listed = here.must("drydock cp \(name):/tree - | tar tvf - --numeric-owner | sed 's/  */ /g'").split(separator: "\n")
                #expect(
                    listed.map { String($0.split(separator: " ", maxSplits: 5).last ?? "") }
                        == ["tree/", "tree/link -> x", "tree/sub/", "tree/twin", "tree/x link to tree/twin"])
                #expect(listed[3].hasPrefix("-rwsr-x--x 12/34 2 "), "\(listed)")
                #expect(listed[2].contains(" 2001-02-03 04:05 "), "\(listed)")
                here.must("drydock cp \(name):/tree back-\(name)")
                #expect(here.must("stat -c '%a %u:%g %h' back-\(name)/x") == "4751 0:0 2")
                #expect(here.must("python3 -c 'import os; print(os.getxattr(\"back-\(name)/x\", \"user.colour\").decode())'") == "blue")
                #expect(here.must("readlink back-\(name)/link") == "x")
            }
            // Counted as the container's own.
            #expect(dock.must("diff", "waits").contains("A /tree/x"))
            #expect(dock.ailments == "")
        }
    }

    @Test func aBigFileAndStreams() throws {
        try Dock.with { dock in
            let here = try Here(dock)
            dock.must("run", "-d", "--name", "box", "ubuntu:14.04", "sleep", "1000")
            here.shell("head -c 70000001 /dev/urandom > big; truncate -s 300M holes; echo end >> holes")
            here.must("drydock cp big box:/big; drydock cp box:/big back; cmp big back")
            here.must("drydock cp holes box:/; drydock cp box:/holes holes2; cmp holes holes2")
            #expect(Int(here.must("du -k holes2 | cut -f1")).map { $0 < 1000 } == true, "holes stay holes")
            here.must(
                "mkdir d; echo 1 > d/1; tar cf - d | drydock cp - box:/srv; tar czf - d | drydock cp - box:/opt; tar cJf - d | drydock cp - box:/mnt"
            )
            for place in ["srv", "opt", "mnt"] { #expect(here.must("drydock cp box:/\(place)/d/1 - | tar xOf -") == "1") }
            here.must("drydock cp box:/srv/d - | drydock cp - box:/home; drydock cp box:/home/d/1 one; cmp d/1 one")
            for (bytes, sentence) in [("head -c 300 big", "unexpected EOF"), ("head -c 3000 big", "archive/tar: invalid tar header")] {
                let refused = here.run("\(bytes) | drydock cp - box:/srv")
                #expect(
                    refused.code == 1 && refused.error.contains("Error processing tar file(exit status 1): \(sentence)"), "\(refused.error)"
                )
            }
        }
    }

    @Test func linksLeadNowhereElse() throws {
        try Dock.with { dock in
            let here = try Here(dock)
            here.shell("mkdir secret; echo secret > secret/file; echo new > new")
            let secret = here.folder + "/secret"
            let script =
                "ln -s \(secret) /out; ln -s ../../../../../../../..\(secret)/file /file; mkdir /d; ln -s / /d/up; ln -s loop /loop"
            dock.must("run", "--name", "gone", "ubuntu:14.04", "sh", "-c", script)
            dock.must("run", "-d", "--name", "runs", "ubuntu:14.04", "sh", "-c", script + "; sleep 1000")
            Thread.sleep(forTimeInterval: 0.3)
            for name in ["gone", "runs"] {
                for path in ["/out/file", "/out/", "/out/.", "/d/up/out/file", "/d/../../..\(secret)/file"] {
                    let refused = here.run("drydock cp \(name):\(path) stolen")
                    #expect(
                        refused.code == 1 && refused.error == "Error: No such container:path: \(name):\(path)\n",
                        "\(path): \(refused.error)")
                }
                #expect(here.run("drydock cp -L \(name):/file stolen").error.contains("No such container:path"))
                #expect(here.must("drydock cp \(name):/file - | tar tvf -").contains("-> ../../"))
                for path in ["/out/new", "/out", "/file", "/d/up/out/new"] { _ = here.run("drydock cp new \(name):\(path)") }
                #expect(here.run("drydock cp \(name):/loop/x .").error.contains("too many"))
            }
            #expect(here.must("ls secret; cat secret/file") == "file\nsecret")
            #expect(here.run("ls stolen").code != 0)
            #expect(dock.ailments == "")
        }
    }

    @Test func aRaceLeadsNowhereElse() throws {
        try Dock.with { dock in
            let here = try Here(dock)
            here.shell("mkdir secret; echo secret > secret/file; mkdir -p d/e; echo new > d/e/new; echo new > d/file")
            // A folder and a link to the host change places as fast as they can: one that is read, and one that is written to.
            let swap =
                "mkdir /a; echo mine > /a/file; ln -s \(here.folder)/secret /b; while :; do mv /a /t; mv /b /a; mv /t /b; "
                + "mv /a /t; mv /b /a; mv /t /b; done"
            let replace = "mkdir /w; while :; do mkdir -p /w/a/e; rm -rf /w/a; ln -s \(here.folder)/secret /w/a; rm -rf /w/a; done"
            dock.must("run", "-d", "--name", "box", "ubuntu:14.04", "sh", "-c", "(\(swap)) & \(replace)")
            var (copied, refused) = (0, 0)
            for round in 0..<40 {
                let read = here.run("drydock cp box:/a/file - | tar xOf - 2>&1; drydock cp box:/a/. - | tar xOf - 2>&1")
                #expect(!read.output.contains("secret"), "\(read.output)")
                if read.output.contains("mine") { copied += 1 } else { refused += 1 }
                _ = here.run(round % 2 == 0 ? "drydock cp d/. box:/w/a" : "drydock cp d/file box:/w/a/file")
            }
            #expect(copied > 0, "\(copied) copied, \(refused) refused")
            #expect(here.must("ls -A secret; cat secret/file") == "file\nsecret")
        }
    }

    @Test func mountsAreTheirSources() throws {
        try Dock.with { dock in
            let here = try Here(dock)
            here.shell("mkdir vol closed; echo v > vol/v; echo c > closed/c; echo new > new; echo line > one")
            let mounts = ["-v", "\(here.folder)/vol:/vol", "-v", "\(here.folder)/closed:/deep/closed:ro", "-v", "\(here.folder)/one:/one"]
            _ = dock.drydock(["run", "-d", "--name", "runs", "--tmpfs", "/tmp"] + mounts + ["ubuntu:14.04", "sleep", "1000"])
            _ = dock.drydock(["create", "--name", "waits", "--read-only"] + mounts + ["ubuntu:14.04", "true"])
            for name in ["runs", "waits"] {
                #expect(here.must("drydock cp \(name):/vol/v - | tar xOf -") == "v")
                here.must("drydock cp new \(name):/vol/\(name)")
                #expect(here.must("cat vol/\(name)") == "new")
                #expect(
                    here.run("drydock cp new \(name):/deep/closed/x").error
                        == "Error response from daemon: mounted volume is marked read-only\n")
            }
            #expect(here.run("drydock cp new runs:/one").error.hasSuffix("unlinkat /one: device or resource busy\n"))
            #expect(here.run("drydock cp new waits:/x").error == "Error response from daemon: container rootfs is marked read-only\n")
            // A volume's link back into the read-only root.
            here.shell("ln -s / vol/root; mkdir -p t/root; echo x > t/root/through")
            #expect(here.run("tar cf - -C t root/through | drydock cp - waits:/vol").error.contains("read-only file system"))
            #expect(here.must("ls closed; ls vol; cat one") == "c\nroot\nruns\nv\nwaits\nline")
            #expect(here.run("drydock cp new runs:/etc/hosts").error.hasSuffix("unlinkat /etc/hosts: device or resource busy\n"))
            #expect(here.must("drydock cp runs:/etc/hosts - | tar xOf -").contains("127.0.0.1\tlocalhost"))
            #expect(here.must("drydock cp runs:/proc - | tar tf -") == "proc/")
            #expect(dock.ailments == "")
        }
    }

    @Test func ownersAndHostileArchives() throws {
        try Dock.with { dock in
            let here = try Here(dock)
            dock.must("create", "--name", "box", "-u", "daemon", "ubuntu:14.04", "true")
            here.shell("echo x > f; chown 77:88 f")
            here.must("drydock cp f box:/mnt/plain; drydock cp -a f box:/mnt/owned")
            #expect(here.must("drydock cp box:/mnt/plain - | tar tvf - --numeric-owner").contains(" 77/88 "))
            #expect(here.must("drydock cp box:/mnt/owned - | tar tvf - --numeric-owner").contains(" 1/1 "))
            // Names are those that the container's own files give, a pipe in their place gives none.
            dock.must("run", "--name", "named", "ubuntu:14.04", "sh", "-c", "echo me:x:77: > /etc/passwd; echo x > f; chown 77:88 f")
            #expect(here.must("drydock cp named:/f - | tar tvf -").contains(" me/88 "))
            #expect(here.must("drydock export named | tar tvf - f").contains(" me/88 "))
            dock.must("run", "--name", "piped", "ubuntu:14.04", "sh", "-c", "echo x > f; chown 77:88 f; rm /etc/passwd; mkfifo /etc/passwd")
            #expect(here.must("drydock cp piped:/f - | tar tvf -").contains(" 77/88 "))
            let python = """
                import tarfile, sys, io
                t = tarfile.open(fileobj=sys.stdout.buffer, mode='w|'); i = tarfile.TarInfo(sys.argv[1])
                i.type = sys.argv[2].encode(); i.linkname = sys.argv[3]; t.addfile(i); t.close()
                """
            here.shell("cat > make.py <<'END'\n\(python)\nEND")
            for (member, sentence) in [
                ("../out 0 ''", #""../out" is outside of "/mnt""#), ("a/../../out 0 ''", #""../out" is outside of "/mnt""#),
                ("s 2 ../../x", #"invalid symlink "/mnt/s" -> "../../x""#),
                ("h 1 ../etc/passwd", #"invalid hardlink "/etc/passwd" -> "../etc/passwd""#),
                ("h 1 nosuch", "link /mnt/nosuch /mnt/h: no such file or directory"),
            ] {
                let refused = here.run("python3 make.py \(member) | drydock cp - box:/mnt")
                #expect(refused.error == "Error response from daemon: Error processing tar file(exit status 1): \(sentence)\n")
            }
            #expect(here.must("drydock cp box:/mnt - | tar tf -") == "mnt/\nmnt/owned\nmnt/plain")
        }
    }

    @Test func theWireIsDockers() throws {
        try Dock.with { dock in
            dock.must("run", "--name", "box", "ubuntu:14.04", "sh", "-c", "echo hello > /f; chmod 4755 /f; ln -s f /l; mkdir -m 1777 /d")
            let client = try dock.client()
            func stat(_ path: String) throws -> String {
                let head = try client.request("HEAD", "/containers/box/archive", query: [("path", path)]).head
                let header = try #require(head.header("x-docker-container-path-stat"))
                let json = String(decoding: try #require(Data(base64Encoded: header)), as: UTF8.self)
                return json.replacing(/"mtime":"20[0-9-]+T[0-9:.]+Z"/, with: "TIME")
            }
            #expect(try stat("/f") == #"{"name":"f","size":6,"mode":8389101,TIME,"linkTarget":""}"#)
            #expect(try stat("l") == #"{"name":"l","size":1,"mode":134218239,TIME,"linkTarget":"/f"}"#)
            #expect(try stat("/d/.").hasPrefix(#"{"name":".","size":4096,"mode":2148532735,"#))
            #expect(try stat("/").hasPrefix(#"{"name":"/","#))
            func refusal(_ method: String, _ path: String?, container: String = "box") -> String {
                do {
                    _ = try client.request(method, "/containers/\(container)/archive", query: path.map { [("path", $0)] } ?? [])
                    return "none"
                } catch let error as EngineClientError {
                    return error.apiError.map { "\($0.status) \($0.message)" } ?? "\(error)"
                } catch { return "\(error)" }
            }
            #expect(refusal("GET", nil) == "400 bad parameter: pathcannot be empty")
            #expect(refusal("GET", "/nosuch") == "404 Could not find the file /nosuch in container box")
            #expect(refusal("GET", "/", container: "nosuch") == "404 No such container: nosuch")
            #expect(refusal("GET", "/f/x") == "500 lstat /f/x: not a directory")
            #expect(refusal("PUT", "/f") == "500 extraction point is not a directory")
            #expect(refusal("PUT", "/nosuch") == "404 Could not find the file /nosuch in container box")
        }
    }
}

/// A folder of this machine, and a shell in it that knows `drydock`.
private struct Here {
    let folder: String
    private let dock: Dock

    init(_ dock: Dock) throws {
        self.dock = dock
        folder = dock.root + "-here"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        dock.must("pull", "ubuntu:14.04")
    }

    func run(_ script: String) -> Outcome {
        let prepared = "cd \(folder) && drydock() { \(Dock.binaries)/drydock --root \(dock.root) \"$@\"; }; set -o pipefail; \(script)"
        return Outcome("/bin/bash", ["-c", prepared])
    }

    @discardableResult
    func must(_ script: String, line: SourceLocation = #_sourceLocation) -> String {
        let outcome = run("set -e; " + script)
        #expect(outcome.code == 0, "\(script): \(outcome.error)", sourceLocation: line)
        return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func shell(_ script: String, line: SourceLocation = #_sourceLocation) { must(script, line: line) }
}
