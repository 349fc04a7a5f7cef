import Basics
import DockerAPI
import OCI
import Store

/// How far a stage has come: the image so far, and how what is made of it is to be run.
struct BuildState {
    /// nil as long as nothing has been made on `scratch`.
    private(set) var image: StoredImage?
    var config: ContainerConfig
    var author: String
    /// `CMD` stood in this stage: an `ENTRYPOINT` after it leaves it alone.
    var isCommandSet = false

    /// The environment of an image that says nothing of where programs are.
    private static let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// - Throws: `DrydockError` when the image's configuration is no such.
    init(from image: StoredImage?) throws {
        self.image = image
        author = image?.config.author ?? ""
        let json = image?.config.run.json.map { JSONValue.object($0) }
        config = try json.map { try JSONDecoder().decode(ContainerConfig.self, from: $0) } ?? ContainerConfig()
        if !(config.env ?? []).contains(where: { $0.hasPrefix("PATH=") }) { config.env = (config.env ?? []) + [Self.path] }
        config.image = image?.id.description ?? ""
    }

    var id: String { image?.id.description ?? "" }
    var shortID: String { image?.id.short ?? "" }
    var chain: [ChainID] { image?.chain ?? [] }

    /// The next image of the stage.
    mutating func move(to image: StoredImage) {
        self.image = image
        config.image = image.id.description
    }

    var shell: [String] { config.shell.isEmpty ? ["/bin/sh", "-c"] : config.shell }

    /// The words as the kernel gets them.
    func commandLine(_ words: [String], isForShell: Bool) -> [String] { isForShell ? shell + words : words }

    /// The configuration of the container in which a step is done that runs nothing: its command is a comment.
    /// - Parameter isOneWord: As Docker writes it for files and folders.
    func configuration(comment: String, isOneWord: Bool = false) -> ContainerConfig {
        var config = config
        config.cmd = shell + (isOneWord ? ["#(nop) \(comment)"] : ["#(nop) ", comment])
        return config
    }
}
