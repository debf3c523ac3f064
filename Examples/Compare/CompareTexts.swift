internal import Foundation
internal import _ExampleReport

/// The results as CSV, a line for each candidate.
func csv(_ analysis: Analysis) -> String {
  func field(_ text: String) -> String {
    text.contains { ",\"\n".contains($0) }
      ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
  }
  func number(_ value: Double?) -> String { value.map { String(format: "%.6g", $0) } ?? "" }
  var lines = [
    [
      "name", "settings", "steps", "failure", "seconds", "speed-up", "multiply-adds", "cost share",
      "cache bytes",
    ]
      + analysis.measures.flatMap {
        [$0.name, "\($0.name) low", "\($0.name) high", "\($0.name) against fewer steps"]
      }
  ]
  for row in analysis.rows {
    let (entry, interval) = (row.entry, { (id: String) in row.values[id]?.interval })
    lines.append(
      [
        entry.candidate.name, entry.settings ?? "", "\(entry.candidate.steps)",
        entry.failure ?? "", number(row.seconds), number(row.speedUp),
        number(entry.multiplyAdds), number(row.costShare), "\(entry.cacheBytes)",
      ]
        + analysis.measures.flatMap { measure in
          [
            number(row.values[measure.id]?.value), number(interval(measure.id)?.low),
            number(interval(measure.id)?.high),
            number(row.advantages[measure.id]?.difference.value),
          ]
        })
  }
  return lines.map { $0.map(field).joined(separator: ",") + "\n" }.joined()
}

/// The numbers as Markdown: a table of the methods and one of fewer steps.
func markdown(_ analysis: Analysis) -> String {
  func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
  func number(_ value: Double?, _ format: String) -> String {
    value.map { String(format: format, $0) } ?? "–"
  }
  let heads =
    ["", "seconds", "speed-up", "multiply-adds", "cache, MB"] + analysis.measures.map(\.name)
  let rule = line(["---"] + heads.dropFirst().map { _ in "---:" })
  func table(_ rows: [Analysis.Row]) -> String {
    line(heads) + rule
      + rows.map { row in
        let settings = row.settings.isEmpty ? "" : " (`\(row.settings)`)"
        let isCode = row.candidate.kind == .method
        return line(
          [
            (isCode ? "`\(row.candidate.name)`" : row.candidate.name) + settings,
            number(row.seconds, "%.3f"), number(row.speedUp, "%.2f ×"),
            number(row.costShare.map { 100 * $0 }, "%.0f %%"),
            String(format: "%.1f", Double(row.entry.cacheBytes) / 1e6),
          ] + analysis.measures.map { cell(row, $0) })
      }.joined()
  }
  let drawn = analysis.rows.filter(\.entry.isDrawn)
  let failed = analysis.rows.compactMap { row in
    row.entry.failure.map { "- `\(row.candidate.name)`: \($0)\n" }
  }
  return table(drawn.filter { $0.candidate.kind != .method }) + "\n"
    + table(
      drawn.filter { $0.candidate.kind == .method }.sorted { ($0.seconds ?? 0) > ($1.seconds ?? 0) }
    )
    + (failed.isEmpty ? "" : "\nNot on this model:\n\n" + failed.joined())
}

/// A measured number, and whether it is better (↑), undecided (·) or worse (↓) than that of fewer
/// steps in the same time.
private func cell(_ row: Analysis.Row, _ measure: Measure) -> String {
  guard let value = row.values[measure.id] else { return "–" }
  switch row.advantages[measure.id]?.verdict {
  case .better: return "**\(measure.text(value.value))** ↑"
  case .even: return "\(measure.text(value.value)) ·"
  case .worse: return "\(measure.text(value.value)) ↓"
  case nil: return measure.text(value.value)
  }
}

/// The results in a few lines for the terminal.
func summary(_ analysis: Analysis, in folder: String) -> String {
  let width = max(20, analysis.rows.map(\.candidate.name.count).max() ?? 0)
  func padded(_ text: String) -> String {
    text.padding(toLength: width, withPad: " ", startingAt: 0)
  }
  var lines = [padded("") + "   seconds   speed-up   PSNR, dB"]
  let shown = analysis.rows.filter { $0.entry.isDrawn && $0.candidate.kind != .longReference }
  for row in shown.sorted(by: { ($0.seconds ?? 0) > ($1.seconds ?? 0) }) {
    func number(_ value: Double?, _ format: String) -> String {
      value.map { String(format: format, $0) } ?? "         –"
    }
    lines.append(
      padded(row.candidate.name) + number(row.seconds, "%10.3f") + number(row.speedUp, "%9.2f ×")
        + number(row.values["psnr"]?.value, "%11.2f"))
  }
  lines += analysis.rows.compactMap { row in
    row.entry.failure.map { "\(row.candidate.name): \($0)" }
  }
  return (lines + ["wrote      \(folder)/report.html", ""]).joined(separator: "\n")
}
