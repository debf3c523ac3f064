internal import _LibC

// What is drawn with any generator.
//
//     var generator = PhiloxGenerator(seed: 1)
//     generator.normal([2, 3], mean: 5, standardDeviation: 0.1)
//     generator.permutation(10)
extension RandomSource {
  /// Draws independent normal numbers of a mean and a standard deviation, in row-major order.
  public mutating func normal(
    _ shape: [Int], mean: Float, standardDeviation: Float
  ) -> Tensor<Float> {
    normal(shape) * standardDeviation + mean
  }

  /// Draws independent numbers, evenly distributed over a range without its end, in row-major order.
  public mutating func uniform(_ shape: [Int], in range: Range<Float>) -> Tensor<Float> {
    uniform(shape) * (range.upperBound - range.lowerBound) + range.lowerBound
  }

  /// Draws independent integers, evenly distributed over a range, in row-major order.
  ///
  /// - Precondition: The range is not empty, and has at most 2⁶³ - 1 numbers.
  public mutating func integers(
    _ shape: [Int], in range: Range<Int64>, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int64> {
    let (count, overflows) = range.upperBound.subtractingReportingOverflow(range.lowerBound)
    check(
      count > 0 && !overflows, "integers: there is none, or there are too many, in \(range)",
      file: file, line: line)
    return integers(shape, below: count) + range.lowerBound
  }

  /// Draws truth values that are true with some probability, in row-major order.
  public mutating func bernoulli(_ shape: [Int], probability: Float) -> Tensor<Bool> {
    uniform(shape) .< probability
  }

  /// Draws an order of the integers below a count; all are equally likely.
  ///
  ///     x.gathered(generator.permutation(x.shape[0]))   // the rows, shuffled
  public mutating func permutation(_ count: Int) -> Tensor<Int64> {
    Tensor<Int64>((0..<Int64(count)).shuffled(using: &self))
  }

  /// Draws the order of the slices of an axis anew.
  public mutating func shuffled<Scalar>(
    _ tensor: Tensor<Scalar>, axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Scalar> {
    let axis = tensor.axis(axis, "shuffle", file, line)
    return tensor.gathered(permutation(tensor.shape[axis]), axis: axis)
  }

  /// Draws integers below a count, with equal or with given probabilities.
  ///
  /// - Parameters:
  ///   - count: How many there are to choose from.
  ///   - shape: The shape of the result.
  ///   - probabilities: Of each of them, in proportion; equal ones by default.
  ///   - replacing: Whether the same may be drawn again.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The result.
  /// - Precondition: There are enough to choose from; no probability is negative, and enough are more
  ///   than zero.
  public mutating func choice(
    of count: Int, _ shape: [Int], probabilities: Tensor<Double>? = nil, replacing: Bool = true,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int64> {
    let size = shape.product
    let weights = probabilities ?? Tensor<Double>(ones: [count])
    check(
      weights.shape == [count] && (weights .>= 0).all(),
      "choice: \(weights) are no probabilities of \(count)", file: file, line: line)
    let possible = (weights .> 0).truePlaces().count
    check(
      size == 0 || (possible > 0 && (replacing || possible >= size)),
      "choice: \(size) of \(possible) that can be chosen", file: file, line: line)
    if replacing {
      let sums = weights.cumulativeSum(axis: 0)
      guard size > 0 else { return Tensor<Int64>(zeros: shape) }
      let draws = uniform(shape, of: Double.self) * sums[-1].item
      return minimum(sums.places(for: draws, behindEquals: true), Int64(count - 1))
    }
    // Those with the largest keys, the logarithms of uniform numbers divided by the weights
    // (Efraimidis and Spirakis, 2006).
    let keys = (1 - uniform([count], of: Double.self)).log() / weights
    return keys.where(weights .> 0, else: -Double.infinity).argsort(descending: true)[0..<size]
      .copied().reshaped(shape)
  }

  /// Draws independent numbers of a distribution, each from one uniform number by the inverse of its
  /// cumulative distribution, in `Double` and rounded once.
  public mutating func draw(
    _ distribution: Distribution, _ shape: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Float> {
    check(
      distribution.isValid, "draw: the parameters of \(distribution) are out of range", file: file,
      line: line)
    var tensor = Tensor<Float>(uninitialized: shape)
    tensor.withUnsafeMutableElements { elements in
      for i in elements.indices {
        // Between 0 and 1, neither of which it is.
        elements[i] = Float(distribution.quantile((Double(next() >> 12) + 0.5) * 0x1p-52))
      }
    }
    return tensor
  }
}

/// A distribution whose quantiles have a formula.
public enum Distribution: Sendable, Hashable {
  /// Density e^(-x/scale) / scale from zero on.
  case exponential(scale: Double = 1)
  /// Density e^(-|x - location|/scale) / (2 scale).
  case laplace(location: Double = 0, scale: Double = 1)
  /// The logistic distribution.
  case logistic(location: Double = 0, scale: Double = 1)
  /// The distribution of the largest of many.
  case gumbel(location: Double = 0, scale: Double = 1)
  /// The distribution of the quotient of two normal numbers.
  case cauchy(location: Double = 0, scale: Double = 1)
  /// The length of a vector of two normal numbers.
  case rayleigh(scale: Double = 1)
  /// The power 1/shape of an exponential number.
  case weibull(shape: Double)
  /// e to the power of an exponential number divided by the shape, minus one.
  case pareto(shape: Double)
  /// Density x^(shape - 1) · shape between zero and one.
  case power(shape: Double)
  /// A triangle over a range, its top at the mode.
  case triangular(lower: Double, mode: Double, upper: Double)
  /// The number of trials up to the first that succeeds.
  case geometric(probability: Double)

  /// Whether the parameters are in their ranges.
  var isValid: Bool {
    switch self {
    case .exponential(let scale), .laplace(_, let scale), .logistic(_, let scale),
      .gumbel(_, let scale), .cauchy(_, let scale), .rayleigh(let scale):
      scale >= 0
    case .weibull(let shape), .pareto(let shape), .power(let shape): shape > 0
    case .triangular(let lower, let mode, let upper):
      lower <= mode && mode <= upper && lower < upper
    case .geometric(let probability): probability > 0 && probability <= 1
    }
  }

  /// The number below which a fraction of the draws is.
  func quantile(_ u: Double) -> Double {
    switch self {
    case .exponential(let scale): return -scale * log1p(-u)
    case .laplace(let location, let scale):
      return u < 0.5 ? location + scale * log(2 * u) : location - scale * log(2 * (1 - u))
    case .logistic(let location, let scale): return location + scale * log(u / (1 - u))
    case .gumbel(let location, let scale): return location - scale * log(-log(u))
    case .cauchy(let location, let scale): return location + scale * tan(Double.pi * (u - 0.5))
    case .rayleigh(let scale): return scale * (-2 * log1p(-u)).squareRoot()
    case .weibull(let shape): return pow(-log1p(-u), 1 / shape)
    case .pareto(let shape): return expm1(-log1p(-u) / shape)
    case .power(let shape): return pow(u, 1 / shape)
    case .triangular(let lower, let mode, let upper):
      let top = (mode - lower) / (upper - lower)
      return u < top
        ? lower + (u * (upper - lower) * (mode - lower)).squareRoot()
        : upper - ((1 - u) * (upper - lower) * (upper - mode)).squareRoot()
    case .geometric(let probability):
      return probability == 1 ? 1 : (log1p(-u) / log1p(-probability)).rounded(.up)
    }
  }
}
