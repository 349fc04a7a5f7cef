import CDrydock
import Glibc
import Kernel
import ShimProtocol

/// What the container's first process does, step by step, from the clone to exec.
public struct ChildPlan: Sendable {
    /// Who wants to know of each step, and so where the child stands still for facts to be read.
    public enum Watch: Sendable {
        case nobody
        /// It is told of: the child stands after these steps, and before it executes the program; of the others what can be read back stays as
        /// it is until then. Each wait costs two changes of process.
        case told(standsAfter: Set<String>)
        /// It may be held at each step.
        case stepped
    }

    /// What stands before a step in the table.
    enum Rest { case none, flush, wait }

    public private(set) var steps: [ChildStep] = []
    private let watch: Watch
    /// Steps before which the child waits in any case.
    private var waits: Set<Int> = [0]

    public init(_ spec: ContainerSpec, _ watch: Watch) {
        self.watch = watch
        let mounts = MountPlan(spec)
        // The process moves itself: for another one the kernel waits for a grace period, some 10 ms a hierarchy.
        add("start.cgroup.enter", spec.cgroupTasks.map { .write($0, "0", mustExist: true) })
        add("start.network.interface", Self.network(spec))
        add("start.mount", mounts.beforePivot)
        add("start.pivot", mounts.pivot)
        add("start.mounts", mounts.afterPivot)
        add("start.devices", mounts.devices)
        let domain: [ChildOperation] =
            spec.domainName.isEmpty ? [] : [.write("/proc/sys/kernel/domainname", spec.domainName, mustExist: true)]
        add("start.identity", [.sethostname(spec.hostname)] + domain)
        add("start.mask", mounts.masks)
        // While it still may raise them.
        add("start.limits", spec.limits.map(ChildOperation.setrlimit))
        add("start.seccomp", Self.seccomp(spec.seccompFilter, noNewPrivileges: spec.noNewPrivileges))
        // Before the privileges go, as runc does it: -w may name a folder that only root can enter.
        // After the change of user, which clears it: the container dies with its shim.
        let deathSignal = ChildOperation.prctl(setParentDeathSignal, "PR_SET_PDEATHSIG", UInt64(SIGKILL), "SIGKILL")
        add("start.privileges", [.chdir(spec.workingDirectory)] + Self.privileges(spec.user, spec.capabilities) + [deathSignal])
        add(
            "start.exec",
            [
                .execve(spec.arguments, environment: spec.environment, path: Self.searchPath(spec.environment))
            ])
    }

    /// What a further process in a running container does.
    ///
    /// Everything that needs privileges, or shows something of the host's, is done by the process that joins, which the container can't see.
    public init(_ spec: ExecSpec, _ watch: Watch) {
        self.watch = watch
        add("exec.cgroup", spec.cgroupTasks.map { .write($0, "0", mustExist: true) })
        add("exec.namespaces", [.setns(spec.namespaces)])
        // The device rules of its cgroup hold already when it opens these: whoever is root in the container may have put others there.
        add("exec.streams", [.umask(0o022)] + (spec.isTerminal ? [.terminal] : spec.hasInput ? [] : [.emptyInput]))
        add("exec.limits", spec.limits.map(ChildOperation.setrlimit))
        add("exec.seccomp", Self.seccomp(spec.seccompFilter, noNewPrivileges: spec.noNewPrivileges))
        add(
            "exec.privileges",
            // As long as it is no program of the container's, nobody in the container may look into it by /proc (CVE-2016-9962).
            [.chdir(spec.workingDirectory), .checkWorkingDirectory, .prctl(setDumpable, "PR_SET_DUMPABLE", 0, "0")]
                + Self.privileges(spec.user, spec.capabilities))
        add("exec.clone", [.secondProcess])
        // Two processes tell in turn over one channel: the second speaks when the first has ended.
        waits.insert(steps.count)
        let terminal: [ChildOperation] = spec.isTerminal ? [.controllingTerminal] : []
        add(
            "exec.exec",
            [.setsid] + terminal + [.execve(spec.arguments, environment: spec.environment, path: Self.searchPath(spec.environment))])
    }

    /// The table as C reads it. It begins with a wait: the engine first puts the process into its cgroups and its network.
    public var table: OperationTable {
        var table = OperationTable()
        for operation in operations {
            table.append(
                kind: operation.kind.rawValue, numbers: operation.numbers, strings: operation.strings, tolerate: operation.tolerate)
        }
        return table
    }

    /// The operations as they stand in the table.
    var operations: [ChildOperation] {
        var all: [ChildOperation] = []
        for (index, step) in steps.enumerated() {
            switch rest(before: index) {
            case .none: break
            case .flush: all.append(.flush)
            case .wait: all.append(.wait)
            }
            all += step.operations
        }
        return all
    }

    /// Index of the first operation of each step in the table; the rest before it is not counted as the step's.
    var firstOperations: [Int] {
        var next = 0
        return steps.enumerated().map { index, step in
            if rest(before: index) != .none { next += 1 }
            defer { next += step.operations.count }
            return next
        }
    }

    /// Where the steps after this one mount something.
    public func mountPoints(after id: String) -> [String] {
        guard let step = steps.firstIndex(where: { $0.id == id }) else { return [] }
        return steps[(step + 1)...].flatMap(\.operations).compactMap(\.mountPoint)
    }

    func rest(before step: Int) -> Rest {
        if waits.contains(step) { return .wait }
        return switch watch {
        case .nobody: .none
        case .told(let standsAfter): step == steps.count - 1 || standsAfter.contains(steps[step - 1].id) ? .wait : .flush
        case .stepped: .wait
        }
    }

    private mutating func add(_ id: String, _ operations: [ChildOperation]) {
        guard !operations.isEmpty else { return }
        var step = ChildStep(id)
        step.operations = operations
        steps.append(step)
    }

    /// What Docker sets in every network namespace that it makes: low ports and ping for everybody inside, no IPv6 that nobody set up.
    private static func network(_ spec: ContainerSpec) -> [ChildOperation] {
        guard !spec.networkMessages.isEmpty else { return [] }
        let settings = [
            ("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0"), ("/proc/sys/net/ipv4/ping_group_range", "0 2147483647"),
            ("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1"), ("/proc/sys/net/ipv6/conf/eth0/disable_ipv6", "1"),
        ]
        let present = settings.filter { !$0.0.hasSuffix("eth0/disable_ipv6") || spec.networkMessages.count > 1 }
        return present.map { ChildOperation.write($0.0, $0.1) } + spec.networkMessages.map(ChildOperation.netlink)
    }

    /// Without no_new_privs loading a filter needs CAP_SYS_ADMIN: so it comes before the capabilities are given up.
    private static func seccomp(_ filter: [UInt8], noNewPrivileges: Bool) -> [ChildOperation] {
        var operations: [ChildOperation] = []
        if noNewPrivileges { operations.append(.prctl(setNoNewPrivileges, "PR_SET_NO_NEW_PRIVS", 1, "1")) }
        if !filter.isEmpty { operations.append(.seccomp(filter)) }
        return operations
    }

    private static func privileges(_ user: ContainerSpec.User, _ capabilities: UInt64) -> [ChildOperation] {
        var operations: [ChildOperation] = ChildOperation.ownStandardStreams(uid: user.uid, gid: user.gid)
        for (number, name) in Capabilities.all where capabilities & (1 << UInt64(number)) == 0 {
            operations.append(.prctl(dropBoundingCapability, "PR_CAPBSET_DROP", UInt64(number), name))
        }
        operations.append(.setgroups(user.groups))
        operations.append(.setgid(user.gid))
        operations.append(.setuid(user.uid))
        // setuid away from root has cleared the sets already, as execve would; the bounding set keeps what a setuid program may regain.
        let held = user.uid == 0 ? capabilities : 0
        operations.append(.capset(held, permitted: held))
        return operations
    }

    private static func searchPath(_ environment: [String]) -> String {
        let entry = environment.last { $0.hasPrefix("PATH=") }
        return entry.map { String($0.dropFirst(5)) } ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    }
}

// prctl(2)'s numbers, which Glibc's module hides.
private let setParentDeathSignal: Int32 = 1
private let setDumpable: Int32 = 4
private let dropBoundingCapability: Int32 = 24
private let setNoNewPrivileges: Int32 = 38
