/// The engine's sentence about an aborted operation, in Korean: `aborted before start.mount: what had been done was rolled back`.
/// - Returns: nil for any other sentence.
public func koreanAbort(_ sentence: String) -> String? {
    for (english, korean) in [("aborted before ", "앞"), ("aborted after ", "뒤")] where sentence.hasPrefix(english) {
        let place = sentence.dropFirst(english.count).prefix { $0 != ":" }
        return "\(place) \(korean)에서 그만두었다. 한 일은 모두 되돌렸다"
    }
    return nil
}
