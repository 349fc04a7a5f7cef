/// Columns set by Go's text/tabwriter, as Docker's listings are.
///
/// Cells end with a tab; the last cell of a line belongs to no column. A column is as wide as the widest cell of the lines
/// that follow each other without a gap in it.
public struct TextTable: Sendable {
    private let minimumWidth: Int
    private let padding: Int
    private var lines: [[Substring]] = []

    /// - Parameters:
    ///   - minimumWidth: of a column with its padding; Docker's listings have 10, `docker top` has 20.
    ///   - padding: spaces after a column's widest cell.
    public init(minimumWidth: Int = 10, padding: Int = 3) {
        self.minimumWidth = minimumWidth
        self.padding = padding
    }

    /// Adds text: cells end at tabs, lines at newlines.
    public mutating func add(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            lines.append(line.split(separator: "\t", omittingEmptySubsequences: false))
        }
    }

    /// Adds a line of cells; tabs and newlines in them become spaces.
    public mutating func add(cells: [String]) {
        lines.append(cells.map { Substring($0.map { $0 == "\t" || $0 == "\n" ? " " : String($0) }.joined()) })
    }

    /// The lines, each with its newline.
    public func text() -> String {
        var output = ""
        var widths: [Int] = []
        write(0..<lines.count, widths: &widths, into: &output)
        return output
    }

    /// Writes lines whose first columns have those widths; finds the next column's blocks and goes on inside them.
    private func write(_ range: Range<Int>, widths: inout [Int], into output: inout String) {
        let column = widths.count
        var next = range.lowerBound
        var place = range.lowerBound
        while place < range.upperBound {
            guard hasColumn(column, in: place) else {
                place += 1
                continue
            }
            for line in next..<place { write(line: line, widths, into: &output) }
            var end = place
            var width = minimumWidth
            while end < range.upperBound, hasColumn(column, in: end) {
                width = max(width, displayWidth(lines[end][column]) + padding)
                end += 1
            }
            widths.append(width)
            write(place..<end, widths: &widths, into: &output)
            widths.removeLast()
            next = end
            place = end
        }
        for line in next..<range.upperBound { write(line: line, widths, into: &output) }
    }

    private func hasColumn(_ column: Int, in line: Int) -> Bool { column < lines[line].count - 1 }

    private func write(line: Int, _ widths: [Int], into output: inout String) {
        for (column, cell) in lines[line].enumerated() {
            output += column < widths.count ? padded(cell, to: widths[column]) : String(cell)
        }
        output += "\n"
    }
}
