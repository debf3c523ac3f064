internal import _KernelsMicro
internal import _Parallel
public import Tensor

/// `activation(x · weightᵀ + bias)` for each row of `x`.
///
/// - Parameters:
///   - x: The rows, `[…, inputs]`.
///   - weight: The weights, `[outputs, inputs]`.
///   - bias: What is added to each row, `[outputs]`.
///   - activation: What is applied to the sum.
///   - workspace: What to compute with.
/// - Returns: `[…, outputs]`.
/// - Complexity: rows · inputs · outputs multiply-adds.
/// - Precondition: `weight` is packed for the instruction set of `workspace`; rows of tiles, which the
///   tile unit reads, meet weights of bfloat16.
public func linear(
  _ x: Operand, _ weight: PackedMatrix, bias: Tensor<Float>? = nil,
  activation: Activation = .identity, in workspace: Workspace
) -> Tensor<Float> {
  let output = workspace.tensor(x.shape.dropLast() + [weight.outputs])
  product(
    x, weight, bias: bias, into: output, in: workspace,
    finish: { $0.function = activation.isFused ? activation : .identity })
  return activation.isFused ? output : activate(activation, output, in: workspace)
}

/// `activation(x · weightᵀ + bias)`, in the layout that a next product of the same precision reads, or
/// attention.
///
/// - Parameters:
///   - x: The rows, `[…, inputs]`.
///   - weight: The weights, `[outputs, inputs]`.
///   - bias: What is added to each row, `[outputs]`.
///   - activation: What is applied to the sum; one that is not fused has the layout of products.
///   - forAttention: Whether attention without a bias or a window reads the result: in `int8` it
///     multiplies bfloat16 where the machine does.
///   - workspace: What to compute with.
/// - Returns: `[…, outputs]`.
/// - Complexity: rows · inputs · outputs multiply-adds.
public func linearOperand(
  _ x: Operand, _ weight: PackedMatrix, bias: Tensor<Float>? = nil,
  activation: Activation = .identity, forAttention: Bool = false, in workspace: Workspace
) -> Operand {
  if !activation.isFused {
    let sums = linear(x, weight, bias: bias, activation: activation, in: workspace)
    return Operand(sums).converted(to: weight.precision, in: workspace)
  }
  let table = workspace.table
  let kernels =
    forAttention && weight.precision == workspace.precision
    ? table.attentionKernels(for: weight.precision) : table.kernels(for: weight.precision)
  let output = Operand(
    x.shape.dropLast() + [weight.outputs], layout: kernels.layout, in: workspace)
  product(
    x, weight, bias: bias, into: output.memory, in: workspace,
    finish: {
      $0.function = activation
      $0.output = output.rows
    })
  return output
}

/// `activation(x · weightᵀ + bias) · factor`, in the layout that a next product of the same precision
/// reads: the first half of a gated feed-forward network.
///
/// - Parameters:
///   - x: The rows, `[…, inputs]`.
///   - weight: The weights, `[outputs, inputs]`.
///   - bias: What is added to each row, `[outputs]`.
///   - activation: What is applied to the sum.
///   - factor: What the result is multiplied with, element by element, `[…, outputs]`.
///   - workspace: What to compute with.
/// - Returns: `[…, outputs]`.
/// - Complexity: rows · inputs · outputs multiply-adds.
public func gatedLinearOperand(
  _ x: Operand, _ weight: PackedMatrix, bias: Tensor<Float>? = nil,
  activation: Activation = .identity, times factor: Tensor<Float>, in workspace: Workspace
) -> Operand {
  let shape: [Int] = x.shape.dropLast() + [weight.outputs]
  check(
    factor.shape == shape,
    "gated linear: a result of \(shape) is not multiplied with a factor of \(factor.shape)")
  if !activation.isFused {
    let gate = linear(x, weight, bias: bias, activation: activation, in: workspace)
    return Operand(gate * factor).converted(to: weight.precision, in: workspace)
  }
  let output = Operand(shape, for: weight.precision, in: workspace)
  let factor = factor.contiguous()
  // A gate for each row, which counts only where there is a residual: the same row of zeros for all.
  let zeros = Tensor<Float>(repeating: 0, shape: [weight.outputs])
  product(
    x, weight, bias: bias, into: output.memory, in: workspace,
    finish: {
      $0.function = activation
      $0.output = output.rows
      ($0.gate, $0.gateStride, $0.gateRows) = (factor.pointer, weight.outputs, 1)
      ($0.residual, $0.residualStride) = (zeros.pointer, 0)
    })
  return withExtendedLifetime((factor, zeros)) { output }
}

/// Adds `gate · (x · weightᵀ + bias)` to a residual stream, in place if nobody else holds it.
///
/// - Parameters:
///   - x: The rows, `[batch, tokens, inputs]`.
///   - weight: The weights, `[outputs, inputs]`.
///   - bias: What is added to each row, `[outputs]`.
///   - gate: A factor for each output, a row for each of the batch, `[batch, outputs]`; 1 where nil.
///   - residual: What the result is added to, `[batch, tokens, outputs]`.
///   - workspace: What to compute with.
public func addLinear(
  _ x: Operand, _ weight: PackedMatrix, bias: Tensor<Float>? = nil, gate: Tensor<Float>? = nil,
  to residual: inout Tensor<Float>, in workspace: Workspace
) {
  check(
    residual.rank == 3 && residual.shape == x.shape.dropLast() + [weight.outputs]
      && gate.map { $0.shape == [residual.shape[0], weight.outputs] } ?? true,
    "linear: \(x.shape) by weights \([weight.outputs, weight.inputs])"
      + (gate.map { " with gate \($0.shape)" } ?? "") + " does not add to \(residual.shape)")
  if !residual.isContiguous { residual = residual.contiguous() }
  // In place where nobody else holds the residual.
  let output =
    residual.isUniquelyWritable() ? residual : workspace.tensor(residual.shape)
  let base = residual
  let gate = gate.map { $0.strides[1] == 1 ? $0 : $0.contiguous() }
  product(
    x, weight, bias: bias, into: output, in: workspace,
    finish: {
      ($0.residual, $0.residualStride) = (base.pointer, weight.outputs)
      guard let gate else { return }
      ($0.gate, $0.gateStride, $0.gateRows) = (gate.pointer, gate.strides[0], base.shape[1])
    })
  withExtendedLifetime(gate) { residual = output }
}

/// Checks the shapes of a product, splits it over the threads, and computes it.
private func product(
  _ x: Operand, _ weight: PackedMatrix, bias: Tensor<Float>?, into output: Tensor<Float>,
  in workspace: Workspace, finish: (inout Product) -> Void
) {
  let inputs = x.shape.last ?? 1
  let timer = workspace.timer("linear \(x.shape.dropLast().product)x\(weight.outputs)x\(inputs)")
  defer { timer.stop() }
  check(
    inputs == weight.inputs && bias.map { $0.shape == [weight.outputs] } ?? true,
    "linear: \(x.shape) by weights \([weight.outputs, weight.inputs])"
      + (bias.map { " and bias \($0.shape)" } ?? "") + " do not meet")
  workspace.checkWeights("linear", weight.precision, weight.table)
  let x = x.converted(to: weight.precision, in: workspace)
  let bias = bias?.contiguous()
  var product = Product(
    a: x.memory.pointer, aStride: inputs, b: weight.storage.base, depth: inputs,
    columns: weight.outputs, output: output.mutablePointer, outputStride: weight.outputs)
  let kernels = ProductKernels(workspace.table, weight)
  (product.format, product.groupSize) = (kernels.format, weight.groupSize)
  product.bias = bias?.pointer
  finish(&product)
  compute(product, rows: x.shape.dropLast().product, with: kernels, in: workspace)
  withExtendedLifetime((x, weight, bias, output)) {}
}

/// Computes a product on all threads of a workspace.
///
/// With tiles, and with rows that are packed once for all threads, panels are shared out, so that each
/// thread reads a part of the weights. Rows that each part packs for itself are shared out where a
/// part has 64 or more of them, for every part reads all weights; else panels are, and every part
/// packs all rows.
func compute(
  _ product: Product, rows: Int, with kernels: ProductKernels, in workspace: Workspace
) {
  let multiplyAdds = rows * product.columns * product.depth
  let (product, packedRows) = packed(product, rows: rows, with: kernels, in: workspace)
  let (panels, threads) = (
    kernels.panels(product.columns), workspace.threads(for: multiplyAdds)
  )
  // Products over the pixels around one are the vector unit's.
  let prefersPanels = kernels.prefersPanels && product.taps == 1
  let sharesRows = prefersPanels ? panels < threads : rows >= 2 * threads * 64
  let unit = sharesRows ? kernels.unitRows : 1
  let units = ((sharesRows ? rows : panels) + unit - 1) / unit
  // Two parts for each thread, the longer ones first, so that all threads end together.
  let parts = threads == 1 ? min(1, units) : min(2 * threads, units)
  workspace.parallelFor(
    parts, multiplyAdds: multiplyAdds,
    scratch: kernels.scratch(rows, product.depth, product.columns)
  ) { range, scratch in
    let (length, longer) = units.quotientAndRemainder(dividingBy: parts)
    for part in range {
      let start = part * length + min(part, longer)
      let end = start + length + (part < longer ? 1 : 0)
      kernels.product(
        product, sharesRows ? start * unit..<min(end * unit, rows) : 0..<rows,
        sharesRows ? 0..<panels : start..<end, scratch)
    }
  }
  withExtendedLifetime(packedRows) {}
}

/// A product with packed rows where its kernels want them so, and the memory that these are in.
private func packed(
  _ product: Product, rows: Int, with kernels: ProductKernels, in workspace: Workspace
) -> (Product, Tensor<Float>?) {
  guard let packing = kernels.rowPacking else { return (product, nil) }
  let memory: Tensor<Float> = workspace.tensor([packing.elementCount(rows, product.groups)])
  let (unit, pack) = (kernels.unitRows, packing.pack)
  nonisolated(unsafe) let start = memory.mutablePointer
  parallelFor(
    (rows + unit - 1) / unit, grain: (rowGrain(product.depth) + unit - 1) / unit,
    threads: workspace.threads(for: rows * product.columns * product.depth)
  ) { range, _ in
    pack(product, range.lowerBound * unit..<min(range.upperBound * unit, rows), start)
  }
  var result = product
  result.a = UnsafeRawPointer(memory.pointer)
  return (result, memory)
}
