import DiT
import Foundation
import Tensor
import Testing

/// Whole runs of the methods that forecast values, against the same runs in plain loops over Double.
@Suite struct ForecastMethodTests {
  private let plain = PlainRun()
  private var depth: Int { plain.model.c.depth }

  /// The final sample where every branch of every block is forecast but in some steps.
  private func sampled(
    full: [Int], forecast: @escaping (_ key: String, _ step: Int) -> Matrix,
    record: @escaping (_ key: String, _ step: Int, Matrix) -> Void
  ) throws -> [Float] {
    try plain.sampled { step, stream, x, c in
      (0..<depth).reduce(x) { x, block in
        plain.model.block(x, block, c) { branch, _, compute in
          let key = "\(stream) \(block) \(branch)"
          guard full.contains(step.index) else { return forecast(key, step.index) }
          let value = compute()
          record(key, step.index, value)
          return value
        }
      }
    }
  }

  /// The differences of a value for each step: D₀ is the value, Dⱼ₊₁ that of Dⱼ.
  private struct Differences {
    var values: [Matrix] = []
    var step = 0

    mutating func record(_ value: Matrix, at step: Int, order: Int) {
      var new = [value]
      for j in 0..<min(values.count, order) {
        new.append((1 / Double(step - self.step)) * (new[j] - values[j]))
      }
      (values, self.step) = (new, step)
    }

    func forecast(at step: Int, _ functions: [(Double) -> Double]) -> Matrix {
      let x = Double(step - self.step)
      return zip(values, functions).dropFirst().reduce(values[0]) { $0 + $1.1(x) * $1.0 }
    }
  }

  /// `σʲ · Hⱼ(σx) / j!` for the first three.
  private func hermite(_ sigma: Double) -> [(Double) -> Double] {
    [
      { _ in 1 }, { sigma * 2 * sigma * $0 },
      { sigma * sigma * (4 * sigma * sigma * $0 * $0 - 2) / 2 },
    ]
  }

  @Test func hiCache() throws {
    var series: [String: Differences] = [:]
    // Two steps of warm-up, then every third.
    let expected = try sampled(full: [0, 1, 4, 7]) { key, step in
      series[key]?.forecast(at: step, hermite(0.6)) ?? []
    } record: { key, step, value in
      series[key, default: Differences()].record(value, at: step, order: 2)
    }
    try plain.expectSame(HiCache(interval: 3, sigma: 0.6, warmup: 2), expected)
  }

  @Test func foCa() throws {
    // Each step's value, computed or forecast, and which are computed.
    var values: [String: [Int: Matrix]] = [:]
    let full = [0, 1, 4, 7]
    let expected = try sampled(full: full) { key, step in
      let computed = full.filter { $0 < step }
      let (last, before) = (computed[computed.count - 1], computed[computed.count - 2])
      func value(_ step: Int) -> Matrix { values[key]?[step] ?? [] }
      let anchor = (1 / Double(last - before)) * (value(last) - value(before))
      let local = value(step - 1) - value(step - 2)
      let forecast = value(last) + (Double(step - last) / 2) * (anchor + local)
      values[key]?[step] = forecast
      return forecast
    } record: { key, step, value in
      values[key, default: [:]][step] = value
    }
    try plain.expectSame(FoCa(interval: 3, warmup: 2), expected)
  }

  /// A square map of tokens without the waves of the cosine transform beyond a distance from zero,
  /// term by term.
  private func low(_ map: Matrix, side: Int, limit: Double) -> Matrix {
    func wave(_ k: Int, _ n: Int) -> Double {
      let amplitude: Double = ((k == 0 ? 1 : 2) / Double(side)).squareRoot()
      let angle: Double = .pi * Double((2 * n + 1) * k)
      return amplitude * cos(angle / Double(2 * side))
    }
    var result: Matrix = map.map { $0.map { _ in 0 } }
    for vertical in 0..<side {
      for horizontal in 0..<side {
        let squared = Double(vertical * vertical + horizontal * horizontal)
        guard squared <= limit * limit else { continue }
        let values: [Double] = map.indices.map {
          wave(vertical, $0 / side) * wave(horizontal, $0 % side)
        }
        for channel in map[0].indices {
          var share = 0.0
          for place in map.indices { share += values[place] * map[place][channel] }
          for place in map.indices { result[place][channel] += values[place] * share }
        }
      }
    }
    return result
  }

  @Test func freqCa() throws {
    var lows: [Int: Matrix] = [:]
    var highs: [Int: Differences] = [:]
    // Half of the way to the highest frequency, (3, 3).
    let limit = 0.5 * (9.0 + 9).squareRoot()
    let expected = try plain.sampled { step, stream, x, c in
      if [0, 1, 2, 5].contains(step.index) {
        let value = plain.model.blocks(x, 0..<depth, c)
        let part = low(value, side: 4, limit: limit)
        lows[stream] = part
        highs[stream, default: Differences()].record(value - part, at: step.index, order: 2)
        return value
      }
      return (lows[stream] ?? [])
        + (highs[stream]?.forecast(at: step.index, hermite(0.71)) ?? [])
    }
    try plain.expectSame(FreqCa(interval: 3, cutoff: 0.5), expected)
  }

  /// A run with SpeCa, which does as `threshold` says: the sample, what each step did, and the errors
  /// that decided, each in units of the share of the threshold that is left.
  private func speculative(
    threshold: Double, decay: Double
  ) throws -> (sample: [Float], decisions: String, errors: [Double]) {
    let powers: [(Double) -> Double] = [{ _ in 1 }, { $0 }, { $0 * $0 / 2 }]
    var series: [String: Differences] = [:]
    var (streak, decisions, errors) = (0, "", [Double]())
    var error = 0.0
    let sample = try plain.sampled { step in
      var reuses = step.index >= 2 && streak < 4
      if reuses, streak >= 1 {
        let left = pow(decay, Double(step.index + 1) / 8)
        errors.append(error / left)
        reuses = error < threshold * left
      }
      (streak, decisions) = reuses ? (streak + 1, decisions + "-") : (0, decisions + "R")
      error = 0
      let outputs = (0..<2).map { stream in
        let c = step.conditions[stream]
        var x = plain.model.embed(step.sample)
        for block in 0..<depth - 1 {
          x = plain.model.block(x, block, c) { branch, _, compute in
            let key = "\(stream) \(block) \(branch)"
            if reuses { return series[key]?.forecast(at: step.index, powers) ?? [] }
            let value = compute()
            series[key, default: Differences()].record(value, at: step.index, order: 2)
            return value
          }
        }
        x = plain.model.block(x, depth - 1, c)
        if reuses {
          let forecast = series["\(stream)"]?.forecast(at: step.index, powers) ?? []
          error = max(error, distance(forecast, from: x))
        } else {
          series["\(stream)", default: Differences()].record(x, at: step.index, order: 2)
        }
        return plain.model.predict(x, c)
      }
      return plain.guided(outputs[0], outputs[1])
    }
    return (sample, decisions, errors)
  }

  @Test func speCa() throws {
    // A threshold between the errors of a run that always reuses.
    let errors = try speculative(threshold: .infinity, decay: 0.5).errors.sorted()
    let threshold = (errors[errors.count / 2] + errors[errors.count / 2 - 1]) / 2
    let (expected, decisions, _) = try speculative(threshold: threshold, decay: 0.5)
    try plain.expectSame(
      SpeCa(threshold: threshold, decay: 0.5, least: 1, order: 2).limited(warmup: 2, most: 4),
      expected, decisions: [decisions])
  }

  /// Where nothing is reused, too, a trace says how far the last block was from its forecast.
  @Test func aDryRunOfSpeCaShowsTheErrorOfEachForecast() throws {
    var run = try plain.run(SpeCa(order: 2).dry)
    while try run.next() != nil {}
    let indicators = run.traces.flatMap(\.lines).flatMap(\.indicators).compactMap { $0 }
    #expect(indicators.count == run.sampler.stepCount - 1)
    #expect(indicators.allSatisfy { $0.isFinite && $0 > 0 })
  }
}
