internal import _KernelsMicro
internal import _Parallel
public import Tensor

/// The convolution of pictures, plus a bias and a residual.
///
/// - Parameters:
///   - x: The pictures, `[batch, height, width, inputs]`, with their padding.
///   - weight: The weights, `[outputs, inputs, height, width]`.
///   - stride: The distance in `x` of neighbours in the result.
///   - bias: What is added to each pixel, `[outputs]`.
///   - residual: What the result is added to, of its shape.
///   - workspace: What to compute with.
/// - Returns: `[batch, height, width, outputs]`.
/// - Complexity: pixels of the result · size of the weights multiply-adds.
public func convolution(
  _ x: PaddedPixels, _ weight: PackedKernel, stride: Int = 1, bias: Tensor<Float>? = nil,
  residual: Tensor<Float>? = nil, in workspace: Workspace
) -> Tensor<Float> {
  convolve(
    x, weight, stride: stride, bias: bias, residual: residual.map { PaddedPixels(unpadded: $0) },
    form: .float32, in: workspace
  ).tensor
}

/// The same, in the form that norms, convolutions and other operations on pictures of the same
/// precision read with the least traffic of memory.
///
/// - Parameters:
///   - x: The pictures, `[batch, height, width, inputs]`, with their padding.
///   - weight: The weights, `[outputs, inputs, height, width]`.
///   - stride: The distance in `x` of neighbours in the result.
///   - bias: What is added to each pixel, `[outputs]`.
///   - residual: What the result is added to, of its shape.
///   - workspace: What to compute with.
/// - Returns: `[batch, height, width, outputs]`, without padding.
/// - Complexity: pixels of the result · size of the weights multiply-adds.
public func convolutionPixels(
  _ x: PaddedPixels, _ weight: PackedKernel, stride: Int = 1, bias: Tensor<Float>? = nil,
  residual: PaddedPixels? = nil, in workspace: Workspace
) -> PaddedPixels {
  convolve(
    x, weight, stride: stride, bias: bias, residual: residual,
    form: workspace.table.products(weight.precision).pixelForm, in: workspace)
}

/// Checks the shapes of a convolution and computes it.
private func convolve(
  _ x: PaddedPixels, _ weight: PackedKernel, stride: Int, bias: Tensor<Float>?,
  residual: PaddedPixels?, form: PixelForm, in workspace: Workspace
) -> PaddedPixels {
  let timer = workspace.timer("convolution \(x.shape) by \(weight.shape), stride \(stride)")
  defer { timer.stop() }
  let (lines, columns) = (x.paddedHeight - weight.height, x.paddedWidth - weight.width)
  check(
    x.shape[3] == weight.inputs && lines >= 0 && columns >= 0 && stride > 0
      && bias.map { $0.shape == [weight.outputs] } ?? true,
    "convolution: \(x.shape) by weights \(weight.shape)"
      + (bias.map { " and bias \($0.shape)" } ?? "") + " at stride \(stride) do not meet")
  check(
    weight.matrix.table === workspace.table,
    "convolution: weights packed for \(weight.matrix.table.name) meet a workspace of "
      + workspace.instructionSet)
  let kernels = workspace.table.products(weight.precision)
  check(
    x.form == kernels.pixelForm,
    "convolution: pictures for another precision than \(weight.precision.rawValue)")
  let shape = [x.shape[0], lines / stride + 1, columns / stride + 1, weight.outputs]
  check(
    residual.map { $0.shape == shape } ?? true,
    "convolution: a result of \(shape) does not add to \(residual?.shape ?? [])")
  let bias = bias?.contiguous()
  let output = PaddedPixels(shape: shape, padding: .none, form: form, in: workspace)
  if kernels.convolve != nil {
    convolveBlocks(x, weight, stride, bias, residual, into: output, in: workspace)
  } else {
    convolveRows(x, weight, stride, bias, residual, into: output, in: workspace)
  }
  return withExtendedLifetime((x, weight, bias, residual)) { output }
}

/// A convolution as a product whose rows are the pixels of the result.
///
/// The pixels of a line that one of them depends on are neighbours in memory, so its terms lie in as
/// many parts as the kernel has lines.
private func convolveRows(
  _ x: PaddedPixels, _ weight: PackedKernel, _ stride: Int, _ bias: Tensor<Float>?,
  _ residual: PaddedPixels?, into output: PaddedPixels, in workspace: Workspace
) {
  check(
    residual.map { $0.padding == .none } ?? true, "convolution: the residual must have no padding")
  let kernels = workspace.table.products(weight.precision)
  let (input, shape) = (x.memory, output.shape)
  let (inputs, outputs) = (weight.inputs, weight.outputs)
  let tapOffsets = (0..<weight.height).map { $0 * input.strides[1] }
  tapOffsets.withUnsafeBufferPointer { tapOffsets in
    for picture in 0..<shape[0] {
      let start = picture * output.memory.strides[0]
      var product = Product(
        a: input.pointer + picture * input.strides[0], aStride: stride * inputs,
        b: weight.matrix.storage.base, depth: weight.matrix.inputs, columns: outputs,
        output: output.memory.mutablePointer + start, outputStride: outputs)
      product.output.form = output.form == .rounded ? .rounded : .float32
      product.widens = kernels.form == .rounded
      (product.lineRows, product.lineStride) = (shape[2], stride * input.strides[1])
      (product.tapOffsets, product.taps) = (tapOffsets.baseAddress, weight.height)
      product.bias = bias?.pointer
      product.residual = residual.map { $0.memory.pointer + start }
      product.residualStride = outputs
      compute(product, rows: shape[1] * shape[2], with: kernels, in: workspace)
    }
  }
}

/// A convolution on the tile unit, which reads pixels where they are.
///
/// Threads share what is larger, the pictures or the weights.
private func convolveBlocks(
  _ x: PaddedPixels, _ weight: PackedKernel, _ stride: Int, _ bias: Tensor<Float>?,
  _ residual: PaddedPixels?, into output: PaddedPixels, in workspace: Workspace
) {
  let kernels = workspace.table.products(weight.precision)
  guard let convolve = kernels.convolve, output.shape.product > 0 else { return }
  let offsets = weight.offsets(in: x.paddedLines)
  let count = Convolution.scratch
  let memory: Tensor<Float> = workspace.tensor([workspace.threads, count])
  nonisolated(unsafe) let scratch = memory.mutablePointer
  offsets.withUnsafeBufferPointer { offsets in
    guard let first = offsets.baseAddress else { return }
    var work = Convolution(
      input: x.paddedLines, stride: stride, offsets: first, steps: offsets.count,
      weights: UnsafeRawPointer(weight.matrix.storage.base), output: output.lines)
    (work.bias, work.residual) = (bias?.pointer, residual?.lines)
    let convolution = work
    let panels = (weight.outputs + kernels.panelWidth - 1) / kernels.panelWidth
    let spans = output.shape[0] * output.shape[1] * convolution.spansPerLine
    if panels < workspace.threads
      || x.memory.count * 4 > panels * kernels.panelBytes(weight.matrix.inputs)
    {
      parallelFor(spans, grain: 32, threads: workspace.threads) { range, thread in
        convolve(convolution, range, 0..<panels, scratch + thread * count)
      }
    } else {
      parallelFor(panels, threads: workspace.threads) { range, thread in
        convolve(convolution, 0..<spans, range, scratch + thread * count)
      }
    }
  }
  withExtendedLifetime(memory) {}
}
