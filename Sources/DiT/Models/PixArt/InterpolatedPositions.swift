internal import Foundation
internal import Tensor

/// The sine-cosine position table of a grid of any size, whose positions run over the same range as
/// those that a model was trained with.
///
/// Reference: `get_2d_sincos_pos_embed` of diffusers, which works positions out in 32 bits.
///
/// - Parameters:
///   - width: The length of a row of the table, a multiple of four.
///   - rows: The number of patches from top to bottom.
///   - columns: The number of patches from left to right.
///   - trained: The patches along a side in training.
///   - scale: What positions are divided by.
/// - Returns: `[1, rows · columns, width]`.
func interpolatedPositions(
  width: Int, rows: Int, columns: Int, trained: Int, scale: Double
) -> Tensor<Float> {
  let quarter = width / 4
  let frequencies = (0..<quarter).map { 1 / pow(10_000, Double($0) / Double(quarter)) }
  func waves(_ index: Int, of count: Int) -> [Float] {
    let position = Float(index) / Float(Double(count) / Double(trained)) / Float(scale)
    return frequencies.map { Float(sin(Double(position) * $0)) }
      + frequencies.map { Float(cos(Double(position) * $0)) }
  }
  let acrossColumns = (0..<columns).map { waves($0, of: columns) }
  let table = (0..<rows).flatMap { row in
    let own = waves(row, of: rows)
    return acrossColumns.flatMap { $0 + own }
  }
  return Tensor(table, shape: [1, rows * columns, width])
}
