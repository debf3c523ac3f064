package import DiT
internal import Foundation
internal import Kernels
package import Tensor

/// Finished samples of all images, and what they cost.
package struct Drawn: Sendable {
  /// `[images] + sampleShape`.
  package let latents: Tensor<Float>
  /// What the runs did.
  package let report: RunReport
}

extension Study {
  /// The distance between the seeds of images that settings are found on and those of images that
  /// the settings are judged on, so that they are different images.
  package static let tuningOffset = 1_000_000

  /// The cache that a text names.
  ///
  /// A method that needs a calibration is calibrated on other images.
  ///
  /// - Parameters:
  ///   - text: As the command line takes it.
  ///   - steps: The steps of the runs.
  /// - Returns: The method.
  /// - Throws: `CacheError` where there is no such method, and what the calibration throws.
  package func cache(_ text: String, steps: Int) throws -> CacheMethods.Choice {
    for part in text.split(separator: "+") {
      let type = try CacheMethods.type(named: String(part.prefix { $0 != ":" }))
      if let type = type as? any CalibratedCacheMethod.Type {
        return try CacheMethods.method(text, calibration: calibration(type, steps: steps))
      }
    }
    return try CacheMethods.method(text)
  }

  /// The calibration of a method, measured on a few images of other seeds.
  package func calibration(
    _ type: any CalibratedCacheMethod.Type, steps: Int
  ) throws -> CacheCalibration {
    let images = 0..<min(8, conditions.count)
    return try type.calibration(
      of: run(images, steps: steps, cache: nil, seedOffset: Self.tuningOffset))
  }

  /// A run that draws some of the images.
  private func run(
    _ images: Range<Int>, steps: Int, cache: (any CacheMethod)?, seedOffset: Int
  ) throws -> DenoisingRun {
    try pipeline.run(
      Array(conditions[images]), negatives: negatives.map { Array($0[images]) },
      generators: images.map { TorchGenerator(seed: UInt64(setup.seed + seedOffset + $0)) },
      sampler: pipeline.sampler(samplerKind, steps: steps), guidance: guidance, cache: cache,
      threads: threads)
  }

  /// Draws images.
  ///
  /// - Parameters:
  ///   - steps: The number of steps.
  ///   - cache: The cache; nil computes everything.
  ///   - batches: The images.
  ///   - seedOffset: What is added to their seeds.
  ///   - observe: Called after each batch, with the number of its images.
  /// - Returns: The finished samples and their cost.
  /// - Throws: What the run throws, `CancellationError` too.
  package func draw(
    steps: Int, cache: (any CacheMethod)?, batches: [Range<Int>], seedOffset: Int = 0,
    observe: (Int) -> Void = { _ in }
  ) async throws -> Drawn {
    var parts: [Tensor<Float>] = []
    var report = RunReport()
    for batch in batches {
      var run = try run(batch, steps: steps, cache: cache, seedOffset: seedOffset)
      while try run.next() != nil { await Task.yield() }
      parts.append(run.latents)
      report += run.report
      observe(batch.count)
    }
    return Drawn(latents: Tensor(concatenating: parts, axis: 0), report: report)
  }

  /// The images of finished samples, 8-bit levels `[height, width, channels]` each.
  package func images(_ latents: Tensor<Float>) -> [Tensor<UInt8>] {
    let images = pipeline.images(latents, threads: threads)
    return (0..<images.shape[0]).map { images[$0] }
  }

  /// The first images, `[height, width, channels]` each, as small PNG files in base64; none where
  /// they are neither grey nor RGB.
  package func thumbnails(_ images: [Tensor<UInt8>]) -> [String] {
    images.prefix(10).compactMap { image in
      let scale = min(1, 96 / Double(max(image.shape[0], image.shape[1])))
      guard [1, 3].contains(image.shape[2]) else { return nil }
      let small = resized(
        image, height: max(1, Int(scale * Double(image.shape[0]))),
        width: max(1, Int(scale * Double(image.shape[1]))))
      return (try? PNG.encoded(small)).map { Data($0).base64EncodedString() }
    }
  }
}
