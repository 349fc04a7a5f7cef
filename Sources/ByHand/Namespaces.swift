/// Flags of clone(2) and setns(2) as options of unshare(1) and nsenter(1).
enum Namespaces {
    static func options(_ flags: String) -> [String] {
        flags.split(separator: "|").compactMap { names[String($0)] }
    }

    private static let names = [
        "CLONE_NEWNS": "--mount", "CLONE_NEWUTS": "--uts", "CLONE_NEWIPC": "--ipc", "CLONE_NEWPID": "--pid", "CLONE_NEWNET": "--net",
        "CLONE_NEWCGROUP": "--cgroup", "CLONE_NEWTIME": "--time",
    ]
}
