internal import Foundation
internal import Kernels
internal import Tensor

/// A filter of maps of tokens, with a real gain for each frequency along rows and along columns.
///
/// The gain of a pair of frequencies is the product of both gains, so the filter multiplies a
/// matrix from each side. Gains are divided by their mean.
struct MapFilter {
  private let rows, columns: Tensor<Float>

  /// A filter of maps of a size.
  ///
  /// - Parameters:
  ///   - grid: The rows and columns of tokens.
  ///   - gain: The gain of a frequency, from 0 to 1/2 waves a token.
  init(grid: (rows: Int, columns: Int), gain: (Double) -> Double) {
    (rows, columns) = (Self.matrix(grid.rows, gain), Self.matrix(grid.columns, gain))
  }

  /// The circulant matrix `[count, count]` that filters a line of tokens.
  private static func matrix(_ count: Int, _ gain: (Double) -> Double) -> Tensor<Float> {
    let gains = (0..<count).map { gain(Double(min($0, count - $0)) / Double(count)) }
    let sum = gains.reduce(0, +)
    let response = (0..<count).map { distance in
      gains.indices.reduce(0) {
        $0 + gains[$1] * cos(2 * .pi * Double($1 * distance % count) / Double(count))
      } / sum
    }
    return Tensor(
      (0..<count * count).map { Float(response[abs($0 / count - $0 % count)]) },
      shape: [count, count])
  }

  /// The filtered tokens.
  ///
  /// - Parameters:
  ///   - tokens: `[batch, tokens, width]`, the tokens of a row of the map after each other.
  ///   - workspace: What to compute with.
  /// - Returns: The shape of `tokens`.
  func callAsFunction(_ tokens: Tensor<Float>, in workspace: Workspace) -> Tensor<Float> {
    let (batch, width) = (tokens.shape[0], tokens.shape[2])
    let (height, length) = (rows.shape[0], columns.shape[0])
    let alongRows = matmul(
      columns.broadcast(to: [batch * height, length, length]),
      tokens.reshaped([batch * height, length, width]), in: workspace)
    return matmul(
      rows.broadcast(to: [batch, height, height]),
      alongRows.reshaped([batch, height, length * width]), in: workspace
    ).reshaped(tokens.shape)
  }
}
