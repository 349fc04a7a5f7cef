import Basics
import Kernel
import Runtime

/// The file system that a volume's options ask for. It is mounted on the volume's folder while containers use it.
/// Source: moby, volume/local/local_unix.go, `mount`; moby/sys, mount/mounter_linux.go.
struct VolumeFileSystem: Sendable {
    /// `tmpfs`, `none` for a bind, …
    let type: String
    /// What is mounted: a device, a folder, or any word where the type needs none.
    let device: String
    let flags: UInt
    /// What the file system itself is told: `size=1m`.
    let data: String

    /// nil for a volume that is a plain folder.
    init?(_ options: [String: String]?) {
        guard let options, !options.isEmpty else { return nil }
        var flags: UInt = 0
        var data: [Substring] = []
        for word in (options["o"] ?? "").split(separator: ",", omittingEmptySubsequences: false) {
            if let (flag, isSet) = MountWords.ordinary[String(word)] ?? MountWords.binds[String(word)] {
                flags = isSet ? flags | flag : flags & ~flag
            } else {
                data.append(word)
            }
        }
        (type, device) = (options["type"] ?? "", options["device"] ?? "")
        self.flags = flags
        self.data = data.joined(separator: ",")
    }

    /// The calls that mount it, in order.
    func calls(on folder: String) -> [SystemCall] {
        let own = flags & ~Self.propagation
        var calls: [SystemCall] = []
        // Docker takes these names for a change to what is mounted there; a change to nothing is none.
        let isRemount = own & MountFlags.remount != 0 || ["", "none"].contains(device)
        if !isRemount || !data.isEmpty {
            calls.append(.mount(source: device, target: folder, type: type, flags: own, data: data.isEmpty ? nil : data))
        }
        if flags & Self.propagation != 0 {
            let kinds = Self.propagation | MountFlags.recursive | Self.silent
            calls.append(.mount(source: "", target: folder, type: nil, flags: flags & kinds, data: nil))
        }
        let readOnlyBind = MountFlags.bind | MountFlags.readOnly
        if own & readOnlyBind == readOnlyBind {
            // A bind takes no other flags at first.
            calls.append(.mount(source: "", target: folder, type: nil, flags: own | MountFlags.remount, data: nil))
        }
        return calls
    }

    /// Why it can't be mounted, in the words of Docker's local driver.
    func refusal(on folder: String, _ errno: Errno) -> DrydockError {
        guard !device.isEmpty else { return DrydockError(.failed, "missing device in volume options") }
        let flags = flags == 0 ? "" : ", flags: 0x\(String(flags, radix: 16))"
        let data = data.isEmpty ? "" : ", data: \(data)"
        return DrydockError(.failed, "failed to mount local volume: mount \(device):\(folder)\(flags)\(data): \(errno.text)")
    }

    private static let propagation: UInt = 1 << 17 | 1 << 18 | 1 << 19 | 1 << 20
    private static let silent: UInt = 1 << 15
}
