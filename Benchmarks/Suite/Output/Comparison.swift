internal import Foundation

/// What moved between two reports by more than the noise.
struct Comparison {
  /// A change below this share is noise whatever the spread.
  private static let threshold = 0.05
  /// How many combined spreads a change must exceed.
  private static let spreads = 3.0
  /// What counts as the spread of a row with too few samples to have one.
  private static let unknownSpread = 0.1

  /// The lines that say what moved.
  let text: String

  /// Compares the rows that both reports have.
  init(old: Report, new: Report) {
    var lines: [String] = []
    if old.instructionSet != new.instructionSet {
      lines.append("instruction set: \(old.instructionSet) → \(new.instructionSet)")
    }
    for peak in new.peaks {
      let before = old.peaks.first { $0.name == peak.name && $0.threads == peak.threads }
      if let before, abs(peak.value / before.value - 1) > Self.threshold {
        lines.append(
          String(
            format: "%@, %d threads: %.1f → %.1f %@, so the machine itself differs", peak.name,
            peak.threads, before.value, peak.value, peak.unit))
      }
    }
    var matches = 0
    for row in new.rows {
      let before = old.rows.first { $0.name == row.name && $0.threads == row.threads }
      guard let before else { continue }
      matches += 1
      let change = row.median / before.median - 1
      let (spreadNow, spreadBefore) = (Self.spread(row), Self.spread(before))
      let spread = (spreadNow * spreadNow + spreadBefore * spreadBefore).squareRoot()
      guard abs(change) > max(Self.threshold, Self.spreads * spread) else { continue }
      lines.append(
        Table.padded(row.name, 38) + Table.right("\(row.threads)", 4)
          + Table.right("\(Table.time(before.median)) → \(Table.time(row.median))", 28)
          + String(format: "%+8.1f %% ", 100 * change) + (change < 0 ? "faster" : "slower"))
    }
    if matches > 0 && lines.isEmpty { lines = ["nothing moved"] }
    lines.append("\(matches) of \(new.rows.count) rows compared")
    if old.rows.count > matches {
      lines.append("\(old.rows.count - matches) of the other report are not in this one")
    }
    text = "\n" + lines.joined(separator: "\n") + "\n"
  }

  /// The spread of a row, as a share of its median.
  private static func spread(_ row: Report.Row) -> Double {
    row.samples < 3 ? unknownSpread : row.spread
  }
}
