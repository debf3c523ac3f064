internal import DiT
internal import Kernels
internal import NN
internal import ShowcaseModel
internal import Tensor

extension Case {
  /// Forward passes of whole models, `step/f32/<model>`.
  static var steps: [Case] {
    let showcase = DiffusionTransformer.Configuration(
      inputSize: .square(32), channels: 1, patchSize: 4, width: 192, depth: 12, headCount: 3,
      classCount: 10, learnsSigma: false)
    return [
      step("fashion-dit-20", showcase, batch: 20, note: "10 guided images") {
        try DiffusionPipeline(folder: ShowcaseModel.generator.folder()).denoiser
      },
      randomStep("dit-s-2-256", .small(patchSize: 2)),
      randomStep("dit-b-2-256", .base(patchSize: 2)),
      randomStep("dit-l-2-256", .large(patchSize: 2), isLong: true),
      randomStep("dit-xl-2-256", .extraLarge(patchSize: 2)),
      randomStep("dit-xl-2-256", .extraLarge(patchSize: 2), .bfloat16),
      randomStep("dit-xl-2-256", .extraLarge(patchSize: 2), .int8),
      randomStep("dit-xl-2-512", .extraLarge(patchSize: 2, inputSize: .square(64)), isLong: true),
      randomStep(
        "dit-xl-2-512", .extraLarge(patchSize: 2, inputSize: .square(64)), .bfloat16, isLong: true),
      randomStep(
        "dit-xl-2-512", .extraLarge(patchSize: 2, inputSize: .square(64)), .int8, isLong: true),
    ]
  }

  /// A step of a guided image by a model that was never trained.
  private static func randomStep(
    _ shape: String, _ configuration: DiffusionTransformer.Configuration,
    _ precision: Precision = .float32, isLong: Bool = false
  ) -> Case {
    step(shape, configuration, precision, batch: 2, note: "1 guided image", isLong: isLong) {
      try DiffusionTransformer(
        configuration, from: Weights(RandomWeights(configuration), precision: precision))
    }
  }

  private static func step(
    _ shape: String, _ configuration: DiffusionTransformer.Configuration,
    _ precision: Precision = .float32, batch: Int, note: String, isLong: Bool = false,
    _ model: @escaping () throws -> any Denoiser
  ) -> Case {
    Case(
      family: "step", precision: precision, shape: shape, note: note,
      work: .operations(
        2 * Double(batch * configuration.depth) * configuration.architecture.paperBlock.total,
        peak: .of(precision)),
      isLong: isLong, isModel: true
    ) {
      let model = try require(
        model() as? DiffusionTransformer, "step: the model is no DiffusionTransformer")
      let x = numbers([batch] + configuration.sampleShape)
      let timesteps = [Double](repeating: 500, count: batch)
      let labels = (0..<batch).map { $0 % 2 == 0 ? $0 / 2 : configuration.nullClass }
      return { _ = model(x, timesteps: timesteps, labels: labels, in: $0) }
    }
  }
}
