/// Words of mount(8) that are a flag of mount(2): which, and whether they set or clear it.
/// Source: moby/sys, mount/flags_linux.go.
public enum MountWords {
    public typealias Flag = (flag: UInt, isSet: Bool)

    /// Of any file system.
    public static let ordinary: [String: Flag] = [
        "ro": (1, true), "rw": (1, false), "nosuid": (2, true), "suid": (2, false), "nodev": (4, true), "dev": (4, false),
        "noexec": (8, true), "exec": (8, false), "sync": (16, true), "async": (16, false), "remount": (32, true),
        "mand": (64, true), "nomand": (64, false), "dirsync": (128, true), "noatime": (1024, true), "atime": (1024, false),
        "nodiratime": (2048, true), "diratime": (2048, false), "relatime": (1 << 21, true), "norelatime": (1 << 21, false),
        "strictatime": (1 << 24, true), "nostrictatime": (1 << 24, false),
    ]

    /// Binds, and how mounts spread to other namespaces; `r` goes for what lies below, too.
    public static let binds: [String: Flag] = [
        "bind": (4096, true), "rbind": (4096 | 16384, true), "unbindable": (1 << 17, true), "runbindable": (1 << 17 | 16384, true),
        "private": (1 << 18, true), "rprivate": (1 << 18 | 16384, true), "slave": (1 << 19, true), "rslave": (1 << 19 | 16384, true),
        "shared": (1 << 20, true), "rshared": (1 << 20 | 16384, true),
    ]
}
