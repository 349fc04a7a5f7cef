import Basics
import TextTools

/// Progress of long steps in one line that is drawn over: layers download side by side, and whatever else is narrated
/// meanwhile goes above it.
struct ProgressLine: Sendable {
    private struct Item: Sendable {
        var current: Int
        var total: Int
    }

    private var items: [String: Item] = [:]
    private var order: [String] = []
    private var isDrawn = false

    /// - Returns: what to write to have the line show the event's progress.
    mutating func draw(_ event: NarratedEvent, title: String, options: NarratorOptions, paint: Style) -> String {
        let label = printable(event.json["label"]?.stringValue ?? event.id)
        let item = Item(current: max(0, event.json["current"]?.intValue ?? 0), total: max(0, event.json["total"]?.intValue ?? 0))
        if items.updateValue(item, forKey: label) == nil { order.append(label) }
        isDrawn = true
        return "\r\u{1B}[K" + line(label, item, title: title, options: options, paint: paint)
    }

    /// Forgets what finished steps were at; those still under way say so again soon.
    mutating func finish() -> String {
        items.removeAll()
        order.removeAll()
        return erase()
    }

    mutating func erase() -> String {
        guard isDrawn else { return "" }
        isDrawn = false
        return "\r\u{1B}[K"
    }

    private func line(_ label: String, _ item: Item, title: String, options: NarratorOptions, paint: Style) -> String {
        let size = item.total > 0 ? "\(byteText(item.current))/\(byteText(item.total))" : byteText(item.current)
        let others = order.count > 1 ? "  +\(order.count - 1)" : ""
        let head = "  \(title)  \(label)  "
        // One column stays free: a full last column makes some terminals wrap.
        let room = options.width - columns(head) - columns(size) - columns(others) - 5
        guard room >= 8 else { return shortened("  \(label)  \(size)", to: max(1, options.width - 1), ellipsis: "") }
        let bar = min(room, 30)
        let filled = item.total > 0 ? Int(min(1, Double(item.current) / Double(item.total)) * Double(bar)) : 0
        let drawn = String(repeating: "=", count: max(0, filled - 1)) + (filled > 0 ? ">" : "")
        return head + paint.cyan("[" + drawn + String(repeating: " ", count: bar - filled) + "]") + " " + size + others
    }
}
