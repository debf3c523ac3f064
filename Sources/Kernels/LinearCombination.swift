internal import _Parallel
public import Tensor

/// A linear combination of tensors, `Σ factor · tensor`, in one pass.
///
/// - Parameters:
///   - terms: At least one tensor with its factor, all of one shape.
///   - workspace: What to compute with.
/// - Returns: A tensor of that shape.
public func linearCombination(
  _ terms: [(factor: Float, tensor: Tensor<Float>)], in workspace: Workspace
) -> Tensor<Float> {
  check(!terms.isEmpty, "combination: there are no terms")
  let shape = terms[0].tensor.shape
  check(
    terms.allSatisfy { $0.tensor.shape == shape },
    "combination: shapes \(terms.map(\.tensor.shape)) differ")
  let timer = workspace.timer("linear-combination \(shape)")
  defer { timer.stop() }
  let tensors = terms.map { $0.tensor.contiguous() }
  let output: Tensor<Float> = workspace.tensor(shape)
  let table = workspace.table
  nonisolated(unsafe) let (inputs, result) = (tensors.map(\.pointer), output.mutablePointer)
  let factors = terms.map(\.factor)
  parallelFor(output.count, grain: rowGrain(1), threads: workspace.threads) { range, _ in
    table.combine(factors, inputs, factors.count, result, range)
  }
  return withExtendedLifetime(tensors) { output }
}
