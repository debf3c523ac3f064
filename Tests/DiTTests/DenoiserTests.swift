import DiT
import Kernels
import Tensor
import Testing

/// A model of a few lines: each block pushes the samples a share of the way to the condition.
private struct Attractor: Denoiser {
  let architecture = Architecture(
    name: "attractor", sampleShape: [2, 4, 6], tokenCount: 24, width: 2, depth: 4,
    branches: [.init(.feedForward, MultiplyAdds(linear: 48))])
  var sizes: SampleSizes { .multiples(of: 1, upTo: 64) }
  var unconditional: Condition? { .label(0) }
  var precision: Precision { .float32 }

  func architecture(for size: SampleSize) throws(RunError) -> Architecture {
    var other = architecture
    other.sampleShape = [2, size.height, size.width]
    other.tokenCount = size.height * size.width
    return other
  }

  func session(
    _ conditions: [Condition], timesteps: [Double], size: SampleSize, in workspace: Workspace
  ) throws(RunError) -> any DenoiserSession {
    var targets: [Float] = []
    for case .label(let label) in conditions { targets.append(Float(label)) }
    return Session(targets: targets, timesteps: timesteps)
  }

  struct Session: DenoiserSession {
    let targets: [Float]
    let timesteps: [Double]
    var executed = MultiplyAdds()

    mutating func predict(
      _ x: Tensor<Float>, rows: [Int], step: Int, cache: inout CacheState,
      in workspace: Workspace
    ) throws -> Tensor<Float> {
      let share = Float(timesteps[step] / 10_000)
      var x = x
      executed += try cache.passBlocks(&x, in: workspace) { block, x, part, _ in
        try Task.checkCancellation()
        let target = Tensor(part.map { targets[rows[$0]] }, shape: [part.count, 1, 1, 1])
        x = x + (target - x) * share
      }
      return x
    }
  }
}

/// A run knows nothing of DiT: another model is sampled with guidance, every sampler and a cache.
@Suite struct DenoiserTests {
  private func run(
    _ kind: SamplerKind, classes: [Int] = [1, 2], cache: (any CacheMethod)? = nil,
    guidance: Float = 2, size: SampleSize = .square(4)
  ) throws -> DenoisingRun {
    let model = Attractor()
    var generators = classes.map { TorchGenerator(seed: UInt64($0)) }
    let shape = [1, 2, size.height, size.width]
    let noise = Tensor(
      concatenating: generators.indices.map { generators[$0].normal(shape) }, axis: 0)
    let configuration = SamplerConfiguration(
      spacing: .leading, schedule: .linear(), learnsVariance: false)
    return try DenoisingRun(
      denoiser: model, sampler: configuration.sampler(kind, steps: 6),
      request: .init(
        labels: classes, noise: noise, generators: generators,
        guidance: Guidance(scale: guidance), cache: cache))
  }

  private func finished(_ run: DenoisingRun) throws -> DenoisingRun {
    var run = run
    while try run.next() != nil {}
    return run
  }

  @Test(arguments: SamplerKind.allCases.filter { $0 != .flowEuler })
  func everySamplerDrawsWithAnyDenoiser(_ kind: SamplerKind) throws {
    let cache = DeltaDiT(cachedBlocks: 2, boundary: 3)
    let both = try finished(run(kind, cache: cache))
    #expect(both.latents.shape == [2, 2, 4, 4])
    let second = try finished(run(kind, classes: [2], cache: cache))
    #expect(second.latents[0].elements == both.latents[1].elements)
    #expect(both.report.reusedBlocks > 0)
    let uncached = try finished(run(kind))
    #expect(uncached.latents.elements != both.latents.elements)
  }

  @Test func drawsAnySizeThatTheModelTakes() throws {
    let size = SampleSize(height: 3, width: 5)
    #expect(try finished(run(.ddim, size: size)).latents.shape == [2, 2, 3, 5])
  }

  @Test func countsWhatTheSessionExecuted() throws {
    let run = try finished(run(.ddim, cache: DeltaDiT(cachedBlocks: 2, boundary: 3)))
    #expect(run.report.executedCost.linear == Double(4 * run.report.computedBlocks * 48))
    #expect(run.report.blockCost == run.report.executedCost)
  }
}
