import Basics
import Glibc
import Testing

@testable import Engine

/// What is read of the kernel's files says what stands in them.
struct ProcTextTests {
    private func read<T>(_ text: String, _ body: (ProcText) -> T) throws -> T {
        var path = Array("/tmp/drydock-proc-XXXXXX".utf8CString)
        let descriptor = mkstemp(&path)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        defer { unlink(path) }
        try writeAll(descriptor, text)
        return body(ProcText("/proc/self/fd/\(descriptor)"))
    }

    private static let mountinfo = #"""
        72 45 0:40 / / rw,relatime master:3 - overlay overlay rw,lowerdir=a
        73 72 0:41 / /proc rw,nosuid - proc proc rw
        74 72 0:42 / /dev rw - tmpfs tmpfs rw
        75 72 8:1 /x /with\040a\134blank rw shared:1 master:2 - ext4 /dev/vda rw
        76 73 0:41 /sys /proc/sys ro - proc proc rw
        77 76 0:43 / /proc/sys/fs/x ro - binfmt_misc none rw
        78 73 0:44 / /proc/system ro - tmpfs none rw

        """#

    @Test func mountsAreToldWithTheirPlaceAndKind() throws {
        let told = try read(Self.mountinfo) { $0.mounts(besides: ["/", "/proc/sys", "/proc/keys"]) }
        #expect(told == #"/dev (tmpfs) /proc (proc) /proc/system (tmpfs) /with a\blank (ext4)"#)
        #expect(try read(Self.mountinfo) { $0.mounts(besides: ["/proc", "/dev", "/with a\\blank", "/"]) } == nil)
        #expect(try read("") { $0.mounts(besides: []) } == nil)
        #expect(try read("no mountinfo\n\n") { $0.mounts(besides: []) } == nil)
    }

    @Test func addressesStandBeforeTheirKind() throws {
        let text =
            "Main:\n  +-- 0.0.0.0/0 3 0 4\n     |-- 0.0.0.0\n        /0 universe UNICAST\n     |-- 127.0.0.1\n        /32 host LOCAL\n"
        #expect(try read(text) { $0.lastWords(beforeEndings: "/32 host LOCAL") } == ["127.0.0.1"])
        #expect(try read("/32 host LOCAL\n") { $0.lastWords(beforeEndings: "/32 host LOCAL") } == [])
    }
}
