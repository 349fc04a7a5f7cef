/// What went wrong, for people and programs: a stable code, one flat sentence, one cause, and what to try next.
public struct DrydockError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable, CaseIterable, Codable {
        case invalid, notFound, conflict, notModified, unauthorized, unavailable
        /// Who asks may not (docs/decisions/0016).
        case forbidden
        /// Rolled back at the user's wish.
        case aborted
        case unsupported, failed

        /// The status of an HTTP answer with this error.
        public var httpStatus: Int {
            switch self {
            case .notModified: 304
            case .invalid: 400
            case .unauthorized: 401
            case .forbidden: 403
            case .notFound: 404
            case .conflict: 409
            case .aborted, .failed: 500
            case .unsupported: 501
            case .unavailable: 503
            }
        }
    }

    public var code: Code
    /// What happened and where, without a full stop.
    public var sentence: String
    /// Why, e.g. the text of an `Errno`.
    public var cause: String?
    /// What to try next.
    public var advice: String?

    public init(_ code: Code, _ sentence: String, cause: String? = nil, advice: String? = nil) {
        self.code = code
        self.sentence = sentence
        self.cause = cause
        self.advice = advice
    }

    public init(code: Code, sentence: String, cause: String? = nil, advice: String? = nil) {
        self.init(code, sentence, cause: cause, advice: advice)
    }

    /// An error caused by a failed system call.
    public init(_ code: Code = .failed, _ sentence: String, errno: Errno, advice: String? = nil) {
        self.init(code, sentence, cause: errno.text, advice: advice)
    }

    public var description: String {
        if let cause { "\(sentence): \(cause)" } else { sentence }
    }
}
