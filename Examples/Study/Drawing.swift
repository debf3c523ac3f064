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
  /// What is added to the seeds of images that settings are found on, so that they are not those
  /// that the settings are judged on.
  package static let tuningOffset = 1_000_000

  /// The cache that a text names, calibrated on other images where the method needs it.
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

  /// What a method measures of the model, on a few images of other seeds.
  package func calibration(
    _ type: any CalibratedCacheMethod.Type, steps: Int
  ) throws -> CacheCalibration {
    let images = 0..<min(8, conditions.count)
    var generators = generators(images, seedOffset: Self.tuningOffset)
    let shape = [1] + pipeline.denoiser.architecture.sampleShape
    let noise = Tensor(
      concatenating: generators.indices.map { generators[$0].normal(shape) }, axis: 0)
    return try type.calibration(
      of: pipeline.denoiser, sampler: pipeline.sampler(samplerKind, steps: steps),
      request: .init(
        conditions: Array(conditions[images]),
        negatives: negatives.map { Array($0[images]) }, noise: noise,
        generators: generators, guidance: guidance),
      threads: threads)
  }

  private func generators(_ images: Range<Int>, seedOffset: Int) -> [any RandomSource] {
    images.map { TorchGenerator(seed: UInt64(setup.seed + seedOffset + $0)) }
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
      var run = try pipeline.run(
        Array(conditions[batch]), negatives: negatives.map { Array($0[batch]) },
        generators: generators(batch, seedOffset: seedOffset),
        sampler: pipeline.sampler(samplerKind, steps: steps), guidance: guidance, cache: cache,
        threads: threads)
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
