internal import Foundation

/// The lines of a report for people.
enum Table {
  /// The peaks of the machine, a line for each and a column for each number of threads.
  static func peaks(_ report: Report) -> String {
    let threads = Set(report.peaks.map(\.threads)).sorted()
    let head =
      padded(report.instructionSet, 40)
      + threads.map { right($0 == 1 ? "1 thread" : "\($0) threads", 12) }.joined()
    var names: [String] = []
    for peak in report.peaks where !names.contains(peak.name) { names.append(peak.name) }
    let lines = names.map { name in
      let peaks = report.peaks.filter { $0.name == name }
      return padded(name, 40) + peaks.map { String(format: "%12.1f", $0.value) }.joined()
        + "  " + (peaks.first?.unit ?? "")
    }
    return ([head] + lines).joined(separator: "\n") + "\n\n"
  }

  /// The headings of the rows.
  static let head =
    padded("case", 38) + right("threads", 8) + right("median", 12) + right("spread", 9)
    + right("speed", 17) + right("of peak", 10) + "\n"

  /// What the headings mean.
  static let legend = """

    of peak: the speed over this machine's peak on as many threads: GFLOP/s over multiply-adds in
    registers, GB/s over a copy out of cache (what stays in a cache exceeds it). For functions of
    elements (ns/element) it is the time over that of the multiply-adds they are worth; below ×1.50
    is well.

    """

  /// A row.
  static func line(_ row: Report.Row) -> String {
    padded(row.name, 38) + right("\(row.threads)", 8) + right(time(row.median), 12)
      + String(format: "%7.1f %%", 100 * row.spread) + right(speed(row.speed), 17)
      + right(share(row.speed), 10) + "  " + row.note + "\n"
  }

  /// A time in the unit that suits it.
  static func time(_ seconds: Double) -> String {
    switch seconds {
    case ..<1e-3: String(format: "%.1f µs", 1e6 * seconds)
    case ..<1: String(format: "%.2f ms", 1e3 * seconds)
    default: String(format: "%.2f s", seconds)
    }
  }

  /// A text with blanks behind it.
  static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }

  /// A text with blanks before it.
  static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(1, width - text.count)) + text
  }

  private static func speed(_ speed: Speed) -> String {
    if let value = speed.gigaflops { return String(format: "%.1f GFLOP/s", value) }
    if let value = speed.gigabytes { return String(format: "%.1f GB/s", value) }
    return String(format: "%.3f ns/element", speed.nanosecondsPerElement ?? .nan)
  }

  private static func share(_ speed: Speed) -> String {
    speed.nanosecondsPerElement == nil
      ? String(format: "%.0f %%", 100 * speed.share) : String(format: "×%.2f", 1 / speed.share)
  }
}
