import CSeccomp
import Glibc

/// What stands before libseccomp's program: calls that are newer than the profile fail with ENOSYS, not with EPERM.
///
/// A libc tries a new call first and falls back to the old one when the kernel says ENOSYS. EPERM would read as a refusal, and
/// programs that are newer than the profile would fail. runc puts the same before Docker's filters.
enum SeccompStub {
    static let amd64 = seccomp_arch_resolve_name("x86_64")
    /// Calls of the x32 convention have this bit in their number, and x86_64's architecture.
    private static let x32Bit: UInt32 = 0x4000_0000

    /// The instructions, as bytes of `struct sock_filter`; they fall through to whatever follows.
    static func instructions(_ profile: SeccompProfile, tokens: [UInt32]) -> [UInt8] {
        let names = profile.rules.flatMap(\.names)
        let x32 = seccomp_arch_resolve_name("x32")
        var code: [UInt8] = []
        for token in tokens where token != x32 {
            guard let newest = newest(names, token) else { continue }
            let checks = token == amd64 && tokens.contains(x32) ? both(newest, self.newest(names, x32)) : above(newest)
            code += load(4) + jump(equal, token, 0, UInt8(checks.count / 8)) + checks
        }
        return code
    }

    /// The highest number that the profile has a rule for, in one convention.
    private static func newest(_ names: [String], _ token: UInt32) -> UInt32? {
        names.map { seccomp_syscall_resolve_name_arch(token, $0) }.filter { $0 >= 0 }.max().map(UInt32.init)
    }

    private static func above(_ newest: UInt32) -> [UInt8] { load(0) + jump(greater, newest, 0, 1) + refuse }

    /// x86_64 and x32 come under one architecture and are told apart by a bit of the number.
    private static func both(_ newest: UInt32, _ newestX32: UInt32?) -> [UInt8] {
        guard let newestX32 else { return above(newest) }
        return load(0) + jump(greaterOrEqual, x32Bit, 1, 0) + jump(greater, newest, 1, 2) + jump(greater, newestX32, 0, 1) + refuse
    }

    // Classic BPF, linux/bpf_common.h.
    private static let equal: UInt16 = 0x15
    private static let greater: UInt16 = 0x25
    private static let greaterOrEqual: UInt16 = 0x35

    /// Loads a word of `struct seccomp_data`: 0 the call's number, 4 the architecture.
    private static func load(_ offset: UInt32) -> [UInt8] { instruction(0x20, 0, 0, offset) }
    private static func jump(_ code: UInt16, _ value: UInt32, _ yes: UInt8, _ no: UInt8) -> [UInt8] { instruction(code, yes, no, value) }
    private static var refuse: [UInt8] { instruction(0x06, 0, 0, 0x0005_0000 | UInt32(ENOSYS)) }

    private static func instruction(_ code: UInt16, _ yes: UInt8, _ no: UInt8, _ value: UInt32) -> [UInt8] {
        withUnsafeBytes(of: code) { Array($0) } + [yes, no] + withUnsafeBytes(of: value) { Array($0) }
    }
}
