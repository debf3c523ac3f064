package import _KernelsMicro
public import Tensor

/// The weights of a transposed convolution, packed for the products that use them.
///
/// The results whose coordinates have the same remainders modulo the stride are a plain convolution
/// by every `stride`-th weight. So no product is by zero, and nothing is added up in memory.
public struct PackedTransposedKernel: Sendable {
  /// The number of channels that it takes.
  public let inputs: Int
  /// The number of channels that it gives.
  public let outputs: Int
  /// The height and width of the window that a pixel is spread over.
  public let height, width: Int
  /// The distance in the result between the windows of neighbouring pixels.
  public let stride: Int
  /// The distance between the pixels of a window in the result.
  public let dilation: Int
  /// The precision of the products.
  public let precision: Precision
  /// The kernels that the layout is for.
  package let table: KernelTable
  /// The result without the pixels at its edges that are left out.
  let padding: Int
  /// The convolutions.
  let parts: [Part]

  /// The convolution that gives every `stride`-th line and pixel of the result.
  struct Part {
    let line, column: Phase
    let kernel: PackedKernel
  }

  /// The places of a result with one remainder, along an axis.
  struct Phase {
    /// The first of them.
    let first: Int
    /// The places of the kernel that they take, in the order of the images' pixels.
    let places: [Int]
    /// The image's pixel that the first of the places is multiplied with for the first result.
    let offset: Int

    /// The phases along an axis whose kernel has `size` places.
    ///
    /// Result `o` takes pixel `i` times place `k` where `o + padding = i · stride + k · dilation`.
    static func all(size: Int, stride: Int, dilation: Int, padding: Int) -> [Phase] {
      (0..<stride).map { first in
        let places = (0..<size).reversed().filter {
          (first + padding - $0 * dilation).isMultiple(of: stride)
        }
        return Phase(
          first: first, places: places,
          offset: places.first.map { (first + padding - $0 * dilation) / stride } ?? 0)
      }
    }
  }

  /// Packs weights.
  ///
  /// - Parameters:
  ///   - weight: `[inputs, outputs, height, width]`, as PyTorch stores them.
  ///   - stride: The distance in the result between the windows of neighbouring pixels.
  ///   - dilation: The distance between the pixels of a window in the result.
  ///   - padding: The lines and pixels that are cut off the result on each side.
  ///   - precision: The precision, to which weights are rounded.
  /// - Precondition: `weight` has four dimensions.
  public init(
    _ weight: Tensor<Float>, stride: Int = 1, dilation: Int = 1, padding: Int = 0,
    precision: Precision = .float32
  ) {
    self.init(
      weight, stride: stride, dilation: dilation, padding: padding, precision: precision,
      table: .active)
  }

  package init(
    _ weight: Tensor<Float>, stride: Int = 1, dilation: Int = 1, padding: Int = 0,
    precision: Precision = .float32, table: KernelTable
  ) {
    check(
      weight.rank == 4 && stride > 0 && dilation > 0 && padding >= 0
        && min(weight.shape[2], weight.shape[3]) > 0,
      "packed transposed kernel: weights of shape \(weight.shape) at stride \(stride), dilation "
        + "\(dilation) and padding \(padding) are no transposed convolution's")
    (inputs, outputs) = (weight.shape[0], weight.shape[1])
    (height, width) = (weight.shape[2], weight.shape[3])
    (self.stride, self.dilation, self.padding) = (stride, dilation, padding)
    // Convolutions are not quantized.
    let precision = precision.unquantized
    (self.precision, self.table) = (precision, table)
    let columns = Phase.all(size: width, stride: stride, dilation: dilation, padding: padding)
    // Places that meet in one phase are `stride` apart, or less often where both share a factor.
    let step = dilation / commonFactor(stride, dilation)
    func part(_ line: Phase, _ column: Phase) -> Part {
      // Without a place, a result is the bias: a pixel times zero.
      let terms =
        line.places.isEmpty || column.places.isEmpty
        ? Tensor<Float>(repeating: 0, shape: [weight.shape[1], weight.shape[0], 1, 1])
        : weight.permuted([1, 0, 2, 3])
          .gathered(Tensor(line.places.map(Int64.init)), axis: 2)
          .gathered(Tensor(column.places.map(Int64.init)), axis: 3)
      return Part(
        line: line, column: column,
        kernel: PackedKernel(
          terms.contiguous(), dilation: step, precision: precision, table: table))
    }
    parts = Phase.all(size: height, stride: stride, dilation: dilation, padding: padding)
      .flatMap { line in columns.map { part(line, $0) } }
  }

  /// The extent of a result.
  ///
  /// - Parameters:
  ///   - length: The extent of the images.
  ///   - size: The extent of the kernel.
  ///   - extra: How much more there is of the result at its end.
  /// - Returns: The extent, not positive where nothing is left.
  func resultLength(_ length: Int, size: Int, extra: Int) -> Int {
    (length - 1) * stride - 2 * padding + dilation * (size - 1) + 1 + extra
  }
}

/// The transposed convolution of images, which spreads each pixel over several, plus a bias.
///
/// - Parameters:
///   - x: The images, `[batch, height, width, inputs]`; their padding does not count.
///   - weight: The weights, `[inputs, outputs, height, width]`.
///   - bias: What is added to each pixel, `[outputs]`.
///   - outputPadding: How many lines and pixels more the result has below and at the end of a line,
///     fewer than the stride or the dilation.
///   - workspace: What to compute with.
/// - Returns: `[batch, stride · (height - 1) - 2 · padding + dilation · (kernel - 1) + 1 +
///   outputPadding, …, outputs]`, without padding.
/// - Complexity: pixels of the images · size of the weights multiply-adds.
public func transposedConvolution(
  _ x: PaddedPixels, _ weight: PackedTransposedKernel, bias: Tensor<Float>? = nil,
  outputPadding: Int = 0, in workspace: Workspace
) -> PaddedPixels {
  let timer = workspace.timer("transposed convolution \(x.shape) by \(weight.outputs)")
  defer { timer.stop() }
  check(
    x.shape[3] == weight.inputs && min(x.shape[1], x.shape[2]) > 0
      && bias.map { $0.shape == [weight.outputs] } ?? true,
    "transposed convolution: \(x.shape) by weights "
      + "\([weight.inputs, weight.outputs, weight.height, weight.width])"
      + (bias.map { " and bias \($0.shape)" } ?? "") + " do not meet")
  let height = weight.resultLength(x.shape[1], size: weight.height, extra: outputPadding)
  let width = weight.resultLength(x.shape[2], size: weight.width, extra: outputPadding)
  check(
    min(height, width) > 0
      && (0..<max(weight.stride, weight.dilation, 1)).contains(outputPadding),
    "transposed convolution: \(x.shape) becomes \(height) × \(width) pixels with output padding "
      + "\(outputPadding)")
  // The pixels beyond the images that some part reads.
  let padding = weight.inputPadding(of: x.shape, height: height, width: width)
  let x = x.padding == padding ? x : x.converted(to: x.layout, padding: padding, in: workspace)
  checkForm(x, weight.precision, weight.table, in: workspace)
  let bias = bias?.contiguous()
  let output = PaddedPixels(
    shape: [x.shape[0], height, width, weight.outputs], padding: .none, layout: x.layout,
    in: workspace)
  for part in weight.parts where part.line.first < height && part.column.first < width {
    convolve(
      x.paddedLines.from(
        line: padding.top + part.line.offset, column: padding.left + part.column.offset),
      part.kernel, bias, nil,
      into: output.lines.from(
        line: part.line.first, column: part.column.first, step: weight.stride),
      images: x.shape[0], in: workspace)
  }
  return withExtendedLifetime((x, weight, bias)) { output }
}

extension PackedTransposedKernel {
  /// The zeros around images that the parts read.
  fileprivate func inputPadding(of shape: [Int], height: Int, width: Int) -> Padding {
    let step = dilation / commonFactor(stride, dilation)
    func reach(_ phases: [Phase], _ length: Int, _ count: Int) -> (before: Int, behind: Int) {
      let used = phases.filter { $0.first < count }
      let before = used.map { -$0.offset }.max() ?? 0
      let behind = used.map { phase in
        let last = (count - phase.first - 1) / stride + phase.offset
        return last + step * (max(phase.places.count, 1) - 1) - (length - 1)
      }
      return (max(before, 0), max(behind.max() ?? 0, 0))
    }
    let vertical = reach(parts.map(\.line), shape[1], height)
    let horizontal = reach(parts.map(\.column), shape[2], width)
    return Padding(
      top: vertical.before, bottom: vertical.behind, left: horizontal.before,
      right: horizontal.behind)
  }
}

/// The largest number that divides both.
private func commonFactor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : commonFactor(b, a % b) }
