/// The style of a report.
let pageStyle = """
  :root { --fg: #1b1f24; --muted: #57606a; --bg: #ffffff; --panel: #f3f5f8; --line: #d0d7de;
    --accent: #0b63c4; --good: #1a7f37; --warn: #b25000; --cell-reuse: #0b63c4; --cell-compute: #c9d1d9;
    --cell-record: #e3a008; }
  @media (prefers-color-scheme: dark) { :root { --fg: #e6edf3; --muted: #9198a1; --bg: #0d1117;
    --panel: #161b22; --line: #30363d; --accent: #4c9dff; --good: #3fb950; --warn: #f0883e;
    --cell-reuse: #4c9dff; --cell-compute: #373e47; --cell-record: #d29922; } }
  * { box-sizing: border-box; }
  body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--fg); background: var(--bg); }
  header, section { max-width: 1180px; margin: 0 auto; padding: 0 16px; }
  h1 { font-size: 1.5rem; margin: 24px 0 0; } h2 { font-size: 1.15rem; margin: 32px 0 8px; }
  a { color: var(--accent); } p, dl { max-width: 76ch; } small, .muted { color: var(--muted); }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; } dd { margin: 0; overflow-wrap: anywhere; }
  pre, code { font: 13px/1.45 ui-monospace, monospace; } pre { background: var(--panel); padding: 10px; overflow-x: auto; }
  .scroll { overflow-x: auto; }
  table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
  th, td { padding: 4px 8px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
  th:first-child, td:first-child { text-align: left; }
  th button { all: unset; cursor: pointer; font-weight: 600; } th[aria-sort=ascending] button::after { content: " ▲"; }
  th[aria-sort=descending] button::after { content: " ▼"; }
  button:focus-visible, select:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
  tr.failed td { color: var(--warn); } tr.reference td { font-weight: 600; }
  svg { max-width: 100%; height: auto; background: var(--panel); border-radius: 6px; }
  svg text { fill: var(--fg); font: 11px system-ui, sans-serif; } svg .axis { stroke: var(--line); }
  svg .grid { stroke: var(--line); stroke-dasharray: 2 4; } svg .method { fill: var(--accent); }
  svg .steps { fill: none; stroke: var(--warn); stroke-width: 2; } svg .step { fill: var(--warn); }
  svg .front { fill: none; stroke: var(--good); stroke-width: 2; } svg .named { font-size: 10px; }
  svg .compute { fill: var(--cell-compute); } svg .record { fill: var(--cell-record); } svg .reuse { fill: var(--cell-reuse); }
  .images { display: grid; gap: 4px 8px; align-items: center; overflow-x: auto; }
  .images button { all: unset; cursor: pointer; line-height: 0; } .images img { width: 84px; image-rendering: pixelated; }
  .images .name { position: sticky; left: 0; background: var(--bg); padding-right: 8px; font-size: 13px; max-width: 34ch; overflow-wrap: anywhere; }
  .legend span { display: inline-block; width: 12px; height: 12px; margin: 0 4px 0 12px; border-radius: 2px; }
  .controls { margin: 8px 0; } [hidden] { display: none; }
  @media print { .controls { display: none; } section { break-inside: avoid; } .scroll, .images { overflow: visible; } }
  """
