import Basics
import Narration

/// Why an image could not be pushed, or nobody be logged in.
struct WhyRegistry {
    let evidence: WhyEvidence

    private func tell(_ phrase: WhyPhrase, _ values: String...) -> String { phrase.text(evidence.language, values) }

    /// `POST /images/NAME/push`, whose answer begins well whatever becomes of it.
    func push(_ request: WhyEvidence.Request) -> WhyAnswer {
        let tag = request.query["tag"] ?? ""
        let name = printable(request.pieces.dropFirst().dropLast().joined(separator: "/") + (tag.isEmpty ? "" : ":" + tag))
        guard let error = request.error ?? evidence.operations.last(where: { $0.verb == "push" })?.error else {
            return WhyAnswer(tell(.pushDone, name))
        }
        let phrase: WhyPhrase =
            switch error {
            case let text where text.contains("does not exist locally") || text.contains("tag does not exist"): .pushNoImage
            case let text where text.contains("denied") || text.contains("unauthorized"): .pushDenied
            case let text where Self.isUnreachable(text): .pushUnreachable
            default: .pushFailed
            }
        return WhyAnswer(tell(phrase, name), evidence: [printable(error)])
    }

    /// `POST /auth`.
    /// - Returns: nil for one that worked.
    func login(_ request: WhyEvidence.Request) -> WhyAnswer? {
        guard request.isRefused else { return nil }
        let error = request.error ?? ""
        let phrase: WhyPhrase? = Self.isUnreachable(error) ? .loginUnreachable : request.status == 401 ? .loginWrong : nil
        return phrase.map { WhyAnswer(tell($0), evidence: [printable(error)]) } ?? WhyAnswer(tell(.refused, printable(error)))
    }

    /// By the words that Docker has for it.
    static func isUnreachable(_ error: String) -> Bool {
        error.contains("dial tcp") || error.contains("no such host") || error.contains("timeout")
    }
}
