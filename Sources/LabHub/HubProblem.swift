import Basics

/// The errors of the distribution API, with the words that distribution's own registry has for them.
///
/// What a client should not try again is `DENIED`: Docker repeats a push five times after most other errors.
///
/// Source: OCI distribution specification 1.1, "Error codes"; distribution's `registry/api/v2/errors.go`.
enum HubProblem {
    case unauthorized, wrongCredentials, nameInvalid, nameUnknown, digestInvalid, manifestUnknown, blobUnknown, unsupported
    case manifestInvalid, manifestBlobUnknown, manifestTooLarge, tagInvalid, sizeInvalid, blobTooLarge
    case uploadUnknown, uploadBusy, tooManyUploads, diskFull, hubFull
    case rangeInvalid, paginationInvalid, notFound, unknown

    func answer(_ detail: JSONValue = nil, headers: [(name: String, value: String)] = []) -> HubAnswer {
        let (status, code, message) = words
        return .json(
            ["errors": [["code": .string(code), "message": .string(message), "detail": detail]]],
            status: status,
            headers: headers
        )
    }

    private var words: (status: Int, code: String, message: String) {
        switch self {
        case .unauthorized: (401, "UNAUTHORIZED", "authentication required")
        case .wrongCredentials: (401, "UNAUTHORIZED", "incorrect username or password")
        case .nameInvalid: (400, "NAME_INVALID", "invalid repository name")
        case .nameUnknown: (404, "NAME_UNKNOWN", "repository name not known to registry")
        case .digestInvalid: (400, "DIGEST_INVALID", "provided digest did not match uploaded content")
        case .manifestUnknown: (404, "MANIFEST_UNKNOWN", "manifest unknown")
        case .manifestInvalid: (400, "MANIFEST_INVALID", "manifest invalid")
        case .manifestTooLarge: (413, "MANIFEST_INVALID", "manifest invalid")
        case .manifestBlobUnknown: (400, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry")
        case .tagInvalid: (400, "TAG_INVALID", "manifest tag did not match URI")
        case .sizeInvalid: (400, "SIZE_INVALID", "provided length did not match content length")
        case .blobUnknown: (404, "BLOB_UNKNOWN", "blob unknown to registry")
        case .blobTooLarge: (413, "DENIED", "the blob is larger than the lab hub takes")
        case .uploadUnknown: (404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry")
        case .uploadBusy: (409, "BLOB_UPLOAD_INVALID", "another request writes to this upload")
        case .tooManyUploads: (429, "TOOMANYREQUESTS", "too many uploads are open")
        case .diskFull: (403, "DENIED", "the lab hub's disk is full")
        case .hubFull: (403, "DENIED", "the lab hub is full")
        case .unsupported: (405, "UNSUPPORTED", "The operation is unsupported.")
        case .rangeInvalid: (416, "RANGE_INVALID", "invalid content range")
        case .paginationInvalid: (400, "PAGINATION_NUMBER_INVALID", "invalid number of results requested")
        case .notFound: (404, "NOT_FOUND", "page not found")
        case .unknown: (500, "UNKNOWN", "unknown error")
        }
    }
}

/// A problem on its way to the client.
struct HubRefusal: Error {
    let problem: HubProblem
    let detail: JSONValue
    let headers: [(name: String, value: String)]

    init(_ problem: HubProblem, _ detail: JSONValue = nil, headers: [(name: String, value: String)] = []) {
        self.problem = problem
        self.detail = detail
        self.headers = headers
    }

    /// The answer to a request that failed. What went wrong on the hub's own side is not told to strangers.
    static func answer(_ error: any Error) -> HubAnswer {
        if let refusal = error as? HubRefusal { return refusal.problem.answer(refusal.detail, headers: refusal.headers) }
        return (HostFiles.isDiskFull(error) ? HubProblem.diskFull : .unknown).answer()
    }
}
