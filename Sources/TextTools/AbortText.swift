/// The engine's sentence about an aborted operation, in Korean: `aborted before start.mount: what had been done was rolled back`.
/// - Returns: nil for any other sentence.
public func koreanAbort(_ sentence: String) -> String? {
    for (english, korean) in [("aborted before ", "앞"), ("aborted after ", "뒤")] where sentence.hasPrefix(english) {
        let place = sentence.dropFirst(english.count).prefix { $0 != ":" }
        // Of a build the images of whole steps stay.
        let isBuild = sentence.hasSuffix("stay as a cache")
        return "\(place) \(korean)에서 그만두었다. "
            + (isBuild ? "이 단계에서 한 일은 되돌렸고, 앞 단계의 이미지는 캐시로 남는다" : "한 일은 모두 되돌렸다")
    }
    return nil
}
