import DiT
import Kernels
import NN
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

/// The rules that hold for every method of the registry; a new method is tested by being in it.
@Suite struct CacheRuleTests {
  static let names = CacheMethods.all.map { $0.name }

  private func method(_ name: String, idle: Bool = false, also: String = "") throws
    -> CacheMethods.Choice
  {
    let type = try CacheMethods.type(named: name)
    let settings = idle ? type.examples.idle : type.examples.sample
    return try CacheMethods.method(
      "\(name):\(settings)\(also)", calibration: try Self.calibration(type))
  }

  /// The calibration of the small model; nil for methods without one.
  private static func calibration(
    _ type: any NamedCacheMethod.Type
  ) throws -> CacheCalibration? {
    guard let type = type as? any CalibratedCacheMethod.Type else { return nil }
    return try type.calibration(
      of: SmallDiT.model.get(), sampler: DDIM(steps: 8), request: request([0, 2], nil))
  }

  private static func request(
    _ labels: [Int], _ cache: (any CacheMethod)?, negatives: [Int]? = nil, scale: Float = 3,
    seeds: [UInt64]? = nil
  ) -> DenoisingRun.Request {
    var generators = (seeds ?? labels.indices.map(UInt64.init)).map(TorchGenerator.init(seed:))
    let shape = [1] + SmallDiT.configuration.sampleShape
    let noise = Tensor(
      concatenating: generators.indices.map { generators[$0].normal(shape) }, axis: 0)
    return .init(
      conditions: labels.map(Condition.label), negatives: negatives?.map(Condition.label),
      noise: noise, generators: generators, guidance: Guidance(scale: scale), cache: cache)
  }

  private func run(
    _ cache: (any CacheMethod)?, labels: [Int] = [0, 2, 1], negatives: [Int]? = nil,
    scale: Float = 3, seeds: [UInt64]? = nil, steps: Int = 8
  ) throws -> DenoisingRun {
    try DenoisingRun(
      denoiser: SmallDiT.model.get(), sampler: DDIM(steps: steps),
      request: Self.request(labels, cache, negatives: negatives, scale: scale, seeds: seeds),
      threads: 2)
  }

  private func finished(_ run: DenoisingRun) throws -> DenoisingRun {
    var run = run
    while try run.next() != nil {}
    return run
  }

  private func bits(_ run: DenoisingRun) throws -> [UInt32] {
    try finished(run).latents.elements.map(\.bitPattern)
  }

  @Test(arguments: names) func idleSettingsChangeNothing(_ name: String) throws {
    let run = try finished(run(method(name, idle: true)))
    #expect(try bits(run) == bits(self.run(nil)))
    #expect(run.traces.allSatisfy { $0.lines.allSatisfy { $0.reuseCount == 0 } })
    #expect(run.report.blockCost == run.report.fullBlockCost)
  }

  @Test(arguments: names) func sampleSettingsReuse(_ name: String) throws {
    let run = try finished(run(method(name)))
    #expect(run.traces.contains { $0.lines.contains { $0.reuseCount > 0 } })
    #expect(try bits(run) != bits(self.run(nil)))
    #expect(run.report.blockCost.linear < run.report.fullBlockCost.linear)
    let plain = try finished(self.run(nil))
    #expect(run.report.executedCost.linear < plain.report.executedCost.linear)
  }

  @Test(arguments: names) func nothingOutlivesARunAndRunsNeverMeet(_ name: String) throws {
    let cache = try method(name)
    let expected = try bits(run(cache))
    #expect(try bits(run(cache)) == expected)
    var (first, second) = (try run(cache), try run(cache, labels: [1], seeds: [9]))
    while try first.next() != nil { _ = try second.next() }
    #expect(first.latents.elements.map(\.bitPattern) == expected)
  }

  @Test(arguments: names) func imagesDoNotDependOnTheirBatch(_ name: String) throws {
    let cache = try method(name)
    let together = try bits(run(cache))
    let count = together.count / 3
    for (index, label) in [0, 2, 1].enumerated() {
      let alone = try bits(run(cache, labels: [label], seeds: [UInt64(index)]))
      #expect(alone == Array(together[index * count..<(index + 1) * count]))
    }
  }

  /// `s · a + (1 - s) · b` is the same whichever of both is called conditional.
  @Test(arguments: names) func streamsNeverShare(_ name: String) throws {
    guard try !CacheMethods.type(named: name).sharesStreams else { return }
    let cache = try method(name)
    let one = try finished(run(cache, labels: [0], negatives: [2], scale: 3))
    let other = try finished(run(cache, labels: [2], negatives: [0], scale: -2))
    #expect(relativeError(one.latents.elements, other.latents.elements) < 1e-4)
  }

  @Test(arguments: names) func theTraceIsThePlanWhereThatIsFixed(_ name: String) throws {
    let run = try finished(run(method(name)))
    for trace in run.traces {
      for (line, rule) in zip(trace.lines, run.plan.rules) {
        for (done, planned) in zip(line.actions, rule.schedule.description) {
          #expect(planned == "?" ? "R-".contains(done) : done == planned)
        }
      }
    }
    if !run.plan.hasGates {
      #expect(run.report.blockCost.linear == 3 * run.plan.cost.linear)
      #expect(Double(run.report.cachePeakBytes) >= 0.95 * Double(run.plan.peakByteCount))
    }
    #expect(run.report.cachePeakBytes <= run.plan.peakByteCount)
  }

  /// Multiply-adds by hand: what each computed branch costs, with the modulations of a block.
  @Test(arguments: names) func costsAreThoseOfWhatWasComputed(_ name: String) throws {
    let run = try finished(run(method(name), labels: [1]))
    let lines = try #require(run.traces.first).lines
    let (t, d) = (16.0, 16.0)
    let costs: [Architecture.Branch: Double] = [
      .attention: t * 4 * d * d, .feedForward: t * 8 * d * d,
    ]
    let modulation = 6 * d * d
    var total = 0.0
    for step in 0..<8 {
      var streams = 2.0
      var (skipped, skippedBranches) = (Set<Int>(), Set<CacheSite>())
      for (line, rule) in zip(lines, run.plan.rules)
      where line.actions.dropFirst(step).first == "-" {
        for site in rule.sites {
          switch site {
          case .blocks(let range), .output(let range): skipped.formUnion(range)
          case .prediction: skipped.formUnion(0..<4)
          case .unconditional: streams = 1
          case .branch, .linear: skippedBranches.insert(site)
          }
        }
      }
      for block in 0..<4 where !skipped.contains(block) {
        total += streams * modulation
        for (branch, cost) in costs
        where !skippedBranches.contains(.branch(branch, block: block)) {
          total += streams * cost
        }
      }
    }
    // What predictors spend themselves is theirs to test.
    let own = run.plan.rules.contains { rule in
      rule.predictor.cost(.reuse, of: MultiplyAdds(linear: 1)).total > 0
    }
    if !own { #expect(abs(run.report.blockCost.linear / total - 1) < 1e-12) }
  }

  @Test(arguments: names) func otherRunsAreSafe(_ name: String) throws {
    for (steps, scale) in [(1, Float(3)), (2, 3), (5, 3), (13, 3), (8, 1)] {
      do {
        let run = try finished(run(method(name), scale: scale, steps: steps))
        let isFinite = run.latents.elements.allSatisfy { $0.isFinite }
        #expect(isFinite)
      } catch is CacheError {
        // A mask of another number of steps, or a cache of guidance without guidance.
      }
    }
  }

  /// Beside a cache of guidance a method runs or says why it does not.
  @Test(arguments: names) func guidanceMayBeCachedBeside(_ name: String) throws {
    let guidance = FasterCacheGuidance(interval: 3, start: 25)
    do {
      let run = try finished(run(method(name).joined(with: guidance)))
      let isFinite = run.latents.elements.allSatisfy { $0.isFinite }
      #expect(isFinite)
      #expect(run.report.cachePeakBytes <= run.plan.peakByteCount)
    } catch is CacheError {
      // Two sites meet, or what one stream has kept would serve both.
    }
  }

  @Test(arguments: names) func forksAndCancelledStepsGoOn(_ name: String) async throws {
    let cache = try method(name)
    let expected = try bits(run(cache))
    for stop in 2..<5 {
      var halfway = try run(cache)
      for _ in 0..<stop { _ = try halfway.next() }
      let fork = halfway
      #expect(try bits(halfway) == expected)
      #expect(try bits(fork) == expected)
    }
    // Cancelled before each of the blocks of a step, by a model that throws there.
    for block in 0..<4 {
      var run = try DenoisingRun(
        denoiser: Interrupted(model: SmallDiT.model.get(), step: 3, passes: block),
        sampler: DDIM(steps: 8), request: Self.request([0, 2, 1], cache), threads: 2)
      for _ in 0..<3 { _ = try run.next() }
      _ = try? run.next()
      #expect(try bits(run) == expected)
    }
  }

  @Test(arguments: names) func dryRunsChangeNothingAndMeasure(_ name: String) throws {
    let run = try finished(run(method(name, also: ",dry")))
    #expect(try bits(run) == bits(self.run(nil)))
    let lines = run.traces.flatMap(\.lines)
    #expect(lines.allSatisfy { $0.reuseCount == 0 })
    #expect(
      lines.contains { line in
        line.errors.contains { $0 != nil } || line.trials.contains { $0.actions.contains("-") }
      })
    #expect(run.traces[0].measurements.contains("step"))
  }

  @Test(arguments: names) func limitsHold(_ name: String) throws {
    // A mask says itself which steps are computed, and the limits go before it.
    let run = try finished(run(method(name, also: ",cooldown=2,most=1")))
    for trace in run.traces {
      for line in trace.lines {
        #expect(!line.actions.contains("--"))
        #expect(!line.actions.suffix(2).contains("-"))
      }
    }
  }

  @Test(arguments: names) func presetsAndKeysAreListed(_ name: String) throws {
    let type = try CacheMethods.type(named: name)
    let keys = CacheMethods.keys(of: type).map(\.name)
    #expect(Set(keys).isSuperset(of: ["dry", "warmup", "cooldown", "most"]))
    #expect(Set(keys).count == keys.count)
    for preset in CachePresets.names {
      let choice = try CacheMethods.method(
        "\(name):\(preset)", calibration: Self.calibration(type))
      #expect(choice.text.hasPrefix("\(name):"))
    }
    #expect(CacheMethods.list.contains(type.summary))
  }
}

/// A model that fails once, after some passes through blocks of a step.
private struct Interrupted: Denoiser {
  struct Failure: Error {}

  let model: DiffusionTransformer
  let step: Int
  let passes: Int
  var architecture: Architecture { model.architecture }
  var sizes: SampleSizes { model.sizes }
  var unconditional: Condition? { model.unconditional }
  var precision: Precision { model.precision }
  var fingerprint: String { model.fingerprint }
  @Sendable func weight(_ layer: BlockLinear, block: Int) -> Tensor<Float>? {
    model.weight(layer, block: block)
  }
  func architecture(for size: SampleSize) throws(RunError) -> Architecture {
    try model.architecture(for: size)
  }
  func workspace(threads: Int?) -> Workspace { model.workspace(threads: threads) }

  func session(
    _ conditions: [Condition], timesteps: [Double], size: SampleSize, in workspace: Workspace
  ) throws(RunError) -> any DenoiserSession {
    Session(
      session: try model.session(
        conditions, timesteps: timesteps, size: size, in: workspace), step: step, passes: passes)
  }

  final class Count: @unchecked Sendable {
    var left: Int
    init(_ left: Int) { self.left = left }
  }

  struct Session: DenoiserSession {
    var session: any DenoiserSession
    let step: Int
    let count: Count
    var executed: MultiplyAdds { session.executed }

    init(session: any DenoiserSession, step: Int, passes: Int) {
      (self.session, self.step, count) = (session, step, Count(passes))
    }

    mutating func predict(
      _ x: Tensor<Float>, rows: [Int], step: Int, cache: inout CacheState,
      in workspace: Workspace
    ) throws -> Tensor<Float> {
      let prediction = try session.predict(
        x, rows: rows, step: step, cache: &cache, in: workspace)
      // Fails when the pass is over, after everything was kept.
      if step == self.step, count.left >= 0 {
        count.left -= 1
        if count.left < 0 { throw Failure() }
      }
      return prediction
    }
  }
}

/// A cache that keeps everything in every step and reuses nothing.
struct Keeping: CacheMethod {
  let sites: @Sendable (RunOutline) -> [CacheSite]

  func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    try CachePlan(
      for: run,
      rules: [
        .init(
          sites: sites(run), schedule: .gated(stepCount: run.stepCount),
          gate: DistanceGate(.offset(0..<1), threshold: 0))
      ])
  }
}

@Suite struct RecordingTests {
  /// A step that keeps a value has the bits of one that does not, in every table and precision.
  @Test(arguments: KernelTable.supported.map(\.name), Precision.allCases)
  func recordingChangesNoBit(_ name: String, _ precision: Precision) throws {
    let table = try #require(KernelTable.supported.first { $0.name == name })
    let model = try DiffusionTransformer(
      SmallDiT.configuration, from: Weights(SmallDiT(), precision: precision, table: table))
    func bits(_ cache: (any CacheMethod)?) throws -> [UInt32] {
      var generator = TorchGenerator(seed: 3)
      let noise = generator.normal([2] + SmallDiT.configuration.sampleShape)
      var run = try DenoisingRun(
        denoiser: model, sampler: DDIM(steps: 3),
        request: .init(
          labels: [0, 1], noise: noise, generators: [generator, generator],
          guidance: Guidance(scale: 2), cache: cache),
        workspace: Workspace(threads: 2, precision: precision, table: table))
      while try run.next() != nil {}
      return run.latents.elements.map(\.bitPattern)
    }
    let plain = try bits(nil)
    #expect(try bits(Keeping { $0.branchSites() }) == plain)
    #expect(try bits(Keeping { [.blocks(1..<$0.depth)] }) == plain)
    #expect(
      try bits(
        Keeping { run in
          (0..<run.depth).flatMap { block in
            BlockLinear.allCases.map { .linear($0, block: block) }
          }
        }) == plain)
  }
}
