/// The colours and lines of plots, in a page or in a file of their own.
let plotStyle = """
  :root, svg { --fg: #1f2328; --muted: #59636e; --bg: #ffffff; --panel: #f6f8fa; --line: #d1d9e0;
    --accent: #0b63c4; --steps: #bc4c00; --good: #1a7f37; --bad: #b3261e; --keep: #d4a72c;
    --idle: #c4ccd4; }
  @media (prefers-color-scheme: dark) { :root, svg { --fg: #e6edf3; --muted: #9198a1;
    --bg: #0d1117; --panel: #161b22; --line: #333b44; --accent: #58a6ff; --steps: #f0883e;
    --good: #3fb950; --bad: #ff7b72; --keep: #d29922; --idle: #3d444d; } }
  svg { background: var(--panel); font: 12px system-ui, sans-serif; }
  svg text { fill: var(--fg); } svg .mark, svg .muted { fill: var(--muted); }
  svg .grid { stroke: var(--line); } svg .bar { stroke: var(--muted); opacity: .5; }
  svg .family { fill: none; stroke: var(--accent); opacity: .25; }
  svg .method { fill: var(--accent); stroke: var(--panel); }
  svg .steps { fill: none; stroke: var(--steps); stroke-width: 2; }
  svg .step { fill: var(--steps); stroke: var(--panel); }
  svg .front { fill: none; stroke: var(--good); stroke-width: 6; opacity: .25; stroke-linejoin: round; }
  svg .named { font-size: 11px; stroke: var(--panel); stroke-width: 3; paint-order: stroke; }
  svg .line { fill: none; stroke: var(--accent); stroke-width: 2; }
  svg .compute { fill: var(--idle); } svg .record { fill: var(--keep); } svg .reuse { fill: var(--accent); }
  svg g:hover > .family { opacity: 1; stroke-width: 2; } svg a:hover .method, svg a:focus .method { r: 7px; }
  """

/// The style of a report.
let pageStyle = """
  * { box-sizing: border-box; }
  html { scroll-behavior: smooth; }
  body { margin: 0 0 64px; font: 15px/1.5 system-ui, sans-serif; color: var(--fg); background: var(--bg); }
  header, section { max-width: 1180px; margin: 0 auto; padding: 0 20px; }
  h1 { font-size: 1.7rem; line-height: 1.2; margin: 32px 0 4px; letter-spacing: -.01em; }
  h2 { font-size: 1.2rem; margin: 0 0 6px; padding-top: 40px; }
  p { max-width: 80ch; margin: 6px 0; } .muted { color: var(--muted); }
  a { color: var(--accent); } td a, svg a { color: inherit; text-decoration: none; }
  td a:hover, td a:focus { text-decoration: underline; }
  nav { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 12px 0 0; padding: 10px 0;
    border-block: 1px solid var(--line); }
  nav a { text-decoration: none; } nav a:hover { text-decoration: underline; }
  dl { display: grid; grid-template-columns: max-content minmax(0, 80ch); gap: 4px 20px; margin: 8px 0; }
  dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; }
  code, pre { font: 13px/1.5 ui-monospace, monospace; }
  pre { background: var(--panel); padding: 10px 14px; border-radius: 8px; overflow-x: auto; }
  .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 215px), 1fr)); gap: 12px; margin: 10px 0; padding: 0; list-style: none; }
  .cards li { background: var(--panel); border-radius: 8px; padding: 10px 14px; }
  .cards b { display: block; font-size: 1.45rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
  .scroll { overflow: auto; max-height: 86vh; border: 1px solid var(--line); border-radius: 8px; margin: 8px 0; }
  .scroll:has(> svg) { background: var(--panel); }
  .scroll svg { border-radius: 0; display: block; }
  table { border-collapse: separate; border-spacing: 0; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
  th, td { padding: 5px 12px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line);
    background: var(--bg); }
  tr:last-child td { border-bottom: 0; }
  thead th { position: sticky; top: 0; z-index: 2; background: var(--panel); vertical-align: bottom; }
  th:first-child, td:first-child { text-align: left; position: sticky; left: 0; }
  thead th:first-child { z-index: 3; } td:first-child { z-index: 1; }
  td.left { text-align: left; }
  td.text { text-align: left; white-space: normal; min-width: 40ch; }
  td small { color: var(--muted); }
  th button { all: unset; cursor: pointer; font-weight: 600; max-width: 18ch; white-space: normal; text-align: inherit; }
  th button::after { content: "\\a0↕"; color: var(--muted); font-weight: 400; }
  th[aria-sort=ascending] button::after { content: "\\a0↑"; color: var(--fg); }
  th[aria-sort=descending] button::after { content: "\\a0↓"; color: var(--fg); }
  tbody tr:hover td { background: var(--panel); }
  tr:target td { background: color-mix(in srgb, var(--accent) 18%, var(--bg)); }
  tr.failed td { color: var(--steps); } tr.reference td { font-weight: 600; }
  td.better { color: var(--good); font-weight: 600; } td.worse { color: var(--bad); }
  td.even { color: var(--muted); }
  figure { margin: 8px 0 18px; } figcaption { font-weight: 600; margin-bottom: 4px; }
  figure svg { width: 100%; max-width: 980px; height: auto; border-radius: 8px; }
  .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); gap: 8px 20px; }
  .controls { display: flex; flex-wrap: wrap; gap: 8px 20px; margin: 10px 0; }
  .controls label { color: var(--muted); }
  select { font: inherit; color: var(--fg); background: var(--bg); border: 1px solid var(--line);
    border-radius: 6px; padding: 4px 8px; margin-left: 6px; max-width: 100%; }
  .legend { display: flex; flex-wrap: wrap; gap: 2px 18px; color: var(--muted); }
  .legend i { display: inline-block; width: 12px; height: 12px; margin-right: 6px; border-radius: 3px; }
  .images { display: grid; gap: 5px 6px; align-items: center; padding: 8px; width: max-content; min-width: 100%; }
  .images .name { position: sticky; left: 0; background: var(--bg); padding-right: 10px; font-size: 13px;
    line-height: 1.25; max-width: 26ch; overflow-wrap: anywhere; align-self: stretch; display: flex; align-items: center; }
  .images button { all: unset; cursor: pointer; line-height: 0; border-radius: 4px; overflow: hidden; }
  .images img { width: 76px; height: 76px; object-fit: contain; image-rendering: pixelated; background: var(--panel); }
  .images button[data-shown=reference] { box-shadow: 0 0 0 3px var(--keep); }
  .images button[data-shown=difference] { box-shadow: 0 0 0 3px var(--accent); }
  button:focus-visible, select:focus-visible, a:focus-visible, .scroll:focus-visible,
  .images button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
  [hidden] { display: none !important; }
  @media (max-width: 640px) { header, section { padding: 0 12px; } dl { grid-template-columns: 1fr; gap: 0; }
    dd { margin-bottom: 8px; } h1 { font-size: 1.35rem; }
    table { font-size: 13px; } th, td { padding: 4px 8px; }
    th:first-child, td:first-child { white-space: normal; overflow-wrap: anywhere; min-width: 15ch; max-width: 18ch; }
    .images .name { max-width: 13ch; font-size: 12px; } .images img { width: 56px; height: 56px; } }
  @media print { @page { size: landscape; margin: 12mm; } body { font-size: 10px; } nav, .controls { display: none; }
    h2 { padding-top: 16px; } .scroll { overflow: visible; max-height: none; border: 0; }
    table { font-size: 7.5px; } th, td { padding: 2px 4px; white-space: normal; position: static !important; }
    th button::after { content: none !important; } tr, figure, .images .name, .images button { break-inside: avoid; }
    .images img { width: 52px; height: 52px; } }
  @media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
  """
