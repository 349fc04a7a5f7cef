/// What a replay machine is to be like.
public struct ReplayOptions: Sendable {
    /// The folder of `drydock`, `drydock-engine` and `drydock-shim`.
    public var programs: String
    /// The folder of the lab hub's recipes.
    public var recipes: String
    /// The lab hub's images, filled once for all machines.
    public var images: PreparedImages
    /// The learner's program and its arguments, by their paths in the machine (`/opt/drydock/drydock`, `/bin/bash`).
    public var arguments: [String]
    /// Which of the machines that run at the same time this is: each has a user of its own, so that processes are counted by machine.
    public var slot: Int
    /// How long the learner's program has, from its start, in seconds.
    public var seconds = 600
    /// Of the whole machine, with what is on its disk.
    public var memoryBytes: Int64 = 1 << 30
    public var processes = 768
    /// What the engine keeps: containers, images, volumes, logs.
    public var diskBytes: Int64 = 192 << 20
    /// What the learner's program may use besides containers: memory in all, address space of a process, processes, home and /tmp each,
    /// a file's size, processor seconds of a process.
    public var learner = Learner()

    public struct Learner: Sendable {
        public var memoryBytes: Int64 = 256 << 20
        public var addressBytes: Int64 = 1 << 30
        public var processes = 64
        public var homeBytes: Int64 = 48 << 20
        public var fileBytes: Int64 = 32 << 20
        public var processorSeconds = 120
        public init() {}
    }

    public init(programs: String, recipes: String, images: PreparedImages, arguments: [String], slot: Int = 0) {
        self.programs = programs
        self.recipes = recipes
        self.images = images
        self.arguments = arguments
        self.slot = slot
    }

    /// The learner's user: far from those of people and of systemd's own (Debian policy 9.2.2; systemd's UIDS-GIDS.md), and of no machine
    /// beside it.
    var user: Int { 2_000_000 + slot % 100_000 }
}
