import DiT
import Foundation
import Tensor

/// Rows of numbers.
typealias Matrix = [[Double]]

func + (a: Matrix, b: Matrix) -> Matrix { zip(a, b).map { zip($0, $1).map { $0 + $1 } } }
func - (a: Matrix, b: Matrix) -> Matrix { zip(a, b).map { zip($0, $1).map { $0 - $1 } } }
func * (factor: Double, a: Matrix) -> Matrix { a.map { $0.map { factor * $0 } } }
func * (gate: [Double], a: Matrix) -> Matrix { a.map { zip(gate, $0).map { $0 * $1 } } }

/// `Σ|a - b| / Σ|b|`.
func distance(_ a: Matrix, from b: Matrix) -> Double {
  let difference = (a - b).joined().reduce(0) { $0 + abs($1) }
  return difference / b.joined().reduce(0) { $0 + abs($1) }
}

// Layers of models in plain loops over Double.

func silu(_ x: [Double]) -> [Double] { x.map { $0 / (1 + exp(-$0)) } }

/// The approximation of GELU by a hyperbolic tangent.
func gelu(_ x: Matrix) -> Matrix {
  x.map { row in
    row.map { v in
      0.5 * v * (1 + tanh((2 / Double.pi).squareRoot() * (v + 0.044715 * v * v * v)))
    }
  }
}

/// LayerNorm with a modulation.
func norm(_ x: Matrix, shift: [Double], scale: [Double]) -> Matrix {
  x.map { row in
    let mean = row.reduce(0, +) / Double(row.count)
    let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
    return row.indices.map {
      (row[$0] - mean) / (variance + 1e-6).squareRoot() * (1 + scale[$0]) + shift[$0]
    }
  }
}

/// The heads of attention side by side; with a window, queries see so many tokens to either side.
func attended(
  _ queries: Matrix, _ keys: Matrix, _ values: Matrix, headCount: Int, window: Int? = nil
) -> Matrix {
  let size = queries[0].count / headCount
  return queries.indices.map { i in
    (0..<headCount).flatMap { head in
      let columns = head * size..<(head + 1) * size
      var scores = keys.map { key in
        zip(queries[i][columns], key[columns]).reduce(0) { $0 + $1.0 * $1.1 }
          / Double(size).squareRoot()
      }
      if let window {
        for j in scores.indices where abs(i - j) > window { scores[j] = -.infinity }
      }
      let peak = scores.max() ?? 0
      let weights = scores.map { exp($0 - peak) }
      let sum = weights.reduce(0, +)
      return columns.map { k in
        values.indices.reduce(0) { $0 + weights[$1] / sum * values[$1][k] }
      }
    }
  }
}

/// The patches of a square sample `[channels][height · width]`, a row each.
func patches(_ x: Matrix, side: Int, size: Int) -> Matrix {
  let columns = side / size
  return (0..<columns * columns).map { token in
    let (row, column) = (token / columns, token % columns)
    return x.flatMap { channel in
      (0..<size * size).map { channel[(row * size + $0 / size) * side + column * size + $0 % size] }
    }
  }
}

/// The square image of rows that each hold the pixels of a patch, all channels of a pixel together.
func image(_ patches: Matrix, side: Int, size: Int, channels: Int) -> Matrix {
  let columns = side / size
  var output = Matrix(repeating: .init(repeating: 0, count: side * side), count: channels)
  for (token, patch) in patches.enumerated() {
    let (row, column) = (token / columns, token % columns)
    for (i, value) in patch.enumerated() {
      let place = i / channels
      output[i % channels][(row * size + place / size) * side + column * size + place % size] =
        value
    }
  }
  return output
}

/// The shift, scale and gate of a branch, of the modulation of a block.
struct PlainModulation {
  let shift, scale, gate: [Double]

  init(_ all: [Double], _ branch: Architecture.Branch, width: Int) {
    func part(_ i: Int) -> [Double] {
      let first = (branch == .attention ? 0 : 3) + i
      return Array(all[first * width..<(first + 1) * width])
    }
    (shift, scale, gate) = (part(0), part(1), part(2))
  }
}

/// The layers of a checkpoint by their names.
struct PlainLayers {
  private let matrices: [String: Matrix]

  init(_ tensors: [String: Tensor<Float>]) {
    matrices = tensors.mapValues { tensor in
      let rows = tensor.reshaped([tensor.shape[0], -1])
      return (0..<rows.shape[0]).map { rows[$0].elements.map(Double.init) }
    }
  }

  func matrix(_ name: String) -> Matrix { matrices[name] ?? [] }

  func linear(_ name: String, _ x: Matrix) -> Matrix {
    let (weight, bias) = (matrix(name + ".weight"), matrix(name + ".bias").flatMap { $0 })
    return x.map { row in
      zip(weight, bias).map { w, b in zip(w, row).reduce(b) { $0 + $1.0 * $1.1 } }
    }
  }

  func feedForward(_ fc1: String, _ fc2: String, _ x: Matrix) -> Matrix {
    linear(fc2, gelu(linear(fc1, x)))
  }

  /// The embedding of a timestep.
  func timestep(_ timestep: Double, _ first: String, _ second: String) -> [Double] {
    let frequencies = (0..<128).map { exp(-log(10_000) * Double($0) / 128) }
    let waves = frequencies.map { cos(timestep * $0) } + frequencies.map { sin(timestep * $0) }
    return linear(second, [silu(linear(first, [waves])[0])])[0]
  }
}
