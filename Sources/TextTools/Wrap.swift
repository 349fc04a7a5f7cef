/// Breaks text into lines of at most `width` columns, at spaces where there are any and inside a word where there are none
/// (Korean words may be long, and the option string of an overlay has no space at all).
/// - Parameters:
///   - indent: stands before the first line.
///   - hanging: stands before every further line.
///   - columns: how wide a text will be on the screen, where that isn't what it says.
public func wrap(
    _ text: String, width: Int, indent: String = "", hanging: String = "", columns: (String) -> Int = { displayWidth($0) }
) -> [String] {
    guard width > 0, columns(indent) + columns(text) > width else { return [indent + text] }
    var lines: [String] = []
    var line = indent
    var used = columns(indent)
    var isFresh = true
    func flush() {
        lines.append(line)
        line = hanging
        used = columns(hanging)
        isFresh = true
    }
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
        let size = columns(String(word))
        if !isFresh, used + 1 + size > width { flush() }
        if !isFresh {
            line += " "
            used += 1
        }
        if used + size <= width {
            line += word
            used += size
        } else {
            for character in word {
                let step = columns(String(character))
                if used + step > width, used > columns(hanging) { flush() }
                line.append(character)
                used += step
            }
        }
        isFresh = false
    }
    lines.append(line)
    return lines
}

/// Cuts text to at most `width` columns; what was cut shows as an ellipsis.
public func shortened(_ text: String, to width: Int, ellipsis: String) -> String {
    guard width > 0, displayWidth(text) > width else { return width > 0 ? text : "" }
    let room = width - displayWidth(ellipsis)
    if room >= 0, isPlainASCII(text) { return text.prefix(room) + ellipsis }
    var kept = ""
    var used = 0
    for character in text {
        let step = displayWidth(String(character))
        guard used + step <= room else { break }
        kept.append(character)
        used += step
    }
    return room < 0 ? "" : kept + ellipsis
}
