/// Who may do what, as on Docker Hub: everybody pulls everything, and a user pushes to what is below the user's own name.
enum HubPolicy {
    /// - Parameters:
    ///   - user: nil for who has not logged in.
    ///   - isThere: whether the hub has such a repository. Of one that is neither there nor one's own nothing is allowed, so that
    ///     "unknown" and "not yours" look alike.
    static func actions(of user: String?, on repository: String, isThere: Bool) -> [String] {
        let canonical = HubName.canonical(repository)
        // The images of recipes are nobody's to push over: lessons count on them.
        let isOwn = user.map { $0 != "library" && canonical.hasPrefix("\($0)/") } ?? false
        if isOwn { return ["pull", "push", "delete"] }
        return isThere ? ["pull"] : []
    }
}
