import DiT
import Testing

extension DiffusionPipeline {
  /// The denoiser of a pipeline of DiT.
  var transformer: DiffusionTransformer {
    get throws { try #require(denoiser as? DiffusionTransformer) }
  }
}
