/// How many letters must be inserted, removed, replaced or swapped with their neighbour to turn one word into the other.
///
/// Source: optimal string alignment (Damerau, Levenshtein).
public func editDistance(_ left: some StringProtocol, _ right: some StringProtocol) -> Int {
    let left = Array(left)
    let right = Array(right)
    if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    for row in 1...left.count {
        var current = [row] + [Int](repeating: 0, count: right.count)
        for column in 1...right.count {
            let isSame = left[row - 1] == right[column - 1]
            current[column] = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1))
            if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                current[column] = min(current[column], beforeLast[column - 2] + 1)
            }
        }
        beforeLast = last
        last = current
    }
    return last[right.count]
}

/// The word that was probably meant; nil when none is near. Upper and lower case do not matter.
///
/// Near is a distance of at most a third of the word, and at least one; or that the candidate alone begins with the word.
public func suggestion(for word: String, among candidates: some Sequence<String>) -> String? {
    // Long words are no typing errors, and comparing takes the square of their length.
    guard !word.isEmpty, word.utf8.count <= 64 else { return nil }
    let wanted = word.lowercased()
    let known = candidates.filter { $0.utf8.count <= 64 && $0 != word }
    let distances = known.map { (word: $0, distance: editDistance(wanted, $0.lowercased())) }
    if let best = distances.min(by: { ($0.distance, $0.word) < ($1.distance, $1.word) }),
        best.distance <= max(1, wanted.count / 3), best.distance < wanted.count
    {
        return best.word
    }
    let continued = known.filter { $0.lowercased().hasPrefix(wanted) }
    return continued.count == 1 ? continued[0] : nil
}
