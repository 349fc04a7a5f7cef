/// How the picture of layers looks: colours for light and for dark, fonts that the viewer has.
enum PictureStyle {
    /// Colours stand in each rule, not in variables: many viewers of SVG know none.
    static let sheet = """
        text { font-family: system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', 'Noto Sans CJK KR', 'Noto Sans KR',
          'Apple SD Gothic Neo', 'Malgun Gothic', sans-serif; font-size: 13px; fill: #1b2333; }
        .title { font-size: 21px; font-weight: 600; }
        .id, .size { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Noto Sans Mono CJK KR', monospace;
          font-size: 12px; }
        .id, .label { font-weight: 600; }
        .maker, .sharing, .note { font-size: 12px; }
        .dim, .maker { fill: #566074; }
        .sharing { fill: #24673f; font-weight: 600; }
        .paper { fill: #f8f9fc; }
        .own { fill: #e1eafb; stroke: #7d9bd1; }
        .shared { fill: #d6efde; stroke: #4f9a6c; }
        .card { fill: #34518a; stroke: #34518a; }
        .name { fill: #ffffff; font-size: 14px; font-weight: 600; }
        .note { fill: #d9e3f7; }
        .box { fill: #fff9ec; stroke: #b97f1f; stroke-width: 1.5; stroke-dasharray: 5 4; }
        .spine { stroke: #34518a; stroke-width: 2; }
        .bead { fill: #34518a; stroke: #f8f9fc; stroke-width: 1.5; }
        .ground { stroke: #8b94a6; stroke-width: 3; stroke-linecap: round; }
        .running { fill: #2b9a57; stroke: #2b9a57; }
        .stopped { fill: none; stroke: #7a8394; stroke-width: 1.5; }
        @media (prefers-color-scheme: dark) {
          text { fill: #e7ebf3; }
          .dim, .maker { fill: #a3aec1; }
          .sharing { fill: #8fd9ac; }
          .paper { fill: #12161f; }
          .own { fill: #1d2a45; stroke: #5d7fbd; }
          .shared { fill: #183426; stroke: #4f9a6c; }
          .card { fill: #3d62a8; stroke: #3d62a8; }
          .name { fill: #ffffff; }
          .note { fill: #dbe6fb; }
          .box { fill: #2a2315; stroke: #d7a044; }
          .spine { stroke: #86a8e6; }
          .bead { fill: #86a8e6; stroke: #12161f; }
          .ground { stroke: #626c7f; }
          .running { fill: #4cc27c; stroke: #4cc27c; }
          .stopped { stroke: #98a2b5; }
        }
        """
}
