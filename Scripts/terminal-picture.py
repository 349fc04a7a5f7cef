#!/usr/bin/env python3
"""Draws what a terminal showed as an SVG: text with colours on stdin (tmux capture-pane -e -p), the picture on stdout.

    tmux capture-pane -e -p -t SESSION | Scripts/terminal-picture.py > docs/pictures/NAME.svg
"""
import html, re, sys, unicodedata

COLOURS = {30: "#45475a", 31: "#f38ba8", 32: "#a6e3a1", 33: "#f9e2af", 34: "#89b4fa", 35: "#cba6f7", 36: "#89dceb", 37: "#cdd6f4"}
FOREGROUND, BACKGROUND, WIDTH, HEIGHT = "#cdd6f4", "#1e1e2e", 8.4, 18


def columns(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in text)


def runs(line, state):
    """The line's pieces with their style; `state` goes on from line to line."""
    for piece in re.split(r"(\x1b\[[0-9;]*m)", line):
        codes = re.fullmatch(r"\x1b\[([0-9;]*)m", piece)
        if not codes:
            if piece:
                yield piece, dict(state)
            continue
        for code in (int(c or 0) for c in codes[1].split(";")):
            if code == 0: state.clear()
            elif code == 1: state["bold"] = True
            elif code == 2: state["dim"] = True
            elif code == 22: state.pop("bold", 0), state.pop("dim", 0)
            elif code in COLOURS: state["colour"] = COLOURS[code]
            elif 90 <= code <= 97: state["colour"] = COLOURS[code - 60]
            elif code == 39: state.pop("colour", 0)


def main():
    lines = sys.stdin.read().rstrip().split("\n")
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]
    width = max(map(columns, plain)) * WIDTH + 32
    height = len(lines) * HEIGHT + 32
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" viewBox="0 0 {width:.0f} {height}">',
           f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>',
           '<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,\'DejaVu Sans Mono\',\'Noto Sans Mono CJK KR\',monospace" font-size="14" xml:space="preserve">']
    state = {}
    for row, line in enumerate(lines):
        x, y = 16.0, 16 + HEIGHT * row + 13
        for text, style in runs(line, state):
            size = columns(text) * WIDTH
            if text.strip():
                weight = ' font-weight="bold"' if style.get("bold") else ""
                opacity = ' opacity="0.6"' if style.get("dim") else ""
                out.append(f'<text x="{x:.1f}" y="{y}" fill="{style.get("colour", FOREGROUND)}"{weight}{opacity} textLength="{size:.1f}" '
                           f'lengthAdjust="spacingAndGlyphs">{html.escape(text)}</text>')
            x += size
    print("\n".join(out + ["</g>", "</svg>"]))


main()
