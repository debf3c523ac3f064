public import Tensor

/// The rows that a matrix product takes, in the form that its kernel reads.
///
/// Operations whose result goes into a product write an operand directly. Today there is one form,
/// 32-bit floating point in row-major order.
public struct Operand: Sendable {
  /// The elements, `[…, depth]`, in row-major order.
  let rows: Tensor<Float>

  /// The rows of a tensor, `[…, depth]`.
  public init(_ tensor: Tensor<Float>) { rows = tensor.contiguous() }

  /// The extents, the depth last.
  public var shape: [Int] { rows.shape }

  /// The elements as a tensor.
  public var tensor: Tensor<Float> { rows }
}
