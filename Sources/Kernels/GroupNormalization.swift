internal import _KernelsMicro
internal import _Parallel
public import Tensor

/// Group normalization and an activation, in one pass into the next convolution.
///
/// `activation((x - mean) / √(variance + ε) · weight + bias)`, with the mean and the variance of a
/// group of neighbouring channels over all pixels of an image.
///
/// - Parameters:
///   - x: `[batch, height, width, channels]`.
///   - groups: The number of groups, which divides the channels.
///   - weight: A factor for each channel, `[channels]`.
///   - bias: A summand for each channel, `[channels]`.
///   - epsilon: What is added to the variance.
///   - activation: What is applied at the end.
///   - padding: The zeros around each result.
///   - workspace: What to compute with.
/// - Returns: Images of the shape of `x`.
public func groupNorm(
  _ x: PaddedPixels, groups: Int, weight: Tensor<Float>? = nil, bias: Tensor<Float>? = nil,
  epsilon: Float = 1e-5, activation: Activation = .identity, padding: Padding = .none,
  in workspace: Workspace
) -> PaddedPixels {
  check(
    groups > 0 && x.shape[3] % groups == 0,
    "group norm: \(x.shape) are no images with \(groups) groups of channels")
  let (batch, channels) = (x.shape[0], x.shape[3])
  check(
    [weight, bias].allSatisfy { $0.map { $0.shape == [channels] } ?? true },
    "group norm: weight \(weight?.shape ?? []) and bias \(bias?.shape ?? []) do not fit \(x.shape)")
  let timer = workspace.timer("group norm \(x.shape)")
  defer { timer.stop() }
  if !activation.isFused {
    let normal = groupNorm(
      x, groups: groups, weight: weight, bias: bias, epsilon: epsilon, in: workspace)
    return activate(activation, normal, padding: padding, in: workspace)
  }
  let (weight, bias) = (weight?.contiguous(), bias?.contiguous())
  let output = PaddedPixels(
    shape: x.shape, padding: padding, layout: workspace.pixelLayout, in: workspace)
  let chunks = PixelChunks(width: x.shape[2], height: x.shape[1]).count
  let moments = workspace.tensor([batch, chunks, groups, 2], of: Double.self)
  let factors: Tensor<Float> = workspace.tensor([batch, 3, channels])
  var normalization = GroupNormalization(
    input: x.lines, output: output.lines, groups: groups, epsilon: epsilon,
    moments: moments.mutablePointer, factors: factors.mutablePointer)
  (normalization.weight, normalization.bias) = (weight?.pointer, bias?.pointer)
  normalization.function = activation
  compute(normalization, batch: batch, chunks: chunks, in: workspace)
  return withExtendedLifetime((x, weight, bias, moments, factors)) { output }
}

/// Group normalization and an activation of the images of a tensor.
///
/// - Parameters:
///   - x: `[batch, height, width, channels]`.
///   - groups: The number of groups, which divides the channels.
///   - weight: A factor for each channel, `[channels]`.
///   - bias: A summand for each channel, `[channels]`.
///   - epsilon: What is added to the variance.
///   - activation: What is applied at the end.
///   - padding: The zeros around each result.
///   - workspace: What to compute with.
/// - Returns: Images of the shape of `x`.
public func groupNorm(
  _ x: Tensor<Float>, groups: Int, weight: Tensor<Float>? = nil, bias: Tensor<Float>? = nil,
  epsilon: Float = 1e-5, activation: Activation = .identity, padding: Padding = .none,
  in workspace: Workspace
) -> PaddedPixels {
  groupNorm(
    PaddedPixels(unpadded: x), groups: groups, weight: weight, bias: bias, epsilon: epsilon,
    activation: activation, padding: padding, in: workspace)
}

/// Takes the moments of all chunks, merges them, and normalizes, on all threads of a workspace.
private func compute(
  _ normalization: GroupNormalization, batch: Int, chunks: Int, in workspace: Workspace
) {
  let (kernels, threads) = (workspace.table.pixels, workspace.threads)
  let (input, channels) = (normalization.input, normalization.output.channels)
  // A number takes as long as some multiply-adds of a product.
  workspace.parallelFor(
    batch * chunks, multiplyAdds: 8 * batch * input.height * input.width * channels,
    scratch: 3 * channels
  ) {
    kernels.takeMoments(normalization, $0, $1)
  }
  parallelFor(batch, grain: rowGrain(8 * channels), threads: threads) { range, _ in
    kernels.mergeMoments(normalization, range)
  }
  let grain = rowGrain(normalization.output.width * normalization.output.channels)
  parallelFor(batch * normalization.output.height, grain: grain, threads: threads) { range, _ in
    kernels.normalize(normalization, range)
  }
}
