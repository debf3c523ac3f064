internal import NN
internal import Tensor

/// The sine-cosine position table of a grid of any size: its positions cover the range that the
/// model was trained with.
///
/// Reference: `get_2d_sincos_pos_embed` of diffusers, which computes positions in 32 bits.
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
  func positions(_ count: Int) -> [Double] {
    (0..<count).map {
      Double(Float($0) / Float(Double(count) / Double(trained)) / Float(scale))
    }
  }
  return sineCosinePositions(width: width, rows: positions(rows), columns: positions(columns))
}
