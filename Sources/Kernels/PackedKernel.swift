package import _KernelsMicro
public import Tensor

/// The weights of a convolution, packed for the products that use them.
public struct PackedKernel: Sendable {
  /// The number of channels that it takes.
  public let inputs: Int
  /// The number of channels that it gives.
  public let outputs: Int
  /// The height and width of a window, in pixels.
  public let height, width: Int
  /// The distance between neighbouring windows, in pixels of the images.
  public let stride: Int
  /// The distance between the pixels of a window.
  public let dilation: Int
  /// The number of groups of channels; an output sees the inputs of its group alone.
  public let groups: Int
  /// The precision of the products.
  public let precision: Precision
  /// The kernels that the layout is for.
  package let table: KernelTable
  /// The weights of the products.
  let layout: Layout

  /// The weights as one of the ways to compute needs them.
  enum Layout {
    /// The terms of an output from the first line of pixels to the last, of a line from the first
    /// pixel to the last.
    case rows(PackedMatrix)
    /// For the tile unit: of a line first the first 32 channels of all its pixels.
    case blocks(PackedMatrix)
    /// For Winograd's products, less than half as many; and the weights that they cannot give back.
    case winograd(WinogradKernel, weight: Tensor<Float>)
    /// For a few outputs, in the same order as in `rows`, `[outputs, height, width · inputs]`.
    case narrow(Tensor<Float>)
    /// A product for each group of channels, of 32 bits in every precision: groups are not the
    /// blocks of 32 channels that the tile unit reads.
    case groups([PackedMatrix])
    /// For groups of one channel, `[height, width, channels]`.
    case depthwise(Tensor<Float>)
  }

  /// Packs weights.
  ///
  /// - Parameters:
  ///   - weight: `[outputs, inputs / groups, height, width]`, as PyTorch stores them.
  ///   - stride: The distance between neighbouring windows, in pixels of the images.
  ///   - dilation: The distance between the pixels of a window.
  ///   - groups: The number of groups of channels; an output sees the inputs of its group alone.
  ///     With two or more, numbers of 32 bits are multiplied in every precision.
  ///   - precision: The precision, to which weights are rounded.
  /// - Precondition: `weight` has four dimensions; `groups` divides the outputs.
  public init(
    _ weight: Tensor<Float>, stride: Int = 1, dilation: Int = 1, groups: Int = 1,
    precision: Precision = .float32
  ) {
    self.init(
      weight, stride: stride, dilation: dilation, groups: groups, precision: precision,
      table: .active)
  }

  package init(
    _ weight: Tensor<Float>, stride: Int = 1, dilation: Int = 1, groups: Int = 1,
    precision: Precision = .float32, table: KernelTable
  ) {
    check(
      weight.rank == 4 && stride > 0 && dilation > 0 && groups > 0
        && weight.shape[0].isMultiple(of: groups),
      "packed kernel: weights of shape \(weight.shape) at stride \(stride), dilation \(dilation) "
        + "and \(groups) groups are no convolution's")
    (outputs, inputs) = (weight.shape[0], groups * weight.shape[1])
    (height, width, self.stride) = (weight.shape[2], weight.shape[3], stride)
    (self.dilation, self.groups) = (dilation, groups)
    // Convolutions are not quantized.
    let precision = precision.unquantized
    (self.precision, self.table) = (precision, table)
    if groups > 1 {
      layout = Self.grouped(weight, groups: groups, table: table)
      return
    }
    // Rounded to bfloat16, sums and differences of pixels would lose more than the pixels do.
    if precision == .float32 && weight.shape[2...] == [3, 3] && stride == 1 && dilation == 1
      && WinogradKernel.isWorthwhile(inputs: inputs, outputs: outputs)
    {
      layout = .winograd(WinogradKernel(weight, table: table), weight: weight.copied())
      return
    }
    var terms = weight.permuted([0, 2, 3, 1])
    let kernels = table.kernels(for: precision)
    let isInBlocks = kernels.convolve != nil
    if isInBlocks {
      let blocks = (inputs + 31) / 32
      terms = terms.lengthened(toMultipleOf: 32)
        .reshaped([outputs, height, width, blocks, 32]).permuted([0, 1, 3, 2, 4])
    } else if dilation > 1 {
      // Each pixel is a part of the depth of its own.
      terms = terms.lengthened(toMultipleOf: kernels.termsPerElement)
    } else {
      terms = terms.contiguous().reshaped([outputs, height, width * inputs])
      if (1...NarrowConvolution.maximumOutputs).contains(outputs) {
        layout = .narrow(Self.rounded(terms, for: kernels))
        return
      }
      terms = terms.lengthened(toMultipleOf: kernels.termsPerElement)
    }
    let depth = terms.shape.dropFirst().reduce(1, *)
    let matrix = PackedMatrix(
      terms.contiguous().reshaped([outputs, depth]), precision: precision, table: table)
    layout = isInBlocks ? .blocks(matrix) : .rows(matrix)
  }

  /// The weights of groups of channels, which are of 32 bits.
  private static func grouped(
    _ weight: Tensor<Float>, groups: Int, table: KernelTable
  ) -> Layout {
    let (outputs, inputs) = (weight.shape[0] / groups, weight.shape[1])
    if outputs == 1 && inputs == 1 {
      return .depthwise(weight[.all, 0].permuted([1, 2, 0]).contiguous())
    }
    return .groups(
      (0..<groups).map { group in
        let terms = weight[group * outputs..<(group + 1) * outputs].permuted([0, 2, 3, 1])
        return PackedMatrix(terms.contiguous().reshaped([outputs, -1]), table: table)
      })
  }

  /// Weights as the rows of products are: numbers of 32 bits, rounded where those are.
  private static func rounded(_ weights: Tensor<Float>, for kernels: MatrixKernels) -> Tensor<Float>
  {
    let result = Tensor<Float>(uninitialized: weights.shape)
    kernels.write(
      weights.pointer, weights.count, 0..<1, weights.count,
      RowDestination(result.mutablePointer, stride: weights.count, layout: kernels.layout))
    return withExtendedLifetime(weights) { result }
  }

  /// The padding with which the images keep their size, at stride 1; for odd sizes.
  public var padding: Padding {
    let (vertical, horizontal) = (extent.height / 2, extent.width / 2)
    return Padding(top: vertical, bottom: vertical, left: horizontal, right: horizontal)
  }

  /// The extents of the weights, `[outputs, inputs / groups, height, width]`.
  public var shape: [Int] { [outputs, inputs / groups, height, width] }

  /// The lines and the pixels of a line from the first that a result is made of to the last.
  var extent: (height: Int, width: Int) {
    (dilation * (height - 1) + 1, dilation * (width - 1) + 1)
  }

  /// Where in images each 32 terms of the tile unit are, from the first pixel on, in bytes.
  func offsets(in images: PixelLines) -> [Int] {
    (0..<height).flatMap { line in
      (0..<(inputs + 31) / 32).flatMap { block in
        (0..<width).map {
          dilation * (line * images.lineStride + $0 * images.pixelStride)
            + block * images.blockStride
        }
      }
    }
  }
}

extension Tensor<Float> {
  /// The rows of the last dimension with zeros behind them, up to a multiple of a length.
  fileprivate func lengthened(toMultipleOf length: Int) -> Tensor {
    let count = shape[rank - 1]
    let whole = (count + length - 1) / length * length
    if whole == count { return self }
    let zeros = Tensor(zeros: shape.dropLast() + [whole - count])
    return Tensor(concatenating: [self, zeros], axis: rank - 1)
  }
}
