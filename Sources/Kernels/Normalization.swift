internal import _KernelsMicro
internal import _Parallel
public import Tensor

/// Layer normalization, then a shift and a scale that depend on the sample (adaLN).
///
/// `(x - mean) / √(variance + ε) · (1 + scale) + shift`, in one pass into the next product.
///
/// - Parameters:
///   - x: `[batch, tokens, width]`.
///   - shift: What is added, `[batch, width]`.
///   - scale: The factor minus one, `[batch, width]`.
///   - epsilon: What is added to the variance.
///   - workspace: What to compute with.
/// - Returns: `[batch, tokens, width]`.
public func layerNorm(
  _ x: Tensor<Float>, shift: Tensor<Float>, scale: Tensor<Float>, epsilon: Float,
  in workspace: Workspace
) -> Operand {
  check(
    x.rank == 3 && shift.shape == [x.shape[0], x.shape[2]] && shift.shape == scale.shape,
    "layer norm: shift \(shift.shape) and scale \(scale.shape) do not modulate \(x.shape)")
  // Columns of one tensor, which the modulations of a block are, are read where they are.
  let isAligned = shift.strides == scale.strides && shift.strides[1] == 1
  let (shift, scale) = isAligned ? (shift, scale) : (shift.contiguous(), scale.contiguous())
  let output = Operand(x.shape, for: workspace.precision, in: workspace)
  normalize(x, into: output.rows, epsilon: epsilon, subtractsMean: true, in: workspace) {
    ($0.shift, $0.scale) = (shift.pointer, scale.pointer)
    ($0.modulationStride, $0.modulationRows) = (shift.strides[0], x.shape[1])
  }
  return withExtendedLifetime((shift, scale)) { output }
}

/// Layer normalization, `(x - mean) / √(variance + ε) · weight + bias`.
///
/// - Parameters:
///   - x: `[…, width]`.
///   - weight: A factor for each column, `[width]`; 1 where nil.
///   - bias: A summand for each column, `[width]`; 0 where nil.
///   - epsilon: What is added to the variance.
///   - workspace: What to compute with.
/// - Returns: `[…, width]`.
public func layerNorm(
  _ x: Tensor<Float>, weight: Tensor<Float>? = nil, bias: Tensor<Float>? = nil,
  epsilon: Float = 1e-5, in workspace: Workspace
) -> Tensor<Float> {
  normalized(
    x, weight: weight, bias: bias, epsilon: epsilon, subtractsMean: true, in: workspace)
}

/// `layerNorm`, in the layout that a next product of the workspace's precision reads.
public func layerNormOperand(
  _ x: Tensor<Float>, weight: Tensor<Float>? = nil, bias: Tensor<Float>? = nil,
  epsilon: Float = 1e-5, in workspace: Workspace
) -> Operand {
  normalizedOperand(
    x, weight: weight, bias: bias, epsilon: epsilon, subtractsMean: true, in: workspace)
}

/// Root-mean-square normalization, `x / √(mean of x² + ε) · weight`.
///
/// - Parameters:
///   - x: `[…, width]`.
///   - weight: A factor for each column, `[width]`; 1 where nil.
///   - epsilon: What is added to the mean of the squares.
///   - workspace: What to compute with.
/// - Returns: `[…, width]`.
public func rmsNorm(
  _ x: Tensor<Float>, weight: Tensor<Float>? = nil, epsilon: Float = 1e-6,
  in workspace: Workspace
) -> Tensor<Float> {
  normalized(x, weight: weight, epsilon: epsilon, subtractsMean: false, in: workspace)
}

/// `rmsNorm`, in the layout that a next product of the workspace's precision reads.
public func rmsNormOperand(
  _ x: Tensor<Float>, weight: Tensor<Float>? = nil, epsilon: Float = 1e-6,
  in workspace: Workspace
) -> Operand {
  normalizedOperand(x, weight: weight, epsilon: epsilon, subtractsMean: false, in: workspace)
}

private func normalized(
  _ x: Tensor<Float>, weight: Tensor<Float>? = nil, bias: Tensor<Float>? = nil, epsilon: Float,
  subtractsMean: Bool, in workspace: Workspace
) -> Tensor<Float> {
  let output: Tensor<Float> = workspace.tensor(x.shape)
  normalize(
    x, into: RowDestination(output.mutablePointer, stride: x.shape.last ?? 1), weight: weight,
    bias: bias, epsilon: epsilon, subtractsMean: subtractsMean, in: workspace)
  return output
}

private func normalizedOperand(
  _ x: Tensor<Float>, weight: Tensor<Float>? = nil, bias: Tensor<Float>? = nil, epsilon: Float,
  subtractsMean: Bool, in workspace: Workspace
) -> Operand {
  let output = Operand(x.shape, for: workspace.precision, in: workspace)
  normalize(
    x, into: output.rows, weight: weight, bias: bias, epsilon: epsilon,
    subtractsMean: subtractsMean, in: workspace)
  return output
}

/// Normalizes rows with the same factors and summands for each.
private func normalize(
  _ x: Tensor<Float>, into rows: RowDestination, weight: Tensor<Float>?, bias: Tensor<Float>?,
  epsilon: Float, subtractsMean: Bool, in workspace: Workspace
) {
  let columns = x.shape.last ?? 1
  check(
    [weight, bias].allSatisfy { $0.map { $0.shape == [columns] } ?? true },
    "norm: weight \(weight?.shape ?? []) and bias \(bias?.shape ?? []) do not fit \(x.shape)")
  let (weight, bias) = (weight?.contiguous(), bias?.contiguous())
  normalize(x, into: rows, epsilon: epsilon, subtractsMean: subtractsMean, in: workspace) {
    ($0.weight, $0.bias) = (weight?.pointer, bias?.pointer)
  }
  withExtendedLifetime((weight, bias)) {}
}

/// Normalizes rows on all threads of a workspace.
private func normalize(
  _ x: Tensor<Float>, into rows: RowDestination, epsilon: Float, subtractsMean: Bool,
  in workspace: Workspace, finish: (inout Normalization) -> Void
) {
  let timer = workspace.timer("norm \(x.shape)")
  defer { timer.stop() }
  let (x, columns) = (x.contiguous(), x.shape.last ?? 1)
  var normalization = Normalization(
    input: x.pointer, output: rows, columns: columns, epsilon: epsilon,
    subtractsMean: subtractsMean)
  let byteCount = RowDestination.byteCount(
    rows: x.shape.dropLast().product, columns: columns, layout: rows.layout)
  normalization.isStreamed = columns % 16 == 0 && isStreamed(rows.base, byteCount: byteCount)
  finish(&normalization)
  let (table, work) = (workspace.table, normalization)
  parallelFor(
    x.shape.dropLast().product, grain: rowGrain(columns), threads: workspace.threads
  ) { range, _ in
    table.normalize(work, range)
  }
  withExtendedLifetime(x) {}
}
