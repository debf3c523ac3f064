internal import DiT
internal import Foundation
internal import Kernels
internal import ShowcaseModel
internal import Tensor
internal import _ExampleCommandLine
internal import _ExampleReport

/// The same images with the cache, without it, and with fewer steps of equal cost.
struct Comparison: Sendable {
  /// One way of making the images.
  struct Variant: Sendable {
    let name: String
    let steps: Int
    let sampler: any Sampler
    let isCached: Bool
    /// The samples of the first round, those of each batch.
    var samples: [Tensor<Float>] = []
    /// The seconds of each round.
    var seconds: [Double] = []
    /// Against the images without the cache, the mean over all images.
    var psnr = Double.infinity
    var ssim = 1.0
    /// The share of images that the judge finds in their class.
    var accuracy: Double?

    /// The median seconds of a round.
    var median: Double { _ExampleReport.median(seconds) ?? 0 }
  }

  /// All ways, the one to compare with first.
  let variants: [Variant]

  /// How much faster a way is than the first: the ratio of their median times, which are printed
  /// beside it.
  func speedUp(of variant: Variant) -> Double {
    _ExampleReport.speedUp(variant.seconds, from: variants[0].seconds) ?? 1
  }

  /// The number of times that all images are made in all ways.
  static let rounds = 3

  /// Makes the images of the settings in all three ways.
  ///
  /// The ways take turns at each batch, and all is repeated, so that a machine whose speed drifts
  /// treats them alike.
  ///
  /// - Parameters:
  ///   - settings: What to draw.
  ///   - keep: Called with each batch that was made with the cache in the first round.
  /// - Returns: The comparison.
  /// - Throws: What runs throw, and `keep`.
  static func run(
    _ settings: Settings, keep: (DenoisingRun, Range<Int>) throws -> Void
  ) async throws -> Comparison {
    let share = settings.cache?.plan.computedShare ?? 1
    let fewer = max(1, Int((share * Double(settings.steps)).rounded()))
    var variants = [
      Variant(
        name: "uncached", steps: settings.steps, sampler: settings.fullSampler, isCached: false),
      Variant(name: "cached", steps: settings.steps, sampler: settings.fullSampler, isCached: true),
      Variant(
        name: "\(fewer) steps", steps: fewer, sampler: try settings.makeSampler(fewer),
        isCached: false),
    ]
    // Of a run from an image, the last steps are taken.
    let evaluations = try variants.reduce(0) { sum, variant in
      try sum + (settings.editOptions?.steps(of: variant.sampler) ?? variant.sampler).stepCount
    }
    var progress = Progress(
      settings, stepCount: rounds * settings.batches.count * evaluations)
    defer { progress.finish() }
    for round in 0..<rounds {
      for index in variants.indices { variants[index].seconds.append(0) }
      for batch in settings.batches {
        for index in variants.indices {
          progress.begin(round: round + 1, of: rounds, variant: variants[index].name)
          let run = try settings.run(
            batch, sampler: variants[index].sampler, isCached: variants[index].isCached)
          let result = try await finish(run) { step in try progress.advance(step, batch: batch) }
          variants[index].seconds[round] += result.report.seconds
          guard round == 0 else { continue }
          variants[index].samples.append(result.latents)
          if variants[index].isCached { try keep(result, batch) }
        }
      }
    }
    let judge = settings.isShippedModel ? try Judge(folder: ShowcaseModel.judge.folder()) : nil
    let reference = settings.pipeline.images(
      Tensor(concatenating: variants[0].samples, axis: 0), threads: settings.threads)
    let workspace = Workspace(threads: settings.threads)
    for index in variants.indices {
      let images = settings.pipeline.images(
        Tensor(concatenating: variants[index].samples, axis: 0), threads: settings.threads)
      variants[index].psnr = mean(images, reference, psnr)
      variants[index].ssim = mean(images, reference, ssim)
      variants[index].accuracy = judge.map {
        $0.accuracy(
          images.converted(to: Float.self) / 127.5 - 1,
          labels: settings.items.compactMap { settings.subjects.label(of: $0.subject) },
          in: workspace)
      }
    }
    return Comparison(variants: variants)
  }

  /// The mean over all images of a measure of two.
  private static func mean(
    _ a: Tensor<UInt8>, _ b: Tensor<UInt8>, _ measure: (Tensor<UInt8>, Tensor<UInt8>) -> Double
  ) -> Double {
    (0..<a.shape[0]).reduce(0) { $0 + measure(a[$1], b[$1]) } / Double(a.shape[0])
  }
}
