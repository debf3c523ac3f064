import DiT
import Foundation
import Tensor
import Testing
import _TestSupport

/// Whole runs of the methods that look into attention or at linear layers, against the same runs in
/// plain loops over Double.
@Suite struct LayerMethodTests {
  private let plain = PlainRun()
  private var depth: Int { plain.model.c.depth }

  // MARK: ICC

  /// A run of the model layer by layer; `layer` gives the result of a linear layer.
  private func sampled(
    _ layer: @escaping (PlainRun.Step, _ key: String, _ name: String, _ x: Matrix) -> Matrix
  ) throws -> [Float] {
    try plain.sampled { step, stream, x, c in
      (0..<depth).reduce(x) { x, block in
        plain.model.block(x, block, c) { branch, x, _ in
          let input = plain.model.modulatedInput(x, block, branch, c)
          func linear(_ name: String, _ x: Matrix) -> Matrix {
            layer(step, "\(stream) \(block) \(name)", "blocks.\(block).\(name)", x)
          }
          if branch == .attention {
            return linear("attn.proj", plain.model.heads(linear("attn.qkv", input)))
          }
          return linear("mlp.fc2", gelu(linear("mlp.fc1", input)))
        }
      }
    }
  }

  /// A run that computes every second step, and corrects those between with other weights.
  private func corrected(_ weights: [String: Matrix]) throws -> [Float] {
    var kept: [String: (input: Matrix, value: Matrix)] = [:]
    return try sampled { step, key, name, x in
      guard step.index % 2 == 1, let old = kept[key] else {
        kept[key] = (x, plain.model.layers.linear(name, x))
        return plain.model.layers.linear(name, x)
      }
      return old.value + product(x - old.input, transposed(weights[name] ?? []))
    }
  }

  private var layers: [String] {
    (0..<depth).flatMap { block in
      ["attn.qkv", "attn.proj", "mlp.fc1", "mlp.fc2"].map { "blocks.\(block).\($0)" }
    }
  }

  /// The weights that come nearest to those of each layer, where channels count differently.
  private func lowRank(
    _ rank: Int, outputs: [String: [Double]] = [:], inputs: [String: [Double]] = [:]
  ) -> [String: Matrix] {
    Dictionary(
      uniqueKeysWithValues: layers.map { name in
        let weight = plain.model.layers.matrix(name + ".weight")
        // Queries, keys and values are layers of their own.
        let size = name.hasSuffix("qkv") ? weight.count / 3 : weight.count
        let rows = stride(from: 0, to: weight.count, by: size).flatMap { first in
          let left = outputs[name].map { Array($0[first..<first + size]) }
          return nearest(
            Array(weight[first..<first + size]), rank: rank, left: left, right: inputs[name])
        }
        return (name, rows)
      })
  }

  @Test func icc() throws {
    try plain.expectSame(ICC(rank: 8), corrected(lowRank(8)))
    let cost = try plain.run(ICC(rank: 8)).plan
    // Of a block: three parts of 16 × 16, one of 16 × 16, and two of 16 × 64.
    let (low, modulation): (Double, Double) = (8 * (4 * 32 + 2 * 80), 6 * 256)
    let layers: Double = 16 * (4 * 256 + 2 * 1024)
    let share: Double = (16 * low + modulation) / (layers + modulation)
    let expected: Double = (1 + share) / 2
    #expect(abs(cost.computedShare / expected - 1) < 1e-9)
  }

  @Test func iccWithChannels() throws {
    // The calibration: mean magnitudes of all steps and both streams.
    var (outputs, inputs) = ([String: [Double]](), [String: [Double]]())
    func add(_ rows: Matrix, to sums: inout [Double]?) {
      for row in rows { sums = zip(sums ?? row.map { _ in 0 }, row).map { $0 + abs($1) } }
    }
    _ = try sampled { _, _, name, x in
      let value = plain.model.layers.linear(name, x)
      add(value, to: &outputs[name])
      add(x, to: &inputs[name])
      return value
    }
    let count = Double(2 * 8 * plain.model.c.tokenCount)
    let calibration = try plain.calibration(ICC.self)
    let measured = try #require(calibration.tables["fc1 2"]?.first)
    let expected = (outputs["blocks.2.mlp.fc1"] ?? []) + (inputs["blocks.2.mlp.fc1"] ?? [])
    #expect(zip(measured, expected).allSatisfy { abs($0 * count / $1 - 1) < 1e-3 })
    func roots(_ sums: [Double]) -> [Double] {
      let roots = sums.map { ($0 / count).squareRoot() }
      return roots.map { max($0, (roots.max() ?? 0) / 1000) }
    }
    let weights = lowRank(
      8, outputs: outputs.mapValues(roots), inputs: inputs.mapValues(roots))
    let cache = ICC(rank: 8, calibration: calibration)
    try plain.expectSame(cache, corrected(weights))
    #expect(try plain.sampled(cache) != plain.sampled(ICC(rank: 8)))
  }

  @Test func iccRefusesModelsThatDoNotShowTheirLayers() {
    #expect(throws: CacheError.self) { try ICC().plan(for: outline(steps: 4, depth: 2)) }
  }

  // MARK: DiTFastAttn

  private enum Mode: CaseIterable { case steps, windowHalves, halves, window, full }

  /// A run in which the attention of each block does something in each step.
  private func sampled(_ modes: [[Mode]]) throws -> [Float] {
    var (results, residuals) = ([String: Matrix](), [String: Matrix]())
    return try plain.sampled { step, stream, x, c in
      (0..<depth).reduce(x) { x, block in
        plain.model.block(x, block, c) { branch, x, compute in
          guard branch == .attention else { return compute() }
          let (own, first) = ("\(stream) \(block)", "0 \(block)")
          let mode = modes[block][step.index]
          if mode == .steps { return results[own] ?? [] }
          if stream == 1, mode == .halves || mode == .windowHalves {
            results[own] = results[first]
            if mode == .halves { residuals[own] = residuals[first] }
            return results[own] ?? []
          }
          let near = plain.model.branch(x, block, .attention, c, window: 2)
          if mode == .window || mode == .windowHalves {
            results[own] = near + (residuals[own] ?? [])
          } else {
            results[own] = compute()
            residuals[own] = compute() - near
          }
          return results[own] ?? []
        }
      }
    }
  }

  @Test func diTFastAttn() throws {
    // What attention makes in each step, all of it and in a window: both streams one after the other.
    var values: [[Matrix]] = Array(repeating: [], count: depth)
    var near = values
    _ = try plain.sampled { step, stream, x, c in
      (0..<depth).reduce(x) { x, block in
        plain.model.block(x, block, c) { branch, x, compute in
          let value = compute()
          guard branch == .attention else { return value }
          let windowed = plain.model.branch(x, block, .attention, c, window: 2)
          if stream == 0 {
            values[block].append(value)
            near[block].append(windowed)
          } else {
            values[block][step.index].append(contentsOf: value)
            near[block][step.index].append(contentsOf: windowed)
          }
          return value
        }
      }
    }
    func doubled(_ value: Matrix) -> Matrix {
      let half = Array(value[..<(value.count / 2)])
      return [half, half].flatMap { $0 }
    }
    func error(_ block: Int, _ step: Int, _ mode: Mode, _ old: Int) -> Double {
      let exact = values[block][step]
      let windowed = near[block][step] + (values[block][old] - near[block][old])
      let value =
        switch mode {
        case .steps: values[block][old]
        case .window: windowed
        case .windowHalves: doubled(windowed)
        case .halves: doubled(exact)
        case .full: exact
        }
      let numbers = exact.flatMap { $0 }
      let mean = numbers.reduce(0, +) / Double(numbers.count)
      return (value - exact).joined().reduce(0) { $0 + $1 * $1 }
        / numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
    let delta = 0.35
    let modes = (0..<depth).map { block in
      var (modes, lastResult, lastFull) = ([Mode.full], 0, 0)
      for step in 1..<8 {
        // In the order of what they cost.
        let mode = Mode.allCases.first { mode in
          let old = mode == .steps ? lastResult : lastFull
          return (mode == .halves || step - old <= 5)
            && error(block, step, mode, old) < delta * Double(block + 1) / Double(depth)
        }
        modes.append(mode ?? .full)
        if mode != .steps { lastResult = step }
        if mode == .halves || mode == .full { lastFull = step }
      }
      return modes
    }
    #expect(Set(modes.flatMap { $0 }).count == 5, "\(modes)")
    let cache = DiTFastAttn(delta: delta, calibration: try plain.calibration(DiTFastAttn.self))
    try plain.expectSame(cache, sampled(modes))
  }
}

// Matrices of rows.

private func transposed(_ a: Matrix) -> Matrix {
  (a.first ?? []).indices.map { column in a.map { $0[column] } }
}

private func product(_ a: Matrix, _ b: Matrix) -> Matrix {
  let columns = transposed(b)
  return a.map { row in columns.map { zip(row, $0).reduce(0) { $0 + $1.0 * $1.1 } } }
}

/// The matrix of a rank that comes nearest to another one where rows and columns are weighted: its
/// projection on the eigenvectors of the largest eigenvalues of the smaller Gram matrix.
private func nearest(_ a: Matrix, rank: Int, left: [Double]?, right: [Double]?) -> Matrix {
  let left = left ?? a.map { _ in 1 }, right = right ?? (a.first ?? []).map { _ in 1 }
  let m = zip(a, left).map { row, l in zip(row, right).map { l * $0 * $1 } }
  let isWide = m.count <= right.count
  let gram = isWide ? product(m, transposed(m)) : product(transposed(m), m)
  let vectors = Array(eigenvectors(gram).prefix(rank))
  let projection = product(transposed(vectors), vectors)
  let low = isWide ? product(projection, m) : product(m, projection)
  return zip(low, left).map { row, l in zip(row, right).map { $0 / (l * $1) } }
}

/// The eigenvectors of a symmetric matrix by Jacobi's rotations, those of the largest eigenvalues
/// first.
private func eigenvectors(_ a: Matrix) -> Matrix {
  var a = a
  var v = a.indices.map { i in a.indices.map { $0 == i ? 1.0 : 0 } }
  for _ in 0..<12 {
    for p in a.indices {
      for q in p + 1..<max(a.count, p + 1) where abs(a[p][q]) > 1e-300 {
        let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
        let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        for k in a.indices {
          (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q])
        }
        for k in a.indices {
          (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k])
        }
        // The rows of v are the vectors.
        for k in a.indices {
          (v[p][k], v[q][k]) = (c * v[p][k] - s * v[q][k], s * v[p][k] + c * v[q][k])
        }
      }
    }
  }
  return a.indices.sorted { a[$0][$0] > a[$1][$1] }.map { v[$0] }
}
