internal import Foundation

extension AutoencoderKL {
  /// The tiles that a latent of a size is decoded in; nil where it is decoded in one piece.
  func tiling(_ decoding: DiffusionPipeline.Decoding, for size: SampleSize) -> Tiling? {
    switch decoding {
    case .whole: nil
    case .tiles(let tiling): tiling
    case .automatic:
      Double(decodingBytes(size)) <= Double(ProcessInfo.processInfo.physicalMemory) / 2
        ? nil : Tiling(side: max(1, configuration.sampleSide / configuration.scale))
    }
  }

  /// An estimate of the most memory that decoding a latent takes: the features of the last stage,
  /// of full size.
  ///
  /// Four copies live at a time: two with the more channels of the last two stages, and two with
  /// those of the last.
  func decodingBytes(_ size: SampleSize) -> Int {
    let (scale, channels) = (configuration.scale, configuration.stageChannels)
    let pixels = scale * size.height * scale * size.width
    let widest = channels.prefix(2).max() ?? 0
    return pixels * (2 * widest + 2 * channels[0]) * MemoryLayout<Float>.stride
  }
}
