internal import DiT
internal import Tensor
internal import _ExampleCommandLine

/// The picture to start from, how far to change it, and where.
struct PictureEdit: Sendable {
  /// The paths of the picture and of the mask.
  let picture: String
  let mask: String?
  /// The share of the steps that are taken.
  let strength: Double

  /// What the files hold.
  struct Source: Sendable {
    let picture: EncodedPicture
    let mask: Tensor<Float>?
  }

  /// The edit that the options ask for; nil where they ask for none.
  ///
  /// - Throws: `UsageError` where there is no picture for them.
  init?(_ o: GenerateOptions, _ arguments: ParsedArguments) throws {
    (mask, strength) = (
      arguments[o.mask], arguments[o.strength] ?? (arguments[o.mask] == nil ? 0.75 : 1)
    )
    guard let picture = arguments[o.initImage] else {
      if arguments[o.mask] != nil || arguments[o.strength] != nil {
        throw UsageError.other("--strength and --mask need an --init-image to change")
      }
      return nil
    }
    self.picture = picture
  }

  /// The steps of a sampler that the strength leaves.
  ///
  /// - Throws: `UsageError` where it leaves none.
  func steps(of sampler: any Sampler) throws(UsageError) -> any Sampler {
    do {
      return try SamplerTail(of: sampler, strength: strength)
    } catch {
      throw .other("--strength: \(error)")
    }
  }

  /// Reads the files, and encodes the picture.
  ///
  /// - Throws: `PNGError` where one is no picture.
  func read(for pipeline: DiffusionPipeline, threads: Int) throws -> Source {
    let channels: PNG.Channels = pipeline.pictureChannels == 1 ? .grey : .rgb
    guard pipeline.pictureChannels == channels.rawValue else {
      throw UsageError.other(
        "--init-image: pictures of \(pipeline.pictureChannels) channels are not in PNG")
    }
    return Source(
      picture: pipeline.encoded(try PNG.read(picture, as: channels), threads: threads),
      mask: try mask.map { pipeline.mask(try PNG.read($0, as: .grey)) })
  }
}
