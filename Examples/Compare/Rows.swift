internal import Foundation
internal import _ExampleReport

/// A measure of images that a report compares by.
struct Measure: Sendable {
  let name: String
  let isHigherBetter: Bool
  let format: String
  /// The number of each image; empty where it was not measured.
  let values: @Sendable (Results.Entry) -> [Double]

  /// The measures of every report; those that a model has no numbers for are left out.
  static let all: [Measure] = [
    Measure("PSNR to the same steps, dB", higher: true, "%.2f") { $0.toReference?.psnr ?? [] },
    Measure("SSIM to the same steps", higher: true, "%.4f") { $0.toReference?.ssim ?? [] },
    Measure("latent error to the same steps", higher: false, "%.4f") {
      $0.toReference?.latentError ?? []
    },
    Measure("PSNR to the second reference, dB", higher: true, "%.2f") {
      $0.toLongReference?.psnr ?? []
    },
    Measure("SSIM to the second reference", higher: true, "%.4f") {
      $0.toLongReference?.ssim ?? []
    },
    Measure("latent error to the second reference", higher: false, "%.4f") {
      $0.toLongReference?.latentError ?? []
    },
    Measure("recognised, %", higher: true, "%.1f") { $0.recognised.map { $0 ? 100 : 0 } },
    Measure("Fréchet distance", higher: false, "%.2f") { $0.frechetDistance.map { [$0] } ?? [] },
  ]

  private init(
    _ name: String, higher: Bool, _ format: String,
    _ values: @escaping @Sendable (Results.Entry) -> [Double]
  ) {
    (self.name, isHigherBetter, self.format, self.values) = (name, higher, format, values)
  }

  /// The mean of an entry's images.
  func mean(_ entry: Results.Entry) -> Double? {
    let values = values(entry)
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}

extension Results {
  /// The run without a cache that all others are compared with.
  var reference: Entry? { entries.first { $0.candidate.kind == .reference } }

  /// The measures that this comparison has numbers of.
  var measures: [Measure] {
    Measure.all.filter { measure in entries.contains { !measure.values($0).isEmpty } }
  }

  /// The seconds of a batch: the median of the rounds.
  func seconds(_ entry: Entry) -> Double? { median(entry.seconds) }

  /// How many times as fast as without a cache: the median of the rounds' ratios, so that a machine
  /// whose speed drifts treats both alike.
  func speedUp(_ entry: Entry) -> Double? {
    guard let reference else { return nil }
    return median(zip(reference.seconds, entry.seconds).map { $0 / $1 })
  }

  /// The share of the multiply-adds of a run without a cache.
  func costShare(_ entry: Entry) -> Double? {
    guard let full = reference?.multiplyAdds, full > 0, entry.failure == nil else { return nil }
    return entry.multiplyAdds / full
  }
}

/// The results as CSV, a line for each candidate.
func csv(_ results: Results) -> String {
  func field(_ text: String) -> String {
    text.contains { ",\"\n".contains($0) }
      ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
  }
  func number(_ value: Double?) -> String { value.map { String(format: "%.6g", $0) } ?? "" }
  var lines = [
    [
      "name", "settings", "steps", "failure", "seconds", "speed-up", "multiply-adds", "cost share",
      "cache bytes",
    ] + results.measures.map(\.name)
  ]
  for entry in results.entries {
    lines.append(
      [
        entry.candidate.name, entry.settings ?? "", "\(entry.candidate.steps)",
        entry.failure ?? "", number(results.seconds(entry)), number(results.speedUp(entry)),
        number(entry.multiplyAdds), number(results.costShare(entry)), "\(entry.cacheBytes)",
      ] + results.measures.map { number($0.mean(entry)) })
  }
  return lines.map { $0.map(field).joined(separator: ",") + "\n" }.joined()
}

/// The results in a few lines for the terminal.
func summary(_ results: Results, in folder: String) -> String {
  var lines = ["                                     speed-up   PSNR, dB"]
  let ranked = results.entries.filter { $0.failure == nil && $0.candidate.kind != .longReference }
    .sorted { (results.speedUp($0) ?? 0) < (results.speedUp($1) ?? 0) }
  for entry in ranked {
    let name = entry.candidate.name.padding(toLength: 36, withPad: " ", startingAt: 0)
    let speed = results.speedUp(entry).map { String(format: "%5.2f ×", $0) } ?? "      –"
    let nearness = Measure.all[0].mean(entry).map { String(format: "%8.2f", $0) } ?? "       –"
    lines.append("\(name)  \(speed)   \(nearness)")
  }
  lines += results.entries.compactMap { entry in
    entry.failure.map { "\(entry.candidate.name): \($0)" }
  }
  lines += results.search
  return (lines + ["wrote      \(folder)/report.html", ""]).joined(separator: "\n")
}
