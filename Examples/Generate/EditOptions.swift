internal import DiT
internal import Tensor
internal import _ExampleCommandLine

/// The image to start from, how far to change it, and where.
struct EditOptions: Sendable {
  /// The paths of the image and of the mask.
  let image: String
  let mask: String?
  /// The share of the steps that are taken.
  let strength: Double

  /// The edit that the options ask for; nil where they ask for none.
  ///
  /// - Throws: `UsageError` where there is no image for them.
  init?(_ o: GenerateOptions, _ arguments: ParsedArguments) throws {
    (mask, strength) = (
      arguments[o.mask], arguments[o.strength] ?? (arguments[o.mask] == nil ? 0.75 : 1)
    )
    guard let image = arguments[o.initImage] else {
      if arguments[o.mask] != nil || arguments[o.strength] != nil {
        throw UsageError.other("--strength and --mask need an --init-image to change")
      }
      return nil
    }
    self.image = image
  }

  /// The steps of a sampler that the strength leaves.
  ///
  /// - Throws: `UsageError` where it leaves none.
  func steps(of sampler: any Sampler) throws(UsageError) -> any Sampler {
    do {
      return try ImageToImageSampler(of: sampler, strength: strength)
    } catch {
      throw .other("--strength: \(error)")
    }
  }

  /// The levels of a mask on black, so that what is transparent is kept as what is black is.
  private static func levels(ofMask path: String) throws -> Tensor<UInt8> {
    let image = try PNG.read(path, as: .greyAlpha)
    let (height, width) = (image.shape[0], image.shape[1])
    let pixels = image.elements
    let levels = (0..<height * width).map { index -> UInt8 in
      let (grey, alpha) = (Int(pixels[2 * index]), Int(pixels[2 * index + 1]))
      return UInt8((grey * alpha + 127) / 255)
    }
    return Tensor(levels, shape: [height, width, 1])
  }

  /// Reads the files, and encodes the image.
  ///
  /// - Throws: `PNGError` where one is no image.
  ///
  /// - Parameters:
  ///   - pipeline: The model that changes it.
  ///   - size: The size of its samples.
  ///   - threads: The most threads to encode with.
  /// - Returns: The edit.
  func read(
    for pipeline: DiffusionPipeline, size: SampleSize, threads: Int
  ) throws -> ImageEdit {
    let channels: PNG.Channels = pipeline.imageChannels == 1 ? .grey : .rgb
    guard pipeline.imageChannels == channels.rawValue else {
      throw UsageError.other(
        "--init-image: images of \(pipeline.imageChannels) channels are not in PNG")
    }
    return ImageEdit(
      pipeline.encoded(try PNG.read(image, as: channels), size: size, threads: threads),
      mask: try mask.map { pipeline.mask(try Self.levels(ofMask: $0), size: size) },
      strength: strength)
  }
}
