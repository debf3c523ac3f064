import DiT
import Foundation
import Tensor
import Testing
import _TestSupport

/// Whole runs of each method against the same run written from its paper's formulas, in plain loops
/// over Double.
@Suite struct CacheMethodTests {
  private let plain = PlainRun()
  private var depth: Int { plain.model.c.depth }

  @Test func plainRunAgreesWithTheLibrary() throws {
    let expected = try plain.sampled { _, _, x, c in plain.model.blocks(x, 0..<depth, c) }
    #expect(relativeError(try plain.sampled(nil), expected) < 1e-5)
  }

  @Test func deltaDiT() throws {
    var kept: [Int: Matrix] = [:]
    // Steps 0, 2, 4, 6 are full; the last two blocks are cached before step 4, then the first two.
    let expected = try plain.sampled { step, stream, x, c in
      let range = step.index < 4 ? 2..<4 : 0..<2
      let first = plain.model.blocks(x, 0..<range.lowerBound, c)
      if step.index % 2 == 0 {
        kept[stream] = plain.model.blocks(first, range, c) - first
      }
      return plain.model.blocks(first + (kept[stream] ?? []), range.upperBound..<depth, c)
    }
    try plain.expectSame(DeltaDiT(cachedBlocks: 2, boundary: 4), expected)
  }

  @Test func deltaCache() throws {
    var kept: [Int: Matrix] = [:]
    let expected = try plain.sampled { step, stream, x, c in
      let first = plain.model.blocks(x, 0..<1, c)
      if step.index % 3 == 0 { kept[stream] = plain.model.blocks(first, 1..<3, c) - first }
      return plain.model.blocks(first + (kept[stream] ?? []), 3..<4, c)
    }
    try plain.expectSame(DeltaCache(blocks: 1..<3, interval: 3), expected)
  }

  @Test func stepMask() throws {
    let mask = [true, true, false, true, false, false, true, false]
    var kept: [Int: [(step: Int, value: Matrix)]] = [:]
    let expected = try plain.sampled { step, stream, x, c in
      if mask[step.index] {
        let offset = plain.model.blocks(x, 0..<depth, c) - x
        kept[stream, default: []].append((step.index, offset))
        return x + offset
      }
      // Straight on from the last two.
      let (old, new) = (kept[stream]?.dropLast().last, kept[stream]?.last)
      guard let old, let new else { return x }
      let slope = Double(step.index - new.step) / Double(new.step - old.step)
      return x + new.value + slope * (new.value - old.value)
    }
    try plain.expectSame(StepMask(mask, order: 1), expected)
  }

  @Test func fora() throws {
    var kept: [String: Matrix] = [:]
    let expected = try plain.sampled { step, stream, x, c in
      (0..<depth).reduce(x) { x, block in
        plain.model.block(x, block, c) { branch, _, compute in
          let key = "\(stream) \(block) \(branch)"
          if step.index == 0 || (7 - step.index) % 3 == 0 { kept[key] = compute() }
          return kept[key] ?? []
        }
      }
    }
    try plain.expectSame(FORA(interval: 3), expected)
  }

  @Test func taylorSeer() throws {
    var factors: [String: [Matrix]] = [:]
    var last = 0
    // Two steps of warm-up, then every third: 0, 1, 4, 7.
    let full = [0, 1, 4, 7]
    let expected = try plain.sampled { step, stream, x, c in
      defer { if stream == 1, full.contains(step.index) { last = step.index } }
      return (0..<depth).reduce(x) { x, block in
        plain.model.block(x, block, c) { branch, _, compute in
          let key = "\(stream) \(block) \(branch)"
          let old = factors[key] ?? []
          if full.contains(step.index) {
            var new = [compute()]
            for j in 0..<min(old.count, 2) {
              new.append((1 / Double(step.index - last)) * (new[j] - old[j]))
            }
            factors[key] = new
            return new[0]
          }
          let d = Double(step.index - last)
          var sum = old[0]
          if old.count > 1 { sum = sum + d * old[1] }
          if old.count > 2 { sum = sum + (d * d / 2) * old[2] }
          return sum
        }
      }
    }
    try plain.expectSame(TaylorSeer(interval: 3, order: 2), expected)
  }

  @Test func abCache() throws {
    var kept: [(step: Int, value: Matrix)] = []
    let expected = try plain.sampled { step in
      if step.index < 3 || step.index % 3 == 0 {
        let outputs = step.conditions.map { c in
          plain.model.predict(
            plain.model.blocks(plain.model.embed(step.sample), 0..<depth, c), c)
        }
        kept.append((step.index, plain.guided(outputs[0], outputs[1])))
        return kept[kept.count - 1].value
      }
      let (a, b) = (kept[kept.count - 2], kept[kept.count - 1])
      let share = Double(step.index - b.step) / Double(b.step - a.step)
      return b.value + share * (b.value - a.value)
    }
    try plain.expectSame(ABCache().limited(warmup: 3), expected)
  }

  @Test func firstBlockCache() throws {
    let threshold = try plain.middle(FirstBlockCache())
    var reference: [Matrix?] = [nil, nil]
    var tail: [Matrix] = [[], []]
    var decisions = ""
    let expected = try plain.sampled { step in
      let firsts = step.conditions.map { plain.model.block(plain.model.embed(step.sample), 0, $0) }
      let offsets = firsts.map { $0 - plain.model.embed(step.sample) }
      // Both streams are computed where either needs it.
      let reuses = zip(offsets, reference).allSatisfy { new, old in
        old.map { distance(new, from: $0) < threshold } ?? false
      }
      decisions += reuses ? "-" : "R"
      if !reuses { reference = offsets }
      let outputs = step.conditions.indices.map { stream in
        let c = step.conditions[stream]
        if !reuses {
          tail[stream] = plain.model.blocks(firsts[stream], 1..<depth, c) - firsts[stream]
        }
        return plain.model.predict(firsts[stream] + tail[stream], c)
      }
      return plain.guided(outputs[0], outputs[1])
    }
    try plain.expectSame(FirstBlockCache(threshold: threshold), expected)
    var run = try plain.run(FirstBlockCache(threshold: threshold))
    while try run.next() != nil {}
    #expect(run.traces.map { $0.lines[0].actions } == [decisions])
    #expect(decisions.contains("-") && decisions.dropFirst().contains("R"))
  }

  @Test func easyCache() throws {
    let threshold = try 1.5 * plain.middle(EasyCache(window: 0...100))
    var last: (sample: Matrix, output: Matrix)?
    var (rate, sum) = (0.0, 0.0)
    var decisions = ""
    func size(_ m: Matrix) -> Double {
      m.joined().reduce(0) { $0 + abs($1) } / Double(m.count * m[0].count)
    }
    func noise(_ output: Matrix) -> Matrix { Matrix(output[..<plain.model.c.channels]) }
    let expected = try plain.sampled { step in
      if step.index >= 2, let last {
        let change = sum + rate * size(step.sample - last.sample) / size(noise(last.output))
        if change < threshold {
          (sum, decisions) = (change, decisions + "-")
          let channels = step.sample.count
          var output = (step.sample + noise(last.output)) - last.sample
          output.append(contentsOf: last.output[channels...])
          return output
        }
      }
      let outputs = step.conditions.map { c in
        plain.model.predict(
          plain.model.blocks(plain.model.embed(step.sample), 0..<depth, c), c)
      }
      let output = plain.guided(outputs[0], outputs[1])
      if let last {
        rate = size(noise(output - last.output)) / size(step.sample - last.sample)
      }
      (last, sum, decisions) = ((step.sample, output), 0, decisions + "R")
      return output
    }
    try plain.expectSame(EasyCache(threshold: threshold, window: 0...100), expected)
    #expect(decisions.contains("-") && decisions.dropFirst(2).contains("R"))
  }

  @Test func fasterCacheGuidance() throws {
    var low = Matrix(), high = Matrix()
    // Steps 0 to 2 and then every third compute both; low frequencies are raised before step 6.
    let expected = try plain.sampled { step in
      func output(_ stream: Int) -> Matrix {
        plain.model.predict(
          plain.model.blocks(plain.model.embed(step.sample), 0..<depth, step.conditions[stream]),
          step.conditions[stream])
      }
      let conditional = output(0)
      if step.index < 2 || step.index % 3 == 0 {
        let unconditional = output(1)
        low = lowFrequencies(unconditional - conditional, side: 8)
        high = (unconditional - conditional) - low
        return plain.guided(conditional, unconditional)
      }
      if step.index < 6 { low = 1.5 * low } else { high = 1.5 * high }
      return plain.guided(conditional, conditional + low + high)
    }
    try plain.expectSame(
      FasterCacheGuidance(interval: 3, start: 25, turn: 75, weight: 1.5), expected)
  }

  @Test func smoothCache() throws {
    // The calibration: errors of each kind, the mean over blocks and streams.
    var history: [String: [Matrix]] = [:]
    _ = try plain.sampled { _, stream, x, c in
      (0..<depth).reduce(x) { x, block in
        plain.model.block(x, block, c) { branch, _, compute in
          let value = compute()
          history["\(branch) \(stream) \(block)", default: []].append(value)
          return value
        }
      }
    }
    func error(_ branch: Architecture.Branch, _ step: Int, _ back: Int) -> Double {
      let values = (0..<2).flatMap { stream in
        (0..<depth).compactMap { history["\(branch) \(stream) \($0)"] }
      }
      // Relative to the current value.
      return values.reduce(0) {
        let (new, old) = ($1[step], $1[step - back])
        return $0 + (new - old).joined().reduce(0) { $0 + abs($1) }
          / new.joined().reduce(0) { $0 + abs($1) }
      } / Double(values.count)
    }
    let alpha = error(.attention, 3, 2)
    var computed: [Architecture.Branch: Set<Int>] = [:]
    for branch in [Architecture.Branch.attention, .feedForward] {
      var step = 0
      while step < 8 {
        computed[branch, default: []].insert(step)
        let length = (1...3).last { step + $0 < 8 && error(branch, step + $0, $0) < alpha }
        step += 1 + (length ?? 0)
      }
    }
    var kept: [String: Matrix] = [:]
    let expected = try plain.sampled { step, stream, x, c in
      (0..<depth).reduce(x) { x, block in
        plain.model.block(x, block, c) { branch, _, compute in
          let key = "\(branch) \(stream) \(block)"
          if computed[branch]?.contains(step.index) == true { kept[key] = compute() }
          return kept[key] ?? []
        }
      }
    }
    let calibration = try plain.calibration(SmoothCache.self)
    let measured = try #require(calibration.tables["attention"])
    #expect(abs(measured[3][1] / error(.attention, 3, 2) - 1) < 1e-4)
    try plain.expectSame(SmoothCache(alpha: alpha * 1.00001, calibration: calibration), expected)
  }
}

/// The low frequencies of square maps, term by term.
func lowFrequencies(_ maps: Matrix, side: Int) -> Matrix {
  let radius = side / 5
  let kept = (0..<side * side).filter { i in
    let (y, x) = (i / side, i % side)
    let (dy, dx) = (min(y, side - y), min(x, side - x))
    return dy * dy + dx * dx <= radius * radius
  }
  return maps.map { map in
    (0..<side * side).map { place in
      kept.reduce(0) { sum, frequency in
        sum
          + map.indices.reduce(0) { inner, i in
            let angle =
              2 * Double.pi
              * Double(
                (frequency / side) * (place / side - i / side)
                  + (frequency % side) * (place % side - i % side)) / Double(side)
            return inner + map[i] * cos(angle)
          } / Double(side * side)
      }
    }
  }
}
