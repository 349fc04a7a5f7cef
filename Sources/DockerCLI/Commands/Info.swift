import Basics
import EngineClient
import TextTools

/// `docker info`
@Sendable func infoCommand(_ invocation: Invocation) throws -> Int32 {
    let format = invocation.flags.string("format")
    var template: GoTemplate?
    if !format.isEmpty {
        do { template = try GoTemplate(format) } catch { throw CommandFailure(status: 64, "template parsing error: \(error)") }
    }
    var info: JSONObject = [:]
    var problem: String?
    do { info = try invocation.client().request("GET", "/info").json().objectValue ?? [:] } catch { problem = "\(error)" }
    guard let template else {
        let report = InfoReport(info: .object(info), problem: problem)
        invocation.context.print(report.text, terminator: "")
        for warning in info["Warnings"]?.arrayValue ?? [] { invocation.complain(warning.stringValue ?? "") }
        guard problem == nil else { throw CommandFailure("errors pretty printing info") }
        return 0
    }
    info["ClientInfo"] = ["Debug": false, "Context": "default", "Plugins": [], "Warnings": .null]
    if let problem { info["ServerErrors"] = [.string(problem)] }
    do { invocation.print(try template.render(.object(info), as: ClientShapes.info(info))) } catch {
        invocation.print("")
        throw CommandFailure("\(error)")
    }
    return 0
}

/// The report of `docker info`: a line per fact, left out where the engine says nothing of it.
private struct InfoReport {
    let info: JSONValue
    let problem: String?

    var text: String {
        var lines = ["Client:", " Context:    default", " Debug Mode: false", "", "Server:"]
        if let problem {
            lines.append("ERROR: \(problem)")
        } else {
            lines += counts + storage + cgroups + plugins + runtimes + security + machine + service
            lines.append("")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func string(_ key: String) -> String { info[key]?.stringValue ?? "" }
    private func number(_ key: String) -> String { String(info[key]?.intValue ?? 0) }
    private func truth(_ key: String) -> String { info[key]?.boolValue == true ? "true" : "false" }
    private func words(_ value: JSONValue?) -> [String] { (value?.arrayValue ?? []).compactMap(\.stringValue) }

    /// A fact that is left out where it is empty.
    private func optional(_ title: String, _ key: String) -> [String] { string(key).isEmpty ? [] : [" \(title): \(string(key))"] }

    private var counts: [String] {
        [
            " Containers: \(number("Containers"))", "  Running: \(number("ContainersRunning"))", "  Paused: \(number("ContainersPaused"))",
            "  Stopped: \(number("ContainersStopped"))", " Images: \(number("Images"))",
        ] + optional("Server Version", "ServerVersion")
    }

    private var storage: [String] {
        [" Storage Driver: \(string("Driver"))"]
            + (info["DriverStatus"]?.arrayValue ?? []).map { "  \($0[0]?.stringValue ?? ""): \($0[1]?.stringValue ?? "")" }
    }

    private var cgroups: [String] {
        optional("Logging Driver", "LoggingDriver") + optional("Cgroup Driver", "CgroupDriver")
            + optional("Cgroup Version", "CgroupVersion")
    }

    private var plugins: [String] {
        let names = info["Plugins"]
        let authorization = words(names?["Authorization"])
        return [
            " Plugins:", "  Volume: \(words(names?["Volume"]).joined(separator: " "))",
            "  Network: \(words(names?["Network"]).joined(separator: " "))",
        ]
            + (authorization.isEmpty ? [] : ["  Authorization: \(authorization.joined(separator: " "))"])
            + ["  Log: \(words(names?["Log"]).joined(separator: " "))"]
    }

    private var runtimes: [String] {
        let state = info["Swarm"]?["LocalNodeState"]?.stringValue ?? "inactive"
        var lines = [" Swarm: \(state.isEmpty ? "inactive" : state)"]
        if let runtimes = info["Runtimes"]?.objectValue, !runtimes.isEmpty {
            lines += [" Runtimes: \(runtimes.keys.sorted().joined(separator: " "))", " Default Runtime: \(string("DefaultRuntime"))"]
        }
        lines.append(" Init Binary: \(string("InitBinary"))")
        for (title, key) in [("containerd", "ContainerdCommit"), ("runc", "RuncCommit"), ("init", "InitCommit")] {
            let id = info[key]?["ID"]?.stringValue ?? ""
            let expected = info[key]?["Expected"]?.stringValue ?? ""
            lines.append(" \(title) version: \(id)" + (expected != id && !expected.isEmpty ? " (expected: \(expected))" : ""))
        }
        return lines
    }

    private var security: [String] {
        let options = words(info["SecurityOptions"])
        guard !options.isEmpty else { return [] }
        return [" Security Options:"]
            + options.flatMap { option -> [String] in
                let pairs = option.split(separator: ",").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
                return pairs.map { pair in
                    guard pair.count == 2 else { return "  \(pair[0])" }
                    return pair[0] == "name" ? "  \(pair[1])" : "   \(pair[0] == "profile" ? "Profile" : pair[0]): \(pair[1])"
                }
            }
    }

    private var machine: [String] {
        optional("Kernel Version", "KernelVersion") + optional("Operating System", "OperatingSystem") + optional("OSType", "OSType")
            + optional("Architecture", "Architecture")
            + [" CPUs: \(number("NCPU"))", " Total Memory: \(binarySize(Double(info["MemTotal"]?.intValue ?? 0)))"]
            + optional("Name", "Name")
            + optional("ID", "ID")
    }

    private var service: [String] {
        var lines = [" Docker Root Dir: \(string("DockerRootDir"))", " Debug Mode: \(truth("Debug"))"]
        for (title, key) in [("HTTP Proxy", "HttpProxy"), ("HTTPS Proxy", "HttpsProxy"), ("No Proxy", "NoProxy")] {
            lines += optional(title, key)
        }
        if !string("IndexServerAddress").isEmpty { lines.append(" Registry: \(string("IndexServerAddress"))") }
        lines.append(" Labels:")
        lines += words(info["Labels"]).map { "  \($0)" }
        lines.append(" Experimental: \(truth("ExperimentalBuild"))")
        let registries = info["RegistryConfig"]
        let named = (registries?["IndexConfigs"]?.objectValue ?? [:]).filter { $0.value["Secure"]?.boolValue == false }.map(\.key)
        let insecure = named + words(registries?["InsecureRegistryCIDRs"])
        if !insecure.isEmpty { lines += [" Insecure Registries:"] + insecure.map { "  \($0)" } }
        let mirrors = words(registries?["Mirrors"])
        if !mirrors.isEmpty { lines += [" Registry Mirrors:"] + mirrors.map { "  \($0)" } }
        lines.append(" Live Restore Enabled: \(truth("LiveRestoreEnabled"))")
        return lines + optional("Product License", "ProductLicense")
    }
}
