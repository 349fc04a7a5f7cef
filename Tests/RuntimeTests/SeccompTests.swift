import Basics
import Foundation
import Testing

@testable import Runtime

/// A machine for classic BPF, as far as seccomp filters use it: says what a filter answers to a call.
private func answer(_ filter: [UInt8], call: UInt32, architecture: UInt32, arguments: [UInt64] = []) -> UInt32? {
    var data = [UInt8](repeating: 0, count: 64)
    data.withUnsafeMutableBytes { bytes in
        bytes.storeBytes(of: call, toByteOffset: 0, as: UInt32.self)
        bytes.storeBytes(of: architecture, toByteOffset: 4, as: UInt32.self)
        for (index, value) in arguments.enumerated() { bytes.storeBytes(of: value, toByteOffset: 16 + index * 8, as: UInt64.self) }
    }
    var accumulator: UInt32 = 0
    var at = 0
    while (at + 1) * 8 <= filter.count {
        let (code, yes, no, value) = filter.withUnsafeBytes { bytes in
            (
                bytes.loadUnaligned(fromByteOffset: at * 8, as: UInt16.self), Int(bytes[at * 8 + 2]), Int(bytes[at * 8 + 3]),
                bytes.loadUnaligned(fromByteOffset: at * 8 + 4, as: UInt32.self)
            )
        }
        at += 1
        switch code {
        case 0x20: accumulator = data.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: Int(value), as: UInt32.self) }
        case 0x54: accumulator &= value
        case 0x05: at += Int(value)
        case 0x15: at += accumulator == value ? yes : no
        case 0x25: at += accumulator > value ? yes : no
        case 0x35: at += accumulator >= value ? yes : no
        case 0x45: at += accumulator & value != 0 ? yes : no
        case 0x06: return value
        default: return nil
        }
    }
    return nil
}

#if arch(x86_64)
    @Suite struct SeccompTests {
        private static let amd64: UInt32 = 0xc000_003e
        private static let i386: UInt32 = 0x4000_0003
        private static let allow: UInt32 = 0x7fff_0000
        private static func refuse(_ errno: Int32) -> UInt32 { 0x0005_0000 | UInt32(errno) }

        @Test func theDefaultProfileDoesWhatDockersDoes() throws {
            let profile = try SeccompProfile.dockerDefault()
            let filter = try SeccompCompiler.compile(profile, capabilities: Capabilities.dockerDefault)
            #expect(filter.count % 8 == 0)
            #expect(filter.count / 8 < 4096)
            let ask = { (call: UInt32, arguments: [UInt64]) in answer(filter, call: call, architecture: Self.amd64, arguments: arguments) }
            #expect(ask(0, []) == Self.allow)  // read
            #expect(ask(59, []) == Self.allow)  // execve
            #expect(ask(161, []) == Self.allow)  // chroot, for CAP_SYS_CHROOT
            #expect(ask(165, []) == Self.refuse(EPERM))  // mount
            #expect(ask(272, []) == Self.refuse(EPERM))  // unshare
            #expect(ask(435, []) == Self.refuse(ENOSYS))  // clone3
            #expect(ask(56, [0x11]) == Self.allow)  // clone of a process
            #expect(ask(56, [0x1000_0000]) == Self.refuse(EPERM))  // clone with CLONE_NEWUSER
            #expect(ask(135, [0]) == Self.allow)  // personality
            #expect(ask(135, [0xffff_ffff]) == Self.allow)
            #expect(ask(135, [0x40000]) == Self.refuse(EPERM))
            // Newer than the profile.
            #expect(ask(460, []) == Self.refuse(ENOSYS))
            #expect(ask(0x4000_0000, []) == Self.allow)  // read, of x32
            #expect(ask(0x4000_0000 + 700, []) == Self.refuse(ENOSYS))
            #expect(answer(filter, call: 3, architecture: Self.i386) == Self.allow)  // read, of i386
            #expect(answer(filter, call: 21, architecture: Self.i386) == Self.refuse(EPERM))  // mount
            #expect(answer(filter, call: 460, architecture: Self.i386) == Self.refuse(ENOSYS))
        }

        @Test func capabilitiesOpenTheirCalls() throws {
            let profile = try SeccompProfile.dockerDefault()
            let admin = try Capabilities.merge(add: ["SYS_ADMIN"], drop: [])
            let filter = try SeccompCompiler.compile(profile, capabilities: admin)
            #expect(answer(filter, call: 165, architecture: Self.amd64) == Self.allow)
            #expect(answer(filter, call: 435, architecture: Self.amd64) == Self.allow)
            #expect(answer(filter, call: 56, architecture: Self.amd64, arguments: [0x1000_0000]) == Self.allow)
            let none = try SeccompCompiler.compile(profile, capabilities: 0)
            #expect(answer(none, call: 161, architecture: Self.amd64) == Self.refuse(EPERM))
        }

        @Test func filtersAreKeptAndDamageIsNoticed() throws {
            let directory = NSTemporaryDirectory() + "drydock-seccomp-" + UUID().uuidString
            defer { try? FileManager.default.removeItem(atPath: directory) }
            let profile = try SeccompProfile.dockerDefault()
            let filter = try SeccompFilters(profile: profile, directory: directory).filter(capabilities: Capabilities.dockerDefault)
            let files = try FileManager.default.contentsOfDirectory(atPath: directory)
            #expect(files.count == 1)
            let path = directory + "/" + (files.first ?? "")
            #expect(try SeccompFilters(profile: profile, directory: directory).filter(capabilities: Capabilities.dockerDefault) == filter)
            // NET_RAW changes no rule: the same filter.
            let same = try Capabilities.merge(add: [], drop: ["NET_RAW"])
            #expect(try SeccompFilters(profile: profile, directory: directory).filter(capabilities: same) == filter)
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory).count == 1)
            var damaged = try Data(contentsOf: URL(fileURLWithPath: path))
            damaged[100] ^= 1
            try damaged.write(to: URL(fileURLWithPath: path))
            #expect(try SeccompFilters(profile: profile, directory: directory).filter(capabilities: Capabilities.dockerDefault) == filter)
            let elsewhere = SeccompFilters(profile: profile, directory: "/proc/nowhere")
            #expect(try elsewhere.filter(capabilities: Capabilities.dockerDefault) == filter)
        }

        @Test func aBrokenProfileIsRefused() {
            #expect(throws: DrydockError.self) { try SeccompProfile(parsing: Array("{}".utf8)) }
            let sixth =
                #"{"defaultErrno":1,"architectures":[],"rules":[{"names":["read"],"action":"allow","#
                + #""args":[{"index":6,"op":"equal","value":0,"valueTwo":0}]}]}"#
            #expect(throws: DrydockError.self) { try SeccompProfile(parsing: Array(sixth.utf8)) }
        }
    }
#endif
