import Basics
import DockerCLI
import Narration

/// One question about a command that is about to be run: made of the engine's state, and answered by what the command then did.
struct PredictQuestion {
    enum Outcome: Equatable {
        case deleted, untagged, refused, removed
        /// So many layers are the new image's own.
        case newLayers(Int)
        case pulls, uses
        case all, some, nothing
        case ended, killed
        case step(Int)
    }

    struct Choice {
        let text: String
        let outcome: Outcome
    }

    /// For recordings: `rmi`.
    let kind: String
    let text: String
    let choices: [Choice]
    /// What was seen before the command and explains its outcome.
    var reason: String?
    /// What did happen, by the engine's notes; nil when it was none of the choices.
    let happened: (WhyEvidence) -> Outcome?

    /// - Parameters:
    ///   - words: what follows the word `docker`.
    ///   - now: the engine's state.
    /// - Returns: nil for a command about which there is nothing to ask.
    static func make(_ words: [String], _ now: WhyEvidence) -> PredictQuestion? {
        guard let command = CommandOutline(words) else { return nil }
        let maker = PredictMaker(command: command, now: now)
        switch command.name {
        case "rmi": return maker.rmi()
        case "rm": return maker.rm()
        case "commit": return maker.commit()
        case "run", "create": return maker.run()
        case "pull": return maker.pull()
        case "stop": return maker.stop()
        case "build": return maker.build()
        default: return nil
        }
    }
}
