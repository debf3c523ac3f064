import DiT
import Foundation
import Tensor
import Testing

/// Whole runs of the methods that decide by what they see, or have measured, against the same runs
/// in plain loops over Double.
@Suite struct GateMethodTests {
  private let plain = PlainRun()
  private var depth: Int { plain.model.c.depth }

  /// A run that reuses the offset of the blocks behind some front ones.
  ///
  /// `reuses` is asked in each step, with the first tokens and those behind the front blocks of both
  /// streams; `combined` makes what stands in, else it is the last offset.
  private func sampled(
    front: Int = 0,
    combined: ((_ stream: Int, _ offsets: [Matrix], _ computed: [Int]) -> Matrix)? = nil,
    reuses: (PlainRun.Step, _ first: Matrix, _ behind: [Matrix]) -> Bool
  ) throws -> (sample: [Float], decisions: String) {
    var offsets: [[Matrix]] = [[], []]
    var computed: [Int] = []
    var decisions = ""
    let sample = try plain.sampled { step in
      let first = plain.model.embed(step.sample)
      let behind = step.conditions.map { plain.model.blocks(first, 0..<front, $0) }
      let isReused = reuses(step, first, behind)
      decisions += isReused ? "-" : "R"
      if !isReused { computed.append(step.index) }
      let outputs = step.conditions.indices.map { stream in
        let c = step.conditions[stream]
        if !isReused {
          offsets[stream].append(
            plain.model.blocks(behind[stream], front..<depth, c) - behind[stream])
        }
        let offset =
          isReused
          ? combined?(stream, offsets[stream], computed) ?? offsets[stream].last
          : offsets[stream].last
        return plain.model.predict(behind[stream] + (offset ?? []), c)
      }
      return plain.guided(outputs[0], outputs[1])
    }
    return (sample, decisions)
  }

  private func modulatedInputs(_ first: Matrix, _ step: PlainRun.Step) -> [Matrix] {
    step.conditions.map { plain.model.modulatedInput(first, 0, .attention, $0) }
  }

  /// The decisions of a sum of changes from step to step that begins anew at each computed step.
  private struct Sum {
    let threshold: Double
    var computed: Set<Int> = [0]
    var rescaled: (Double) -> Double = { $0 }
    private var previous: [Matrix] = []
    private var sums: [Double] = [0, 0]

    init(threshold: Double, computed: Set<Int>) {
      (self.threshold, self.computed) = (threshold, computed)
    }

    mutating func reuses(_ values: [Matrix], at step: Int) -> Bool {
      defer { previous = values }
      if !previous.isEmpty {
        for i in values.indices { sums[i] += rescaled(distance(values[i], from: previous[i])) }
      }
      if !computed.contains(step), sums.allSatisfy({ $0 < threshold }) { return true }
      sums = [0, 0]
      return false
    }
  }

  @Test func teaCache() throws {
    let threshold = try 1.5 * plain.middle(TeaCache())
    var sum = Sum(threshold: threshold, computed: [0, 7])
    let (expected, decisions) = try sampled { step, first, _ in
      sum.reuses(modulatedInputs(first, step), at: step.index)
    }
    try plain.expectSame(
      TeaCache(threshold: threshold).limited(cooldown: 1), expected,
      decisions: [String(decisions.dropLast()) + "."])
  }

  @Test func teaCacheWithAPolynomial() throws {
    // The calibration: changes of the input and of the offset, of both streams.
    var pairs: [(x: Double, y: Double)] = []
    var last: (inputs: [Matrix], offsets: [Matrix])?
    _ = try plain.sampled { step in
      let first = plain.model.embed(step.sample)
      let inputs = modulatedInputs(first, step)
      let outputs = step.conditions.map { plain.model.blocks(first, 0..<depth, $0) }
      let offsets = outputs.map { $0 - first }
      if let last {
        for i in 0..<2 {
          pairs.append(
            (distance(inputs[i], from: last.inputs[i]), distance(offsets[i], from: last.offsets[i]))
          )
        }
      }
      last = (inputs, offsets)
      let predictions = zip(outputs, step.conditions).map { plain.model.predict($0, $1) }
      return plain.guided(predictions[0], predictions[1])
    }
    let calibration = try plain.calibration(TeaCache.self)
    let rows = try #require(calibration.tables["changes"])
    #expect(rows[0] == [0, 0, 0, 0])
    for (index, pair) in pairs.enumerated() {
      let (row, place) = (rows[1 + index / 2], index % 2 * 2)
      #expect(abs(row[place] / pair.x - 1) < 1e-4 && abs(row[place + 1] / pair.y - 1) < 1e-4)
    }
    // The line through them, by the formula of schoolbooks.
    let count = Double(pairs.count)
    let (x, y) = (
      pairs.reduce(0) { $0 + $1.x } / count, pairs.reduce(0) { $0 + $1.y } / count
    )
    let slope =
      pairs.reduce(0) { $0 + ($1.x - x) * ($1.y - y) }
      / pairs.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
    let range = (pairs.map(\.x).min() ?? 0)...(pairs.map(\.x).max() ?? 0)
    let cache = TeaCache(threshold: 1, degree: 1, calibration: calibration)
    let threshold = try 1.5 * plain.middle(cache)
    var sum = Sum(threshold: threshold, computed: [0])
    sum.rescaled = { max(0, y + slope * (min(max($0, range.lowerBound), range.upperBound) - x)) }
    let (expected, decisions) = try sampled { step, first, _ in
      sum.reuses(modulatedInputs(first, step), at: step.index)
    }
    try plain.expectSame(
      TeaCache(threshold: threshold, degree: 1, calibration: calibration), expected,
      decisions: [decisions])
  }

  @Test func seaCache() throws {
    let cache = SeaCache(threshold: 1, power: 3)
    let threshold = try 1.5 * plain.middle(cache)
    var sum = Sum(threshold: threshold, computed: [0])
    let sampler = try plain.sampler
    let (expected, decisions) = try sampled { step, first, _ in
      let level = sampler.noiseLevel(at: step.index)
      return sum.reuses(
        modulatedInputs(first, step).map { filtered($0, side: 4, level, power: 3) },
        at: step.index)
    }
    try plain.expectSame(
      SeaCache(threshold: threshold, power: 3), expected, decisions: [decisions])
  }

  /// A square map filtered term by term: Wiener's gain of each pair of frequencies, with mean one.
  private func filtered(
    _ map: Matrix, side: Int, _ level: NoiseLevel, power: Double
  ) -> Matrix {
    func gain(_ k: Int) -> Double {
      // The image's power, with the code's small number for frequency zero.
      let image = 1 / (Foundation.pow(Double(min(k, side - k)) / Double(side), power) + 1e-16)
      return level.alpha * image / (level.alpha * level.alpha * image + level.sigma * level.sigma)
    }
    let frequencies = (0..<side * side).map { ($0 / side, $0 % side) }
    let gains = frequencies.map { gain($0) * gain($1) }
    let mean = gains.reduce(0, +) / Double(gains.count)
    return map.indices.map { place in
      map[place].indices.map { channel in
        map.indices.reduce(0) { sum, other in
          let (dy, dx) = (place / side - other / side, place % side - other % side)
          let response = zip(frequencies, gains).reduce(0) {
            $0 + $1.1 / mean
              * cos(2 * .pi * Double($1.0.0 * dy + $1.0.1 * dx) / Double(side))
          }
          return sum + response * map[other][channel] / Double(side * side)
        }
      }
    }
  }

  @Test func magCache() throws {
    var previous: [Matrix] = []
    var ratios: [Double] = []
    _ = try plain.sampled { step in
      let first = plain.model.embed(step.sample)
      let outputs = step.conditions.map { plain.model.blocks(first, 0..<depth, $0) }
      let offsets = outputs.map { $0 - first }
      let tokens = zip(offsets.joined(), previous.joined()).map { new, old in
        (new.reduce(0) { $0 + $1 * $1 } / old.reduce(0) { $0 + $1 * $1 }).squareRoot()
      }
      ratios.append(tokens.isEmpty ? 1 : tokens.reduce(0, +) / Double(tokens.count))
      previous = offsets
      let predictions = zip(outputs, step.conditions).map { plain.model.predict($0, $1) }
      return plain.guided(predictions[0], predictions[1])
    }
    let calibration = try plain.calibration(MagCache.self)
    let measured = try #require(calibration.tables["ratios"]).flatMap { $0 }
    #expect(zip(measured, ratios).allSatisfy { abs($0 / $1 - 1) < 1e-4 })
    // 20 % of eight steps are two.
    let threshold = 1.0001 * (2..<8).map { abs(1 - ratios[$0]) }.sorted()[3]
    var (size, error, count) = (1.0, 0.0, 0)
    let (expected, decisions) = try sampled { step, _, _ in
      guard step.index >= 2 else { return false }
      size *= ratios[step.index]
      error += abs(1 - size)
      count += 1
      if error < threshold, count <= 2 { return true }
      (size, error, count) = (1, 0, 0)
      return false
    }
    let cache = MagCache(
      threshold: threshold, limits: CacheLimits(most: 2), calibration: calibration)
    try plain.expectSame(cache, expected)
    let planned = try cache.plan(for: plain.run(nil).plan.outline).description
    // What no later step reuses is not kept.
    #expect(
      planned.split(separator: " ").last?.map { $0 == "-" } == decisions.map { $0 == "-" })
    #expect(decisions.contains("-") && decisions.dropFirst(2).contains("R"))
  }

  @Test func magCacheNeedsARatioForEachStep() throws {
    var calibration = try plain.calibration(MagCache.self)
    calibration.tables["ratios"]?[3] = [1, 1]
    #expect(
      throws: CacheError.calibration(
        method: "magcache", what: "'ratios' with rows of", expected: "1", found: "2 numbers")
    ) { try plain.run(MagCache(calibration: calibration)) }
  }

  @Test func adaCache() throws {
    let codebook = try #require(Codebook("0.2:4;0.3:3;0.5:2;1:1"))
    let threshold = try plain.middle(AdaCache(codebook: codebook, block: 1))
    var (rate, last, length) = (Double?.none, 0, 1)
    var old: [Matrix] = []
    let (expected, decisions) = try sampled { step, first, _ in
      if step.index != 0, step.index < last + length { return true }
      // Computed: what attention of block 1 makes, and how many steps to go.
      let new = step.conditions.map { c in
        plain.model.branch(plain.model.block(first, 0, c), 1, .attention, c)
      }
      if !old.isEmpty {
        rate =
          (zip(new, old).map { distance($0, from: $1) }.max() ?? 0) / Double(step.index - last)
      }
      length =
        rate.map { rate in
          codebook.entries.first { rate < $0.change * threshold }?.steps ?? 1
        } ?? 1
      (old, last) = (new, step.index)
      return false
    }
    try plain.expectSame(
      AdaCache(codebook: codebook, threshold: threshold, block: 1), expected,
      decisions: [decisions])
  }

  /// With the last offset, and with a line through the last two.
  @Test(arguments: [0, 1]) func dbCache(_ order: Int) throws {
    let cache = DBCache(front: 1, back: 1, order: order)
    let threshold = try plain.middle(cache)
    var reference: [Matrix] = []
    var kept: [[(step: Int, value: Matrix)]] = [[], []]
    var decisions = ""
    let expected = try plain.sampled { step in
      let first = plain.model.embed(step.sample)
      let front = step.conditions.map { plain.model.block(first, 0, $0) }
      let offsets = front.map { $0 - first }
      let isReused =
        !reference.isEmpty
        && zip(offsets, reference).allSatisfy { distance($0, from: $1) < threshold }
      decisions += isReused ? "-" : "R"
      if !isReused { reference = offsets }
      let outputs = step.conditions.indices.map { stream in
        let c = step.conditions[stream]
        if !isReused {
          kept[stream].append(
            (step.index, plain.model.blocks(front[stream], 1..<3, c) - front[stream]))
        }
        let new = kept[stream][kept[stream].count - 1]
        var offset = new.value
        if order > 0, isReused, let old = kept[stream].dropLast().last {
          let share = Double(step.index - new.step) / Double(new.step - old.step)
          offset = offset + share * (new.value - old.value)
        }
        return plain.model.predict(plain.model.block(front[stream] + offset, 3, c), c)
      }
      return plain.guided(outputs[0], outputs[1])
    }
    try plain.expectSame(
      DBCache(front: 1, back: 1, threshold: threshold, order: order), expected,
      decisions: [decisions])
  }

  @Test func dbCacheFitsSmallModels() throws {
    #expect(
      try DBCache().plan(for: outline(steps: 4, depth: 12)).rules[0].sites == [.blocks(4..<12)])
    #expect(try DBCache().plan(for: outline(steps: 4, depth: 4)).rules[0].sites == [.blocks(1..<4)])
    #expect(
      try DBCache(back: 2).plan(for: outline(steps: 4, depth: 4)).rules[0].sites
        == [.blocks(1..<2)])
    for method in [DBCache(front: 4), DBCache(front: 2, back: 2), DBCache(back: 3)] {
      #expect(throws: CacheError.self) { try method.plan(for: outline(steps: 4, depth: 4)) }
    }
  }

  @Test func diCache() throws {
    let cache = DiCache(probe: 2, start: 13)
    let threshold = try 1.5 * plain.middle(cache)
    // Steps 0 and 1 are computed: a share of 13 % of eight steps is one, and one more.
    var sum = Sum(threshold: threshold, computed: [0, 1])
    var probes: [[Int: Matrix]] = [[:], [:]]
    var now = 0
    let (expected, decisions) = try sampled(
      front: 2,
      combined: { stream, offsets, computed in
        let probe = probes[stream]
        guard let p = probe[now], let p1 = probe[computed[computed.count - 1]] else { return [] }
        let all1 = offsets[offsets.count - 1] + p1
        guard offsets.count > 1, let p2 = probe[computed[computed.count - 2]] else {
          return all1 - p
        }
        let all2 = offsets[offsets.count - 2] + p2
        func size(_ m: Matrix) -> Double { m.joined().reduce(0) { $0 + abs($1) } }
        let factor = min(max(size(p - p2) / size(p1 - p2), 1), 1.5)
        return (all2 + factor * (all1 - all2)) - p
      }
    ) { step, first, behind in
      now = step.index
      for stream in 0..<2 { probes[stream][step.index] = behind[stream] - first }
      return sum.reuses(behind, at: step.index)
    }
    try plain.expectSame(
      DiCache(threshold: threshold, probe: 2, start: 13), expected, decisions: [decisions])
  }

  @Test func foresight() throws {
    let threshold = try plain.middle(Foresight(interval: 3, warmup: 3))
    var kept: [[Matrix]] = (0..<2).map { _ in (0..<depth).map { _ in [] } }
    // The change of each block in the last step that computed it, and in step 2, for each stream.
    var changes = kept.map { $0.map { _ in 0.0 } }
    var references = changes
    var decisions = Array(repeating: "", count: depth)
    let expected = try plain.sampled { step in
      let reuses = (0..<depth).map { block in
        step.index > 2 && step.index % 3 != 0
          && (0..<2).allSatisfy { changes[$0][block] / references[$0][block] < threshold }
      }
      for block in 0..<depth { decisions[block] += reuses[block] ? "-" : "R" }
      let outputs = (0..<2).map { stream in
        let c = step.conditions[stream]
        var x = plain.model.embed(step.sample)
        for block in 0..<depth {
          if reuses[block] {
            x = kept[stream][block]
            continue
          }
          x = plain.model.block(x, block, c)
          if step.index > 0 {
            let difference = (x - kept[stream][block]).joined()
            changes[stream][block] =
              difference.reduce(0) { $0 + $1 * $1 } / Double(difference.count)
          }
          if step.index == 2 { references[stream][block] = changes[stream][block] }
          kept[stream][block] = x
        }
        return plain.model.predict(x, c)
      }
      return plain.guided(outputs[0], outputs[1])
    }
    // The warm-up is compared, but not kept: step 3 is computed too.
    try plain.expectSame(
      Foresight(threshold: threshold, interval: 3, warmup: 3), expected,
      decisions: decisions.map { "..." + $0.dropFirst(3) })
  }
}

@Suite struct CodebookTests {
  @Test func readsTexts() throws {
    let codebook = try #require(Codebook("0.1:4;0.2:2"))
    #expect(codebook.entries == [.init(change: 0.1, steps: 4), .init(change: 0.2, steps: 2)])
    #expect(codebook.description == "0.1:4;0.2:2")
    for text in [
      "", "0.1", "0.1:0", "0.1:2;0.1:1", "0.1:2;0.2:3", "0:1", "a:1", "0.1:1:1", "nan:1",
    ] {
      #expect(Codebook(text) == nil)
    }
    #expect(AdaCache.codebooks.count == 3)
  }
}
