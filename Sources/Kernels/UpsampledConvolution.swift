package import _KernelsMicro
public import Tensor

/// The weights of a convolution of 3 × 3 pixels of images that are upsampled twofold first, packed
/// for the products that use them.
public struct PackedUpsamplingKernel: Sendable {
  /// The number of channels that it takes.
  public let inputs: Int
  /// The number of channels that it gives.
  public let outputs: Int
  /// The precision of the products.
  public let precision: Precision
  /// The kernels that the layout is for.
  package let table: KernelTable
  /// The weights of the products.
  let layout: Layout

  /// The weights for one of two ways to compute the convolution.
  enum Layout {
    /// Of the nine pixels of a window, some are copies of the same pixel; which ones depends on
    /// whether the line and the column of the result are even or odd. So there are four kernels of
    /// 2 × 2 pixels, in which the weights of copies are added up.
    case parts([(line: Int, column: Int, kernel: PackedKernel)])
    /// For Winograd's products: 9 multiply-adds instead of the 16 of `parts`.
    case winograd(WinogradKernel)
  }

  /// The padding of the images that it takes.
  public static let padding = Padding(1)

  /// Packs weights.
  ///
  /// - Parameters:
  ///   - weight: `[outputs, inputs, 3, 3]`, as PyTorch stores them.
  ///   - precision: The precision, to which weights are rounded.
  /// - Precondition: `weight` has this shape.
  public init(_ weight: Tensor<Float>, precision: Precision = .float32) {
    self.init(weight, precision: precision, table: .active)
  }

  package init(_ weight: Tensor<Float>, precision: Precision = .float32, table: KernelTable) {
    check(
      weight.rank == 4 && weight.shape[2...] == [3, 3],
      "upsampling kernel: weights of shape \(weight.shape) are none of 3 × 3 pixels")
    (outputs, inputs) = (weight.shape[0], weight.shape[1])
    // Convolutions are not quantized.
    let precision = precision.unquantized
    (self.precision, self.table) = (precision, table)
    if precision == .float32 {
      layout = .winograd(WinogradKernel(weight, upsamples: true, table: table))
      return
    }
    func folded(_ weight: Tensor<Float>, axis: Int, remainder: Int) -> Tensor<Float> {
      let w = weight.split([1, 1, 1], axis: axis)
      return Tensor(
        concatenating: remainder == 0 ? [w[0], w[1] + w[2]] : [w[0] + w[1], w[2]], axis: axis)
    }
    layout = .parts(
      [(0, 0), (0, 1), (1, 0), (1, 1)].map { line, column in
        let lines = folded(weight, axis: 2, remainder: line)
        let kernel = PackedKernel(
          folded(lines, axis: 3, remainder: column), precision: precision, table: table)
        return (line, column, kernel)
      })
  }
}

/// The convolution of images after nearest upsampling by two, plus a bias.
///
/// Up to rounding, the result is that of `convolution` of `upsampled` images, with a quarter to a
/// half of the multiply-adds.
///
/// - Parameters:
///   - x: The images, `[batch, height, width, inputs]`, with a padding of one pixel.
///   - weight: The weights, `[outputs, inputs, 3, 3]`.
///   - bias: What is added to each pixel, `[outputs]`.
///   - workspace: What to compute with.
/// - Returns: `[batch, 2 · height, 2 · width, outputs]`, without padding, in the layout that norms,
///   convolutions and other operations on images of the same precision read with the least traffic
///   of memory.
/// - Complexity: pixels of the result · 4 · inputs · outputs multiply-adds; in f32 2.25 instead of
///   4.
public func upsampledConvolution(
  _ x: PaddedPixels, _ weight: PackedUpsamplingKernel, bias: Tensor<Float>? = nil,
  in workspace: Workspace
) -> PaddedPixels {
  let timer = workspace.timer("upsampled convolution \(x.shape) by \(weight.outputs)")
  defer { timer.stop() }
  check(
    x.shape[3] == weight.inputs && x.padding == PackedUpsamplingKernel.padding
      && bias.map { $0.shape == [weight.outputs] } ?? true,
    "upsampled convolution: \(x.shape), padded, by weights "
      + "\([weight.outputs, weight.inputs, 3, 3])"
      + (bias.map { " and bias \($0.shape)" } ?? "") + " do not meet")
  checkForm(x, weight.precision, weight.table, in: workspace)
  let bias = bias?.contiguous()
  let shape = [x.shape[0], 2 * x.shape[1], 2 * x.shape[2], weight.outputs]
  let output = PaddedPixels(shape: shape, padding: .none, layout: x.layout, in: workspace)
  switch weight.layout {
  case .winograd(let kernel):
    convolveSquares(
      x.paddedLines, kernel, bias, nil, into: output.lines, images: shape[0], in: workspace)
  case .parts(let parts):
    for (line, column, kernel) in parts {
      convolve(
        x.paddedLines.from(line: line, column: column), kernel, bias, nil,
        into: output.lines.from(line: line, column: column, step: 2), images: shape[0],
        in: workspace)
    }
  }
  return withExtendedLifetime((x, weight, bias)) { output }
}

extension PixelLines {
  /// Every `step`-th pixel of every `step`-th line, from a pixel of the first lines on.
  func from(line: Int, column: Int, step: Int = 1) -> PixelLines {
    var lines = self
    lines.first += line * lineStride + column * pixelStride
    (lines.height, lines.width) = (
      (height - line + step - 1) / step, (width - column + step - 1) / step
    )
    (lines.lineStride, lines.pixelStride) = (step * lineStride, step * pixelStride)
    return lines
  }
}
