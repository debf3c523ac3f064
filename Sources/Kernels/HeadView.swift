internal import _KernelsMicro
public import Tensor

/// Queries, keys or values of all heads, `[batch, tokens, heads, size]`.
public struct HeadView: Sendable {
  /// Batch, tokens, heads, and the elements of each.
  public let shape: [Int]
  private let source: Source

  private enum Source: Sendable {
    case tensor(Tensor<Float>)
    /// Side by side, from a column on.
    case columns(Operand, first: Int)
  }

  /// The heads of a tensor, `[batch, tokens, heads, size]`; any strides.
  public init(_ tensor: Tensor<Float>) {
    check(tensor.rank == 4, "heads: \(tensor.shape) is not [batch, tokens, heads, size]")
    shape = tensor.shape
    source = .tensor(tensor.strides[3] == 1 || shape[3] == 1 ? tensor : tensor.copied())
  }

  /// Heads that stand side by side in some columns.
  ///
  /// - Parameters:
  ///   - operand: `[batch, tokens, columns]`.
  ///   - first: The first column of the first head.
  ///   - count: The number of heads.
  ///   - size: The columns of each.
  public init(_ operand: Operand, from first: Int, count: Int, size: Int) {
    check(
      operand.shape.count == 3 && min(first, count, size) >= 0
        && first + count * size <= operand.shape[2],
      "heads: \(count) × \(size) columns from \(first) on are not in \(operand.shape)")
    shape = [operand.shape[0], operand.shape[1], count, size]
    source = .columns(operand, first: first)
  }

  /// The tokens of one head; they live as long as these heads do.
  func tokens(sample: Int, head: Int) -> HeadTokens {
    switch source {
    case .tensor(let x):
      let start = x.pointer + sample * x.strides[0] + head * x.strides[2]
      return HeadTokens(
        RowDestination(UnsafeMutableRawPointer(mutating: start), stride: x.strides[1]))
    case .columns(let operand, let first):
      return HeadTokens(
        operand.rows, row: sample * shape[1], column: first + head * shape[3])
    }
  }

  /// The same heads where kernels read them that take rows of some layout.
  func converted(to layout: RowLayout, in workspace: Workspace) -> HeadView {
    let (count, size) = (shape[2], shape[3])
    switch source {
    case .tensor(let x) where layout == .tiles:
      let rows = Operand(x.reshaped([shape[0], shape[1], count * size]), in: workspace)
      return HeadView(rows, from: 0, count: count, size: size)
    case .columns(let operand, let first) where layout == .tiles:
      let rows = operand.converted(to: .bfloat16, in: workspace)
      return HeadView(rows, from: first, count: count, size: size)
    case .columns(let operand, let first) where operand.layout == .tiles:
      let columns = operand.tensor[.all, .all, first..<first + count * size]
      return HeadView(columns.reshaped(shape))
    default: return self
    }
  }
}
