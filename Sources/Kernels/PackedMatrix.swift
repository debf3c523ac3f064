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
  /// The precision of the product.
  public let precision: Precision
  /// The kernels that the layout is for.
  package let table: KernelTable
  package let storage: Storage
  /// The terms that share a scale; all where there are no scales.
  let groupSize: Int

  /// Packs weights.
  ///
  /// - Parameters:
  ///   - weight: A row for each output, `[outputs, inputs]`, as PyTorch stores them.
  ///   - precision: The precision, to which weights are rounded, or quantized in groups of
  ///     `QuantizedMatrix.Width.defaultGroupSize` inputs.
  /// - Precondition: `weight` has two dimensions, and finite elements where it is quantized.
  public init(_ weight: Tensor<Float>, precision: Precision = .float32) {
    self.init(weight, precision: precision, table: .active)
  }

  package init(_ weight: Tensor<Float>, precision: Precision = .float32, table: KernelTable) {
    check(weight.rank == 2, "packed matrix: weights of shape \(weight.shape) are no matrix")
    if let width = precision.elementWidth {
      let quantized = require(
        try? QuantizedMatrix(
          weight, width: width, groupSize: width.defaultGroupSize, table: table),
        "packed matrix: weights to be quantized are finite numbers")
      self.init(quantized, precision: precision, table: table)
    } else {
      self.init(rounding: weight, to: precision, table: table)
    }
  }

  /// Packs weights as floating-point numbers.
  private init(rounding weight: Tensor<Float>, to precision: Precision, table: KernelTable) {
    (outputs, inputs) = (weight.shape[0], weight.shape[1])
    (self.precision, self.table, groupSize) = (precision, table, max(inputs, 1))
    let kernels = table.kernels(for: precision)
    storage = Storage(byteCount: kernels.panels(outputs) * kernels.panelBytes(inputs))
    let source = PackingSource(
      elements: weight.pointer, depthStride: weight.strides[1], columnStride: weight.strides[0],
      depth: inputs, columns: outputs)
    withExtendedLifetime(weight) {
      kernels.pack(source, into: storage.base, threads: processorCount)
    }
  }

  /// Packs weights that are quantized.
  ///
  /// - Parameters:
  ///   - weight: The weights.
  ///   - precision: One that is quantized, of as many bits as the weights.
  public init(_ weight: QuantizedMatrix, precision: Precision) {
    self.init(weight, precision: precision, table: .active)
  }

  package init(_ weight: QuantizedMatrix, precision: Precision, table: KernelTable) {
    check(
      precision.elementWidth == weight.width,
      "packed matrix: weights of \(weight.width.rawValue) bits for products of "
        + precision.rawValue)
    // A sum of more products of two bytes could leave the range of 32 bits.
    check(
      min(weight.inputs, weight.groupSize) <= 1 << 17,
      "packed matrix: groups of \(weight.groupSize) inputs are too long; 131072 are the most")
    (outputs, inputs) = (weight.outputs, weight.inputs)
    (self.precision, self.table, groupSize) = (precision, table, weight.groupSize)
    let groups = TermGroups(depth: inputs, size: groupSize)
    let kernels = require(
      table.quantizedKernels(for: precision), "packed matrix: \(precision.rawValue) is quantized")
    storage = Storage(byteCount: kernels.panels(outputs) * kernels.panelBytes(groups))
    let source = QuantizedSource(
      elements: weight.elements.pointer, scales: weight.scales.pointer, columns: outputs,
      groups: groups)
    nonisolated(unsafe) let packed = storage.base
    parallelFor(kernels.panels(outputs), threads: processorCount) { panels, _ in
      kernels.pack(source, panels, packed)
    }
    withExtendedLifetime(weight) {}
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
