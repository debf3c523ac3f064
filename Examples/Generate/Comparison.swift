internal import DiT
internal import Foundation
internal import Kernels
internal import ShowcaseModel
internal import Tensor
internal import _ExampleCommandLine

/// The same images with the cache, without it, and with fewer steps of equal cost.
struct Comparison: Sendable {
  /// One way of making the images.
  struct Variant: Sendable {
    let name: String
    let steps: Int
    let sampler: any Sampler
    let isCached: Bool
    /// The samples of the first round.
    var samples = Samples()
    /// The seconds of each round.
    var seconds: [Double] = []
    /// Against the images without the cache, the mean over all images.
    var psnr = Double.infinity
    var ssim = 1.0
    /// The share of images that the judge finds in their class.
    var accuracy: Double?

    /// The median seconds of a round.
    var median: Double { seconds.sorted()[seconds.count / 2] }
  }

  var cached, uncached, fewerSteps: Variant
  /// The median of the rounds' ratios of time, without the cache to with it.
  var speedUp: Double { Self.ratio(uncached, cached) }

  /// All variants, the one to compare with first.
  var variants: [Variant] { [uncached, cached, fewerSteps] }

  /// The median over the rounds of the ratio of two variants' times.
  static func ratio(_ a: Variant, _ b: Variant) -> Double {
    zip(a.seconds, b.seconds).map { $0 / $1 }.sorted()[a.seconds.count / 2]
  }

  /// Makes the images of the settings in all three ways.
  ///
  /// The ways take turns at each batch, and all is repeated, so that a machine whose speed drifts
  /// treats them alike.
  static func run(_ settings: Settings, rounds: Int = 3) async throws -> Comparison {
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
    let work = rounds * settings.batches.count * variants.count
    var bar = ProgressBar(total: work, quiet: settings.isQuiet)
    defer { bar.finish() }
    var done = 0
    for round in 0..<rounds {
      for index in variants.indices { variants[index].seconds.append(0) }
      for batch in settings.batches {
        for index in variants.indices {
          let run = try settings.run(
            batch, sampler: variants[index].sampler, isCached: variants[index].isCached)
          let result = try await finish(run)
          variants[index].seconds[round] += result.report.seconds
          if round == 0 { variants[index].samples.append(result) }
          done += 1
          bar.advance(to: done)
        }
      }
    }
    let judge = settings.isShippedModel ? try Judge(folder: ShowcaseModel.judge.folder()) : nil
    let reference = settings.pipeline.images(
      variants[0].samples.latents, threads: settings.threads)
    let workspace = Workspace(threads: settings.threads)
    for index in variants.indices {
      let images = settings.pipeline.images(
        variants[index].samples.latents, threads: settings.threads)
      variants[index].psnr = mean(images, reference, psnr)
      variants[index].ssim = mean(images, reference, ssim)
      variants[index].accuracy = judge.map {
        $0.accuracy(
          images.converted(to: Float.self) / 127.5 - 1, labels: settings.items.map(\.label),
          in: workspace)
      }
    }
    return Comparison(cached: variants[1], uncached: variants[0], fewerSteps: variants[2])
  }

  /// The mean over all images of a measure of two.
  private static func mean(
    _ a: Tensor<UInt8>, _ b: Tensor<UInt8>, _ measure: (Tensor<UInt8>, Tensor<UInt8>) -> Double
  ) -> Double {
    (0..<a.shape[0]).reduce(0) { $0 + measure(a[$1], b[$1]) } / Double(a.shape[0])
  }
}
