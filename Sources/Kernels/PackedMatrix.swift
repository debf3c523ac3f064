public import Tensor
package import _KernelsMicro
internal import _Parallel

/// The weights of a linear layer, packed for the products that use them.
///
/// The layout is the one of the instruction set that is active when they are packed: panels of a
/// few columns of the result, each with all its terms in the order of the sum.
public struct PackedMatrix: Sendable {
  /// The length of the rows that it takes.
  public let inputs: Int
  /// The length of the rows that it gives.
  public let outputs: Int
  /// The numbers that the product multiplies.
  public let precision: Precision
  /// The kernels that the layout is for.
  package let table: KernelTable
  package let storage: Storage

  /// Packs weights.
  ///
  /// - Parameters:
  ///   - weight: A row for each output, `[outputs, inputs]`, as PyTorch stores them.
  ///   - precision: The numbers to multiply with; weights are rounded to them.
  /// - Precondition: `weight` has two dimensions.
  public init(_ weight: Tensor<Float>, precision: Precision = .float32) {
    self.init(weight, precision: precision, table: .active)
  }

  package init(_ weight: Tensor<Float>, precision: Precision = .float32, table: KernelTable) {
    check(weight.rank == 2, "packed matrix: weights of shape \(weight.shape) are no matrix")
    (outputs, inputs) = (weight.shape[0], weight.shape[1])
    (self.precision, self.table) = (precision, table)
    let kernels = table.kernels(for: precision)
    storage = Storage(byteCount: kernels.panels(outputs) * kernels.panelBytes(inputs))
    let source = PackingSource(
      elements: weight.pointer, depthStride: weight.strides[1], columnStride: weight.strides[0],
      depth: inputs, columns: outputs)
    withExtendedLifetime(weight) {
      kernels.pack(source, into: storage.base, threads: processorCount)
    }
  }
}

extension MatrixKernels {
  /// Packs all panels of a matrix.
  func pack(_ source: PackingSource, into packed: UnsafeMutableRawPointer, threads: Int) {
    nonisolated(unsafe) let packed = packed
    parallelFor(panels(source.columns), threads: threads) { panels, _ in
      pack(source, panels, packed)
    }
  }
}
