import Basics
import DockerAPI

/// The files that every container has of its own: /etc/hostname, /etc/hosts, /etc/resolv.conf.
struct ContainerFiles {
    private let record: ContainerRecord

    init(_ record: ContainerRecord) { self.record = record }

    var hostname: [UInt8] { Array((record.config.hostname + "\n").utf8) }

    /// - Parameter address: The container's address, once it has one.
    /// - Parameter gateway: What `host-gateway` of --add-host means.
    func hosts(address: String?, gateway: String? = nil) -> [UInt8] {
        let extraHosts = extraHosts(gateway: gateway)

        if record.hostConfig.networkMode == "host", let own = try? readFile("/etc/hosts", limit: 1 << 20) { return own + extraHosts }
        var text = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nff00::0\tip6-mcastprefix\n"
        text += "ff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n"
        var bytes = Array(text.utf8) + extraHosts
        if let address {
            let name =
                record.config.domainname.isEmpty
                ? record.config.hostname : "\(record.config.hostname).\(record.config.domainname) \(record.config.hostname)"
            bytes += Array("\(address)\t\(name)\n".utf8)
        }
        return bytes
    }

    private func extraHosts(gateway: String?) -> [UInt8] {
        (record.hostConfig.extraHosts ?? []).flatMap { entry -> [UInt8] in
            guard let colon = entry.firstIndex(of: ":") else { return [] }
            let address = String(entry[entry.index(after: colon)...])
            return Array("\(address == "host-gateway" ? gateway ?? "127.0.0.1" : address)\t\(entry[..<colon])\n".utf8)
        }
    }

    /// The host's servers, less those on its loopback, which a container of its own network can't reach.
    func resolvConf() -> [UInt8] {
        let given = record.hostConfig
        let host = String(decoding: (try? readFile("/etc/resolv.conf", limit: 1 << 20)) ?? [], as: UTF8.self)
        var lines = host.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
        if given.networkMode != "host" {
            lines.removeAll { line in
                let parts = line.split(separator: " ")
                return parts.count > 1 && parts[0] == "nameserver" && (parts[1].hasPrefix("127.") || parts[1] == "::1")
            }
        }
        func replace(_ key: String, _ values: [String]?, joined: Bool) {
            guard let values, !values.isEmpty else { return }
            lines.removeAll { $0.hasPrefix(key + " ") }
            lines += joined ? ["\(key) \(values.joined(separator: " "))"] : values.map { "\(key) \($0)" }
        }
        replace("nameserver", given.dns, joined: false)
        // A single dot stands for no search list at all.
        if given.dnsSearch == ["."] {
            lines.removeAll { $0.hasPrefix("search ") }
        } else {
            replace("search", given.dnsSearch, joined: true)
        }
        replace("options", given.dnsOptions, joined: true)
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }
}
