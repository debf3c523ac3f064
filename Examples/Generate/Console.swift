internal import DiT
internal import Foundation
internal import Kernels
internal import _ExampleCommandLine

/// Says what a run of `generate` does and did.
struct Console {
  private let settings: Settings
  private let loadSeconds: Double

  /// A console for a run whose model took so long to load.
  init(_ settings: Settings, loadSeconds: Double) {
    (self.settings, self.loadSeconds) = (settings, loadSeconds)
  }

  /// Says what is about to be done, on standard error.
  func introduce() {
    guard !settings.isQuiet, !settings.tellsSteps else { return }
    let (s, c) = (settings, settings.architecture)
    var lines = [
      "model      \(s.modelName): \(c.name), \(c.depth) blocks of width \(c.width), "
        + "\(c.tokenCount) tokens",
      "compute    \(s.precision.rawValue) on \(s.instructionSet), "
        + counted(s.threads, "thread"),
      "sampling   \(counted(s.items.count, "image")), \(s.size.image.width) × "
        + "\(s.size.image.height), \(s.sampler.name), \(counted(s.steps, "step")), "
        + (s.sampler.stepCount == s.steps ? "" : "\(s.sampler.stepCount) evaluations, ")
        + (s.editOptions.map { "\($0.strength) of \($0.image), " } ?? "")
        + "guidance \(s.guidance.scale), seed \(s.firstSeed)",
    ]
    if let prompts = s.subjects.prompts {
      lines.append(
        "prompt     '\(inOneLine(prompts.texts[0]))'"
          + (prompts.texts.count > 1 ? " and \(prompts.texts.count - 1) more" : "")
          + (prompts.negative.map { ", away from '\(inOneLine($0))'" } ?? ""))
    }
    if s.skippedCount > 0 {
      lines.append("skipped    \(counted(s.skippedCount, "image")) whose files are there")
    }
    if let shard = s.shard {
      lines.append(
        "shard      \(shard.number) of \(shard.count)"
          + (shard.source.map { ", by \($0)" } ?? "") + ": "
          + "\(s.requestedCount) of \(counted(s.subjects.count * s.countPerSubject, "image"))")
    }
    if let cache = s.cache {
      lines += cache.introduction
    }
    if s.isComparing {
      lines.append(
        "comparing  with and without the cache, and with fewer steps, "
          + "in \(Comparison.rounds) rounds")
    }
    StandardStream.tell(lines.joined(separator: "\n") + "\n")
    for warning in s.warnings { StandardStream.warn(warning, of: "generate") }
  }

  /// Says what was done, in words or as JSON.
  ///
  /// Words go to standard error where images go to standard output.
  func report(
    _ totals: Totals, _ writer: Writer, comparison: Comparison?, isInterrupted: Bool
  ) throws {
    let report = GenerateReport(
      settings, totals, writer, loadSeconds: loadSeconds, comparison: comparison,
      isInterrupted: isInterrupted)
    if settings.isJSON {
      try StandardStream.output.write(try jsonReport(report))
    } else if !settings.isQuiet {
      let words = words(report, comparison)
      if settings.outputs.images.isStandardOutput {
        StandardStream.tell(words)
      } else {
        try StandardStream.output.write(words)
      }
    }
  }

  private func words(_ report: GenerateReport, _ comparison: Comparison?) -> String {
    var lines: [String] = []
    if report.images < settings.items.count {
      lines.append("images     \(report.images) of \(settings.items.count)")
    }
    lines.append(
      "time       " + seconds(report.loadSeconds) + " to load, "
        + (report.encodingSeconds.map { seconds($0) + " to encode prompts, " } ?? "")
        + seconds(report.sampleSeconds)
        + (comparison == nil ? " to sample (" : " to sample with the cache in the first round (")
        + seconds(report.sampleSeconds / Double(max(report.images, 1))) + " an image), "
        + "\(report.peakMemoryBytes / 1_000_000) MB at the most")
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
              comparison.speedUp(of: variant), variant.psnr, variant.ssim)
            + accuracy)
      }
      lines.append("")
    }
    lines += listed(report.outputs, "wrote  ") + listed(report.previews, "preview")
    return lines.joined(separator: "\n") + "\n"
  }

  private func seconds(_ value: Double) -> String {
    value < 0.1 ? String(format: "%.1f ms", 1000 * value) : String(format: "%.2f s", value)
  }

  /// The first of some files, and the number of the rest.
  private func listed(_ files: [String], _ title: String) -> [String] {
    let rest = files.count > 3 ? ["           and \(files.count - 3) more"] : []
    return files.prefix(3).map { "\(title)    \($0.printable)" } + rest
  }

  private func giga(_ value: Double) -> String { String(format: "%.1f", value / 1e9) }
}

/// A number of things, in the singular for one.
func counted(_ count: Int, _ thing: String) -> String {
  "\(count) \(thing)" + (count == 1 ? "" : "s")
}
