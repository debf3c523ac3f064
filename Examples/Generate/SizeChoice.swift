internal import DiT
internal import _ExampleCommandLine

/// The size of the images, in pixels, and that of the samples that they are made of.
struct SizeChoice: Sendable {
  let image: (height: Int, width: Int)
  let sample: SampleSize

  /// The size that the options ask for, of a model.
  ///
  /// - Throws: `UsageError` with what is possible, where the model does not draw it.
  init(
    _ o: GenerateOptions, _ arguments: ParsedArguments, _ pipeline: DiffusionPipeline
  ) throws(UsageError) {
    let standard = pipeline.imageSize
    let asked = (
      height: arguments[o.height] ?? standard.height, width: arguments[o.width] ?? standard.width
    )
    image = arguments[o.bins] ? try Self.published(nearest: asked, pipeline) : asked
    do {
      sample = try pipeline.sampleSize(of: image)
    } catch {
      throw .other("--width, --height: \(error)")
    }
  }

  /// The published size whose aspect ratio is nearest to that of an image.
  private static func published(
    nearest image: (height: Int, width: Int), _ pipeline: DiffusionPipeline
  ) throws(UsageError) -> (height: Int, width: Int) {
    guard case .multiples = pipeline.denoiser.sizes,
      let bins = AspectRatioBins(side: pipeline.imageSize.height)
    else {
      throw .other(
        "--bins: there are no published sizes for this model, but for models of texts "
          + "with images of 256, 512, 1024 or 2048 pixels a side")
    }
    let size = bins.nearest(height: image.height, width: image.width)
    return (size.height, size.width)
  }
}
