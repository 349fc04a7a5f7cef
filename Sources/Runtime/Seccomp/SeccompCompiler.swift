import Basics
import CDrydock
import CSeccomp
import Glibc

/// Turns a profile into the program that seccomp(2) installs: libseccomp does the work, in about 15 ms for Docker's profile.
enum SeccompCompiler {
    /// `2.5.4`.
    static var libraryVersion: String {
        guard let version = seccomp_version()?.pointee else { return "0" }
        return "\(version.major).\(version.minor).\(version.micro)"
    }

    /// Compiles the rules that hold for these capabilities.
    /// - Returns: An array of `struct sock_filter` as bytes.
    /// - Throws: `DrydockError` when libseccomp refuses a rule.
    static func compile(_ profile: SeccompProfile, capabilities: UInt64) throws(DrydockError) -> [UInt8] {
        guard let context = seccomp_init(refuse(profile.defaultErrno)) else { throw failure("no filter can be made", -ENOMEM) }
        defer { seccomp_release(context) }
        let tokens = architectures(profile)
        for token in tokens where seccomp_arch_exist(context, token) != 0 {
            let answer = seccomp_arch_add(context, token)
            guard answer == 0 || answer == -EEXIST else { throw failure("architecture \(token)", answer) }
        }
        // A balanced tree instead of a list: each call of the container passes a few comparisons instead of hundreds.
        _ = seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2)
        for rule in profile.rules where rule.applies(to: capabilities) {
            for name in rule.names { try add(rule, name, context) }
        }
        return SeccompStub.instructions(profile, tokens: tokens) + (try export(context))
    }

    private static func refuse(_ errno: Int32) -> UInt32 { 0x0005_0000 | UInt32(truncatingIfNeeded: errno) & 0xffff }  // SCMP_ACT_ERRNO

    private static func add(_ rule: SeccompProfile.Rule, _ name: String, _ context: scmp_filter_ctx) throws(DrydockError) {
        let number = seccomp_syscall_resolve_name(name)
        // A call that this libseccomp doesn't know is left to the default; so does Docker.
        guard number != -1 else { return }
        let action = rule.action == .allow ? UInt32(0x7fff_0000) : refuse(rule.errno ?? EPERM)
        let conditions = (rule.args ?? []).map { condition in
            scmp_arg_cmp(arg: condition.index, op: comparison(condition.op), datum_a: condition.value, datum_b: condition.valueTwo)
        }
        let answer = seccomp_rule_add_array(context, action, number, UInt32(conditions.count), conditions)
        // EEXIST: an earlier rule says the same.
        guard answer == 0 || answer == -EEXIST else { throw failure("rule for \(name)", answer) }
    }

    private static func comparison(_ op: SeccompProfile.Condition.Comparison) -> scmp_compare {
        switch op {
        case .equal: SCMP_CMP_EQ
        case .notEqual: SCMP_CMP_NE
        case .less: SCMP_CMP_LT
        case .lessOrEqual: SCMP_CMP_LE
        case .greater: SCMP_CMP_GT
        case .greaterOrEqual: SCMP_CMP_GE
        case .maskedEqual: SCMP_CMP_MASKED_EQ
        }
    }

    /// The machine's own convention and those of the profile that it can run, too.
    private static func architectures(_ profile: SeccompProfile) -> [UInt32] {
        let native = seccomp_arch_native()
        let names: [UInt32: Set<String>] = [
            SeccompStub.amd64: ["x86_64", "x86", "x32"],
            seccomp_arch_resolve_name("aarch64"): ["aarch64", "arm"],
        ]
        let runnable = profile.architectures.filter { names[native]?.contains($0) ?? false }
        let others = runnable.map { seccomp_arch_resolve_name($0) }.filter { $0 != 0 && $0 != native }
        return [native] + others
    }

    private static func export(_ context: scmp_filter_ctx) throws(DrydockError) -> [UInt8] {
        let fd = dd_memfd_create("seccomp", 1)  // MFD_CLOEXEC
        guard fd >= 0 else { throw failure("memfd_create", -errno) }
        defer { close(fd) }
        let answer = seccomp_export_bpf(context, fd)
        guard answer == 0, lseek(fd, 0, SEEK_SET) == 0 else { throw failure("export", answer) }
        do {
            return try readAll(fd, limit: 1 << 20)
        } catch {
            throw failure("export", -error.code)
        }
    }

    private static func failure(_ what: String, _ answer: Int32) -> DrydockError {
        DrydockError(.failed, "the seccomp filter can't be compiled: \(what)", cause: Errno(code: -answer).text)
    }
}
