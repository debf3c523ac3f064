internal import Foundation
public import Kernels
public import Tensor

/// A table with a row for each class.
public struct Embedding: Sendable {
  /// The table, `[classes, width]`.
  let table: Tensor<Float>

  /// Reads `weight`.
  ///
  /// - Throws: `WeightError` where it is missing or of another shape.
  public init(_ classCount: Int, _ width: Int, from weights: Weights) throws {
    table = try weights.tensor("weight", [classCount, width])
  }

  /// The rows of some classes.
  ///
  /// - Parameter classes: Numbers below the number of classes.
  /// - Returns: `[classes.count, width]`.
  public func callAsFunction(_ classes: [Int]) -> Tensor<Float> {
    table.gathered(Tensor(classes.map(Int64.init)), axis: 0)
  }
}

/// The embedding of a timestep: sines and cosines of it, then two linear layers.
public struct TimestepEmbedding: Sendable {
  let first, second: Linear
  let frequencies: [Double]

  /// Reads both layers.
  ///
  /// - Parameters:
  ///   - width: The length of an embedding.
  ///   - interval: The number of equal ratios from the frequency 1 to 1/10000: 128, so that the last
  ///     of the 128 frequencies falls one short of it, or 127.
  ///   - first: The scope of the first layer.
  ///   - second: The scope of the second.
  /// - Throws: `WeightError` where parameters are missing or of another shape.
  public init(_ width: Int, interval: Int = 128, first: Weights, second: Weights) throws {
    let half = 128
    frequencies = (0..<half).map { exp(-log(10_000) * Double($0) / Double(interval)) }
    self.first = try Linear(2 * half, width, from: first)
    self.second = try Linear(width, width, from: second)
  }

  /// The embeddings of some timesteps.
  ///
  /// - Parameters:
  ///   - timesteps: Positions in the training schedule, as a rule 0 to 999.
  ///   - workspace: What to compute with.
  /// - Returns: `[timesteps.count, width]`.
  public func callAsFunction(_ timesteps: [Double], in workspace: Workspace) -> Tensor<Float> {
    let waves = timesteps.flatMap { t in
      frequencies.map { Float(cos(t * $0)) } + frequencies.map { Float(sin(t * $0)) }
    }
    let x = Operand(Tensor(waves, shape: [timesteps.count, 2 * frequencies.count]))
    return second(first.operand(x, activation: .silu, in: workspace), in: workspace)
  }
}

/// The fixed two-dimensional sine-cosine position table.
///
/// The first half of the width encodes the column, the second the row; each half is the sines and
/// then the cosines of the position times 10000^(-k / (width / 4)).
///
/// - Parameters:
///   - width: The length of a row of the table, a multiple of four.
///   - rows: The number of patches from top to bottom.
///   - columns: The number of patches from left to right.
/// - Returns: `[1, rows · columns, width]`.
public func sineCosinePositions(width: Int, rows: Int, columns: Int) -> Tensor<Float> {
  check(width % 4 == 0, "positions: width \(width) is no multiple of four")
  let quarter = width / 4
  let frequencies = (0..<quarter).map { 1 / pow(10_000, Double($0) / Double(quarter)) }
  func waves(_ position: Int) -> [Float] {
    frequencies.map { Float(sin(Double(position) * $0)) }
      + frequencies.map { Float(cos(Double(position) * $0)) }
  }
  let table = (0..<rows).flatMap { row in
    (0..<columns).flatMap { column in waves(column) + waves(row) }
  }
  return Tensor(table, shape: [1, rows * columns, width])
}
