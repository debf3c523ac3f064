internal import DiT
internal import Foundation
internal import Tensor
internal import _ExampleCommandLine

/// Looks for settings that spend a share of a run without a cache, on other images than they are
/// judged on.
struct Search {
  /// What was found.
  struct Found {
    let candidates: [Candidate]
    /// The search in words, a line for each candidate that was tried.
    let lines: [String]
  }

  private let settings: CompareSettings
  private let images: Range<Int>

  init(_ settings: CompareSettings) {
    self.settings = settings
    images = 0..<min(16, settings.setup.images, settings.batchSize)
  }

  /// The candidates that are tried: presets, and a grid over Δ-DiT's and the series' settings.
  private var candidates: [Candidate] {
    let steps = settings.setup.steps
    let depth = settings.pipeline.denoiser.architecture.depth
    var grid: [String] = []
    for n in [2, 3, 4] {
      for count in [depth / 2, 3 * depth / 4, depth - 1] {
        for boundary in [0, steps * 3 / 5, steps] {
          grid.append("delta-dit:n=\(n),nc=\(count),b=\(boundary)")
        }
      }
      for order in [1, 2] { grid.append("taylorseer:n=\(n),order=\(order),of=stack") }
    }
    return Candidate.allMethods(steps: steps)
      + grid.map { Candidate.method($0, steps: steps) }
      + Candidate.ladder(below: steps, all: true)
  }

  /// The best settings that stay within a budget.
  ///
  /// - Parameters:
  ///   - budget: The share of the cost of a run without a cache.
  ///   - reference: What that run cost.
  /// - Returns: The three candidates whose images are nearest to those without a cache.
  /// - Throws: What a run throws, `CancellationError` too.
  func settings(within budget: Double, reference: Results.Entry) async throws -> Found {
    let full = settings.references[0]
    let uncached = try await settings.draw(
      full, cache: nil, batches: [images], seedOffset: CompareSettings.tuningOffset)
    let expected = settings.images(uncached.latents)
    var tried: [(candidate: Candidate, share: Double, quality: Double)] = []
    for candidate in candidates {
      try Task.checkCancellation()
      guard let drawn = try await attempt(candidate) else { continue }
      let share =
        settings.isBudgetOfTime
        ? drawn.report.seconds / uncached.report.seconds
        : drawn.report.blockCost.linear / uncached.report.blockCost.linear
      let found = settings.images(drawn.latents)
      let quality =
        settings.distances(drawn.latents, found, to: uncached.latents, expected).psnr
        .reduce(0, +) / Double(found.count)
      tried.append((candidate, share, quality))
    }
    let best = tried.filter { $0.share <= budget }.sorted { $0.quality > $1.quality }
    let lines = best.prefix(12).map {
      String(
        format: "%@: %.0f %% of the cost, %.2f dB", $0.candidate.name, 100 * $0.share, $0.quality)
    }
    return Found(
      candidates: best.prefix(3).map(\.candidate),
      lines: [
        "\(tried.count) settings were tried on \(images.count) images of other seeds; "
          + "\(best.count) stay within the budget"
      ] + lines)
  }

  /// Draws a candidate; nil where it does not work on this model.
  private func attempt(_ candidate: Candidate) async throws -> Drawn? {
    do {
      return try await settings.draw(
        candidate, cache: settings.cache(candidate), batches: [images],
        seedOffset: CompareSettings.tuningOffset)
    } catch let error as CancellationError {
      throw error
    } catch {
      return nil
    }
  }
}
