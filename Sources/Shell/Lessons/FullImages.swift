import Basics
import Glibc
import Narration

/// Real images for the full variant of lessons: fetched or made once, in a state root of their own, whatever lessons do with them.
struct FullImages {
    let mainRoot: String
    let environment: Environment

    private static let script = String(decoding: PackageResources.full_image_sh, as: UTF8.self)

    /// The folder below `lessons` in which they are kept.
    static let id = "full-images"

    /// Puts images into a lesson's state root, whose engine may run.
    /// - Throws: `DrydockError` when one can't be had; why stands on the terminal then.
    func provide(_ images: [String], to target: String) throws {
        guard let program = ownExecutable() else { throw DrydockError(.failed, "drydock's own program can't be found") }
        let root = LessonPlace(Self.id, mainRoot: mainRoot, environment: environment).root
        try makeFolders(root)
        var environment = environment
        // Docker Hub is what they are wanted from.
        for name in ["DRYDOCK_REGISTRY", "DOCKER_HOST", "DOCKER_CONFIG"] { environment[name] = nil }
        for image in images {
            let words = ["bash", "-c", Self.script, "full-image.sh", program, root, image, target]
            let outcome: Outcome
            do { outcome = try Process.run("/bin/bash", words, environment, terminal: nil) } catch {
                throw DrydockError(.failed, "cannot run bash", errno: error)
            }
            guard outcome == .exited(0) else { throw DrydockError(.unavailable, "the real image \(image) can't be had") }
        }
    }
}
