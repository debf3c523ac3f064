import DiT
import Foundation
import Kernels
import Tensor

/// A run of a small model for one image, written out: DDIM, guidance, and a model that a test writes.
struct PlainRun {
  let model = PlainDiT()
  var (label, seed, steps, scale) = (1, UInt64(7), 8, 3.0)
  var sampler: DDIM { get throws { try DDIM(steps: steps) } }
  var noise: Tensor<Float> {
    var generator = TorchGenerator(seed: seed)
    return generator.normal([1] + SmallDiT.configuration.sampleShape)
  }

  /// What goes into a step.
  struct Step {
    let index: Int
    let timestep: Double
    /// The sample, `[channels][height · width]`.
    let sample: Matrix
    /// Conditions, the conditional one first.
    let conditions: [[Double]]
  }

  /// The prediction `ε_u + scale · (ε_c - ε_u)`; channels of variance are the conditional ones.
  func guided(_ conditional: Matrix, _ unconditional: Matrix) -> Matrix {
    let channels = model.c.channels
    let noise =
      Matrix(unconditional[..<channels])
      + scale * (Matrix(conditional[..<channels]) - Matrix(unconditional[..<channels]))
    var result = noise
    result.append(contentsOf: conditional[channels...])
    return result
  }

  /// The final sample, given the guided prediction of a step; `correct` makes the sample to go on
  /// with of that of a step.
  func sampled(
    correcting correct: (_ step: Int, Tensor<Float>) -> Tensor<Float> = { $1 },
    _ predict: (Step) -> Matrix
  ) throws -> [Float] {
    try finalSample(correcting: correct) { index, timestep, sample in
      predict(
        Step(
          index: index, timestep: timestep, sample: sample,
          conditions: [label, model.c.nullClass].map { model.condition(timestep, $0) }))
    }
  }

  /// The same for any model, which gets a step's index, its timestep and the sample.
  func finalSample(
    correcting correct: (_ step: Int, Tensor<Float>) -> Tensor<Float> = { $1 },
    of predict: (_ index: Int, _ timestep: Double, _ sample: Matrix) -> Matrix
  ) throws -> [Float] {
    let sampler = try sampler
    var (x, history) = (noise, SamplerHistory())
    let workspace = Workspace(threads: 1)
    for (index, timestep) in sampler.timesteps.enumerated() {
      let sample = (0..<model.c.channels).map { x[0, $0].elements.map(Double.init) }
      let output = predict(index, timestep, sample)
      let prediction = Tensor(
        output.joined().map { Float($0) }, shape: [1, output.count] + x.shape[2...])
      x = correct(
        index,
        sampler.step(
          index, x, prediction: prediction, noise: nil, history: &history, in: workspace
        ).copied())
    }
    return x.elements
  }

  /// The final sample of a model that both streams pass in the same way: `tokens` gives the last
  /// tokens of stream 0 or 1.
  func sampled(
    tokens: (Step, _ stream: Int, _ first: Matrix, _ condition: [Double]) -> Matrix
  ) throws -> [Float] {
    try sampled { step in
      let outputs = (0..<2).map { stream in
        model.predict(
          tokens(step, stream, model.embed(step.sample), step.conditions[stream]),
          step.conditions[stream])
      }
      return guided(outputs[0], outputs[1])
    }
  }

  /// The run of the library with a cache.
  func run(_ cache: (any CacheMethod)?) throws -> DenoisingRun {
    try run(SmallDiT.model.get(), .label(label), away: .label(model.c.nullClass), cache)
  }

  /// The same of any model, for a condition and the one that guidance leads away from.
  func run(
    _ denoiser: any Denoiser, _ condition: Condition, away negative: Condition,
    _ cache: (any CacheMethod)?
  ) throws -> DenoisingRun {
    try DenoisingRun(
      denoiser: denoiser, sampler: sampler,
      request: .init(
        conditions: [condition], negatives: [negative], noise: noise,
        generators: [TorchGenerator(seed: seed)], guidance: Guidance(scale: Float(scale)),
        cache: cache))
  }

  /// What a method measures of the library's run.
  func calibration(_ type: any CalibratedCacheMethod.Type) throws -> CacheCalibration {
    try type.calibration(of: run(nil))
  }

  /// The final sample of the library's run.
  func sampled(_ cache: (any CacheMethod)?) throws -> [Float] {
    var run = try run(cache)
    while try run.next() != nil {}
    return run.latents.elements
  }
}
