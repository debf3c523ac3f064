// Layers and their clients name activations; products apply some of them, far below.
@_exported public import enum _KernelsMicro.Activation
internal import _Parallel
public import Tensor

/// Applies an activation to each element.
///
/// - Parameters:
///   - activation: The function.
///   - x: Any shape.
///   - workspace: What to compute with.
/// - Returns: `x.shape`.
public func activate(
  _ activation: Activation, _ x: Tensor<Float>, in workspace: Workspace
) -> Tensor<Float> {
  if activation == .identity { return x }
  let timer = workspace.timer("\(activation) \(x.shape)")
  defer { timer.stop() }
  let x = x.contiguous()
  let output: Tensor<Float> = workspace.tensor(x.shape)
  let table = workspace.table
  nonisolated(unsafe) let (input, result) = (x.pointer, output.mutablePointer)
  parallelFor(x.count, grain: rowGrain(1), threads: workspace.threads) { range, _ in
    let start = range.lowerBound
    table.map(.activation(activation), input + start, result + start, range.count)
  }
  return withExtendedLifetime(x) { output }
}

/// Applies an activation to each number of some images.
///
/// - Parameters:
///   - activation: The function.
///   - x: `[batch, height, width, channels]`.
///   - padding: The zeros around each result.
///   - workspace: What to compute with.
/// - Returns: Images of the shape of `x`.
public func activate(
  _ activation: Activation, _ x: PaddedPixels, padding: Padding = .none, in workspace: Workspace
) -> PaddedPixels {
  if !activation.isFused {
    return PaddedPixels(
      activate(activation, x.tensor(in: workspace), in: workspace), padding: padding,
      in: workspace)
  }
  return scaled(x, factors: nil, activation: activation, padding: padding, in: workspace)
}
