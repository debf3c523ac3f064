internal import _KernelsMicro
internal import _Parallel
public import Tensor

/// A function that a product applies to its result while that is in cache.
public enum Activation: Sendable, Hashable {
  /// GELU by the error function.
  case gelu
  /// GELU by the hyperbolic tangent.
  case geluTanh
  /// `x · sigmoid(x)`.
  case silu

  var function: ElementFunction {
    switch self {
    case .gelu: .gelu
    case .geluTanh: .geluTanh
    case .silu: .silu
    }
  }
}

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
public func linear(
  _ x: Operand, _ weight: PackedMatrix, bias: Tensor<Float>? = nil,
  activation: Activation? = nil, in workspace: Workspace
) -> Tensor<Float> {
  let output = workspace.tensor(x.shape.dropLast() + [weight.outputs])
  product(
    x, weight, bias: bias, into: output, in: workspace,
    finish: { $0.function = activation?.function ?? .identity })
  return output
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
      && gate.map { $0.shape == [residual.shape[0], weight.outputs] && $0.strides[1] == 1 } ?? true,
    "linear: \(x.shape) by weights \([weight.outputs, weight.inputs])"
      + (gate.map { " with gate \($0.shape)" } ?? "") + " does not add to \(residual.shape)")
  if !residual.isContiguous { residual = residual.contiguous() }
  // In place where nobody else holds the residual.
  let output =
    residual.isUniquelyWritable() ? residual : workspace.tensor(residual.shape)
  let base = residual
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
  check(
    weight.table === workspace.table,
    "linear: weights packed for \(weight.table.name) meet a workspace of "
      + workspace.instructionSet)
  let bias = bias?.contiguous()
  var product = Product(
    a: x.rows.pointer, aStride: inputs, b: weight.pointer, depth: inputs,
    columns: weight.outputs, output: output.mutablePointer, outputStride: weight.outputs)
  product.bias = bias?.pointer
  finish(&product)
  compute(product, rows: x.shape.dropLast().product, in: workspace)
  withExtendedLifetime((x, weight, bias, output)) {}
}

/// Computes a product on all threads of a workspace.
///
/// The threads share out the rows; where there are too few of them, the columns.
func compute(_ product: Product, rows: Int, in workspace: Workspace) {
  let table = workspace.table
  let panels = (product.columns + table.panelWidth - 1) / table.panelWidth
  let tileCount = table.productScratch(rows, product.depth, product.columns)
    .roundedUp(to: Storage.alignment)
  let tiles: Tensor<Float> = workspace.tensor([workspace.threads, tileCount])
  nonisolated(unsafe) let scratch = tiles.mutablePointer
  if rows >= 2 * table.tileRows * workspace.threads {
    parallelFor(rows, grain: table.tileRows, threads: workspace.threads) { range, thread in
      table.product(product, range, 0..<panels, scratch + thread * tileCount)
    }
  } else {
    parallelFor(panels, threads: workspace.threads) { range, thread in
      table.product(product, 0..<rows, range, scratch + thread * tileCount)
    }
  }
  withExtendedLifetime(tiles) {}
}
