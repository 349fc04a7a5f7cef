/// What is done with a request, decided when its head is here and its body is not.
///
/// The closures may wait for the disk and take their time: the server runs them on threads of their own.
enum HubPlan: Sendable {
    /// The body plays no part.
    case answer(@Sendable () -> HubAnswer)
    /// A small body is collected; a larger one gets the answer `tooLarge`.
    case collect(limit: Int, tooLarge: HubAnswer, @Sendable ([UInt8]) -> HubAnswer)
    /// The body is written as it comes.
    case stream(UploadBody, @Sendable () -> HubAnswer)
    /// The body is not wanted.
    case refuse(HubAnswer)

    /// An answer from an action that may fail.
    static func attempt(_ action: @escaping @Sendable () throws -> HubAnswer) -> HubPlan {
        .answer { HubAnswer.attempt(action) }
    }
}

extension HubAnswer {
    static func attempt(_ action: () throws -> HubAnswer) -> HubAnswer {
        do {
            return try action()
        } catch {
            return HubRefusal.answer(error)
        }
    }

    static func empty(_ status: Int, _ headers: [(name: String, value: String)]) -> HubAnswer {
        HubAnswer(status: status, headers: headers, body: .bytes([]))
    }
}
