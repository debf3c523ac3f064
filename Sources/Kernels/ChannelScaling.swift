internal import _KernelsMicro
internal import _Parallel
public import Tensor

/// Batch normalization with the running mean and variance of each channel, then an activation.
///
/// `activation((x - mean) / √(variance + ε) · weight + bias)`.
///
/// - Parameters:
///   - x: `[batch, height, width, channels]`.
///   - mean: What is subtracted from each channel, `[channels]`.
///   - variance: The variance of each channel, `[channels]`.
///   - weight: A factor for each channel, `[channels]`; 1 where nil.
///   - bias: A summand for each channel, `[channels]`; 0 where nil.
///   - epsilon: What is added to the variance.
///   - activation: What is applied at the end.
///   - padding: The zeros around each result.
///   - workspace: What to compute with.
/// - Returns: Images of the shape of `x`.
public func batchNorm(
  _ x: PaddedPixels, mean: Tensor<Float>, variance: Tensor<Float>, weight: Tensor<Float>? = nil,
  bias: Tensor<Float>? = nil, epsilon: Float = 1e-5, activation: Activation = .identity,
  padding: Padding = .none, in workspace: Workspace
) -> PaddedPixels {
  let factors = channelFactors(
    x.shape, mean: mean, variance: variance, weight: weight, bias: bias, epsilon: epsilon)
  let fused = activation.isFused
  let result = scaled(
    x, factors: factors, activation: fused ? activation : .identity,
    padding: fused ? padding : .none, in: workspace)
  return fused ? result : activate(activation, result, padding: padding, in: workspace)
}

/// Batch normalization along the last axis of a tensor, then an activation.
///
/// - Parameters:
///   - x: `[…, channels]`.
///   - mean: What is subtracted from each channel, `[channels]`.
///   - variance: The variance of each channel, `[channels]`.
///   - weight: A factor for each channel, `[channels]`; 1 where nil.
///   - bias: A summand for each channel, `[channels]`; 0 where nil.
///   - epsilon: What is added to the variance.
///   - activation: What is applied at the end.
///   - workspace: What to compute with.
/// - Returns: `x.shape`.
public func batchNorm(
  _ x: Tensor<Float>, mean: Tensor<Float>, variance: Tensor<Float>,
  weight: Tensor<Float>? = nil, bias: Tensor<Float>? = nil, epsilon: Float = 1e-5,
  activation: Activation = .identity, in workspace: Workspace
) -> Tensor<Float> {
  let factors = channelFactors(
    x.shape, mean: mean, variance: variance, weight: weight, bias: bias, epsilon: epsilon)
  // A column of pixels, so that threads share them.
  let pixels = PaddedPixels(
    unpadded: x.reshaped([1, x.shape.dropLast().reduce(1, *), 1, x.shape.last ?? 1]))
  let result = scaled(
    pixels, factors: factors, activation: activation.isFused ? activation : .identity,
    padding: .none, layout: .float32, in: workspace
  ).memory.reshaped(x.shape)
  return activation.isFused ? result : activate(activation, result, in: workspace)
}

/// For each channel what is subtracted, the factor, and what is added, `[3, channels]`.
private func channelFactors(
  _ shape: [Int], mean: Tensor<Float>, variance: Tensor<Float>, weight: Tensor<Float>?,
  bias: Tensor<Float>?, epsilon: Float
) -> Tensor<Float> {
  let channels = shape.last ?? 1
  check(
    [mean, variance, weight ?? mean, bias ?? mean].allSatisfy { $0.shape == [channels] },
    "batch norm: mean \(mean.shape), variance \(variance.shape)"
      + (weight.map { ", weight \($0.shape)" } ?? "") + (bias.map { ", bias \($0.shape)" } ?? "")
      + " do not fit \(shape)")
  let deviations = variance.elements.map { (Double($0) + Double(epsilon)).squareRoot() }
  let weights = weight?.elements ?? [Float](repeating: 1, count: channels)
  let factors = zip(weights, deviations).map { Float(Double($0) / $1) }
  let summands = bias?.elements ?? [Float](repeating: 0, count: channels)
  return Tensor(mean.elements + factors + summands, shape: [3, channels])
}

/// Scales each channel of images: `activation((x - subtrahend) · factor + summand)`.
///
/// It is the last pass of a group norm, whose subtrahends and factors are those of the images.
///
/// - Parameters:
///   - x: The images.
///   - factors: Subtrahends, factors and summands, `[3, channels]`; nil for the images as they are.
///   - activation: One that is fused.
///   - padding: The zeros around each result.
///   - layout: The layout of the results; nil for that of the workspace's precision.
///   - workspace: What to compute with.
/// - Returns: Images of the shape of `x`.
func scaled(
  _ x: PaddedPixels, factors: Tensor<Float>?, activation: Activation, padding: Padding,
  layout: PixelLayout? = nil, in workspace: Workspace
) -> PaddedPixels {
  let timer = workspace.timer("scale channels \(x.shape)")
  defer { timer.stop() }
  let (batch, channels) = (x.shape[0], x.shape[3])
  let output = PaddedPixels(
    shape: x.shape, padding: padding, layout: layout ?? workspace.pixelLayout, in: workspace)
  let factors =
    factors
    ?? Tensor<Float>([0, 1, 0], shape: [3, 1]).broadcast(to: [3, channels])
  var all: Tensor<Float> = workspace.tensor([batch, 3, channels])
  all.update(from: factors.broadcast(to: all.shape))
  var scaling = GroupNormalization(
    input: x.lines, output: output.lines, factors: all.mutablePointer)
  scaling.function = activation
  let (kernels, work) = (workspace.table.pixels, scaling)
  parallelFor(
    batch * output.shape[1], grain: rowGrain(output.shape[2] * channels),
    threads: workspace.threads
  ) { range, _ in
    kernels.normalize(work, range)
  }
  return withExtendedLifetime((x, all)) { output }
}
