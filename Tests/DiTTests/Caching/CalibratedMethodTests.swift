import DiT
import Foundation
import Kernels
import Tensor
import Testing
import _KernelsActive
import _TestSupport

/// Whole runs of the methods that measure the model first, against measurements and runs in plain
/// loops over Double.
@Suite struct CalibratedMethodTests {
  private var plain = PlainRun()
  private var depth: Int { plain.model.c.depth }

  private func schedule(_ cache: any CacheMethod) throws -> [String] {
    try plain.run(cache).plan.rules.map(\.schedule.description)
  }

  /// Every way to cut steps into groups, as the first steps of groups.
  private func cuts(_ steps: Int, groups: Int, lengths: ClosedRange<Int>) -> [[Int]] {
    (0..<1 << (steps - 1)).compactMap { bits in
      let starts = [0] + (1..<steps).filter { bits >> ($0 - 1) & 1 == 1 }
      let fits = zip(starts, starts.dropFirst() + [steps]).allSatisfy { lengths.contains($1 - $0) }
      return fits && starts.count == groups ? starts : nil
    }
  }

  // MARK: FEB-Cache

  /// The guided prediction where some branches are those of another step, and all branches.
  private func prediction(
    _ step: PlainRun.Step, reusing: Set<Architecture.Branch> = [], of old: [String: Matrix] = [:]
  ) -> (output: Matrix, branches: [String: Matrix]) {
    var branches: [String: Matrix] = [:]
    let outputs = step.conditions.enumerated().map { stream, c in
      let x = (0..<depth).reduce(plain.model.embed(step.sample)) { x, block in
        plain.model.block(x, block, c) { branch, _, compute in
          let key = "\(stream) \(block) \(branch)"
          branches[key] = reusing.contains(branch) ? old[key] ?? [] : compute()
          return branches[key] ?? []
        }
      }
      return plain.model.predict(x, c)
    }
    return (plain.guided(outputs[0], outputs[1]), branches)
  }

  private func scaled(_ prediction: Matrix, _ factor: Double) -> Matrix {
    let channels = plain.model.c.channels
    var result = factor * Matrix(prediction[..<channels])
    result.append(contentsOf: prediction[channels...])
    return result
  }

  private func norm(_ prediction: Matrix) -> Double {
    prediction[..<plain.model.c.channels].joined().reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  /// Five early steps of eight, from 1 to 0.5; then 0.375, 0.25 and 0.125.
  private let noiseScales = (0..<8).map { step -> Double in
    let t = 1 - Double(step) / 8
    return step < 5 ? 0.98 + 0.02 * exp(-5 * (1 - t) / 0.6) : 0.96 + 0.02 * exp(5 * (t - 0.4) / 0.6)
  }

  @Test func febCache() throws {
    let all: Set<Architecture.Branch> = [.attention, .feedForward]
    let one = (0..<8).map { $0 < 5 ? Set([Architecture.Branch.feedForward]) : [.attention] }
    var history: [[String: Matrix]] = []
    // How far norms are, for steps and the steps since the last full one.
    var errors: [Int: [Int: (all: Double, one: Double)]] = [:]
    _ = try plain.sampled { step in
      let exact = prediction(step)
      func error(_ branches: Set<Architecture.Branch>, _ lag: Int) -> Double {
        let reused = prediction(step, reusing: branches, of: history[step.index - lag]).output
        return abs(noiseScales[step.index] * norm(reused) / norm(exact.output) - 1)
      }
      for lag in 1...3 where lag <= step.index {
        errors[step.index, default: [:]][lag] = (error(all, lag), error(one[step.index], lag))
      }
      history.append(exact.branches)
      return exact.output
    }
    let known = errors.values.flatMap { $0.values.flatMap { [$0.all, $0.one] } }.sorted()
    let delta = 1.0001 * known[known.count * 2 / 3]
    var (reused, lag) = ([Set<Architecture.Branch>](), 0)
    for step in 0..<8 {
      lag += 1
      let error = errors[step]?[lag] ?? (.infinity, .infinity)
      reused.append(error.all < delta ? all : error.one < delta ? one[step] : [])
      if reused[step].isEmpty { lag = 0 }
    }
    #expect(reused.contains(all) && reused.contains { $0.count == 1 })
    #expect(reused.dropFirst().contains([]))
    var kept: [String: Matrix] = [:]
    let expected = try plain.sampled { step in
      let result = prediction(step, reusing: reused[step.index], of: kept)
      kept = result.branches
      return scaled(result.output, noiseScales[step.index])
    }
    let cache = FEBCache(delta: delta, calibration: try plain.calibration(FEBCache.self))
    try plain.expectSame(cache, expected)
    let rules = try plain.run(cache).plan.rules
    for (rule, branch) in zip(rules, [Architecture.Branch.attention, .feedForward]) {
      #expect(
        rule.schedule.actions.map { $0 == .reuse } == reused.map { $0.contains(branch) })
    }
  }

  /// Runs of two images are compared with the same two.
  @Test func febCacheNeedsANumberForEachImage() throws {
    var calibration = try plain.calibration(FEBCache.self)
    calibration.tables["both 1"] = calibration.tables["both 1"]?.map { $0 + $0 }
    #expect(
      throws: CacheError.calibration(
        method: "feb-cache", what: "'both 1' with rows of", expected: "1", found: "2 numbers")
    ) { try plain.run(FEBCache(calibration: calibration)) }
  }

  // MARK: ProfilingDiT

  @Test func profilingDiT() throws {
    var (last, changes) = ([String: Matrix](), Array(repeating: 0.0, count: depth))
    _ = try plain.sampled { step, stream, x, c in
      (0..<depth).reduce(x) { x, block in
        let output = plain.model.block(x, block, c)
        if let old = last["\(stream) \(block)"] {
          changes[block] += distance(output - x, from: old)
        }
        last["\(stream) \(block)"] = output - x
        return output
      }
    }
    let steady = Set((0..<depth).sorted { changes[$0] < changes[$1] }.prefix(2))
    // From step 1 on, 3 - 2 · (step - 1) / 7 steps to the next full one: 3, then 2.14, then 1.57.
    let full = [0, 1, 4, 6]
    var kept: [String: Matrix] = [:]
    let expected = try plain.sampled { step, stream, x, c in
      (0..<depth).reduce(x) { x, block in
        let key = "\(stream) \(block)"
        if !full.contains(step.index), steady.contains(block) { return x + (kept[key] ?? []) }
        let output = plain.model.block(x, block, c)
        kept[key] = output - x
        return output
      }
    }
    let cache = ProfilingDiT(
      share: 50, longest: 3, shortest: 1, warmup: 1,
      calibration: try plain.calibration(ProfilingDiT.self)
    )
    try plain.expectSame(cache, expected)
    #expect(try schedule(cache) == [".R--R-R-"])
  }

  @Test func profilingDiTJoinsNeighbours() throws {
    let plan = try CacheMethods.method("profiling-dit:blocks=0;4-7;2;9")
      .plan(for: outline(steps: 50, depth: 12))
    #expect(
      plan.description == "blocks 0,2,4-7,9  "
        + "......R-----------R--------R------R-----R---R--R--")
  }

  // MARK: LeMiCa

  /// A run in which some steps reuse the offset of all blocks.
  private func sampled(full: [Int]) throws -> [Float] {
    var kept: [Int: Matrix] = [:]
    return try plain.sampled { step, stream, x, c in
      if full.contains(step.index) { kept[stream] = plain.model.blocks(x, 0..<depth, c) - x }
      return x + (kept[stream] ?? [])
    }
  }

  @Test func lemica() throws {
    var tests = self
    tests.plain.steps = 6
    try tests.checkLeMiCa()
  }

  private func checkLeMiCa() throws {
    let exact = try sampled(full: Array(0..<6))
    /// The error of the finished sample if steps from `start` on reuse.
    func error(_ start: Int, _ length: Int) throws -> Double {
      let full = (0..<6).filter { $0 <= start || $0 > start + length }
      let cached = try sampled(full: full)
      return zip(cached, exact).reduce(0) { $0 + abs(Double($1.0 - $1.1)) } / Double(exact.count)
    }
    // Four full steps of six: the last one, and three of those before.
    let best = try #require(
      try cuts(5, groups: 3, lengths: 1...7).map { starts in
        let errors = try zip(starts, starts.dropFirst() + [5]).compactMap { start, next in
          next - start > 1 ? try error(start, next - start - 1) : nil
        }
        return (full: starts + [5], errors: errors.sorted(by: >))
      }.min { $0.errors.lexicographicallyPrecedes($1.errors) })
    let calibration = try plain.calibration(LeMiCa.self)
    let measured = try #require(calibration.tables["errors"])
    #expect(abs(measured[1][1] / (try error(1, 2)) - 1) < 1e-3)
    let cache = LeMiCa(share: 67, calibration: calibration)
    try plain.expectSame(cache, try sampled(full: best.full))
    #expect(
      try plain.run(cache).plan.rules[0].schedule.actions.map { $0 != .reuse }
        == (0..<6).map(best.full.contains))
    // The first and the last step are always full; more than six in a row never reuse.
    let least = LeMiCa(share: 20, calibration: calibration)
    #expect(try plain.run(least).plan.rules[0].schedule.description == "R----.")
    var long = try plain.run(cache).plan.outline
    long.steps = (0..<30).map { CacheStep(index: $0, count: 30, timestep: 29 - Double($0)) }
    #expect(throws: CacheError.self) {
      try LeMiCa(share: 10, calibration: calibration).plan(for: long)
    }
  }

  // MARK: CacheQuant

  @Test func cacheQuant() throws {
    var offsets: [[Matrix]] = [[], []]
    _ = try plain.sampled { _, stream, x, c in
      let behind = plain.model.block(x, 0, c)
      let output = plain.model.blocks(behind, 1..<depth, c)
      offsets[stream].append(output - behind)
      return output
    }
    func distance(_ step: Int, _ other: Int) -> Double {
      (0..<2).reduce(0) { sum, stream in
        sum
          + (offsets[stream][step] - offsets[stream][other]).joined().reduce(0) { $0 + abs($1) }
      }
    }
    let best = try #require(
      cuts(8, groups: 4, lengths: 1...4).map { starts in
        let sums = zip(starts, starts.dropFirst() + [8]).map { start, next in
          (start..<next).reduce(0) { $0 + distance($1, start) }
        }
        return (full: starts, distance: sums.reduce(0, +))
      }.min { $0.distance < $1.distance })
    func corrected(_ value: Matrix, _ old: Int, _ new: Int) -> Matrix {
      let lines = (0..<plain.model.c.width).map { channel in
        line(
          (0..<2).flatMap { stream in
            zip(offsets[stream][old], offsets[stream][new]).map { ($0[channel], $1[channel]) }
          })
      }
      return value.map { row in zip(row, lines).map { $1.summand + $1.slope * $0 } }
    }
    var kept: [Matrix] = [[], []]
    var last = 0
    let expected = try plain.sampled { step, stream, x, c in
      let behind = plain.model.block(x, 0, c)
      if best.full.contains(step.index) {
        last = step.index
        kept[stream] = plain.model.blocks(behind, 1..<depth, c) - behind
        return behind + kept[stream]
      }
      return behind + corrected(kept[stream], last, step.index)
    }
    let cache = CacheQuant(calibration: try plain.calibration(CacheQuant.self))
    try plain.expectSame(cache, expected)
    #expect(
      try plain.run(cache).plan.rules[0].schedule.actions.map { $0 != .reuse }
        == (0..<8).map(best.full.contains))
  }

  /// The line through some points, by the formula of schoolbooks.
  private func line(_ points: [(x: Double, y: Double)]) -> (slope: Double, summand: Double) {
    let count = Double(points.count)
    let x = points.reduce(0) { $0 + $1.x } / count
    let y = points.reduce(0) { $0 + $1.y } / count
    let covariance = points.reduce(0) { $0 + ($1.x - x) * ($1.y - y) }
    let slope = covariance / points.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
    return (slope, y - slope * x)
  }

  /// The run of a model of some precision.
  private func run(
    _ precision: Precision, _ cache: (any CacheMethod)? = nil
  ) throws -> DenoisingRun {
    try plain.run(
      RuleModel.dit.denoiser(precision, .active), .label(plain.label),
      away: .label(plain.model.c.nullClass), cache)
  }

  /// The offsets of the last three blocks in each step of a run without a cache.
  private func offsets(_ precision: Precision) throws -> [Tensor<Float>] {
    let collector = Collector()
    var run = try run(precision, Collecting(collector: collector))
    while try run.next() != nil {}
    return collector.values
  }

  @Test func cacheQuantCorrectsAQuantizedModel() throws {
    let (own, exact) = (try offsets(.int8), try offsets(.float32))
    #expect(own[3].elements != exact[3].elements)
    let pairs = try CacheQuant.calibration(
      of: run(.int8), reference: run(.float32)
    ).tables["pairs"]
    let width = plain.model.c.width
    // Step 3 from what step 1 has kept.
    let row = try #require(pairs)[3][(1 + 2 * width)..<2 * (1 + 2 * width)]
    for channel in 0..<width {
      let points = zip(own[1].elements, exact[3].elements).enumerated().filter {
        $0.offset % width == channel
      }
      let line = line(points.map { (Double($0.element.0), Double($0.element.1)) })
      #expect(abs(row[row.startIndex + 1 + channel] - line.slope) < 1e-4)
      #expect(abs(row[row.startIndex + 1 + width + channel] - line.summand) < 1e-4)
    }
  }

  // MARK: Q&C

  /// The mean and the variance of a channel.
  private func moments(_ channel: some Collection<Double>) -> (mean: Double, variance: Double) {
    let mean = channel.reduce(0, +) / Double(channel.count)
    let sum = channel.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, sum / Double(channel.count))
  }

  /// Checks a run whose samples get the variances of the run without a cache; `begin` begins the run
  /// that is corrected, and gives the guided prediction of each of its steps.
  private func checkVariances(
    _ cache: (CacheCalibration) throws -> any CacheMethod, of other: (any CacheMethod)?,
    _ begin: () -> (PlainRun.Step) -> Matrix
  ) throws {
    var exact: [Tensor<Float>] = []
    _ = try plain.sampled(
      correcting: {
        exact.append($1)
        return $1
      }, { prediction($0).output })
    let expected = try plain.sampled(
      correcting: { step, sample in
        let channels = (0..<plain.model.c.channels).flatMap { channel in
          let values = sample[0, channel].elements.map(Double.init)
          let target = moments(exact[step][0, channel].elements.map(Double.init)).variance
          let (mean, variance) = moments(values)
          return values.map { Float(mean + (target / variance).squareRoot() * ($0 - mean)) }
        }
        return Tensor(channels, shape: sample.shape)
      }, begin())
    let calibration = try QAndC.calibration(of: run(.float32, other))
    try plain.expectSame(cache(calibration), expected)
    // The correction is more than rounding.
    #expect(relativeError(try plain.sampled(begin()), expected) > 1e-3)
  }

  @Test func qAndC() throws {
    try checkVariances({ QAndC(interval: 2, calibration: $0) }, of: nil) {
      var kept: [String: Matrix] = [:]
      return { step in
        // As in FORA, the last step is full.
        let reused: Set<Architecture.Branch> =
          step.index % 2 == 0 && step.index > 0 ? [.attention, .feedForward] : []
        let result = prediction(step, reusing: reused, of: kept)
        kept = result.branches
        return result.output
      }
    }
  }

  @Test func qAndCCorrectsAnotherCache() throws {
    let other = DeltaCache(blocks: 1..<3, interval: 2)
    try checkVariances(
      { other.joined(with: QAndC(interval: 1, calibration: $0)) }, of: other
    ) {
      var kept: [Int: Matrix] = [:]
      return { step in
        let outputs = step.conditions.enumerated().map { stream, c in
          var x = plain.model.blocks(plain.model.embed(step.sample), 0..<1, c)
          if step.index % 2 == 0 { kept[stream] = plain.model.blocks(x, 1..<3, c) - x }
          x = plain.model.blocks(x + (kept[stream] ?? []), 3..<depth, c)
          return plain.model.predict(x, c)
        }
        return plain.guided(outputs[0], outputs[1])
      }
    }
  }

  @Test func qAndCCorrectsTheCacheThatWasMeasuredAlone() throws {
    let (measured, more) = (DeltaCache(blocks: 1..<3), FasterCacheGuidance(interval: 2, start: 25))
    let calibration = try QAndC.calibration(of: run(.float32, measured.joined(with: more)))
    let correction = QAndC(interval: 1, calibration: calibration)
    // The order of methods does not count.
    _ = try run(.float32, more.joined(with: correction).joined(with: measured))
    for other in [
      correction, correction.joined(with: measured),
      DeltaCache(blocks: 1..<3, interval: 3).joined(with: more).joined(with: correction),
    ] as [any CacheMethod] {
      #expect(throws: CacheError.self) { try run(.float32, other) }
    }
    let alone = try QAndC.calibration(of: run(.float32))
    #expect(alone.cache == "none")
    do {
      _ = try run(.float32, measured.joined(with: QAndC(interval: 1, calibration: alone)))
      Issue.record("the calibration has not measured the cache")
    } catch {
      #expect(
        "\(error)".hasPrefix(
          "q-and-c: the calibration is of the cache none, the run has blocks 1-2 R-R-"))
    }
  }

  /// A dry run reuses nothing, so there is nothing to correct, and nothing was corrected where it was
  /// measured.
  @Test func qAndCLeavesADryRunAsItIs() throws {
    let other = DeltaCache(blocks: 1..<3, interval: 2)
    let own = QAndC(calibration: try QAndC.calibration(of: run(.float32)))
    let joined = QAndC(interval: 1, calibration: try QAndC.calibration(of: run(.float32, other)))
    let expected = try plain.sampled(nil)
    let caches: [any CacheMethod] = [
      own.dry, other.joined(with: joined).dry, other.dry.joined(with: joined),
    ]
    for cache in caches {
      #expect(try plain.sampled(cache) == expected)
      var run = try plain.run(cache)
      while try run.next() != nil {}
      #expect(run.traces[0].lines.contains { $0.errors.contains { $0 != nil } })
    }
    #expect(
      try QAndC.calibration(of: run(.float32, other.dry)) == QAndC.calibration(of: run(.float32)))
  }

  /// The images that were measured have the variances of the model in 32 bits after each step.
  @Test func qAndCCorrectsAQuantizedModel() throws {
    let calibration = try QAndC.calibration(of: run(.int8), reference: run(.float32))
    let start = try run(.float32)
    for interval in 1...4 {
      var (exact, uncorrected) = (start, try run(.int8, FORA(interval: interval)))
      var corrected = try run(.int8, QAndC(interval: interval, calibration: calibration))
      var differences = 0.0
      while let step = try exact.next(), let other = try uncorrected.next(),
        let found = try corrected.next()
      {
        for channel in 0..<plain.model.c.channels {
          func variance(_ step: DenoisingRun.Step) -> Double {
            moments(step.latents[0, channel].elements.map(Double.init)).variance
          }
          #expect(abs(variance(found) / variance(step) - 1) < 1e-4)
          differences = max(differences, abs(variance(other) / variance(step) - 1))
        }
      }
      #expect(differences > 1e-3)
    }
  }
}

/// What a predictor has seen.
private final class Collector: @unchecked Sendable {
  var values: [Tensor<Float>] = []
}

/// A cache that reuses nothing, and hands out the offsets of the last three blocks.
private struct Collecting: CacheMethod {
  struct Predictor: CachePredictor {
    let collector: Collector

    func record(_ value: Tensor<Float>, _ context: CacheContext) {
      collector.values.append(value.copied())
    }
    func value(_ context: CacheContext) -> Tensor<Float> { collector.values[0] }
    func reset() {}
    var byteCount: Int { 0 }
  }

  let collector: Collector

  func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    try CachePlan(
      for: run,
      rules: [
        .init(
          site: .blocks(1..<4), schedule: .gated(stepCount: run.stepCount),
          predictor: Predictor(collector: collector),
          gate: DistanceGate(.offset(0..<1), threshold: 0))
      ])
  }
}
