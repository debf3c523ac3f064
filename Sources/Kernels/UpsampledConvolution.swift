package import _KernelsMicro
public import Tensor

/// The weights of a convolution of pictures that are enlarged twofold first, packed for the products
/// that use them.
///
/// Some of the nine pixels that a result is made of are copies of the same one. Which, depends on
/// whether the line and the column of the result are even or odd. So there are four kernels of
/// 2 × 2 pixels, in which the weights of copies are added up.
public struct PackedUpsamplingKernel: Sendable {
  /// The kernels of the results whose line and column have a remainder of `line` and `column` by two.
  let parts: [(line: Int, column: Int, kernel: PackedKernel)]

  /// Packs weights.
  ///
  /// - Parameters:
  ///   - weight: `[outputs, inputs, 3, 3]`, as PyTorch stores them.
  ///   - precision: The numbers to multiply with; weights are rounded to them.
  /// - Precondition: `weight` has this shape.
  public init(_ weight: Tensor<Float>, precision: Precision = .float32) {
    self.init(weight, precision: precision, table: .active)
  }

  package init(_ weight: Tensor<Float>, precision: Precision = .float32, table: KernelTable) {
    check(
      weight.rank == 4 && weight.shape[2...] == [3, 3],
      "upsampling kernel: weights of shape \(weight.shape) are none of 3 × 3 pixels")
    func folded(_ weight: Tensor<Float>, axis: Int, remainder: Int) -> Tensor<Float> {
      let w = weight.split([1, 1, 1], axis: axis)
      return Tensor(
        concatenating: remainder == 0 ? [w[0], w[1] + w[2]] : [w[0] + w[1], w[2]], axis: axis)
    }
    parts = [(0, 0), (0, 1), (1, 0), (1, 1)].map { line, column in
      let lines = folded(weight, axis: 2, remainder: line)
      let kernel = PackedKernel(
        folded(lines, axis: 3, remainder: column), precision: precision, table: table)
      return (line, column, kernel)
    }
  }

  /// The number of channels that it gives.
  public var outputs: Int { parts[0].kernel.outputs }
  /// The kernels that the layout is for.
  package var table: KernelTable { parts[0].kernel.matrix.table }
}

/// The convolution of pictures of which each pixel becomes four, plus a bias.
///
/// It does the work of `convolution` of `upsampled` pictures with less than half of the
/// multiply-adds, and up to rounding gives the same.
///
/// - Parameters:
///   - x: The pictures, `[batch, height, width, inputs]`.
///   - weight: The weights, `[outputs, inputs, 3, 3]`.
///   - bias: What is added to each pixel, `[outputs]`.
///   - workspace: What to compute with.
/// - Returns: `[batch, 2 · height, 2 · width, outputs]`.
/// - Complexity: pixels of the result · 4 · inputs · outputs multiply-adds.
public func upsampledConvolution(
  _ x: Tensor<Float>, _ weight: PackedUpsamplingKernel, bias: Tensor<Float>? = nil,
  in workspace: Workspace
) -> Tensor<Float> {
  check(x.rank == 4, "upsampled convolution: \(x.shape) are no pictures")
  let timer = workspace.timer("upsampled convolution \(x.shape)")
  defer { timer.stop() }
  var output: Tensor<Float> = workspace.tensor([
    x.shape[0], 2 * x.shape[1], 2 * x.shape[2], weight.outputs,
  ])
  for (line, column, kernel) in weight.parts {
    let padding = Padding(top: 1 - line, bottom: line, left: 1 - column, right: column)
    output[.all, .stride(from: line, by: 2), .stride(from: column, by: 2)] = convolution(
      PaddedPixels(x, padding: padding, in: workspace), kernel, bias: bias, in: workspace)
  }
  return output
}
