internal import DiT
internal import Foundation
internal import Kernels
internal import ShowcaseModel
internal import Tensor
internal import _ExampleCommandLine

/// Finished samples of all images, and what they cost.
struct Drawn: Sendable {
  var latents: Tensor<Float>
  var report = RunReport()
}

extension CompareSettings {
  /// The cache of a candidate; a calibration is made on other images where the method needs one.
  func cache(_ candidate: Candidate) throws -> CacheMethods.Choice? {
    guard let text = candidate.cache else { return nil }
    let name = text.prefix { $0 != ":" && $0 != "+" }
    guard let type = try CacheMethods.type(named: String(name)) as? any CalibratedCacheMethod.Type
    else { return try CacheMethods.method(text) }
    return try CacheMethods.method(text, calibration: calibration(type, candidate))
  }

  private func calibration(
    _ type: any CalibratedCacheMethod.Type, _ candidate: Candidate
  ) throws -> CacheCalibration {
    let images = 0..<min(8, max(conditions.count, 1))
    let generators = images.map {
      TorchGenerator(seed: UInt64(setup.seed + Self.tuningOffset + $0)) as any RandomSource
    }
    var drawn = generators
    let shape = [1] + pipeline.denoiser.architecture.sampleShape
    let noise = Tensor(
      concatenating: drawn.indices.map { drawn[$0].normal(shape) }, axis: 0)
    return try type.calibration(
      of: pipeline.denoiser, sampler: sampler(steps: candidate.steps),
      request: .init(
        conditions: images.map { conditions[$0] },
        negatives: negatives.map { texts in images.map { texts[$0] } }, noise: noise,
        generators: drawn, guidance: guidance),
      threads: threads)
  }

  /// What is added to the seeds of images that settings are found on.
  static let tuningOffset = 1_000_000

  /// Draws images of a candidate.
  ///
  /// - Parameters:
  ///   - candidate: How.
  ///   - cache: Its cache.
  ///   - batches: The images.
  ///   - seedOffset: What is added to their seeds.
  ///   - observe: Called after each batch.
  /// - Returns: The finished samples and their cost.
  /// - Throws: What the run throws, `CancellationError` too.
  func draw(
    _ candidate: Candidate, cache: (any CacheMethod)?, batches: [Range<Int>], seedOffset: Int = 0,
    observe: (Int) -> Void = { _ in }
  ) async throws -> Drawn {
    var parts: [Tensor<Float>] = []
    var report = RunReport()
    for batch in batches {
      var run = try run(candidate, images: batch, cache: cache, seedOffset: seedOffset)
      while try run.next() != nil { await Task.yield() }
      parts.append(run.latents)
      report += run.report
      observe(batch.count)
    }
    return Drawn(latents: Tensor(concatenating: parts, axis: 0), report: report)
  }

  /// The images of finished samples, a batch at a time.
  func images(_ latents: Tensor<Float>) -> [Tensor<UInt8>] {
    let images = pipeline.images(latents, threads: threads)
    return (0..<images.shape[0]).map { images[$0] }
  }

  /// How near images and samples are to those of a reference.
  func distances(
    _ latents: Tensor<Float>, _ images: [Tensor<UInt8>], to reference: Tensor<Float>,
    _ referenceImages: [Tensor<UInt8>]
  ) -> Results.Distances {
    let hasWindows = min(images[0].shape[0], images[0].shape[1]) >= ssimWindow
    return Results.Distances(
      latentError: images.indices.map { relativeError(latents[$0], reference[$0]) },
      psnr: images.indices.map { min(psnr(images[$0], referenceImages[$0]), 100) },
      ssim: hasWindows ? images.indices.map { ssim(images[$0], referenceImages[$0]) } : [])
  }

  /// The first images as small PNG files in base64.
  func thumbnails(_ images: [Tensor<UInt8>]) -> [String] {
    guard let first = images.first, [1, 3].contains(first.shape[2]) else { return [""] }
    let (height, width) = (first.shape[0], first.shape[1])
    let scale = min(1, 96 / Double(max(height, width)))
    return images.prefix(10).compactMap { image in
      let small = resized(
        image, height: max(1, Int(scale * Double(height))),
        width: max(1, Int(scale * Double(width))))
      return (try? PNG.encoded(small)).map { Data($0).base64EncodedString() }
    }
  }
}

/// ‖a − b‖ / ‖b‖.
private func relativeError(_ a: Tensor<Float>, _ b: Tensor<Float>) -> Double {
  let difference = a.converted(to: Double.self) - b.converted(to: Double.self)
  let square = b.converted(to: Double.self)
  return ((difference * difference).sum().item / (square * square).sum().item).squareRoot()
}
