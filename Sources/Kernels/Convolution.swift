internal import _KernelsMicro
internal import _Parallel
public import Tensor

/// The convolution of images, plus a bias and a residual.
///
/// In 32 bits, one of 3 × 3 pixels at stride 1 with 32 channels or more goes by Winograd's products
/// ([Lavin and Gray, 2015](https://arxiv.org/abs/1509.09308)): it rounds a few times more often, and an
/// infinite pixel, or a sum of a few pixels beyond the range, makes NaN of some of its neighbours.
///
/// - Parameters:
///   - x: The images, `[batch, height, width, inputs]`, with their padding.
///   - weight: The weights, `[outputs, inputs, height, width]`.
///   - bias: What is added to each pixel, `[outputs]`.
///   - residual: What the result is added to, of its shape.
///   - workspace: What to compute with.
/// - Returns: `[batch, height, width, outputs]`.
/// - Complexity: pixels of the result · size of the weights multiply-adds.
public func convolution(
  _ x: PaddedPixels, _ weight: PackedKernel, bias: Tensor<Float>? = nil,
  residual: Tensor<Float>? = nil, in workspace: Workspace
) -> Tensor<Float> {
  convolve(
    x, weight, bias: bias, residual: residual.map { PaddedPixels(unpadded: $0) },
    layout: .float32, in: workspace
  ).tensor(in: workspace)
}

/// The same, in the layout that norms, convolutions and other operations on images of the same
/// precision read with the least traffic of memory.
///
/// - Parameters:
///   - x: The images, `[batch, height, width, inputs]`, with their padding.
///   - weight: The weights, `[outputs, inputs, height, width]`.
///   - bias: What is added to each pixel, `[outputs]`.
///   - residual: What the result is added to, of its shape.
///   - padding: The zeros around each result.
///   - workspace: What to compute with.
/// - Returns: `[batch, height, width, outputs]`.
/// - Complexity: pixels of the result · size of the weights multiply-adds.
public func convolutionPixels(
  _ x: PaddedPixels, _ weight: PackedKernel, bias: Tensor<Float>? = nil,
  residual: PaddedPixels? = nil, padding: Padding = .none, in workspace: Workspace
) -> PaddedPixels {
  convolve(
    x, weight, bias: bias, residual: residual, padding: padding,
    layout: workspace.table.kernels(for: weight.precision).pixelLayout, in: workspace)
}

/// Checks the shapes of a convolution and computes it.
private func convolve(
  _ x: PaddedPixels, _ weight: PackedKernel, bias: Tensor<Float>?, residual: PaddedPixels?,
  padding: Padding = .none, layout: PixelLayout, in workspace: Workspace
) -> PaddedPixels {
  let timer = workspace.timer("convolution \(x.shape) by \(weight.shape), stride \(weight.stride)")
  defer { timer.stop() }
  let (height, width) = weight.extent
  let (lines, columns) = (x.paddedHeight - height, x.paddedWidth - width)
  check(
    x.shape[3] == weight.inputs && lines >= 0 && columns >= 0
      && bias.map { $0.shape == [weight.outputs] } ?? true,
    "convolution: \(x.shape), with padding \(x.paddedHeight) × \(x.paddedWidth), by weights "
      + "\(weight.shape)" + (bias.map { " and bias \($0.shape)" } ?? "") + " do not meet")
  checkForm(x, weight.precision, weight.table, in: workspace)
  let shape = [x.shape[0], lines / weight.stride + 1, columns / weight.stride + 1, weight.outputs]
  check(
    residual.map { $0.shape == shape } ?? true,
    "convolution: a result of \(shape) does not add to \(residual?.shape ?? [])")
  check(
    residual?.layout != .blocks || x.layout == .blocks,
    "convolution: a residual of \(PixelLayout.blocks.words) does not add to images of "
      + x.layout.words)
  let bias = bias?.contiguous()
  var (x, residual) = (x, residual)
  // Groups are not blocks of 32 channels.
  let isConverted = if case .groups = weight.layout { x.layout == .blocks } else { false }
  if isConverted {
    x = x.converted(to: .float32, in: workspace)
    residual = residual?.converted(to: .float32, in: workspace)
  }
  let output = PaddedPixels(
    shape: shape, padding: isConverted ? .none : padding, layout: isConverted ? .float32 : layout,
    in: workspace)
  convolve(
    x.paddedLines, weight, bias, residual?.lines, into: output.lines, images: shape[0],
    in: workspace)
  return withExtendedLifetime((x, weight, bias, residual)) {
    isConverted
      ? output.converted(to: layout, padding: padding, in: workspace) : output
  }
}

/// Checks that images and weights are of the layout that a workspace computes with.
func checkForm(
  _ x: PaddedPixels, _ precision: Precision, _ table: KernelTable, in workspace: Workspace
) {
  workspace.checkWeights("convolution", precision, table)
  check(
    x.layout == table.kernels(for: precision).pixelLayout,
    "convolution: images of \(x.layout.words) where weights of \(precision.rawValue) take "
      + table.kernels(for: precision).pixelLayout.words)
}

/// Computes a convolution as its weights are packed for.
///
/// - Parameters:
///   - input: The pixels, with the zeros around them.
///   - weight: The weights.
///   - bias: What is added to each pixel.
///   - residual: What the result is added to.
///   - output: Where it goes; its pixels and lines may lie apart.
///   - images: The number of images.
///   - workspace: What to compute with.
func convolve(
  _ input: PixelLines, _ weight: PackedKernel, _ bias: Tensor<Float>?, _ residual: PixelLines?,
  into output: PixelLines, images: Int, in workspace: Workspace
) {
  guard images * output.height * output.width > 0 else { return }
  switch weight.layout {
  case .winograd(let kernel, _):
    convolveSquares(
      input, kernel, bias, residual, into: output, images: images, in: workspace)
  case .blocks(let matrix):
    convolveBlocks(
      input, weight, matrix, bias, residual, into: output, images: images, in: workspace)
  case .rows(let matrix):
    convolveRows(
      input, weight, [matrix], bias, residual, into: output, images: images, in: workspace)
  case .groups(let matrices):
    convolveRows(
      input, weight, matrices, bias, residual, into: output, images: images, in: workspace)
  case .depthwise(let terms):
    convolveDepthwise(
      input, weight, terms, bias, residual, into: output, images: images, in: workspace)
  case .narrow(let terms):
    convolveNarrow(
      input, weight, terms, bias, residual, into: output, images: images, in: workspace)
  }
}

/// A convolution with a few outputs.
private func convolveNarrow(
  _ input: PixelLines, _ weight: PackedKernel, _ terms: Tensor<Float>, _ bias: Tensor<Float>?,
  _ residual: PixelLines?, into output: PixelLines, images: Int, in workspace: Workspace
) {
  var work = NarrowConvolution(
    input: input, stride: weight.stride, lines: weight.height,
    lineTerms: weight.width * weight.inputs, weights: terms.pointer, output: output)
  (work.bias, work.residual) = (bias?.pointer, residual)
  let (table, convolution) = (workspace.table, work)
  parallelFor(
    images * output.height, grain: rowGrain(output.width * terms.count),
    threads: workspace.threads
  ) { range, _ in
    table.pixels.convolve(convolution, range)
  }
}

/// A convolution of each channel by itself.
private func convolveDepthwise(
  _ input: PixelLines, _ weight: PackedKernel, _ terms: Tensor<Float>, _ bias: Tensor<Float>?,
  _ residual: PixelLines?, into output: PixelLines, images: Int, in workspace: Workspace
) {
  var work = DepthwiseConvolution(
    input: input, stride: weight.stride, dilation: weight.dilation, height: weight.height,
    width: weight.width, weights: terms.pointer, output: output)
  (work.bias, work.residual) = (bias?.pointer, residual)
  let (table, convolution) = (workspace.table, work)
  parallelFor(
    images * output.height, grain: rowGrain(output.width * terms.count),
    threads: workspace.threads
  ) { range, _ in
    table.pixels.convolveDepthwise(convolution, range)
  }
}

/// A convolution as products whose rows are the pixels of the result, one for each group of channels.
///
/// The pixels of a line that one of them depends on are neighbours in memory, so its terms lie in as
/// many parts as the kernel has lines; in as many as it has pixels where they are apart, or where
/// the channels of other groups lie between them.
private func convolveRows(
  _ input: PixelLines, _ weight: PackedKernel, _ matrices: [PackedMatrix],
  _ bias: Tensor<Float>?, _ residual: PixelLines?, into output: PixelLines, images: Int,
  in workspace: Workspace
) {
  let kernels = workspace.table.kernels(for: weight.groups > 1 ? .float32 : weight.precision)
  let (strides, width) = (input.strides, output.width)
  let (inputs, outputs) = (weight.inputs / weight.groups, weight.outputs / weight.groups)
  // Lines that follow each other without a gap are rows of one product.
  let isDense = [output, residual ?? output].allSatisfy {
    $0.lineStride == width * $0.pixelStride
  }
  let lines = isDense ? output.height : 1
  let pixels = weight.dilation > 1 || weight.groups > 1 ? weight.width : 1
  let tapOffsets = (0..<weight.height).flatMap { line in
    (0..<pixels).map { weight.dilation * (line * strides.line + $0 * strides.pixel) }
  }
  tapOffsets.withUnsafeBufferPointer { tapOffsets in
    for line in stride(from: 0, to: images * output.height, by: max(lines, 1)) {
      let (image, row) = line.quotientAndRemainder(dividingBy: output.height)
      let place =
        input.first + image * input.imageStride + row * weight.stride * input.lineStride
      for (group, matrix) in matrices.enumerated() {
        let first = group * outputs
        var product = Product(
          a: place + group * inputs * 4, aStride: weight.stride * strides.pixel,
          b: matrix.storage.base, depth: matrix.inputs, columns: outputs,
          output: output.place(line: line, channel: first).assumingMemoryBound(to: Float.self),
          outputStride: output.strides.pixel)
        product.output.layout = output.layout == .rounded ? .rounded : .float32
        product.format = kernels.format
        (product.lineRows, product.lineStride) = (width, weight.stride * strides.line)
        product.setTaps(
          tapOffsets.baseAddress, count: tapOffsets.count,
          terms: weight.width / pixels * inputs)
        product.bias = bias.map { $0.pointer + first }
        if let residual {
          let place = residual.place(line: line, channel: first)
          product.residual = UnsafePointer(place.assumingMemoryBound(to: Float.self))
          product.residualStride = residual.strides.pixel
        }
        compute(
          product, rows: lines * width, with: ProductKernels(kernels, workspace.table),
          in: workspace)
      }
    }
  }
}

/// A convolution on the tile unit, which reads pixels where they are.
///
/// Threads share what is larger, the images or the weights.
private func convolveBlocks(
  _ input: PixelLines, _ weight: PackedKernel, _ matrix: PackedMatrix, _ bias: Tensor<Float>?,
  _ residual: PixelLines?, into output: PixelLines, images: Int, in workspace: Workspace
) {
  let kernels = workspace.table.kernels(for: weight.precision)
  guard let convolve = kernels.convolve else {
    check(false, "convolution: \(workspace.table.name) does not convolve in blocks")
    return
  }
  let offsets = weight.offsets(in: input)
  offsets.withUnsafeBufferPointer { offsets in
    guard let first = offsets.baseAddress else { return }
    var work = Convolution(
      input: input, stride: weight.stride, offsets: first, steps: offsets.count,
      weights: UnsafeRawPointer(matrix.storage.base), output: output)
    (work.bias, work.residual) = (bias?.pointer, residual)
    let convolution = work
    let panels = kernels.panels(weight.outputs)
    let spans = images * output.height * convolution.spansPerLine
    let multiplyAdds = images * output.height * output.width * matrix.outputs * matrix.inputs
    if panels < workspace.threads
      || images * input.imageStride > panels * kernels.panelBytes(matrix.inputs)
    {
      workspace.parallelFor(
        spans, grain: 32, multiplyAdds: multiplyAdds, scratch: Convolution.scratch
      ) {
        convolve(convolution, $0, 0..<panels, $1)
      }
    } else {
      workspace.parallelFor(
        panels, multiplyAdds: multiplyAdds, scratch: Convolution.scratch
      ) {
        convolve(convolution, 0..<spans, $0, $1)
      }
    }
  }
}
