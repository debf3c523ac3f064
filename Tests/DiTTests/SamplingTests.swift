import DiT
import Kernels
import Tensor
import Testing
import _TestSupport

/// Noise that a golden file holds, a step at a time.
struct RecordedNoise: RandomSource {
  /// The noise of one sample, `[steps, …]`.
  let steps: Tensor<Float>
  private var index = 0

  init(steps: Tensor<Float>) { self.steps = steps }

  mutating func next32() -> UInt32 { 0 }

  mutating func normal(_ shape: [Int]) -> Tensor<Float> {
    defer { index += 1 }
    return steps[index].reshaped(shape)
  }
}

@Suite struct SamplingTests {
  /// Runs the shipped model from the noise of a golden file.
  private func latents(
    _ name: String, _ sampler: some Sampler, cache: (any CacheMethod)? = nil
  ) throws -> Tensor<Float> {
    let file = try Fixtures.open("fashion")
    let noise = try file["\(name).noise"]
    let generators = try (0..<noise.shape[0]).map { sample in
      RecordedNoise(
        steps: file.names.contains("\(name).step_noise")
          ? try file["\(name).step_noise"][.all, sample] : noise)
    }
    var run = try DenoisingRun(
      denoiser: DiffusionPipeline(folder: Fixtures.showcaseModel).denoiser, sampler: sampler,
      request: .init(
        labels: try file.integers("\(name).labels"), noise: noise, generators: generators,
        guidance: Guidance(scale: 4), cache: cache))
    while try run.next() != nil {}
    return run.latents
  }

  @Test func ddimAgreesWithDiffusers() throws {
    let expected = try Fixtures.open("fashion")["ddim.latents"]
    let latents = try latents("ddim", DDIM(steps: 20))
    #expect(relativeError(latents.elements, expected.elements) < 1e-3)
  }

  @Test func ddpmAgreesWithTheOriginal() throws {
    let expected = try Fixtures.open("fashion")["ddpm.latents"]
    let latents = try latents("ddpm", DDPM(steps: 20))
    #expect(relativeError(latents.elements, expected.elements) < 1e-3)
  }

  @Test func deltaDiTAgreesWithPyTorch() throws {
    let expected = try Fixtures.open("fashion")["ddim.latents.deltadit"]
    let latents = try latents(
      "ddim", DDIM(steps: 20), cache: DeltaDiT(cachedBlocks: 9, boundary: 12))
    #expect(relativeError(latents.elements, expected.elements) < 1e-3)
  }

  @Test(arguments: Guidance.Channels.allCases)
  func learnedVarianceAgreesWithTheOriginal(_ channels: Guidance.Channels) throws {
    let file = try Fixtures.open("learned-sigma")
    let noise = try file["ddpm.noise"]
    let stepNoise = try file["ddpm.step_noise"]
    var run = try DenoisingRun(
      denoiser: try goldenModel(try Fixtures.open("dit-a")),
      sampler: DDPM(steps: 10, variance: .learnedRange),
      request: .init(
        labels: try file.integers("ddpm.labels"), noise: noise,
        generators: (0..<2).map { RecordedNoise(steps: stepNoise[.all, $0]) },
        guidance: Guidance(scale: 4, channels: channels)))
    while try run.next() != nil {}
    let expected = try file["ddpm.\(channels.rawValue)"]
    #expect(relativeError(run.latents.elements, expected.elements) < 1e-4)
  }
}
