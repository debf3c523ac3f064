import DiT
import Kernels
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

@Suite struct RunTests {
  static let model = Result { try goldenModel(try Fixtures.open("dit-d")) }

  /// A run of the small golden model, one image for each label.
  private func run(
    labels: [Int] = [0, 3, 1], seeds: [UInt64]? = nil, steps: Int = 8, scale: Float = 3,
    cache: (any CacheMethod)? = nil, workspace: Workspace = Workspace(threads: 2)
  ) throws -> DenoisingRun {
    let model = try Self.model.get()
    var generators = (seeds ?? labels.indices.map(UInt64.init)).map(TorchGenerator.init(seed:))
    let shape = [1] + model.configuration.sampleShape
    let noise = Tensor(
      concatenating: generators.indices.map { generators[$0].normal(shape) }, axis: 0)
    return try DenoisingRun(
      denoiser: model, sampler: DDPM(steps: steps, variance: .learnedRange),
      request: .init(
        labels: labels, noise: noise, generators: generators, guidance: Guidance(scale: scale),
        cache: cache), workspace: workspace)
  }

  /// A run of another sampler, with a cache.
  private func run(
    _ kind: SamplerKind, labels: [Int] = [0, 3, 1], seeds: [UInt64] = [0, 1, 2]
  ) throws -> DenoisingRun {
    let model = try Self.model.get()
    let configuration = SamplerConfiguration(
      spacing: .leading, schedule: .linear(), learnsVariance: true)
    var generators = seeds.map(TorchGenerator.init(seed:))
    let shape = [1] + model.configuration.sampleShape
    let noise = Tensor(
      concatenating: generators.indices.map { generators[$0].normal(shape) }, axis: 0)
    return try DenoisingRun(
      denoiser: model, sampler: configuration.sampler(kind, steps: 6),
      request: .init(
        labels: labels, noise: noise, generators: generators, guidance: Guidance(scale: 3),
        cache: DeltaCache(blocks: 1..<2)), workspace: Workspace(threads: 2))
  }

  static let samplers = SamplerKind.allCases.filter { $0 != .flowEuler }

  /// Whatever a sampler's steps leave to later ones belongs to one run and to one image.
  @Test(arguments: samplers)
  func samplersKeepRunsAndImagesApart(_ kind: SamplerKind) throws {
    let together = try bits(run(kind))
    var halfway = try run(kind)
    for _ in 0..<3 { _ = try halfway.next() }
    let fork = halfway
    #expect(try bits(halfway) == together)
    #expect(try bits(fork) == together)
    let count = together.count / 3
    let last = try bits(run(kind, labels: [1], seeds: [2]))
    #expect(last == Array(together.suffix(count)))
  }

  /// A run starts, scales and draws as the documentation of `Sampler` says.
  @Test(arguments: samplers)
  func runsAreStepsByHand(_ kind: SamplerKind) throws {
    let model = try Self.model.get()
    let c = model.configuration
    let sampler = try SamplerConfiguration(
      spacing: .trailing, schedule: .linear(), learnsVariance: true
    ).sampler(kind, steps: 5)
    var generator = TorchGenerator(seed: 9)
    let noise = generator.normal([1] + c.sampleShape)
    let run = try DenoisingRun(
      denoiser: model, sampler: sampler,
      request: .init(
        labels: [2], noise: noise, generators: [generator], guidance: Guidance(scale: 1)))
    let workspace = Workspace(threads: 1)
    var x = noise * Float(sampler.initialNoiseScale)
    var history = SamplerHistory()
    for step in 0..<sampler.stepCount {
      let output = model(
        x * Float(sampler.inputScale(at: step)), timesteps: [sampler.timesteps[step]],
        labels: [2], in: workspace)
      x = sampler.step(
        step, x, prediction: output,
        noise: sampler.addsNoise(at: step) ? generator.normal(x.shape) : nil, history: &history,
        in: workspace)
    }
    #expect(relativeError(try finished(run).latents.elements, x.elements) < 1e-5)
  }

  @Test(arguments: samplers)
  func samplersAllocateNothingAfterTheFirstSteps(_ kind: SamplerKind) throws {
    var run = try run(kind)
    for _ in 0..<4 { _ = try run.next() }
    let misses = run.workspace.poolMisses
    while try run.next() != nil { #expect(run.workspace.poolMisses == misses) }
  }

  private func finished(_ run: DenoisingRun) throws -> DenoisingRun {
    var run = run
    while try run.next() != nil {}
    return run
  }

  private func bits(_ run: DenoisingRun) throws -> [UInt32] {
    try finished(run).latents.elements.map(\.bitPattern)
  }

  @Test func isTheSameOnAnyNumberOfThreads() throws {
    let one = try bits(run(workspace: Workspace(threads: 1)))
    for threads in 2...4 {
      #expect(try bits(run(workspace: Workspace(threads: threads))) == one)
    }
  }

  @Test func imagesDoNotDependOnTheirBatch() throws {
    let cache = DeltaDiT(cachedBlocks: 1, boundary: 4)
    let together = try bits(run(cache: cache))
    let count = together.count / 3
    for (index, label) in [0, 3, 1].enumerated() {
      let alone = try bits(run(labels: [label], seeds: [UInt64(index)], cache: cache))
      #expect(alone == Array(together[(index * count)..<((index + 1) * count)]))
    }
  }

  /// With N = 1 or no block to cache the result is that of no cache, to the last bit.
  @Test func cachesThatReuseNothingChangeNothing() throws {
    let plain = try bits(run())
    for cache in [
      DeltaDiT(interval: 1, cachedBlocks: 2, boundary: 4),
      DeltaDiT(cachedBlocks: 0, boundary: 4),
    ] {
      #expect(try bits(run(cache: cache)) == plain)
    }
    #expect(try bits(run(cache: DeltaDiT(cachedBlocks: 1, boundary: 4))) != plain)
  }

  /// At scale 0 only the unconditional stream counts: it must be what it is alone, cache or not.
  @Test func guidedStreamsDoNotMeet() throws {
    let model = try goldenModel(try Fixtures.open("dit-b"))
    let c = model.configuration
    func latents(labels: [Int], scale: Float) throws -> [UInt32] {
      var generator = TorchGenerator(seed: 5)
      return try bits(
        DenoisingRun(
          denoiser: model, sampler: DDIM(steps: 8),
          request: .init(
            labels: labels, noise: generator.normal([2] + c.sampleShape),
            generators: [generator, generator], guidance: Guidance(scale: scale),
            cache: DeltaDiT(cachedBlocks: 1, boundary: 4))))
    }
    let alone = try latents(labels: [c.nullClass, c.nullClass], scale: 1)
    #expect(try latents(labels: [0, 2], scale: 0) == alone)
  }

  @Test func twoRunsAndACopyAreTheSame() throws {
    let cache = DeltaDiT(interval: 3, cachedBlocks: 1, boundary: 4)
    let expected = try bits(run(cache: cache))
    #expect(try bits(run(cache: cache)) == expected)
    var halfway = try run(cache: cache)
    for _ in 0..<4 { _ = try halfway.next() }
    let fork = halfway
    #expect(try bits(halfway) == expected)
    #expect(try bits(fork) == expected)
  }

  @Test func reportsWhatItDid() throws {
    let cache = DeltaDiT(cachedBlocks: 1, boundary: 4)
    let run = try finished(run(cache: cache))
    let c = run.architecture
    #expect(run.report.computedBlocks == 4 * 2 + 4 * 1)
    #expect(run.report.reusedBlocks == 4)
    #expect(run.report.blockCost.linear == 6 * 12 * c.paperBlock.linear)
    #expect(run.report.fullBlockCost.linear == 6 * 16 * c.paperBlock.linear)
    // One offset at a time, of both streams.
    #expect(run.report.cachePeakBytes == 6 * c.tokenCount * c.width * 4)
    #expect(run.report.fullStepSeconds ?? 0 > 0 && run.report.cheapStepSeconds ?? 0 > 0)
  }

  @Test func allocatesNothingAfterTheFirstStep() throws {
    // With a cache the first cheap step too: it adds a kept offset, which a full one does not.
    for (cache, steps) in [(nil, 1), (DeltaDiT(cachedBlocks: 1, boundary: 8), 2)] {
      var run = try run(cache: cache)
      for _ in 0..<steps { _ = try run.next() }
      let misses = run.workspace.poolMisses
      #expect(misses > 0)
      while try run.next() != nil { #expect(run.workspace.poolMisses == misses) }
    }
  }

  @Test func previewsWhenAsked() async throws {
    let model = try Self.model.get()
    let noise = Tensor<Float>(repeating: 0.5, shape: [1] + model.configuration.sampleShape)
    let run = try DenoisingRun(
      denoiser: model, sampler: DDIM(steps: 5),
      request: .init(
        labels: [0], noise: noise, generators: [TorchGenerator(seed: 0)],
        guidance: Guidance(scale: 1), previewInterval: 2))
    var previews: [Int] = []
    for try await step in run.steps where step.preview != nil {
      #expect(step.preview?.shape == noise.shape)
      previews.append(step.index)
    }
    #expect(previews == [1, 3])
  }

  @Test func endsWhenItsTaskIsCancelled() async throws {
    let run = try run(steps: 200)
    let task = Task {
      for try await step in run.steps where step.index == 1 {
        withUnsafeCurrentTask { $0?.cancel() }
      }
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  /// A step that is cancelled in its middle leaves nothing behind.
  @Test func goesOnAfterACancelledStep() async throws {
    let cache = DeltaDiT(cachedBlocks: 1, boundary: 4)
    let expected = try bits(run(cache: cache))
    let start = try run(cache: cache)
    let cancelled = Task {
      var run = start
      for _ in 0..<3 { _ = try run.next() }
      withUnsafeCurrentTask { $0?.cancel() }
      #expect(throws: CancellationError.self) { try run.next() }
      return run
    }
    #expect(try bits(try await cancelled.value) == expected)
  }

  @Test func refusesPlansForAnotherRun() throws {
    #expect(throws: CacheError.stepCount(plan: 7, run: 8)) {
      try run(cache: CachePlan(computingEverything: outline(steps: 7, depth: 2)))
    }
    #expect(throws: CacheError.depth(plan: 3, model: 2)) {
      try run(cache: CachePlan(computingEverything: outline(steps: 8, depth: 3)))
    }
  }

  @Test func stopsAtWhatIsNotANumber() throws {
    let model = try Self.model.get()
    var run = try DenoisingRun(
      denoiser: model, sampler: DDIM(steps: 5),
      request: .init(
        labels: [0],
        noise: Tensor(repeating: .nan, shape: [1] + model.configuration.sampleShape),
        generators: [TorchGenerator(seed: 0)], guidance: Guidance(scale: 1)))
    #expect(throws: RunError.notFinite(step: 0)) { try run.next() }
  }

  @Test func refusesRequestsThatDoNotFit() throws {
    let model = try Self.model.get()
    let shape = [1] + model.configuration.sampleShape
    func request(
      labels: [Int] = [0], shape: [Int]? = nil, generators: Int = 1, scale: Float = 1
    ) -> DenoisingRun.Request {
      .init(
        labels: labels,
        noise: Tensor(repeating: 0, shape: shape ?? [1] + model.configuration.sampleShape),
        generators: (0..<generators).map { TorchGenerator(seed: UInt64($0)) },
        guidance: Guidance(scale: scale))
    }
    func make(_ request: DenoisingRun.Request) throws {
      _ = try DenoisingRun(denoiser: model, sampler: DDIM(steps: 5), request: request)
    }
    #expect(throws: RunError.condition("class 5", expected: "classes 0 to 3, and 4 for none")) {
      try make(request(labels: [5]))
    }
    #expect(throws: RunError.noConditions) { try make(request(labels: [])) }
    #expect(throws: RunError.noise(expected: "[batch, channels, height, width]", found: [1, 2])) {
      try make(request(shape: [1, 2]))
    }
    #expect(throws: RunError.noise(expected: "\(shape)", found: [2] + shape[1...])) {
      try make(request(shape: [2] + shape[1...]))
    }
    let size = SampleSize(height: shape[2] + 1, width: shape[3])
    #expect(throws: RunError.size(size, expected: "\(shape[2]) × \(shape[3])")) {
      try make(request(shape: [1, shape[1], size.height, size.width]))
    }
    #expect(throws: RunError.generators(expected: 1, found: 2)) {
      try make(request(generators: 2))
    }
    #expect(throws: RunError.self) { try make(request(scale: .nan)) }
  }
}
