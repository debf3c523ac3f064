internal import Foundation
internal import _ExampleReport

/// A number that trials are compared by.
private struct Column: Sendable {
  let name: String
  let format: String
  let values: @Sendable (Findings.Trial) -> [Double]

  static let all = [
    Column(name: "mean gradient", format: "%.2f") { $0.gradient },
    Column(name: "low-frequency error", format: "%.4f") { $0.lowError },
    Column(name: "high-frequency error", format: "%.4f") { $0.highError },
    Column(name: "PSNR, dB", format: "%.2f") { $0.distances.psnr },
    Column(name: "SSIM", format: "%.4f") { $0.distances.ssim },
    Column(name: "latent error", format: "%.4f") { $0.distances.latentError },
    Column(name: "recognised, %", format: "%.1f") { $0.recognised.map { $0 ? 100 : 0 } },
  ]

  func cell(_ trial: Findings.Trial) -> SortableTable.Cell {
    let value = Resampled(meanOf: values(trial))
    let (low, high) = value?.interval ?? (0, 0)
    return .init(
      value?.value, detail: high > low ? "±" + String(format: format, (high - low) / 2) : ""
    ) { String(format: format, $0) }
  }
}

/// The report of a study of blocks: one file.
func page(_ findings: Findings) -> String {
  let setup = findings.setup
  let model = "\(setup.model), \(setup.precision)"
  var page = HTMLPage(
    title: "The blocks of \(setup.model), \(setup.steps) steps",
    subtitle: "\(findings.depth) blocks, \(setup.images) images; \(findings.machine)"
      + (findings.isFinished ? "" : "; not all of it is drawn"))
  page.add(
    "Front, middle and rear blocks",
    note(
      "Three quarters of the blocks are cached in all steps but one in \(findings.interval), against "
        + "the same run without a cache. The gradient and the low frequencies tell of outlines, the "
        + "high frequencies of detail. Behind ± is half of the 95 % interval.")
      + table([findings.reference] + findings.positions))
  page.add(
    "The boundary b",
    note("Δ-DiT caches the last blocks in the first b steps, and the first blocks in all others.")
      + plots(findings.boundaries, "b") + table(findings.boundaries))
  page.add(
    "The number of cached blocks, N_c",
    plots(findings.counts, "cached blocks") + table(findings.counts))
  page.add(
    "How much each block's offset changes from step to step",
    note("‖Δ − Δ of the step before‖ / ‖Δ of the step before‖, the mean of a few images.")
      // The first step has none before it.
      + heatMap(
        findings.change.map { [.nan] + $0.dropFirst() }, rowName: "block", columnName: "step"))
  page.add(
    "How large each block's offset is",
    note("‖Δ‖ over the norm of the tokens before the block.")
      + heatMap(findings.size, rowName: "block", columnName: "step"))
  page.add("Images", images(findings))
  page.add(
    "How it was measured",
    definitions(
      [("model", model)] + setup.changes + [
        ("sampling", "\(setup.sampler), \(setup.steps) steps, guidance \(setup.guidanceScale)"),
        ("images", "\(setup.images), seeds from \(setup.seed) on"),
        ("machine", findings.machine.description),
      ]) + "<pre>swift run -c release \(escaped(findings.command))</pre>")
  return page.text
}

private func table(_ trials: [Findings.Trial]) -> String {
  let columns = Column.all.filter { column in trials.contains { !column.values($0).isEmpty } }
  var table = SortableTable(columns: ["cache", "multiply-adds"] + columns.map(\.name))
  for trial in trials {
    table.add(
      [
        .init(trial.cache ?? "no cache"),
        .init(trial.costShare) { String(format: "%.0f %%", 100 * $0) },
      ] + columns.map { $0.cell(trial) }, kind: trial.cache == nil ? "reference" : "")
  }
  return table.html
}

private func plots(_ trials: [Findings.Trial], _ name: String) -> String {
  let figures = Column.all.compactMap { column -> String? in
    let points = trials.compactMap { trial in
      Resampled(meanOf: column.values(trial)).map { (x: Double(trial.setting), y: $0.value) }
    }
    guard !points.isEmpty else { return nil }
    return LinePlot(
      "\(column.name), by \(name)", xName: name, yName: column.name, points: points
    ).html
  }
  return "<div class=\"figures\">\n" + figures.joined(separator: "\n") + "\n</div>"
}

private func images(_ findings: Findings) -> String {
  var strip = ImageStrip()
  for trial in [findings.reference] + findings.positions + findings.boundaries + findings.counts {
    strip.add(trial.cache ?? "no cache", images: trial.thumbnails)
  }
  return strip.html
}
