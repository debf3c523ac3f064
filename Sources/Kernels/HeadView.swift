internal import _KernelsMicro
public import Tensor

/// Queries, keys or values of all heads, `[batch, tokens, heads, size]`.
public struct HeadView: Sendable {
  /// Batch, tokens, heads, and the elements of each.
  public private(set) var shape: [Int]
  private var source: Source
  /// The sample of the source that each sample is; nil where they are the same.
  private var places: [Int]?

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

  /// The heads of some samples, in any order and any number of times; nothing is copied.
  ///
  /// - Parameter indices: The sample to take for each sample of the result.
  /// - Returns: Heads of as many samples.
  public func samples(_ indices: [Int]) -> HeadView {
    check(
      indices.allSatisfy { (0..<shape[0]).contains($0) },
      "heads: samples \(indices) are not all among \(shape[0])")
    var result = self
    result.places = indices.map { places?[$0] ?? $0 }
    result.shape[0] = indices.count
    return result
  }

  /// The tokens of one head; they live as long as these heads do.
  func tokens(sample: Int, head: Int) -> HeadTokens {
    let sample = places?[sample] ?? sample
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
    var result = self
    switch source {
    case .tensor(let x) where layout == .tiles:
      let rows = Operand(x.reshaped([x.shape[0], x.shape[1], shape[2] * shape[3]]))
        .converted(to: .bfloat16, in: workspace)
      result.source = .columns(rows, first: 0)
    case .columns(let operand, let first) where layout == .tiles:
      result.source = .columns(operand.converted(to: .bfloat16, in: workspace), first: first)
    case .columns(let operand, let first) where operand.layout == .tiles:
      let columns = operand.tensor[.all, .all, first..<first + shape[2] * shape[3]]
      result.source = .tensor(
        columns.reshaped([columns.shape[0], columns.shape[1], shape[2], shape[3]]))
    default: break
    }
    return result
  }
}
