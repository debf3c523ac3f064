internal import _LibC

/// How much each number of a piece of a signal counts, so that its ends do not sound.
public enum Window: Sendable, Hashable {
  /// A triangle that is zero at both ends.
  case bartlett
  /// 0.42 + 0.5 cos + 0.08 cos of the double angle.
  case blackman
  /// 0.54 + 0.46 cos.
  case hamming
  /// 0.5 + 0.5 cos, zero at both ends.
  case hann
  /// The Bessel function I₀ of beta times a half circle, over I₀ of beta; 14 is a good start.
  case kaiser(beta: Double)

  /// The value at a place from -1 to 1.
  fileprivate func callAsFunction(_ place: Double) -> Double {
    switch self {
    case .bartlett: 1 - place.magnitude
    case .blackman: 0.42 + 0.5 * cos(.pi * place) + 0.08 * cos(2 * .pi * place)
    case .hamming: 0.54 + 0.46 * cos(.pi * place)
    case .hann: 0.5 + 0.5 * cos(.pi * place)
    case .kaiser(let beta): beta * Swift.max(1 - place * place, 0).squareRoot()
    }
  }
}

extension Tensor where Scalar: TensorFloatingPoint {
  /// A symmetric window of `count` numbers; NumPy's `hanning` and so on.
  ///
  ///     Tensor<Float>(window: .hann, count: 5)   // [0, 0.5, 1, 0.5, 0]
  ///
  /// - Precondition: `count` is not negative.
  public init(
    window: Window, count: Int, file: StaticString = #fileID, line: UInt = #line
  ) {
    check(count >= 0, "window: of \(count) numbers", file: file, line: line)
    let last = Double(Swift.max(count - 1, 1))
    var values = Tensor<Double>(
      (0..<count).map { count == 1 ? window(0) : window(Double(2 * $0 - count + 1) / last) })
    if case .kaiser(let beta) = window {
      values = values.besselI0() / Tensor<Double>(scalar: beta).besselI0()
    }
    self = values.converted(to: Scalar.self)
  }
}
