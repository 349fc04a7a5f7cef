import CDrydock
import Glibc
import ShimProtocol

/// What the engine orders, with the descriptors that belong to it. A shim starts up while the engine still prepares the container's
/// network and cgroups, and then waits for this.
struct Order {
    let configuration: ShimConfiguration
    /// The container's cgroup v2 directory, or -1.
    let cgroup: Int32
    /// The sockets of held ports, in the order of `configuration.ports`.
    let ports: [Int32]

    /// Waits for the order.
    /// - Returns: nil when the engine closes the socket first, or sends something else.
    static func receive(from control: Int32) -> Order? {
        let expected = ShimMessage.configure.bytes
        var bytes = [UInt8](repeating: 0, count: expected.count)
        var descriptors = [Int32](repeating: -1, count: ShimConfiguration.mostDescriptors)
        var count: Int32 = 0
        var length = -1
        repeat {
            length = dd_recv_fds(control, &bytes, bytes.count, &descriptors, Int32(descriptors.count), &count)
        } while length < 0 && errno == EINTR
        guard length == expected.count, bytes == expected, count > 0 else { return nil }
        var rest = descriptors[0..<Int(count)]
        let memory = rest.removeFirst()
        defer { close(memory) }
        guard let configuration = ShimConfiguration(bytes: content(of: memory)) else { return nil }
        let cgroup = configuration.hasCgroup ? rest.popFirst() : nil
        guard rest.count == configuration.ports.count else { return nil }
        return Order(configuration: configuration, cgroup: cgroup ?? -1, ports: Array(rest))
    }

    /// Everything in a memory file.
    static func content(of fd: Int32) -> [UInt8] {
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = pread(fd, &buffer, buffer.count, off_t(content.count))
            guard count > 0 else { return content }
            content += buffer[0..<count]
        }
    }
}
