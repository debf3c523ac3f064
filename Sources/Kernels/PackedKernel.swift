package import _KernelsMicro
public import Tensor

/// The weights of a convolution, packed for the products that use them.
public struct PackedKernel: Sendable {
  /// The number of channels that it takes.
  public let inputs: Int
  /// The number of channels that it gives.
  public let outputs: Int
  /// The number of lines and of pixels in a line that a result is made of.
  public let height, width: Int
  /// The distance in the images of neighbours in the result.
  public let stride: Int
  /// The numbers that the products multiply.
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
    /// For Winograd's products, less than half as many.
    case winograd(WinogradKernel)
    /// For a few outputs, in the same order as in `rows`, `[outputs, height, width · inputs]`.
    case narrow(Tensor<Float>)
  }

  /// Packs weights.
  ///
  /// - Parameters:
  ///   - weight: `[outputs, inputs, height, width]`, as PyTorch stores them.
  ///   - stride: The distance in the images of neighbours in the result.
  ///   - precision: The numbers to multiply with; weights are rounded to them.
  /// - Precondition: `weight` has four dimensions.
  public init(_ weight: Tensor<Float>, stride: Int = 1, precision: Precision = .float32) {
    self.init(weight, stride: stride, precision: precision, table: .active)
  }

  package init(
    _ weight: Tensor<Float>, stride: Int = 1, precision: Precision = .float32, table: KernelTable
  ) {
    check(
      weight.rank == 4 && stride > 0,
      "packed kernel: weights of shape \(weight.shape) at stride \(stride) are no convolution's")
    (outputs, inputs) = (weight.shape[0], weight.shape[1])
    (height, width, self.stride) = (weight.shape[2], weight.shape[3], stride)
    (self.precision, self.table) = (precision, table)
    // Rounded to bfloat16, sums and differences of pixels would lose more than the pixels do.
    if precision == .float32 && weight.shape[2...] == [3, 3] && stride == 1
      && WinogradKernel.isWorthwhile(inputs: inputs, outputs: outputs)
    {
      layout = .winograd(WinogradKernel(weight, table: table))
      return
    }
    var terms = weight.permuted([0, 2, 3, 1])
    let kernels = table.kernels(for: precision)
    let isInBlocks = kernels.convolve != nil
    if isInBlocks {
      let blocks = (inputs + 31) / 32
      terms = terms.lengthened(toMultipleOf: 32)
        .reshaped([outputs, height, width, blocks, 32]).permuted([0, 1, 3, 2, 4])
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
    Padding(top: height / 2, bottom: height / 2, left: width / 2, right: width / 2)
  }

  /// The extents of the weights, `[outputs, inputs, height, width]`.
  public var shape: [Int] { [outputs, inputs, height, width] }

  /// Where in images each 32 terms of the tile unit are, from the first pixel on, in bytes.
  func offsets(in images: PixelLines) -> [Int] {
    (0..<height).flatMap { line in
      (0..<(inputs + 31) / 32).flatMap { block in
        (0..<width).map {
          line * images.lineStride + block * images.blockStride + $0 * images.pixelStride
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
