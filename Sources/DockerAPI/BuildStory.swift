/// The answer to `GET /drydock/builds`: what each step of a build added, which files went from stage to stage, and how much stayed behind.
public struct BuildStory: Codable, Sendable {
    /// The image that was built; of a build that failed the last one that it made.
    public var image = ""
    /// Names of the image at the moment of the answer.
    public var names: [String] = []
    /// When it was built, as RFC 3339 has it.
    public var built = ""
    public var isFailed = false
    /// No record of the build is here: told from the image's own history, which knows of one stage only.
    public var isFromHistory = false
    /// Bytes of all layers of the image.
    public var size: Int64 = 0
    public var stages: [Stage] = []

    public init() {}

    /// What stands between one `FROM` and the next.
    public struct Stage: Codable, Sendable {
        /// From 0, as `COPY --from` counts.
        public var number = 0
        /// `AS name`; empty without.
        public var name = ""
        /// What `FROM` names.
        public var base = ""
        /// The stage that it is based on, where it is one.
        public var baseStage: Int?
        public var baseSize: Int64 = 0
        /// Empty where nothing was made.
        public var image = ""
        /// Bytes of all layers of its image.
        public var size: Int64 = 0
        public var steps: [Step] = []
        /// What later stages copied of it.
        public var copiedFiles = 0
        public var copiedBytes: Int64 = 0
        /// Bytes of those of its layers that are layers of the built image, too.
        public var keptBytes: Int64 = 0
        /// Bytes that are neither in the built image's layers nor were copied out.
        public var leftBytes: Int64 = 0

        public init() {}
    }

    /// One instruction.
    public struct Step: Codable, Sendable {
        public var number = 0
        /// As it stands in the Dockerfile.
        public var instruction = ""
        /// `HIT`, `MISS`, `FAILED`, `NOT RUN`; empty where the cache has no say, or nobody knows.
        public var result = ""
        /// Why it was a miss: a code as in the explanation of a build. Why it failed: `exit-code` or `error`.
        public var why: String?
        public var details: [String]?
        public var layer: Layer?
        public var copy: Copy?

        public init() {}
    }

    /// What a step has added to the layers.
    public struct Layer: Codable, Sendable {
        public var added = 0
        public var changed = 0
        public var deleted = 0
        public var bytes: Int64 = 0

        public init() {}
    }

    /// What a `COPY --from` has brought.
    public struct Copy: Codable, Sendable {
        /// The stage; nil for an image that is none.
        public var stage: Int?
        public var image = ""
        public var files = 0
        public var bytes: Int64 = 0

        public init() {}
    }
}
