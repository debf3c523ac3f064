internal import Foundation
public import Kernels
public import Tensor

/// Sines and cosines of positions at falling frequencies, as timesteps and the places of tokens are
/// embedded.
///
/// Frequency *k* of the `width / 2` ones is `maximumPeriod` to the power `-k / (width / 2 - shift)`
/// ([Vaswani and others, 2017](https://arxiv.org/abs/1706.03762), section 3.5).
public struct SinusoidalEmbedding: Sendable, Hashable {
  /// How sines and cosines stand in a row.
  public enum Order: Sendable, Hashable, CaseIterable {
    /// All sines, then all cosines: diffusers' default.
    case sinesFirst
    /// All cosines, then all sines: DiT's, and diffusers' with `flip_sin_to_cos`.
    case cosinesFirst
    /// The sine and the cosine of each frequency in turn, as in the original transformer.
    case interleaved
  }

  /// The length of an embedding; where it is odd, a zero ends it.
  public let width: Int
  /// How sines and cosines stand in a row.
  public let order: Order
  /// What positions are multiplied with.
  public let scale: Double
  /// The frequencies, half as many as the width, the first of them 1.
  public let frequencies: [Double]

  /// An embedding.
  ///
  /// - Parameters:
  ///   - width: The length of an embedding.
  ///   - order: How sines and cosines stand in a row.
  ///   - maximumPeriod: The frequencies fall from 1 towards its inverse.
  ///   - downscaleFrequencyShift: The shift in the formula; 1 makes the last frequency
  ///     `1 / maximumPeriod`.
  ///   - scale: What positions are multiplied with.
  public init(
    _ width: Int, order: Order = .sinesFirst, maximumPeriod: Double = 10_000,
    downscaleFrequencyShift: Double = 0, scale: Double = 1
  ) {
    check(
      width >= 0 && maximumPeriod > 0,
      "sinusoidal embedding: width \(width), maximum period \(maximumPeriod)")
    (self.width, self.order, self.scale) = (width, order, scale)
    let interval = Double(width / 2) - downscaleFrequencyShift
    frequencies = (0..<width / 2).map { exp(-log(maximumPeriod) * Double($0) / interval) }
  }

  /// The embeddings of some positions.
  ///
  /// ```swift
  /// let table = SinusoidalEmbedding(64)(0..<100)  // [100, 64]
  /// ```
  ///
  /// - Parameter positions: Any numbers.
  /// - Returns: `[positions.count, width]`.
  public func callAsFunction(_ positions: some Collection<Double>) -> Tensor<Float> {
    let rows = positions.flatMap { position -> [Float] in
      let angles = frequencies.map { scale * position * $0 }
      let (sines, cosines) = (angles.map { Float(sin($0)) }, angles.map { Float(cos($0)) })
      let waves =
        switch order {
        case .sinesFirst: sines + cosines
        case .cosinesFirst: cosines + sines
        case .interleaved: zip(sines, cosines).flatMap { [$0, $1] }
        }
      return width.isMultiple(of: 2) ? waves : waves + [0]
    }
    return Tensor(rows, shape: [positions.count, width])
  }

  /// The embeddings of the integers of a range.
  public func callAsFunction(_ positions: Range<Int>) -> Tensor<Float> {
    self(positions.map(Double.init))
  }
}

/// The embedding of a timestep: sines and cosines of it, then two linear layers with SiLU between
/// them.
public struct TimestepEmbedding: Layer {
  /// The sines and cosines.
  public let waves: SinusoidalEmbedding
  /// The layer that takes them.
  public let first: Linear
  /// The layer behind SiLU.
  public let second: Linear

  /// Reads both layers.
  ///
  /// - Parameters:
  ///   - width: The length of an embedding.
  ///   - interval: The divisor in the exponent: frequency *k* of the 128 is
  ///     `10000^(-k / interval)`; 127 makes the last one 1/10000.
  ///   - first: The scope of the first layer.
  ///   - second: The scope of the second.
  /// - Throws: `WeightError` where parameters are missing or of another shape.
  public init(_ width: Int, interval: Int = 128, first: Weights, second: Weights) throws {
    try self.init(
      width,
      waves: SinusoidalEmbedding(
        256, order: .cosinesFirst, downscaleFrequencyShift: Double(128 - interval)),
      first: first, second: second)
  }

  /// Reads both layers.
  ///
  /// - Parameters:
  ///   - width: The length of an embedding.
  ///   - waves: The sines and cosines that the first layer takes.
  ///   - first: The scope of the first layer.
  ///   - second: The scope of the second.
  /// - Throws: `WeightError` where parameters are missing or of another shape.
  public init(
    _ width: Int, waves: SinusoidalEmbedding, first: Weights, second: Weights
  ) throws {
    self.waves = waves
    self.first = try Linear(waves.width, width, from: first)
    self.second = try Linear(width, width, from: second)
  }

  /// The embeddings of some timesteps.
  ///
  /// - Parameters:
  ///   - timesteps: Positions in the training schedule, as a rule 0 to 999.
  ///   - workspace: What to compute with; nil for a workspace that all such calls share.
  /// - Returns: `[timesteps.count, width]`.
  public func callAsFunction(
    _ timesteps: [Double], in workspace: Workspace? = nil
  ) -> Tensor<Float> {
    let workspace = workspace ?? first.defaultWorkspace
    let x = Operand(waves(timesteps))
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
  sineCosinePositions(
    width: width, rows: (0..<rows).map(Double.init), columns: (0..<columns).map(Double.init))
}

/// The same table for patches at positions of one's own, such as interpolated ones.
///
/// - Parameters:
///   - width: The length of a row of the table, a multiple of four.
///   - rows: The position of each row of patches, from top to bottom.
///   - columns: The position of each column of patches, from left to right.
/// - Returns: `[1, rows.count · columns.count, width]`.
public func sineCosinePositions(
  width: Int, rows: [Double], columns: [Double]
) -> Tensor<Float> {
  check(width % 4 == 0, "positions: width \(width) is no multiple of four")
  let quarter = width / 4
  let frequencies = (0..<quarter).map { 1 / pow(10_000, Double($0) / Double(quarter)) }
  func waves(_ position: Double) -> [Float] {
    frequencies.map { Float(sin(position * $0)) } + frequencies.map { Float(cos(position * $0)) }
  }
  let acrossColumns = columns.map(waves)
  let table = rows.flatMap { row in
    let ofRow = waves(row)
    return acrossColumns.flatMap { $0 + ofRow }
  }
  return Tensor(table, shape: [1, rows.count * columns.count, width])
}
