internal import Kernels
public import Tensor

/// The last value with each channel corrected: times a factor plus a summand, which were fitted for
/// the step and the number of steps since that value.
///
/// Reference: [Liu et al., 2025](https://arxiv.org/abs/2503.01323), the decoupled error correction
/// of CacheQuant.
public struct AffineCorrection: CachePredictor {
  /// The fitted linear function of each channel: `[channels]` factors and summands.
  public struct Line: Sendable {
    /// The factor of each channel.
    public let factor: Tensor<Float>
    /// The summand of each channel.
    public let summand: Tensor<Float>

    /// A factor and a summand for each channel.
    public init(factor: Tensor<Float>, summand: Tensor<Float>) {
      (self.factor, self.summand) = (factor, summand)
    }

    /// The factors of all channels, then their summands.
    init(numbers: some Collection<Double>) {
      check(
        numbers.count.isMultiple(of: 2),
        "affine correction: \(numbers.count) numbers are not a factor and a summand per channel")
      let numbers = numbers.map { Float($0) }
      let channels = numbers.count / 2
      factor = Tensor(Array(numbers[..<channels]), shape: [channels])
      summand = Tensor(Array(numbers[channels...]), shape: [channels])
    }

    /// The numbers of lines that change nothing.
    static func identity(channels: Int) -> [Double] {
      Array(repeating: 1, count: channels) + Array(repeating: 0, count: channels)
    }

    /// Samples `[batch, channels, height, width]` with each channel corrected.
    func applied(toSamples x: Tensor<Float>) -> Tensor<Float> {
      let shape = [factor.count, 1, 1]
      return x * factor.reshaped(shape) + summand.reshaped(shape)
    }

    /// The correction by this line and then by another one.
    func followed(by other: Line) -> Line {
      Line(
        factor: factor * other.factor, summand: summand * other.factor + other.summand)
    }
  }

  private let line: @Sendable (_ step: Int, _ lag: Int) -> Line
  private var last: (step: Int, value: Tensor<Float>)?

  /// A predictor that has seen nothing yet.
  ///
  /// - Parameter line: The correction for a step and a number of steps since the last value.
  public init(_ line: @escaping @Sendable (_ step: Int, _ lag: Int) -> Line) { self.line = line }

  /// Takes note of a value that was computed, `[rows, tokens, channels]`.
  public mutating func record(_ value: Tensor<Float>, _ context: CacheContext) {
    last = (context.step.index, value)
  }

  /// The corrected value.
  public mutating func value(_ context: CacheContext) -> Tensor<Float> {
    let last = require(last, "affine correction: there is no value")
    let line = line(context.step.index, context.step.index - last.step)
    return context.rows(of: last.value) * line.factor + line.summand
  }

  /// Forgets the value.
  public mutating func reset() { last = nil }

  /// The bytes of the value.
  public var byteCount: Int { last?.value.byteCount ?? 0 }
}

/// The linear function from `x` to `y` for each channel, by least squares.
///
/// - Parameters:
///   - x: `[rows, tokens, channels]`.
///   - y: The values to approximate, of the same shape.
/// - Returns: The numbers of an `AffineCorrection.Line`; the factor 1 where `x` is the same
///   everywhere.
func fittedLines(from x: Tensor<Float>, to y: Tensor<Float>) -> [Double] {
  let (x, y) = (x.converted(to: Double.self), y.converted(to: Double.self))
  let (xMean, yMean) = (x.mean(axes: [0, 1]), y.mean(axes: [0, 1]))
  let (dx, dy) = (x - xMean, y - yMean)
  let covariance = (dx * dy).sum(axes: [0, 1]).elements
  let variance = (dx * dx).sum(axes: [0, 1]).elements
  let factors = zip(covariance, variance).map { $1 > 0 ? $0 / $1 : 1 }
  let summands = zip(zip(xMean.elements, yMean.elements), factors).map { $0.1 - $1 * $0.0 }
  return factors + summands
}
