/// Order of names as people count: `web2` before `web10`. As Docker's client sorts volumes and networks (fvbommel/sortorder, NaturalLess):
/// by bytes, but runs of digits by their value; where only leading zeros differ, the shorter first.
public func naturallyPrecedes(_ left: String, _ right: String) -> Bool {
    let (a, b) = (Array(left.utf8), Array(right.utf8))
    var (i, j) = (0, 0)
    while i < a.count && j < b.count {
        guard isDigit(a[i]), isDigit(b[j]) else {
            if a[i] != b[j] { return a[i] < b[j] }
            i += 1
            j += 1
            continue
        }
        let (firstA, firstB) = (i, j)
        while i < a.count && a[i] == UInt8(ascii: "0") { i += 1 }
        while j < b.count && b[j] == UInt8(ascii: "0") { j += 1 }
        let (valueA, valueB) = (i, j)
        while i < a.count && isDigit(a[i]) { i += 1 }
        while j < b.count && isDigit(b[j]) { j += 1 }
        if i - valueA != j - valueB { return i - valueA < j - valueB }
        if a[valueA..<i] != b[valueB..<j] { return a[valueA..<i].lexicographicallyPrecedes(b[valueB..<j]) }
        if valueA - firstA != valueB - firstB { return valueA - firstA < valueB - firstB }
    }
    return i == a.count && j < b.count
}

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
