import Basics
import DockerAPI
import TextTools

/// How large a container's log may become: `--log-opt max-size` and `max-file` (moby, daemon/logger/jsonfilelog).
struct LogLimits: Sendable, Hashable {
    /// What is known here of json-file's options.
    static let options: Set<String> = ["max-size", "max-file"]

    /// The log begins anew when it has so many bytes; 0 for never.
    var size: Int64 = 0
    /// How many files are kept, the one that is written included.
    var files = 1

    /// - Throws: `DrydockError` in Docker's words, which come when the container starts and not before.
    init(_ log: LogConfig) throws {
        if let text = log.config?["max-size"] {
            do { size = try parseHumanSize(text) } catch { throw Self.refusal("\(error)") }
            guard size > 0 else { throw Self.refusal("max-size must be a positive number") }
        }
        if let text = log.config?["max-file"] {
            guard let number = Int32(text) else {
                throw Self.refusal("strconv.Atoi: parsing \(goQuoted(text)): invalid syntax")
            }
            guard number >= 1 else { throw Self.refusal("max-file cannot be less than 1") }
            files = Int(number)
        }
    }

    private static func refusal(_ sentence: String) -> DrydockError {
        DrydockError(.failed, "failed to initialize logging driver: \(sentence)")
    }
}
