internal import _KernelsMicro
public import Tensor

/// The convolution of pictures, plus a bias and a residual.
///
/// A product whose rows are the pixels of the result. The pixels of a line that one of them depends
/// on are neighbours in memory, so its terms lie in as many parts as the kernel has lines.
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
  let timer = workspace.timer("convolution \(x.shape) by \(weight.shape), stride \(stride)")
  defer { timer.stop() }
  let (batch, inputs) = (x.shape[0], x.shape[3])
  let (lines, columns) = (x.memory.shape[1] - weight.height, x.memory.shape[2] - weight.width)
  check(
    inputs == weight.inputs && lines >= 0 && columns >= 0 && stride > 0
      && bias.map { $0.shape == [weight.outputs] } ?? true,
    "convolution: \(x.shape) by weights \(weight.shape)"
      + (bias.map { " and bias \($0.shape)" } ?? "") + " at stride \(stride) do not meet")
  check(
    weight.matrix.table === workspace.table,
    "convolution: weights packed for \(weight.matrix.table.name) meet a workspace of "
      + workspace.instructionSet)
  let shape = [batch, lines / stride + 1, columns / stride + 1, weight.outputs]
  check(
    residual.map { $0.shape == shape } ?? true,
    "convolution: a result of \(shape) does not add to \(residual?.shape ?? [])")
  let (bias, residual) = (bias?.contiguous(), residual?.contiguous())
  let output: Tensor<Float> = workspace.tensor(shape)
  let lineStride = x.memory.strides[1]
  let tapOffsets = (0..<weight.height).map { $0 * lineStride }
  tapOffsets.withUnsafeBufferPointer { tapOffsets in
    for picture in 0..<batch {
      var product = Product(
        a: x.memory.pointer + picture * x.memory.strides[0], aStride: stride * inputs,
        b: weight.matrix.storage.base, depth: weight.matrix.inputs, columns: weight.outputs,
        output: output.mutablePointer + picture * output.strides[0], outputStride: weight.outputs)
      (product.lineRows, product.lineStride) = (shape[2], stride * lineStride)
      (product.tapOffsets, product.taps) = (tapOffsets.baseAddress, weight.height)
      product.bias = bias?.pointer
      product.residual = residual.map { $0.pointer + picture * output.strides[0] }
      product.residualStride = weight.outputs
      compute(
        product, rows: shape[1] * shape[2], with: workspace.table.float32, in: workspace)
    }
  }
  return withExtendedLifetime((x, weight, bias, residual)) { output }
}
