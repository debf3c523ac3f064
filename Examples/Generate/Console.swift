internal import DiT
internal import Foundation
internal import Kernels
internal import _ExampleCommandLine

/// Says what a run of `generate` does and did.
struct Console {
  private let settings: Settings

  init(_ settings: Settings) { self.settings = settings }

  /// Says what is about to be done; on standard error where standard output is for programs.
  func introduce() throws {
    guard !settings.isQuiet else { return }
    let (s, c) = (settings, settings.pipeline.denoiser.architecture)
    var lines = [
      "model      \(s.modelName): \(c.name), \(c.depth) blocks of width \(c.width), "
        + "\(c.tokenCount) tokens",
      "compute    \(s.precision.rawValue) on \(s.instructionSet), "
        + counted(s.threads, "thread"),
      "sampling   \(counted(s.items.count, "image")), \(s.sampler.name), "
        + "\(counted(s.steps, "step")), "
        + (s.sampler.stepCount == s.steps ? "" : "\(s.sampler.stepCount) evaluations, ")
        + (s.editOptions.map { "\($0.strength) of \($0.image), " } ?? "")
        + "guidance \(s.guidance.scale), seed \(s.items[0].seed)",
    ]
    if let cache = s.cache {
      lines += cache.introduction
    }
    try StandardStream.error.write(lines.joined(separator: "\n") + "\n")
  }

  /// Says what was done, in words or as JSON.
  func report(
    _ samples: Samples, files: [String], loadSeconds: Double, comparison: Comparison? = nil
  ) throws {
    let report = GenerateReport(
      settings, samples, files: files, loadSeconds: loadSeconds, comparison: comparison)
    if settings.isJSON {
      try StandardStream.output.write(try jsonReport(report))
    } else if !settings.isQuiet {
      try StandardStream.output.write(words(report, comparison))
    }
  }

  private func words(_ report: GenerateReport, _ comparison: Comparison?) -> String {
    var lines = [
      "time       " + seconds(report.loadSeconds) + " to load, "
        + seconds(report.sampleSeconds)
        + (comparison == nil ? " to sample (" : " to sample with the cache in the first round (")
        + seconds(report.sampleSeconds / Double(max(report.images, 1))) + " an image), "
        + "\(report.peakMemoryBytes / 1_000_000) MB at the most"
    ]
    if let cache = report.cache {
      lines.append(
        "reused     \(cache.reusedBlocks) of \(cache.reusedBlocks + cache.computedBlocks) blocks; "
          + "\(giga(cache.multiplyAdds)) of \(giga(cache.multiplyAddsUncached)) G multiply-adds; "
          + "\(cache.peakBytes / 1000) kB kept")
      lines += cache.trace.map { "           \($0)" }
      lines += cache.notes.map { "note       \($0)" }
      if let measured = cache.measured { lines.append(measured) }
      if let full = cache.fullStepSeconds, let cheap = cache.cheapStepSeconds {
        lines.append("step       \(seconds(full)) in full, \(seconds(cheap)) with reuse")
      }
    }
    if let comparison {
      lines.append("")
      lines.append("                 time   speed-up   PSNR      SSIM    class accuracy")
      for variant in comparison.variants {
        let accuracy = variant.accuracy.map { String(format: "%.1f %%", 100 * $0) } ?? "-"
        let name = variant.name.padding(toLength: 12, withPad: " ", startingAt: 0)
        lines.append(
          name
            + String(
              format: " %7.3f s   %5.2f ×   %5.2f dB   %.4f  ", variant.median,
              Comparison.ratio(comparison.uncached, variant), variant.psnr, variant.ssim)
            + accuracy)
      }
      lines.append("")
    }
    lines += report.outputs.prefix(3).map { "wrote      \($0)" }
    if report.outputs.count > 3 { lines.append("           and \(report.outputs.count - 3) more") }
    return lines.joined(separator: "\n") + "\n"
  }

  private func seconds(_ value: Double) -> String {
    value < 0.1 ? String(format: "%.1f ms", 1000 * value) : String(format: "%.2f s", value)
  }

  private func counted(_ count: Int, _ thing: String) -> String {
    "\(count) \(thing)" + (count == 1 ? "" : "s")
  }

  private func giga(_ value: Double) -> String { String(format: "%.1f", value / 1e9) }
}
