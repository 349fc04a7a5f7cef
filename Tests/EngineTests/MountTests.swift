import Foundation
import Testing

/// What is mounted into a container, with which options, and in which order: as Docker 20.10 does it.
@Suite(.serialized, .enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct MountTests {
    @Test func mountsAreDockers() throws {
        try Dock.with { dock in
            dock.must("pull", "ubuntu:14.04")
            temporaryFilesystems(dock)
            try orderIsByDepth(dock)
            try aDevOfTheUsers(dock)
            aFolderThatOnlyRootCanEnter(dock)
            #expect(dock.ailments == "")
        }
    }

    private func temporaryFilesystems(_ dock: Dock) {
        // As /proc/mounts of the same command says under Docker 20.10.24.
        for (options, expected) in [
            ("", "rw,nosuid,nodev,noexec,relatime"), ("size=10m,exec", "rw,nosuid,nodev,relatime,size=10240k"),
            ("exec,suid,mode=1777", "rw,nodev,relatime"), ("ro", "ro,nosuid,nodev,noexec,relatime"),
            ("size=1m,size=2m", "rw,nosuid,nodev,noexec,relatime,size=2048k"),
        ] {
            let mounted = dock.must(
                "run", "--rm", "--tmpfs", options.isEmpty ? "/t" : "/t:\(options)", "ubuntu:14.04", "grep", " /t ", "/proc/mounts")
            #expect(mounted == "tmpfs /t tmpfs \(expected) 0 0", "\(options)")
        }
        for bad in ["bogus", "size", "remount", "exec=1"] {
            let refused = dock.drydock("run", "--rm", "--tmpfs", "/t:\(bad)", "ubuntu:14.04", "true")
            #expect(refused.code == 125 && refused.error.contains("invalid tmpfs option [\"\(bad)\"]"), "\(refused.error)")
        }
    }

    private func orderIsByDepth(_ dock: Dock) throws {
        let folder = "\(dock.root)-source"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data("deep".utf8).write(to: URL(filePath: folder + "/file"))
        // The bind mount lies in the tmpfs, not under it.
        #expect(dock.must("run", "--rm", "--tmpfs", "/a", "-v", "\(folder):/a/b", "ubuntu:14.04", "cat", "/a/b/file") == "deep")
        #expect(dock.must("run", "--rm", "-v", "\(folder):/a", "--tmpfs", "/a/t", "ubuntu:14.04", "ls", "/a") == "file\nt")
    }

    private func aDevOfTheUsers(_ dock: Dock) throws {
        let said = dock.must("run", "--rm", "-v", "/dev:/dev", "ubuntu:14.04", "sh", "-c", "ls -d /dev/shm; cat")
        #expect(said == "/dev/shm")
        let terminal = dock.must("run", "--rm", "-t", "-v", "/dev:/dev", "ubuntu:14.04", "sh", "-c", "echo x > /dev/console; tty")
        #expect(terminal.contains("x") && terminal.contains("/dev/pts/"))
    }

    private func aFolderThatOnlyRootCanEnter(_ dock: Dock) {
        dock.must("run", "--name", "maker", "ubuntu:14.04", "mkdir", "-m", "700", "/closed")
        dock.must("commit", "maker", "closed:1")
        #expect(dock.must("run", "--rm", "-u", "65534", "-w", "/closed", "closed:1", "sh", "-c", "readlink /proc/self/cwd") == "/closed")
        dock.must("rm", "maker")
    }
}
