import Basics
import DockerAPI
import EngineInterface
import Runtime
import Steps

extension ContainerEngine {
    /// What runs in a container, as the host's `ps` tells it.
    /// - Throws: `DrydockError` in Docker's words: a container that doesn't run, options that `ps` doesn't have or that leave out the PID.
    public func topContainer(_ reference: String, arguments: String?, context call: CallContext) throws -> TopResponse {
        let container = try containers.find(reference)
        let words = ProcessList.words(arguments)
        if let fault = ProcessList.fault(arguments ?? "") { throw DrydockError(.failed, fault) }
        guard container.isRunning else { throw DrydockError(.conflict, "Container \(container.id) is not running") }
        return try operate("top", call) { operation in
            let pids = try operation.step("top.find") { step in
                let pids = try cgroup(of: container).pids()
                step.fact("processes", pids.map(String.init).joined(separator: " "))
                return pids
            }
            return try operation.step("top.ps") { step in
                let chosen = words + ["-q" + pids.map(String.init).joined(separator: ",")]
                step.fact("command", (["ps"] + chosen).joined(separator: " "))
                var outcome = try HostProgram.run("ps", chosen)
                if outcome.code != 0 {
                    // Some options can't stand beside -q; then all of the host's are listed, and the container's picked.
                    step.fact("then", (["ps"] + words).joined(separator: " "))
                    outcome = try HostProgram.run("ps", words)
                }
                guard outcome.code == 0 else {
                    let line = outcome.error.split(separator: "\n").first ?? "exit status \(outcome.code)"
                    throw DrydockError(.failed, "ps: \(line)")
                }
                return try ProcessList(outcome.output, pids: Set(pids)).response
            }
        }
    }
}

/// The output of ps(1), less what isn't the container's. Source: moby 20.10, `daemon/top_unix.go`.
struct ProcessList {
    let response: TopResponse

    /// - Throws: `DrydockError` in Docker's words.
    init(_ output: String, pids: Set<Int32>) throws {
        let lines = output.split(separator: "\n").map(Self.fields)
        let titles = lines.first ?? []
        guard let place = titles.firstIndex(of: "PID") else { throw DrydockError(.failed, "Couldn't find PID field in ps output") }
        var processes: [[String]] = []
        // The lines of a process's threads have a dash for its number and follow it.
        var isWithin = false
        for fields in lines.dropFirst() where fields.count > place {
            if fields[place] != "-" {
                guard let pid = Int32(fields[place]) else {
                    throw DrydockError(.failed, "Unexpected pid '\(fields[place])': it is no number")
                }
                isWithin = pids.contains(pid)
            }
            guard isWithin else { continue }
            // The last column may hold blanks.
            let last = titles.count - 1
            processes.append(Array(fields.prefix(last)) + [fields.dropFirst(last).joined(separator: " ")])
        }
        response = TopResponse(processes: processes, titles: titles)
    }

    private static func fields(_ line: Substring) -> [String] {
        line.split { $0 == " " || ("\t"..."\r").contains($0) }.map(String.init)
    }

    /// The words for ps(1); Docker's default is `-ef`.
    static func words(_ arguments: String?) -> [String] {
        guard let arguments, !arguments.isEmpty else { return ["-ef"] }
        return arguments.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    }

    /// `-o comm=PID` would make a column look like the one that tells whose a process is.
    static func fault(_ arguments: String) -> String? {
        for match in arguments.matches(of: /\s+([^\s]*)=\s*(PID[^\s]*)/) where match.1 != "pid" {
            return "specifying \"\(match.1)=\(match.2)\" is not allowed"
        }
        return nil
    }
}
