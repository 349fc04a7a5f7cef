import Basics

/// A pitfall in a Dockerfile: nothing wrong, but not what its writer is likely to want.
///
/// Source: Docker's "Best practices for writing Dockerfiles".
public struct DockerfileAdvice: Sendable, Hashable {
    public enum Pitfall: String, Sendable, Hashable, CaseIterable {
        /// Files that change often are copied before packages are installed: each change installs them again.
        case copyBeforeInstall
        /// `apt-get update` in a step of its own: the cache keeps an old list for ever.
        case updateAlone
        /// The package lists stay in the layer.
        case aptLists
        /// Nobody is there to say yes.
        case aptAsks
        /// A password in the image's configuration, for everybody to read.
        case secret
        /// `ADD` of plain files.
        case addForCopy
        /// A base image that is another one tomorrow.
        case movingBase
        /// Only the last of several counts.
        case overridden
        /// `cd` holds for its own step alone.
        case changeFolder
        /// What a later step removes stays in the layer below.
        case lateRemoval
    }

    public let pitfall: Pitfall
    /// Of the instruction, from 1.
    public let line: Int
    /// As it stands in the Dockerfile.
    public let instruction: String

    /// - Parameter plan: A Dockerfile.
    /// - Returns: What there is to say of it, in the order of lines.
    public static func of(_ plan: BuildPlan) -> [DockerfileAdvice] {
        var found: [DockerfileAdvice] = []
        let names = Set(plan.stages.map(\.name))
        for stage in plan.stages {
            var reader = StageReader(stage: stage)
            let base = stage.base.lowercased()
            let last = stage.base.split(separator: "/").last ?? ""
            let isMoving = !last.contains(":") && !stage.base.contains("@") || stage.base.hasSuffix(":latest")
            if isMoving, base != "scratch", !names.contains(base), !base.contains("$") { reader.note(.movingBase, stage.instruction) }
            reader.read()
            found += reader.found
        }
        return found.sorted { ($0.line, $0.pitfall.rawValue) < ($1.line, $1.pitfall.rawValue) }
    }
}

/// Looks through the instructions of one stage.
private struct StageReader {
    let stage: BuildStage
    var found: [DockerfileAdvice] = []

    init(stage: BuildStage) { self.stage = stage }

    mutating func note(_ pitfall: DockerfileAdvice.Pitfall, _ instruction: Instruction) {
        found.append(DockerfileAdvice(pitfall: pitfall, line: instruction.line, instruction: instruction.original))
    }

    mutating func read() {
        var wholeCopy: Instruction?
        for command in stage.commands {
            switch command.kind {
            case .transfer(let transfer):
                if transfer.from.isEmpty, transfer.sources.contains(where: { [".", "./", "*", "/"].contains($0) }) {
                    wholeCopy = wholeCopy ?? command.instruction
                }
                if transfer.isAdd, !transfer.sources.contains(where: Self.isForAdd) { note(.addForCopy, command.instruction) }
            case .run(let line):
                let text = line.words.joined(separator: " ")
                if let copy = wholeCopy, Self.installs(text) {
                    note(.copyBeforeInstall, copy)
                    wholeCopy = nil
                }
                read(run: text, command.instruction)
            case .env(let settings), .arg(let settings):
                if settings.contains(where: { Self.isSecret($0.name) && !($0.value ?? "").isEmpty }) { note(.secret, command.instruction) }
            default: break
            }
        }
        readOverridden()
    }

    private mutating func read(run text: String, _ instruction: Instruction) {
        let updates = text.contains("apt-get update") || text.contains("apt update")
        let installs = text.contains("apt-get install") || text.contains("apt install") || text.contains("apt-get -y install")
        if updates, !installs { note(.updateAlone, instruction) }
        if installs {
            if !text.contains("/var/lib/apt/lists") { note(.aptLists, instruction) }
            if !text.contains(" -y"), !text.contains("--yes"), !text.contains(" -qy"), !text.contains("--assume-yes") {
                note(.aptAsks, instruction)
            }
        }
        let first = text.split(separator: " ").first ?? ""
        if first == "cd", !text.contains("&&"), !text.contains(";") { note(.changeFolder, instruction) }
        if first == "rm" { note(.lateRemoval, instruction) }
    }

    private mutating func readOverridden() {
        let isKind: [(BuildCommand.Kind) -> Bool] = [
            { if case .cmd = $0 { true } else { false } }, { if case .entrypoint = $0 { true } else { false } },
        ]
        for matches in isKind {
            for command in stage.commands.filter({ matches($0.kind) }).dropLast() { note(.overridden, command.instruction) }
        }
    }

    private static func installs(_ text: String) -> Bool {
        [
            "apt-get install", "apt install", "apk add", "yum install", "dnf install", "pip install", "pip3 install", "npm install",
            "npm ci", "yarn install", "bundle install", "composer install", "go mod download", "cargo fetch",
        ].contains { text.contains($0) }
    }

    /// What only `ADD` can do: fetch, and unpack.
    private static func isForAdd(_ source: String) -> Bool {
        source.contains("://") || source.contains("$")
            || [".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz"].contains { source.hasSuffix($0) }
    }

    private static func isSecret(_ name: String) -> Bool {
        let upper = name.uppercased()
        return ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "API_KEY", "APIKEY", "PRIVATE_KEY", "ACCESS_KEY", "CREDENTIAL"].contains {
            upper.contains($0)
        }
    }
}
