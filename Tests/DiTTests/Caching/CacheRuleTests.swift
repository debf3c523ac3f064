import DiT
import Foundation
import Kernels
import NN
import Tensor
import Testing
import _TestSupport

/// The rules that hold for every method of the registry; a new method is tested by being in it.
@Suite struct CacheRuleTests {
  static let names: [String] = CacheMethods.all.map { $0.name }
  /// Those that measure the model first.
  static let calibrated = CacheMethods.all.filter { $0 is any CalibratedCacheMethod.Type }
    .map { $0.name }
  /// Those whose steps decide.
  static let gated: [String] = names.filter { name in
    let tests = CacheRuleTests()
    let run = try? tests.run(.dit, tests.method(name, for: .dit))
    return run?.plan.hasGates == true
  }

  func method(
    _ name: String, for model: RuleModel, idle: Bool = false, also: String = ""
  ) throws -> CacheMethods.Choice {
    let type = try CacheMethods.type(named: name)
    let settings = idle ? type.about.idle : type.about.sample
    return try CacheMethods.method(
      "\(name):\(settings)\(also)", calibration: try Self.calibration(type, of: model))
  }

  /// The calibration of a small model; nil for methods without one.
  private static func calibration(
    _ type: any NamedCacheMethod.Type, of model: RuleModel
  ) throws -> CacheCalibration? {
    guard let type = type as? any CalibratedCacheMethod.Type else { return nil }
    return try type.calibration(
      of: DenoisingRun(
        denoiser: model.denoiser, sampler: DDIM(steps: 8), request: request(model, [0, 2], nil)))
  }

  /// A request for images of some conditions, which guidance leads away from others, or from none.
  private static func request(
    _ model: RuleModel, _ conditions: [Int], _ cache: (any CacheMethod)?,
    negatives: [Int]? = nil, scale: Float = 3, seeds: [UInt64]? = nil
  ) -> DenoisingRun.Request {
    var generators = (seeds ?? conditions.indices.map(UInt64.init))
      .map(TorchGenerator.init(seed:))
    let noise = Tensor(
      concatenating: generators.indices.map { generators[$0].normal([1] + model.sampleShape) },
      axis: 0)
    return .init(
      conditions: conditions.map(model.condition),
      negatives: negatives?.map(model.condition) ?? conditions.map { _ in model.unconditional },
      noise: noise, generators: generators, guidance: Guidance(scale: scale), cache: cache)
  }

  func run(
    _ model: RuleModel, _ cache: (any CacheMethod)?, conditions: [Int] = [0, 2, 1],
    negatives: [Int]? = nil, scale: Float = 3, seeds: [UInt64]? = nil, steps: Int = 8
  ) throws -> DenoisingRun {
    try DenoisingRun(
      denoiser: model.denoiser, sampler: DDIM(steps: steps),
      request: Self.request(
        model, conditions, cache, negatives: negatives, scale: scale, seeds: seeds),
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

  @Test func someMeasureAndSomeDecide() {
    #expect(!Self.calibrated.isEmpty && !Self.gated.isEmpty)
  }

  @Test(arguments: names, RuleModel.allCases)
  func idleSettingsChangeNothing(_ name: String, _ model: RuleModel) throws {
    let run = try finished(run(model, method(name, for: model, idle: true)))
    #expect(try bits(run) == bits(self.run(model, nil)))
    #expect(run.traces.allSatisfy { $0.lines.allSatisfy { $0.reuseCount == 0 } })
    #expect(run.report.blockCost == run.report.fullBlockCost)
  }

  @Test(arguments: names, RuleModel.allCases)
  func sampleSettingsReuse(_ name: String, _ model: RuleModel) throws {
    let run = try finished(run(model, method(name, for: model)))
    #expect(run.traces.contains { $0.lines.contains { $0.reuseCount > 0 } })
    #expect(try bits(run) != bits(self.run(model, nil)))
    #expect(run.report.blockCost.linear < run.report.fullBlockCost.linear)
    let plain = try finished(self.run(model, nil))
    #expect(run.report.executedCost.linear < plain.report.executedCost.linear)
  }

  @Test(arguments: names, RuleModel.allCases)
  func nothingOutlivesARunAndRunsNeverMeet(_ name: String, _ model: RuleModel) throws {
    let cache = try method(name, for: model)
    let expected = try bits(run(model, cache))
    #expect(try bits(run(model, cache)) == expected)
    var (first, second) = (
      try run(model, cache), try run(model, cache, conditions: [1], seeds: [9])
    )
    while try first.next() != nil { _ = try second.next() }
    #expect(first.latents.elements.map(\.bitPattern) == expected)
  }

  @Test(arguments: names, RuleModel.allCases)
  func imagesDoNotDependOnTheirBatch(_ name: String, _ model: RuleModel) throws {
    let cache = try method(name, for: model)
    let together = try bits(run(model, cache))
    let count = together.count / 3
    for (index, condition) in [0, 2, 1].enumerated() {
      let alone = try bits(run(model, cache, conditions: [condition], seeds: [UInt64(index)]))
      #expect(alone == Array(together[index * count..<(index + 1) * count]))
    }
  }

  /// Where gates decide differently for images of a batch, their rows part and join again.
  @Test(arguments: gated, RuleModel.allCases)
  func imagesThatDecideDifferentlyHaveTheirOwnBits(_ name: String, _ model: RuleModel) throws {
    let (conditions, seeds) = ([0, 2, 1, 2, 0], [UInt64](0..<5))
    let cache = Fickle(method: try method(name, for: model))
    let together = try finished(run(model, cache, conditions: conditions, seeds: seeds))
    #expect(Set(together.traces.map(\.description)).count > 1)
    let bits = together.latents.elements.map(\.bitPattern)
    let count = bits.count / 5
    for (index, condition) in conditions.enumerated() {
      let alone = try self.bits(
        run(model, cache, conditions: [condition], seeds: [seeds[index]]))
      #expect(alone == Array(bits[index * count..<(index + 1) * count]))
    }
    #expect(together.report.cachePeakBytes <= together.plan.peakByteCount)
  }

  /// `s · a + (1 - s) · b` is the same whichever of both is called conditional.
  @Test(arguments: names, RuleModel.allCases)
  func streamsNeverShare(_ name: String, _ model: RuleModel) throws {
    guard try !CacheMethods.type(named: name).about.sharesStreams else { return }
    let cache = try method(name, for: model)
    let one = try finished(run(model, cache, conditions: [0], negatives: [2], scale: 3))
    let other = try finished(run(model, cache, conditions: [2], negatives: [0], scale: -2))
    #expect(relativeError(one.latents.elements, other.latents.elements) < 1e-4)
  }

  @Test(arguments: names, RuleModel.allCases)
  func theTraceIsThePlanWhereThatIsFixed(_ name: String, _ model: RuleModel) throws {
    let run = try finished(run(model, method(name, for: model)))
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

  /// Multiply-adds by hand: what each computed branch costs, with the condition of a block.
  @Test(arguments: names, RuleModel.allCases)
  func costsAreThoseOfWhatWasComputed(_ name: String, _ model: RuleModel) throws {
    let run = try finished(run(model, method(name, for: model), conditions: [1]))
    let lines = try #require(run.traces.first).lines
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
        total += streams * model.conditioningCost
        for (branch, cost) in model.branchCosts
        where !skippedBranches.contains(.branch(branch, block: block)) {
          total += streams * cost
        }
      }
    }
    // What predictors spend themselves is theirs to test.
    let own = run.plan.rules.contains { rule in
      rule.sites.contains { site in
        (0..<8).contains { step in
          let predictor = rule.predictor.placed(at: site)
          return predictor.cost(.reuse, of: MultiplyAdds(linear: 1), at: step).total > 0
        }
      }
    }
    if !own { #expect(abs(run.report.blockCost.linear / total - 1) < 1e-12) }
  }

  @Test(arguments: names, RuleModel.allCases)
  func otherRunsAreSafe(_ name: String, _ model: RuleModel) throws {
    for (steps, scale) in [(1, Float(3)), (2, 3), (5, 3), (13, 3), (8, 1)] {
      do {
        let run = try finished(run(model, method(name, for: model), scale: scale, steps: steps))
        let isFinite = run.latents.elements.allSatisfy { $0.isFinite }
        #expect(isFinite)
      } catch is CacheError {
        // A mask of another number of steps, or a cache of guidance without guidance.
      }
    }
  }

  @Test(arguments: names, RuleModel.allCases)
  func runsInFewerBits(_ name: String, _ model: RuleModel) throws {
    let request = try Self.request(model, [0, 2], method(name, for: model))
    for precision in Precision.allCases where precision != .float32 {
      let run = try finished(
        DenoisingRun(
          denoiser: model.denoiser(precision, .active), sampler: DDIM(steps: 8),
          request: request, threads: 2))
      let isFinite = run.latents.elements.allSatisfy { $0.isFinite }
      #expect(isFinite)
      #expect(run.report.blockCost.linear <= run.report.fullBlockCost.linear)
    }
  }

  /// Q&C gives the samples of every other cache the variances that they have without it.
  @Test(arguments: names, RuleModel.allCases)
  func variancesMayBeCorrected(_ name: String, _ model: RuleModel) throws {
    guard name != QAndC.name else { return }
    let cache = try method(name, for: model)
    let calibration = try QAndC.calibration(of: run(model, cache))
    let correction = QAndC(interval: 1, calibration: calibration)
    func variances(_ cache: (any CacheMethod)?) throws -> [Float] {
      try finished(run(model, cache)).latents.variance(axes: [0, 2, 3]).elements
    }
    let exact = try variances(nil)
    let corrected = try variances(cache.joined(with: correction))
    #expect(relativeError(corrected, exact) < 1e-4)
    #expect(relativeError(try variances(cache), exact) > 1e-4)
  }

  /// Beside a cache of guidance a method runs or says why it does not.
  @Test(arguments: names, RuleModel.allCases)
  func guidanceMayBeCachedBeside(_ name: String, _ model: RuleModel) throws {
    let guidance = FasterCacheGuidance(interval: 3, start: 25)
    do {
      let run = try finished(run(model, method(name, for: model).joined(with: guidance)))
      let isFinite = run.latents.elements.allSatisfy { $0.isFinite }
      #expect(isFinite)
      #expect(run.report.cachePeakBytes <= run.plan.peakByteCount)
    } catch is CacheError {
      // Two sites meet, or what one stream has kept would serve both.
    }
  }

  @Test(arguments: names, RuleModel.allCases)
  func forksAndCancelledStepsGoOn(_ name: String, _ model: RuleModel) async throws {
    let cache = try method(name, for: model)
    let expected = try bits(run(model, cache))
    for stop in 2..<5 {
      var halfway = try run(model, cache)
      for _ in 0..<stop { _ = try halfway.next() }
      let fork = halfway
      #expect(try bits(halfway) == expected)
      #expect(try bits(fork) == expected)
    }
    // Cancelled before each of the blocks of a step, by a model that throws there.
    for block in 0..<4 {
      var run = try DenoisingRun(
        denoiser: Interrupted(model: model.denoiser, step: 3, passes: block),
        sampler: DDIM(steps: 8), request: Self.request(model, [0, 2, 1], cache), threads: 2)
      for _ in 0..<3 { _ = try run.next() }
      _ = try? run.next()
      #expect(try bits(run) == expected)
    }
  }

  @Test(arguments: names, RuleModel.allCases)
  func dryRunsChangeNothingAndMeasure(_ name: String, _ model: RuleModel) throws {
    let run = try finished(run(model, method(name, for: model, also: ",dry")))
    #expect(try bits(run) == bits(self.run(model, nil)))
    let lines = run.traces.flatMap(\.lines)
    #expect(lines.allSatisfy { $0.reuseCount == 0 })
    #expect(
      lines.contains { line in
        line.errors.contains { $0 != nil } || line.trials.contains { $0.actions.contains("-") }
      })
    #expect(run.traces[0].measurements.contains("step"))
    // It does not say that nothing was reused because of a threshold.
    #expect(run.traces.notes.isEmpty)
  }

  /// A gate that never or always reused says in which range of thresholds it would do something else.
  @Test(arguments: gated, RuleModel.allCases)
  func notesSayWhichThresholdsMatter(_ name: String, _ model: RuleModel) throws {
    let sample = try CacheMethods.type(named: name).about.sample
    func traced(_ threshold: Double) throws -> CacheTrace {
      let settings = sample.replacing(#/threshold=[\d.]+/#, with: "threshold=\(threshold)")
      #expect(settings != sample)
      let cache = try CacheMethods.method("\(name):\(settings),most=100")
      return try #require(try finished(run(model, cache, conditions: [1])).traces.first)
    }
    func indicators(_ trace: CacheTrace) -> [Double] {
      trace.lines.flatMap { $0.indicators.compactMap { $0 } }.filter(\.isFinite)
    }
    // SpeCa judges by the step before, and its first forecasts not at all.
    let isDirect = name != SpeCa.name
    if isDirect {
      let never = try traced(1e-12)
      let low = try #require(indicators(never).min())
      for (line, note) in zip(never.lines, [never].notes) {
        #expect(note.hasPrefix("\(line.title): nothing was reused; its indicator was "))
        #expect(note.hasSuffix(", the threshold 1e-12"))
      }
      #expect([never].notes.count == never.lines.count)
      #expect(try traced(0.999 * low).lines.allSatisfy { $0.reuseCount == 0 })
      #expect(try traced(1.001 * low).lines.contains { $0.reuseCount > 0 })
    }
    // AdaCache's codebook ends each reuse.
    guard name != AdaCache.name else { return }
    let always = try traced(1e12)
    let high = try #require(indicators(always).max())
    for (line, note) in zip(always.lines, [always].notes) {
      #expect(note.hasPrefix("\(line.title): every step that the gate decided was reused; its "))
    }
    #expect([always].notes.count == always.lines.count)
    if isDirect { #expect(try [traced(1.001 * high)].notes.count == always.lines.count) }
    #expect(try [traced(0.999 * high)].notes.count < always.lines.count)
  }

  /// Images of runs with different plans share no range of thresholds.
  @Test func thereAreNoNotesOfDifferentPlans() throws {
    func traces(_ cache: String) throws -> [CacheTrace] {
      try finished(run(.dit, CacheMethods.method(cache))).traces
    }
    let idle = try traces("dbcache:front=1,threshold=1e-12,warmup=0")
    #expect(idle.notes.count == 1)
    for other in ["dbcache:front=1,threshold=1,warmup=0", "foresight", "fora", "steps:11111111"] {
      let others = try traces(other)
      #expect((idle + others).notes.isEmpty && (others + idle).notes.isEmpty)
    }
    #expect([CacheTrace]().notes.isEmpty)
  }

  /// Where a calibrated method's threshold is too small for anything, a warning before the run says
  /// which is not.
  ///
  /// The file of the calibration is not read for it.
  @Test(arguments: ["smoothcache", "magcache", "feb-cache", "ditfastattn"], RuleModel.allCases)
  func warningsSayWhichThresholdsReuse(_ name: String, _ model: RuleModel) throws {
    let type = try CacheMethods.type(named: name)
    let calibration = try Self.calibration(type, of: model)
    let outline = try run(model, nil).plan.outline
    let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    func planned(_ settings: String) throws -> (plan: CachePlan, warnings: [String]) {
      try calibration?.write(path: path)
      let cache = try CacheMethods.method("\(name):\(settings),calibration=\(path)")
      try FileManager.default.removeItem(atPath: path)
      let plan = try cache.plan(for: outline)
      return (plan, cache.warnings(for: plan))
    }
    let idle = try planned(type.about.idle)
    let warning = try #require(idle.warnings.first)
    let match = try #require(
      warning.wholeMatch(
        of: #/with these settings nothing is reused in 8 steps; with (.+) something is/#),
      "\(warning)")
    let words = match.output.1
    if words.hasPrefix("any ") {
      let (key, zero) = (words.dropFirst(4).prefix { $0 != " " }, words.suffix(8))
      #expect(zero == " above 0")
      #expect(try !planned("\(key)=1e-6").plan.rules.isEmpty)
    } else {
      #expect(try !planned("\(words)").plan.rules.isEmpty)
      let sides = words.split(separator: "=")
      let threshold = try #require(sides.last.flatMap { Double($0) })
      #expect(try planned("\(sides[0])=\(0.98 * threshold)").plan.rules.isEmpty)
    }
  }

  @Test(arguments: names, RuleModel.allCases)
  func limitsHold(_ name: String, _ model: RuleModel) throws {
    // A mask says itself which steps are computed, and the limits go before it.
    let run = try finished(run(model, method(name, for: model, also: ",cooldown=2,most=1")))
    for trace in run.traces {
      for line in trace.lines {
        #expect(!line.actions.contains("--"))
        #expect(!line.actions.suffix(2).contains("-"))
      }
    }
  }

  /// Of a calibration whose rows have other lengths comes the same plan, where those rows are not
  /// asked for, or an error; nothing stops the program.
  @Test(arguments: calibrated, RuleModel.allCases)
  func rowsOfOtherLengthsAreRefused(_ name: String, _ model: RuleModel) throws {
    let type = try CacheMethods.type(named: name)
    let calibration = try #require(try Self.calibration(type, of: model))
    let outline = try run(model, nil).plan.outline
    func plan(_ calibration: CacheCalibration) throws -> String {
      try CacheMethods.method("\(name):\(type.about.sample)", calibration: calibration)
        .plan(for: outline).description
    }
    let expected = try plan(calibration)
    let changes: [(inout [Double]) -> Void] = [
      { $0 = Array($0.dropLast()) }, { $0.append(1) }, { $0 = [] },
    ]
    var refused: Set<String> = []
    for (table, rows) in calibration.tables {
      for changed in [0..<rows.count, 0..<1, 1..<2, 7..<8] {
        for change in changes {
          var damaged = calibration
          for row in changed { change(&damaged.tables[table, default: rows][row]) }
          guard damaged != calibration else { continue }
          do {
            #expect(try plan(damaged) == expected)
          } catch let error as CacheError {
            #expect("\(error)".hasPrefix("\(name)"))
            refused.insert(table)
          }
        }
      }
    }
    #expect(!refused.isEmpty)
    // Without a table that it needs, too.
    var damaged = calibration
    damaged.tables = [:]
    #expect(throws: CacheError.self) { try plan(damaged) }
  }

  @Test(arguments: names, RuleModel.allCases)
  func presetsAndKeysAreListed(_ name: String, _ model: RuleModel) throws {
    let type = try CacheMethods.type(named: name)
    let keys = CacheMethods.keys(of: type).map(\.name)
    #expect(Set(keys).isSuperset(of: ["dry", "warmup", "cooldown", "most"]))
    #expect(Set(keys).count == keys.count)
    for preset in CachePresets.names {
      let choice = try CacheMethods.method(
        "\(name):\(preset)", calibration: Self.calibration(type, of: model))
      for steps in [1, 2, 4, 50] { _ = try run(model, choice, steps: steps) }
      // What is printed of a preset is the same cache.
      let again = try CacheMethods.method(
        choice.text, calibration: Self.calibration(type, of: model))
      let outline = try run(model, nil).plan.outline
      #expect(try again.plan(for: outline).description == choice.plan(for: outline).description)
    }
    #expect(CacheMethods.list.contains(type.about.summary))
  }
}
