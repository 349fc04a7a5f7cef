import CDrydock
import Foundation
import Glibc
import Testing

/// What a container or an image could do to the host, and can't.
@Suite(.serialized, .enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct HostReachTests {
    @Test func noDescriptorIsAFileOfTheHosts() throws {
        try Dock.with { dock in
            var null = stat()
            try #require(stat("/dev/null", &null) == 0)
            // busybox prints st_dev as the kernel numbers it: the host's /dev is told from the container's own by it.
            let host = "\(null.st_dev):\(null.st_ino)"
            for descriptor in ["stdin", "stdout", "stderr"] {
                #expect(dock.must("run", "--rm", "ubuntu:14.04", "stat", "-L", "-c", "%d:%i", "/dev/\(descriptor)") != host)
            }
            #expect(dock.must("run", "--rm", "ubuntu:14.04", "cat") == "")
        }
    }

    @Test func aFifoUnderABindTargetDoesNotHoldTheStart() throws {
        try Dock.with { dock in
            dock.must("run", "--name", "maker", "ubuntu:14.04", "mkfifo", "/etc/pipe")
            dock.must("commit", "maker", "pipes:1")
            #expect(dock.must("run", "--rm", "-v", "/etc/hostname:/etc/pipe", "pipes:1", "cat", "/etc/pipe").isEmpty == false)
            dock.must("rm", "maker")
            #expect(dock.ailments == "")
        }
    }

    @Test func onlyRegularFilesOfAnImageAreOpened() throws {
        let folder = "/var/tmp/drydock-test-reach-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data("root:x:0:0".utf8).write(to: URL(filePath: folder + "/file"))
        try #require(mkfifo(folder + "/fifo", 0o600) == 0 && mknod(folder + "/device", S_IFCHR | 0o600, 0x103) == 0)
        let root = dd_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        defer { close(root) }
        let file = dd_open_beneath(root, "file")
        #expect(file >= 0)
        close(file)
        for name in ["fifo", "device"] {
            #expect(dd_open_beneath(root, name) == -1 && errno == EINVAL)
        }
    }
}
