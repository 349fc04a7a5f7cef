import Basics

/// What an instruction of a Dockerfile asks for, before variables are expanded.
public struct BuildCommand: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case arg([Setting])
        case env([Setting])
        case label([Setting])
        case maintainer(String)
        case run(CommandLine)
        case cmd(CommandLine)
        case entrypoint(CommandLine)
        case transfer(Transfer)
        case workdir(String)
        case expose([String])
        case volume([String])
        case user(String)
        /// The instruction to be done by whoever builds on this image.
        case onbuild(String)
        case stopSignal(String)
        case healthcheck(HealthCheck)
        case shell([String])
        /// With an option that this builder doesn't have: refused when its turn comes, as in Docker.
        case needsBuildKit(option: String)
    }

    public let kind: Kind
    public let instruction: Instruction

    /// `name=value`; no value where only the name stands.
    public struct Setting: Sendable, Hashable {
        public let name: String
        public let value: String?
    }

    /// A program with its arguments, or a line for the shell.
    public struct CommandLine: Sendable, Hashable {
        public let words: [String]
        public let isForShell: Bool
        /// A file of which the command is the name, in `scriptFolder`: a heredoc that says itself by what it is to be run.
        public internal(set) var script: InlineFile?

        /// Where the script is during its run, as BuildKit has it.
        public static let scriptFolder = "/dev/pipes"
    }

    /// A file whose content stands in the Dockerfile.
    public struct InlineFile: Sendable, Hashable {
        public let name: String
        public let content: String
        /// Variables in it are to be replaced.
        public let isExpanded: Bool
    }

    /// `ADD` and `COPY`.
    public struct Transfer: Sendable, Hashable {
        public let isAdd: Bool
        public let sources: [String]
        /// Those whose content stands in the Dockerfile; they come after the others.
        public let files: [InlineFile]
        public let destination: String
        /// `--from`: a stage or an image; empty for the context.
        public let from: String
        public let owner: String
        public let mode: String
        public var keyword: String { isAdd ? "ADD" : "COPY" }
    }

    /// Times in nanoseconds; 0 where nothing was said.
    public struct HealthCheck: Sendable, Hashable {
        public var test: [String] = []
        public var interval: Int64 = 0
        public var timeout: Int64 = 0
        public var startPeriod: Int64 = 0
        public var retries = 0
    }
}

/// One `FROM` with what follows it.
public struct BuildStage: Sendable, Hashable {
    /// As `AS` names it, in lower case; empty for none.
    public let name: String
    public let base: String
    /// `--platform`; empty for none.
    public let platform: String
    public let instruction: Instruction
    public internal(set) var commands: [BuildCommand] = []
}

/// A whole Dockerfile, understood.
public struct BuildPlan: Sendable, Hashable {
    /// `ARG`s before the first `FROM`: they hold for the `FROM`s alone.
    public let arguments: [BuildCommand]
    public internal(set) var stages: [BuildStage]
    public let escape: Character
    public let warnings: [String]

    /// - Parameters:
    ///   - text: The Dockerfile.
    ///   - name: Its name, for sentences.
    /// - Throws: `DrydockError.invalid` in Docker's words.
    public init(parsing text: String, name: String) throws(DrydockError) {
        let file: ParsedDockerfile
        do {
            file = try ParsedDockerfile(parsing: text)
            // What can't be taken apart is told before what can't be meant, wherever it stands.
            for instruction in file.instructions { try instruction.checkForm(escape: file.escape) }
        } catch {
            throw error.sentence.hasPrefix("dockerfile parse error") || error.sentence.hasPrefix("the Dockerfile")
                ? error : DrydockError(error.code, "failed to parse \(name): \(error.sentence)")
        }
        escape = file.escape
        warnings = file.warnings
        var arguments: [BuildCommand] = []
        var stages: [BuildStage] = []
        for instruction in file.instructions {
            if instruction.keyword == "from" {
                stages.append(try instruction.atItsLine { () throws(DrydockError) in try instruction.stage() })
                continue
            }
            let kind = try instruction.atItsLine { () throws(DrydockError) in try instruction.kind(escape: file.escape) }
            let command = BuildCommand(kind: kind, instruction: instruction)
            if !stages.isEmpty {
                stages[stages.count - 1].commands.append(command)
            } else if case .arg = kind {
                arguments.append(command)
            } else {
                throw DrydockError(.invalid, "no build stage in current context")
            }
        }
        self.arguments = arguments
        self.stages = stages
    }

    /// Reads the instructions that an image leaves to whoever builds on it.
    /// - Parameter triggers: One line each, as they stand in the image's configuration.
    /// - Throws: `DrydockError.invalid` in Docker's words.
    public static func commands(ofTriggers triggers: [String]) throws(DrydockError) -> [BuildCommand] {
        var commands: [BuildCommand] = []
        for trigger in triggers {
            let file = try ParsedDockerfile(parsing: trigger, isTrigger: trigger.contains { $0.isNewline })
            for instruction in file.instructions {
                try instruction.checkForm(escape: file.escape)
                if ["onbuild", "from", "maintainer"].contains(instruction.keyword) {
                    let word = instruction.keyword.uppercased()
                    throw DrydockError(
                        .invalid,
                        word == "ONBUILD"
                            ? "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed" : "\(word) isn't allowed as an ONBUILD trigger")
                }
                commands.append(BuildCommand(kind: try instruction.kind(escape: file.escape), instruction: instruction))
            }
        }
        return commands
    }

    /// Keeps the stages up to the one that is named.
    /// - Throws: `DrydockError.invalid` in Docker's words where none is.
    public mutating func cut(toTarget target: String) throws(DrydockError) {
        guard !target.isEmpty else { return }
        guard let index = stages.firstIndex(where: { $0.name == target.lowercased() }) else {
            throw DrydockError(.invalid, "failed to reach build target \(target) in Dockerfile")
        }
        stages = Array(stages[...index])
    }

    /// Labels of the command line are the last stage's last instructions.
    public mutating func addLabels(_ labels: [String: String]) {
        guard !stages.isEmpty else { return }
        for (name, value) in labels.sorted(by: { $0.key < $1.key }) {
            let instruction = Instruction(keyword: "label", arguments: "\(name)=\(value)", original: "LABEL \(name)=\(value)")
            stages[stages.count - 1].commands.append(
                BuildCommand(kind: .label([BuildCommand.Setting(name: name, value: value)]), instruction: instruction))
        }
    }
}
