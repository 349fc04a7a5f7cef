import Basics
import Narration

/// The last operations as one page of HTML that needs nothing else: no script, no font, no picture from elsewhere. Steps open with a tap.
///
/// Every text is escaped here: names come from strangers.
struct TimelinePage {
    let language: Language
    let operations: [PastOperation]
    /// The graph of layers as SVG; nil where there are none.
    let layers: String?

    var text: String {
        let title = escaped(Phrase.timelineTitle.text(language))
        let traces = ContainerTraces(operations)
        let overview = TimelineOverview(language: language, traces: traces)
        let done = zip(operations, traces.subjects).reversed().map { section($0, of: $1.map { traces.names[$0] ?? String($0.prefix(12)) }) }
        let body =
            "<div id=\"operations\">\n"
            + (operations.isEmpty ? "<p>\(escaped(Phrase.timelineEmpty.text(language)))</p>\n" : done.joined()) + "</div>\n"
        // Nothing in it may be fetched or run, whatever a name says.
        let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        return """
            <!doctype html>
            <html lang="\(language == .korean ? "ko" : "en")">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="\(policy)">
            <title>\(title)</title>
            <style>
            \(Self.style)
            \(TimelineOverview.style)
            </style>
            </head>
            <body>
            <h1>\(title)</h1>
            \(links(overview.parts))\(body)\(overview.html)\(picture)</body>
            </html>

            """
    }

    /// Many operations make a long page: what stands below them is a tap away.
    private func links(_ parts: [(anchor: String, title: String)]) -> String {
        let layers = layers == nil ? [] : [("layers", Phrase.timelineLayers.text(language))]
        let all = [("operations", OverviewPhrase.operations.text(language))] + parts.map { ($0.anchor, $0.title) } + layers
        guard all.count > 1 else { return "" }
        return "<nav>" + all.map { "<a href=\"#\($0.0)\">\(escaped($0.1))</a>" }.joined(separator: " ") + "</nav>\n"
    }

    private var picture: String {
        guard let layers else { return "" }
        return
            "<section id=\"layers\">\n<h2>\(escaped(Phrase.timelineLayers.text(language)))</h2>\n<div class=\"picture\">\n\(layers)</div>\n</section>\n"
    }

    /// - Parameter subject: The container that it was about, where its evidence tells.
    private func section(_ operation: PastOperation, of subject: String?) -> String {
        // What only encloses others has nothing to open.
        let isSlim = operation.steps.isEmpty && operation.error == nil
        var html = "<section\(isSlim ? " class=\"slim\"" : "")>\n<h2><span>\(escaped(operation.name("›")))</span> "
        if let subject { html += "<span class=\"subject\">\(escaped(String(subject.prefix(80))))</span> " }
        html += "<time>\(escaped(operation.time)) UTC</time> <b>\(escaped(durationText(operation.microseconds)))</b></h2>\n"
        if let error = operation.error { html += "<p class=\"error\">\(escaped(error))</p>\n" }
        if !operation.isObserved { html += "<p class=\"remark\">\(escaped(Phrase.timelineUnobserved.text(language)))</p>\n" }
        html += operation.steps.map { step($0, in: operation) }.joined()
        return html + "</section>\n"
    }

    private func step(_ step: PastOperation.Step, in operation: PastOperation) -> String {
        let whole = max(operation.microseconds, 1)
        let left = min(99, max(0, step.at / whole * 100))
        let width = min(100 - left, max(0.5, step.microseconds / whole * 100))
        let style = "margin-left:\(percent(left));width:\(percent(width))"
        let kind = step.error != nil ? " class=\"failed\"" : step.isUndo ? " class=\"undo\"" : ""
        var html = "<details\(kind)><summary><span class=\"what\">\(step.isUndo ? "↩ " : "")\(escaped(step.title(language)))</span>"
        html += "<span class=\"lane\"><i style=\"\(style)\"></i></span><b>\(escaped(durationText(step.microseconds)))</b></summary>\n"
        html += "<p><code>\(escaped(step.id))</code> \(escaped(Catalogue.text(for: step.id, language: language)?.text ?? ""))</p>\n"
        if let error = step.error { html += "<p class=\"error\">\(escaped(error))</p>\n" }
        if !step.facts.isEmpty {
            html += "<dl>" + step.facts.map { "<dt>\(escaped($0.key))</dt><dd>\(escapedLines($0.value))</dd>" }.joined() + "</dl>\n"
        }
        if !step.calls.isEmpty {
            html += "<pre>" + step.calls.map { escaped(describeCall($0, isOver: true)) }.joined(separator: "\n")
            let rest = step.callCount - step.calls.count
            html += (rest > 0 ? "\n" + escaped(Phrase.timelineMoreCalls.text(language, "\(rest)")) : "") + "</pre>\n"
        }
        return html + "</details>\n"
    }

    private func percent(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)%"
    }

    private func escaped(_ text: String) -> String { SVGPage.escaped(text) }
    private func escapedLines(_ text: String) -> String { text.split(separator: "\n").map { escaped(String($0)) }.joined(separator: "\n") }

    private static let style = """
        :root { --ink: #1d2733; --pale: #62707f; --paper: #fff; --line: #d9e0e7; --bar: #2a7ab8; --bad: #b3392b; --soft: #f4f7fa; }
        @media (prefers-color-scheme: dark) {
        :root { --ink: #e6ecf2; --pale: #9aa8b6; --paper: #14191f; --line: #2b343e; --bar: #4fa3e0; --bad: #ff7b6b; --soft: #1b222a; }
        }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 68rem; padding: 1rem; color: var(--ink); background: var(--paper);
        font: 16px/1.5 system-ui, "Noto Sans KR", "Apple SD Gothic Neo", sans-serif; overflow-wrap: anywhere; word-break: keep-all; }
        h1 { font-size: 1.4rem; margin: .5rem 0 1rem; }
        h2 { font-size: 1.05rem; margin: 0 0 .5rem; display: flex; flex-wrap: wrap; gap: .2rem .8rem; align-items: baseline; }
        h2 time, h2 b { font-weight: normal; color: var(--pale); font-size: .9rem; }
        section { border: 1px solid var(--line); border-radius: .5rem; padding: .8rem; margin: 0 0 1rem; }
        summary { display: grid; grid-template-columns: 18rem 1fr 5.5rem; gap: .8rem; align-items: center; padding: .35rem 0; cursor: pointer;
        list-style: none; }
        summary::-webkit-details-marker { display: none; }
        summary .what::before { content: "▸ "; color: var(--pale); }
        details[open] > summary .what::before { content: "▾ "; }
        summary b { font-weight: normal; text-align: right; font-variant-numeric: tabular-nums; color: var(--pale); white-space: nowrap; }
        .lane { display: block; height: .7rem; background: var(--soft); border-radius: .35rem; overflow: hidden; }
        .lane i { display: block; height: 100%; background: var(--bar); border-radius: .35rem; min-width: 2px; }
        .failed .lane i { background: var(--bad); }
        .undo .what { color: var(--pale); }
        details > p, dl, pre { margin: .2rem 0 .6rem 1.2rem; }
        dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .1rem .8rem; }
        dt { color: var(--pale); }
        dd { margin: 0; white-space: pre-wrap; font-family: ui-monospace, monospace; font-size: .85rem; }
        pre { background: var(--soft); border-radius: .35rem; padding: .6rem; overflow-x: auto; font-size: .8rem; white-space: pre-wrap; }
        code { font-size: .85rem; color: var(--pale); }
        .error { color: var(--bad); }
        .remark { color: var(--pale); margin: .2rem 0 .5rem; font-size: .9rem; }
        .subject { font-weight: normal; }
        .slim { padding: .35rem .8rem; }
        .slim h2 { margin: 0; }
        .picture { overflow-x: auto; background: #fff; border-radius: .35rem; }
        @media (max-width: 40rem) {
        summary { grid-template-columns: 1fr auto; gap: .1rem .8rem; }
        .lane { grid-column: 1 / -1; grid-row: 2; }
        dl { grid-template-columns: 1fr; }
        details > p, dl, pre { margin-left: .2rem; }
        }
        """
}
