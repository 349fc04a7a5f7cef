import CDrydock
import EngineClient
import Foundation
import Testing

/// Volumes as Docker 20.10 has them: what is told, what is copied, what stays and what goes.
@Suite(.serialized, .enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct VolumeTests {
    /// An image with a VOLUME /home/volume that holds files, and one that is not there.
    static func makeImage(_ dock: Dock) {
        dock.must(
            "run", "--name", "maker", "ubuntu:14.04", "sh", "-c",
            """
            mkdir -p /home/volume/sub && echo hi > /home/volume/file && ln /home/volume/file /home/volume/hard &&
            ln -s /etc/passwd /home/volume/out && chmod 1777 /home/volume/sub && chown 1000:1001 /home/volume && chmod 750 /home/volume &&
            ln -s ../../../../../home/volume /link && echo x > /plain
            """)
        dock.must("commit", "--change", "VOLUME /home/volume", "--change", "VOLUME /new", "maker", "volumes:1")
        dock.must("rm", "maker")
    }

    @Test func volumesOfTheirOwn() throws {
        try Dock.with { dock in
            try namesAndLabels(dock)
            refusals(dock)
            prune(dock)
            #expect(dock.ailments == "")
        }
    }

    @Test func volumesOfContainers() throws {
        try Dock.with { dock in
            Self.makeImage(dock)
            try anImagesVolumes(dock)
            try namedVolumes(dock)
            volumesFrom(dock)
            specifications(dock)
            #expect(dock.must("volume", "ls", "-q").isEmpty)
            #expect(dock.ailments == "")
        }
    }

    // MARK: Volumes of their own

    private func namesAndLabels(_ dock: Dock) throws {
        #expect(dock.must("volume", "create", "--label", "a=b", "--label", "c", "data") == "data")
        let anonymous = dock.must("volume", "create")
        #expect(anonymous.count == 64 && anonymous.allSatisfy(\.isHexDigit))
        #expect(dock.must("volume", "create", "data") == "data", "again is no error")
        #expect(
            dock.must("volume", "inspect", "-f", "{{.Driver}} {{json .Labels}} {{json .Options}} {{.Scope}}", "data")
                == #"local {"a":"b","c":""} {} local"#)
        let folder = dock.must("inspect", "--type", "volume", "-f", "{{.Mountpoint}}", "data")
        #expect(folder == "\(dock.root)/volumes/data/_data")
        #expect(mode(folder) == 0o755 && mode("\(dock.root)/volumes/data") == 0o701 && mode("\(dock.root)/volumes") == 0o701)
        #expect(dock.must("volume", "ls", "--filter", "label=a=b", "--format", "{{.Name}} {{.Labels}}") == "data a=b,c=")
        for filter in ["label=a=x", "driver=other", "name=nope", "dangling=0"] {
            #expect(dock.must("volume", "ls", "-q", "--filter", filter).isEmpty, "\(filter)")
        }
        try dock.killEngine()
        #expect(Set(dock.must("volume", "ls", "-q").split(separator: "\n").map(String.init)) == ["data", anonymous])
        #expect(dock.must("volume", "rm", "data", anonymous) == "data\n\(anonymous)")
        #expect(access(folder, F_OK) != 0)
    }

    private func refusals(_ dock: Dock) {
        let invalid =
            "includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. "
            + "If you intended to pass a host directory, use absolute path"
        // As Docker 20.10.24 says it.
        for (words, text) in [
            (["volume", "create", "a"], "create a: volume name is too short, names should be at least two alphanumeric characters"),
            (["volume", "create", "../up"], "create ../up: \"../up\" \(invalid)"),
            (["volume", "create", ".new-x"], "create .new-x: \".new-x\" \(invalid)"),
            (["volume", "create", "-d", "foo", "vx"], "create vx: error looking up volume plugin foo: plugin \"foo\" not found"),
            (["volume", "create", "-o", "foo=bar", "vx"], "create vx: invalid option: \"foo\""),
            (["volume", "create", "-o", "type=tmpfs", "vx"], "create vx: missing required option: \"device\""),
            (["volume", "create", "-o", "o=ro", "vx"], "create vx: missing required option: \"device\""),
            (["volume", "create", "-o", "size=1m", "vx"], "create vx: quota size requested but no quota support"),
            (["volume", "create", "-o", "size=x", "vx"], "create vx: invalid size: 'x'"),
            (["volume", "ls", "--filter", "dangling=foo"], "Invalid filter 'dangling=[foo]'"),
            (["volume", "prune", "-f", "--filter", "name=x"], "Invalid filter 'name'"),
            (["volume", "rm", "nosuch"], "Error: No such volume: nosuch"),
            (["volume", "inspect", "nosuch"], "Error: No such volume: nosuch"),
        ] {
            let outcome = dock.drydock(words)
            #expect(outcome.code == 1 && outcome.error.contains(text), "\(words): \(outcome.error)")
        }
        #expect(dock.must("volume", "rm", "-f", "nosuch") == "nosuch")
        #expect(dock.must("volume", "ls", "-q").isEmpty)
    }

    private func prune(_ dock: Dock) {
        dock.must("volume", "create", "one")
        dock.must("volume", "create", "--label", "keep", "two")
        try? Data("12345".utf8).write(to: URL(filePath: "\(dock.root)/volumes/one/_data/file"))
        #expect(dock.drydock(["volume", "prune"], input: "n\n").output.hasSuffix("[y/N] Total reclaimed space: 0B\n"))
        #expect(dock.must("volume", "prune", "-f", "--filter", "label!=keep") == "Deleted Volumes:\none\n\nTotal reclaimed space: 5B")
        #expect(dock.must("volume", "prune", "-f") == "Deleted Volumes:\ntwo\n\nTotal reclaimed space: 0B")
    }

    // MARK: Volumes of containers

    private func anImagesVolumes(_ dock: Dock) throws {
        dock.must("run", "-d", "--name", "one", "volumes:1", "sleep", "600")
        let names = dock.must("volume", "ls", "-q").split(separator: "\n").map(String.init)
        #expect(names.count == 2 && names.allSatisfy { $0.count == 64 })
        let source = dock.must(
            "inspect", "-f", "{{range .Mounts}}{{if eq .Destination \"/home/volume\"}}{{.Source}}{{end}}{{end}}", "one")
        #expect(Kernel.text("\(source)/file") == "hi\n")
        var (top, file) = (stat(), stat())
        #expect(lstat(source, &top) == 0 && lstat("\(source)/file", &file) == 0)
        #expect(top.st_uid == 1000 && top.st_gid == 1001 && top.st_mode & 0o7777 == 0o750 && file.st_nlink == 2)
        #expect(mode("\(source)/sub") == 0o1777 && Kernel.link("\(source)/out") == "/etc/passwd")
        let shape = "{{range .Mounts}}{{.Type}} {{.Driver}} {{json .Mode}} {{.RW}} {{json .Propagation}};{{end}}"
        #expect(dock.must("inspect", "-f", shape, "one") == #"volume local "" true "";volume local "" true "";"#)
        #expect(dock.must("ps", "-q", "--filter", "volume=/new") == dock.must("ps", "-q", "--filter", "volume=\(names[0])"))
        #expect(dock.must("ps", "-q", "--filter", "volume=/home").isEmpty)
        // What one adds, the host sees, and the container's own layer does not.
        try Data("from the host".utf8).write(to: URL(filePath: "\(source)/added"))
        let mounted = dock.must(
            "run", "--rm", "--volumes-from", "one", "ubuntu:14.04", "sh", "-c", "cat /home/volume/added; echo y > /new/x")
        #expect(mounted == "from the host")
        #expect(!dock.must("diff", "one").contains("/home/volume/"))
        // Both must go for the volumes to go; and without -v they stay.
        dock.must("create", "--name", "two", "--volumes-from", "one:ro", "volumes:1", "touch", "/new/no")
        dock.must("rm", "-f", "-v", "one")
        #expect(dock.must("volume", "ls", "-q").split(separator: "\n").count == 2)
        #expect(dock.drydock("start", "-a", "two").error.contains("Read-only file system"))
        dock.must("rm", "-v", "two")
        #expect(dock.must("volume", "ls", "-q").isEmpty)
        dock.must("create", "--name", "three", "volumes:1", "true")
        dock.must("rm", "three")
        #expect(dock.must("volume", "ls", "-q", "--filter", "dangling=true").split(separator: "\n").count == 2)
        dock.must("volume", "prune", "-f")
        dock.must("run", "--rm", "volumes:1", "true")
        #expect(dock.must("volume", "ls", "-q").isEmpty)
    }

    private func namedVolumes(_ dock: Dock) throws {
        #expect(
            dock.must("run", "--rm", "-v", "shared:/x", "volumes:1", "sh", "-c", "echo one > /x/a; ls /home/volume/file").hasSuffix("file"))
        #expect(dock.must("run", "--rm", "-v", "shared:/home/volume", "volumes:1", "ls", "/home/volume") == "a", "content stays as it is")
        let readOnly = dock.drydock("run", "--rm", "-v", "shared:/x:ro", "volumes:1", "touch", "/x/b")
        #expect(readOnly.code == 1 && readOnly.error.contains("Read-only file system"))
        // One that is empty is filled, also when it was made before, but not with nocopy.
        dock.must("volume", "create", "early")
        #expect(dock.must("run", "--rm", "-v", "early:/home/volume:nocopy", "volumes:1", "ls", "/home/volume").isEmpty)
        #expect(dock.must("run", "--rm", "-v", "early:/home/volume", "volumes:1", "cat", "/home/volume/file") == "hi")
        #expect(mode("\(dock.root)/volumes/early/_data") == 0o750)
        // The link leads up and out; the kernel keeps it in.
        #expect(dock.must("run", "--rm", "-v", "linked:/link", "volumes:1", "true").isEmpty)
        #expect(Kernel.entries("\(dock.root)/volumes/linked/_data").sorted() == ["file", "hard", "out", "sub"])
        dock.must("create", "--name", "user", "--mount", "type=volume,src=shared,dst=/y,readonly", "volumes:1", "true")
        let mount = dock.must(
            "inspect", "-f", "{{range .Mounts}}{{if eq .Destination \"/y\"}}{{.Name}} {{.Mode}} {{.RW}}{{end}}{{end}}", "user")
        #expect(mount == "shared z false")
        let refused = dock.drydock("volume", "rm", "shared")
        let id = dock.must("ps", "-aq", "--no-trunc")
        #expect(refused.code == 1 && refused.error == "Error response from daemon: remove shared: volume is in use - [\(id)]\n")
        dock.must("rm", "-v", "user")
        #expect(dock.must("volume", "rm", "shared", "early", "linked") == "shared\nearly\nlinked")
    }

    private func volumesFrom(_ dock: Dock) {
        dock.must("create", "--name", "source", "-v", "data:/d:ro", "-v", "/tmp:/t", "volumes:1", "true")
        dock.must("create", "--name", "other", "--volumes-from", "source", "-v", "mine:/home/volume", "ubuntu:14.04", "true")
        let mounts = dock.must("inspect", "-f", "{{range .Mounts}}{{.Destination}} {{.Mode}} {{.RW}};{{end}}", "other")
        #expect(Set(mounts.split(separator: ";").map(String.init)) == ["/d  false", "/t  true", "/new  true", "/home/volume z true"])
        #expect(dock.must("inspect", "-f", "{{.HostConfig.VolumesFrom}} {{.HostConfig.Binds}}", "other") == "[source] [mine:/home/volume]")
        for (spec, text) in [
            ("nosuch", "No such container: nosuch"), ("source:bogus", "invalid mode: bogus"), ("source:nocopy", "invalid mode: nocopy"),
            ("", "volumes-from specification cannot be an empty string"),
        ] {
            let outcome = dock.drydock("create", "--volumes-from", spec, "ubuntu:14.04")
            #expect(outcome.code == 1 && outcome.error.contains(text), "\(outcome.error)")
        }
        dock.must("rm", "-v", "source", "other")
        #expect(dock.must("volume", "rm", "data", "mine") == "data\nmine", "they have names, and stay")
    }

    private func specifications(_ dock: Dock) {
        let wrong = "invalid mount config for type \"volume\""
        // As Docker 20.10.24 says it.
        for (words, text) in [
            (["-v", "vol:/x:bogus"], "invalid mode: bogus"), (["-v", "vol:/x:ro,rw"], "invalid mode: ro,rw"),
            (["-v", "vol:/x:shared"], "invalid volume specification: 'vol:/x:shared': \(wrong): field BindOptions must not be specified"),
            (["-v", "/tmp:/x:nocopy"], "invalid mount config for type \"bind\": field VolumeOptions must not be specified"),
            (["-v", "vol:x"], "invalid volume specification: 'vol:x': \(wrong): invalid mount path: 'x' mount path must be absolute"),
            (["-v", "vol:/"], "invalid volume specification: 'vol:/': \(wrong): invalid specification: destination can't be '/'"),
            (["-v", "vol:/a/.."], "destination can't be '/'"), (["-v", "vol:ro"], "invalid volume specification: 'vol:ro'"),
            (["-v", "vol:/x:ro:x"], "invalid volume specification: 'vol:/x:ro:x'"),
            (["-v", "vol:/x", "-v", "low:/x"], "Duplicate mount point: /x"),
            (["--mount", "type=volume,dst=/x,readonly"], "\(wrong): must not set ReadOnly mode when using anonymous volumes"),
            (["--mount", "type=bogus,dst=/x"], "invalid mount config for type \"bogus\": mount type unknown"),
            (["-v", "vol:/plain"], "source /plain is not directory"),
            (["-v", "/plain"], "cannot mount volume over existing file, file exists /plain"),
        ] {
            let outcome = dock.drydock(["create"] + words + ["volumes:1"])
            #expect(outcome.code == 1 && outcome.error.contains(text), "\(words): \(outcome.error)")
        }
        #expect(dock.must("volume", "ls", "-q").isEmpty, "what was refused has made nothing")
    }

    private func mode(_ path: String) -> mode_t {
        var what = stat()
        return lstat(path, &what) == 0 ? what.st_mode & 0o7777 : 0
    }
}
