import Basics
import DockerAPI
import Runtime

/// What is known of a container from its creation on: `config.json` in its directory.
struct ContainerRecord: Codable, Sendable {
    var id: String
    var name: String
    var created: Timestamp
    /// The image's id, and the name under which it was asked for.
    var imageID: String
    var imageName: String
    /// Chain ids of the image's layers, the lowest first: kept here so that a forced removal of the image leaves them alone.
    var layers: [String]
    var path: String
    var args: [String]
    var config: ContainerConfig
    var hostConfig: HostConfig
    var mounts: [MountPoint]
    /// A build runs one of its steps in it: should its engine be killed, the next one removes it.
    var isBuildStep: Bool?
    /// Somebody looks at other files with it, and it goes when they leave.
    var visit: Visit?
    /// A file in its directory that is shown to it read only in a folder of its own: a script that stands in a Dockerfile.
    var script: String?
    /// Those of its volumes that nobody gave a name: `rm -v` takes them along, unless another container has them too.
    var anonymousVolumes: [String]?

    /// Names of all its volumes.
    var volumeNames: [String] { mounts.filter { $0.type == "volume" }.map(\.name) }
}

/// Whose files a container shows that is there for looking at them.
struct Visit: Codable, Sendable {
    /// A layer of another container's, shown below its own.
    var over: String?
    /// A layer of another container's in the place of its own: what is written here is written there.
    var into: String?
}

/// What changes over a container's life: `state.json` in its directory, and `running.json` instead while it runs.
struct LifeState: Codable, Sendable {
    enum Phase: String, Codable, Sendable { case created, running, exited, dead }

    var phase = Phase.created
    var pid: Int32 = 0
    var exitCode: Int32 = 0
    var error = ""
    var isOutOfMemory = false
    var startedAt = Timestamp.zero
    var finishedAt = Timestamp.zero
    var network: NetworkAttachment?
    /// There from the first start on, for a container whose health is probed.
    var health: HealthState?
    /// Its processes are held still by its cgroup.
    var isPaused: Bool?
    /// How its last run ended.
    var ending: ContainerEnding?

    /// It runs, and is paused.
    var isHeldStill: Bool { phase == .running && isPaused == true }

    /// What Docker calls it.
    var status: String { isHeldStill ? "paused" : phase.rawValue }
}

/// A running container's place in the network.
struct NetworkAttachment: Codable, Sendable {
    var endpoint: Endpoint
    var ports: [PublishedPort] = []
}
