/// One line of what a container may do with device nodes: `c 1:3 rwm`. Both cgroup versions are told from the same list.
struct DeviceRule: Sendable {
    enum Kind: String, Sendable {
        case block = "b"
        case character = "c"
    }

    let kind: Kind
    /// nil stands for all.
    let major: UInt32?
    let minor: UInt32?
    /// Some of r, w and m (make a node).
    let access: String

    /// The line as cgroup v1's `devices.allow` takes it.
    var line: String { "\(kind.rawValue) \(major.map(String.init) ?? "*"):\(minor.map(String.init) ?? "*") \(access)" }

    /// Docker's defaults: any node may be made; null, zero, full, random, urandom, tty, console, ptmx, terminals and tun may be used.
    static let docker: [DeviceRule] =
        [DeviceRule(kind: .character, major: nil, minor: nil, access: "m"), DeviceRule(kind: .block, major: nil, minor: nil, access: "m")]
        + [(1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0), (5, 1), (5, 2), (136, nil), (10, 200)].map {
            DeviceRule(kind: .character, major: $0.0, minor: $0.1, access: "rwm")
        }
}

/// The same rules as a program for the kernel's BPF machine, which is asked at each access of a cgroup v2 (linux/bpf.h,
/// `struct bpf_cgroup_dev_ctx`): 1 lets it happen.
struct DeviceFilter: Sendable {
    /// Each instruction in its eight bytes.
    let instructions: [UInt64]

    init(_ rules: [DeviceRule]) {
        // r1 holds the context when the program begins.
        var program: [UInt64] = [
            Self.load(2, at: 0), Self.and(2, 0xffff),  // r2: block or character
            Self.load(3, at: 0), Self.shiftRight(3, 16),  // r3: the access wanted
            Self.load(4, at: 4),  // r4: major
            Self.load(5, at: 8),  // r5: minor
        ]
        for rule in rules { program += Self.block(rule) }
        instructions = program + [Self.set(0, 0), Self.exit]
    }

    /// Ends with 1 if the access fits the rule, else falls through to what follows.
    private static func block(_ rule: DeviceRule) -> [UInt64] {
        // From <linux/bpf.h>: BPF_DEVCG_DEV_BLOCK 1, BPF_DEVCG_DEV_CHAR 2; BPF_DEVCG_ACC_MKNOD 1, READ 2, WRITE 4.
        var tests: [(register: UInt64, value: UInt32)] = [(2, rule.kind == .block ? 1 : 2)]
        if let major = rule.major { tests.append((4, major)) }
        if let minor = rule.minor { tests.append((5, minor)) }
        let mask: UInt32 = (rule.access.contains("m") ? 1 : 0) | (rule.access.contains("r") ? 2 : 0) | (rule.access.contains("w") ? 4 : 0)
        // What is wanted beyond the rule's accesses must be nothing.
        let excess = [copy(1, from: 3), and(1, ~mask)]
        let accept = [set(0, 1), exit]
        var block: [UInt64] = []
        let length = tests.count + excess.count + 1 + accept.count
        for test in tests { block.append(jumpUnlessEqual(test.register, test.value, over: length - block.count - 1)) }
        block += excess
        block.append(jumpUnlessEqual(1, 0, over: length - block.count - 1))
        return block + accept
    }

    // MARK: instructions (struct bpf_insn: opcode, registers, offset, constant)

    private static func instruction(_ opcode: UInt64, to: UInt64, from: UInt64 = 0, offset: Int = 0, constant: UInt32 = 0) -> UInt64 {
        opcode | to << 8 | from << 12 | UInt64(UInt16(truncatingIfNeeded: offset)) << 16 | UInt64(constant) << 32
    }

    /// BPF_LDX | BPF_MEM | BPF_W, from the context.
    private static func load(_ register: UInt64, at offset: Int) -> UInt64 { instruction(0x61, to: register, from: 1, offset: offset) }
    /// BPF_ALU | BPF_AND | BPF_K
    private static func and(_ register: UInt64, _ value: UInt32) -> UInt64 { instruction(0x54, to: register, constant: value) }
    /// BPF_ALU | BPF_RSH | BPF_K
    private static func shiftRight(_ register: UInt64, _ bits: UInt32) -> UInt64 { instruction(0x74, to: register, constant: bits) }
    /// BPF_ALU | BPF_MOV | BPF_X
    private static func copy(_ register: UInt64, from: UInt64) -> UInt64 { instruction(0xbc, to: register, from: from) }
    /// BPF_ALU64 | BPF_MOV | BPF_K
    private static func set(_ register: UInt64, _ value: UInt32) -> UInt64 { instruction(0xb7, to: register, constant: value) }
    /// BPF_JMP | BPF_JNE | BPF_K
    private static func jumpUnlessEqual(_ register: UInt64, _ value: UInt32, over count: Int) -> UInt64 {
        instruction(0x55, to: register, offset: count, constant: value)
    }
    /// BPF_JMP | BPF_EXIT
    private static let exit: UInt64 = 0x95
}
