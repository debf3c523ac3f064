internal import DiT
internal import Foundation
internal import Tensor
internal import _ExampleCommandLine
internal import _ExampleStudy

/// A search for settings within a budget, a share of the cost of a run without a cache.
///
/// It tries them on other images than those that the comparison judges them on.
struct Search {
  /// What was found.
  struct Found: Codable, Equatable {
    /// One setting that was tried.
    struct Trial: Codable, Equatable {
      let candidate: Candidate
      /// The share of the cost of a run without a cache.
      let share: Double
      /// The mean PSNR to the images without a cache, in decibels.
      let psnr: Double
    }

    let budget: CompareSettings.Budget
    /// The number of images that each was tried on.
    let imageCount: Int
    /// The number of settings tried, including those beyond the budget.
    let triedCount: Int
    /// The settings within the budget, the best first.
    let trials: [Trial]

    /// The three best, which the comparison then measures.
    var candidates: [Candidate] { trials.prefix(3).map(\.candidate) }
  }

  private let study: Study
  private let budget: CompareSettings.Budget
  private let isQuiet: Bool
  private let images: Range<Int>

  init(_ study: Study, _ budget: CompareSettings.Budget, isQuiet: Bool) {
    (self.study, self.budget, self.isQuiet) = (study, budget, isQuiet)
    images = 0..<min(16, study.setup.images, study.setup.batchSize)
  }

  /// What is tried: all presets, grids over the settings of Δ-DiT and of TaylorSeer, and fewer
  /// steps.
  private var candidates: [Candidate] {
    let steps = study.setup.steps
    let depth = study.pipeline.denoiser.architecture.depth
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

  /// Tries all candidates, and ranks them by how near their images are to those without a cache.
  ///
  /// - Throws: `CancellationError`, and what the run without a cache throws.
  func found() async throws -> Found {
    var bar = ProgressBar(
      label: "search", total: candidates.count + 1, quiet: isQuiet)
    defer { bar.finish() }
    let uncached = try await draw(steps: study.setup.steps, cache: nil)
    let expected = study.images(uncached.latents)
    var trials: [Found.Trial] = []
    for (index, candidate) in candidates.enumerated() {
      bar.advance(to: index + 1)
      guard let drawn = try await attempt(candidate) else { continue }
      let distances = Distances(
        drawn.latents, study.images(drawn.latents), to: uncached.latents, expected)
      trials.append(
        .init(
          candidate: candidate, share: cost(drawn) / cost(uncached),
          psnr: distances.psnr.reduce(0, +) / Double(images.count)))
    }
    return Found(
      budget: budget, imageCount: images.count, triedCount: trials.count,
      trials: trials.filter { $0.share <= budget.share }.sorted { $0.psnr > $1.psnr })
  }

  private func cost(_ drawn: Drawn) -> Double {
    budget.isOfTime ? drawn.report.seconds : drawn.report.blockCost.linear
  }

  private func draw(steps: Int, cache: (any CacheMethod)?) async throws -> Drawn {
    try await study.draw(
      steps: steps, cache: cache, batches: [images], seedOffset: Study.tuningOffset)
  }

  /// Draws a candidate; nil where it does not work on this model.
  private func attempt(_ candidate: Candidate) async throws -> Drawn? {
    do {
      return try await draw(
        steps: candidate.steps,
        cache: candidate.cache.map { try study.cache($0, steps: candidate.steps) })
    } catch let error as CancellationError {
      throw error
    } catch {
      return nil
    }
  }
}
