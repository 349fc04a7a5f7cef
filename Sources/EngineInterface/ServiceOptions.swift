import Basics
import Glibc

/// The query of `GET /containers/json`.
public struct ContainerListOptions: Sendable {
    /// Those that do not run, too.
    public var all: Bool
    /// The newest so many, whatever they do; nil for no limit.
    public var limit: Int?
    /// Measure the containers' layers.
    public var size: Bool
    public var filters: Filters

    public init(all: Bool = false, limit: Int? = nil, size: Bool = false, filters: Filters = [:]) {
        self.all = all
        self.limit = limit
        self.size = size
        self.filters = filters
    }
}

/// What `POST /containers/{id}/wait` waits for.
public enum WaitCondition: String, Sendable {
    case notRunning = "not-running"
    case nextExit = "next-exit"
    case removed
}

/// The query of `GET /containers/{id}/logs`.
public struct LogsOptions: Sendable {
    public var standardOutput: Bool
    public var standardError: Bool
    public var follow: Bool
    /// Put each line's time in front of it.
    public var timestamps: Bool
    public var since: Timestamp?
    public var until: Timestamp?
    /// The last so many lines; nil for all.
    public var tail: Int?

    public init(
        standardOutput: Bool = true, standardError: Bool = true, follow: Bool = false, timestamps: Bool = false,
        since: Timestamp? = nil, until: Timestamp? = nil, tail: Int? = nil
    ) {
        self.standardOutput = standardOutput
        self.standardError = standardError
        self.follow = follow
        self.timestamps = timestamps
        self.since = since
        self.until = until
        self.tail = tail
    }
}

/// The query of `POST /containers/{id}/attach`.
public struct AttachOptions: Sendable {
    /// Stream from now on; otherwise only what `logs` gives.
    public var stream: Bool
    /// Replay the log first.
    public var logs: Bool
    public var standardInput: Bool
    public var standardOutput: Bool
    public var standardError: Bool
    /// Keys that detach, in Docker's notation; nil for the default.
    public var detachKeys: String?

    public init(
        stream: Bool = true, logs: Bool = false, standardInput: Bool = false, standardOutput: Bool = true,
        standardError: Bool = true, detachKeys: String? = nil
    ) {
        self.stream = stream
        self.logs = logs
        self.standardInput = standardInput
        self.standardOutput = standardOutput
        self.standardError = standardError
        self.detachKeys = detachKeys
    }
}

/// A connected stream socket (socketpair(2), or a connection to the shim) that belongs to its holder. The server moves
/// bytes between it and the client in both directions and passes on each direction's end by shutdown(2).
public struct AttachStream: ~Copyable, Sendable {
    private let descriptor: Int32

    /// Takes over an open descriptor of a connected stream socket.
    public init(owning descriptor: Int32) { self.descriptor = descriptor }

    /// The descriptor, which the caller closes from now on.
    public consuming func release() -> Int32 {
        let released = descriptor
        discard self
        return released
    }

    deinit { close(descriptor) }
}

/// The query of `POST /images/create`.
public struct PullRequest: Sendable {
    /// The name, perhaps with a tag or a digest of its own.
    public var fromImage: String
    /// A tag or a digest; nil if the client named none.
    public var tag: String?
    public var platform: String?
    /// `X-Registry-Auth` as it came: base64url of a JSON object.
    public var registryAuth: String?

    public init(fromImage: String, tag: String? = nil, platform: String? = nil, registryAuth: String? = nil) {
        self.fromImage = fromImage
        self.tag = tag
        self.platform = platform
        self.registryAuth = registryAuth
    }
}

/// `POST /images/NAME/push`.
public struct PushRequest: Sendable {
    public var name: String
    /// nil for all tags of the repository.
    public var tag: String?
    /// `X-Registry-Auth` as it came.
    public var registryAuth: String?

    public init(name: String, tag: String? = nil, registryAuth: String? = nil) {
        self.name = name
        self.tag = tag
        self.registryAuth = registryAuth
    }
}

/// `GET /images/search`.
public struct SearchRequest: Sendable {
    public var term: String
    public var limit: Int?
    public var filters: Filters
    public var registryAuth: String?

    public init(term: String, limit: Int? = nil, filters: Filters = [:], registryAuth: String? = nil) {
        self.term = term
        self.limit = limit
        self.filters = filters
        self.registryAuth = registryAuth
    }
}

/// Whose events a stream of events carries.
public enum EventSelection: Sendable, Hashable {
    case all
    case session(String)
    /// Everybody's, for one who holds them as the session of this token says: the session ends with the stream.
    case watcher(String)
}

/// How much a listener wants to be told.
public struct EventDetail: Sendable {
    /// The kernel calls of the steps, which are most of what is sent.
    public var calls: Bool
    /// That a step begins; that a verb does is always told.
    public var stepBegins: Bool

    public init(calls: Bool = true, stepBegins: Bool = true) {
        self.calls = calls
        self.stepBegins = stepBegins
    }
}

/// What `docker commit` asks for.
public struct CommitRequest: Sendable {
    public var container: String
    /// The name of the new image; nil for none.
    public var reference: String?
    public var author: String
    public var comment: String
    /// Dockerfile instructions.
    public var changes: [String]
    /// A running container is held still meanwhile.
    public var pauses: Bool

    public init(
        container: String, reference: String? = nil, author: String = "", comment: String = "", changes: [String] = [], pauses: Bool = true
    ) {
        self.pauses = pauses
        self.container = container
        self.reference = reference
        self.author = author
        self.comment = comment
        self.changes = changes
    }
}

/// What `docker import` asks for.
public struct ImportRequest: Sendable {
    /// `-` for the request's own body.
    public var source: String
    public var reference: String?
    public var message: String
    /// Dockerfile instructions.
    public var changes: [String]

    public init(source: String, reference: String? = nil, message: String = "", changes: [String] = []) {
        self.source = source
        self.reference = reference
        self.message = message
        self.changes = changes
    }
}

/// `PUT /containers/ID/archive`: what `docker cp` copies into a container.
public struct CopyRequest: Sendable {
    public var container: String
    /// A folder of the container.
    public var path: String
    /// A folder is not replaced by something else, nor something else by a folder.
    public var keepsKinds: Bool
    /// Everything becomes the container's user's.
    public var copiesOwner: Bool

    public init(container: String, path: String, keepsKinds: Bool = false, copiesOwner: Bool = false) {
        self.container = container
        self.path = path
        self.keepsKinds = keepsKinds
        self.copiesOwner = copiesOwner
    }
}
