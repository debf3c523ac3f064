internal import _LibC

/// A distribution of real numbers or of counts.
///
/// Where the quantiles have a formula, a number is drawn from one uniform number, by the inverse of its
/// cumulative distribution; the others are drawn by what is said with them.
///
///     var generator = PhiloxGenerator(seed: 1)
///     generator.draw(.poisson(mean: 4), [6])                      // [7, 3, 6, 4, 3, 5]
///     generator.draw(.gamma(shape: 2), [1000]).mean().rounded()   // 2
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
  /// e to the power of a normal number of this mean and deviation.
  case logNormal(mean: Double = 0, standardDeviation: Double = 1)
  /// Density x^(shape - 1) e^(-x/scale) from zero on, by Marsaglia's and Tsang's method (2000).
  case gamma(shape: Double, scale: Double = 1)
  /// Density x^(a - 1) (1 - x)^(b - 1) between zero and one, from two gamma numbers.
  case beta(a: Double, b: Double)
  /// The sum of so many squares of normal numbers, each around zero, or moved so that the squares of
  /// their means add up to `noncentrality`.
  case chiSquare(degrees: Double, noncentrality: Double = 0)
  /// A normal number over the root of a mean of so many squares of such.
  case studentT(degrees: Double)
  /// The quotient of two means of squares of normal numbers.
  case fisher(degrees: Double, denominatorDegrees: Double, noncentrality: Double = 0)
  /// The first passage of a walk with a drift, by Michael's, Schucany's and Haas's method (1976): NumPy's
  /// `wald`.
  case inverseGaussian(mean: Double, scale: Double)
  /// Angles from -π to π around a mean, by Best's and Fisher's method (1979).
  case vonMises(mean: Double = 0, concentration: Double)
  /// The number of events where so many are expected: by products of uniform numbers, or by Hörmann's
  /// method PTRS (1993) from ten on.
  case poisson(mean: Double)
  /// The number of successes in some trials: by their distances, or by Hörmann's method BTRS (1993)
  /// where ten or more are expected.
  case binomial(trials: Int, probability: Double)
  /// The number of failures before so many successes, a Poisson number of a gamma number.
  case negativeBinomial(successes: Double, probability: Double)
  /// The number of good ones among some that are taken, one after the other, without putting them back.
  case hypergeometric(good: Int, bad: Int, taken: Int)
  /// Probability k^(-exponent), by Devroye's method (1986).
  case zipf(exponent: Double)
  /// Probability p^k / k, by Kemp's method (1981): NumPy's `logseries`.
  case logarithmic(probability: Double)

  /// Whether the parameters are in their ranges.
  var isValid: Bool {
    func isPositive(_ x: Double) -> Bool { x > 0 && x < .infinity }
    func isNotNegative(_ x: Double) -> Bool { x >= 0 && x < .infinity }
    return switch self {
    case .exponential(let scale), .laplace(_, let scale), .logistic(_, let scale),
      .gumbel(_, let scale), .cauchy(_, let scale), .rayleigh(let scale):
      scale >= 0
    case .weibull(let shape), .pareto(let shape), .power(let shape): shape > 0
    case .triangular(let lower, let mode, let upper):
      lower <= mode && mode <= upper && lower < upper
    case .geometric(let probability): probability > 0 && probability <= 1
    case .logNormal(_, let deviation): isNotNegative(deviation)
    case .gamma(let shape, let scale): isPositive(shape) && isNotNegative(scale)
    case .beta(let a, let b): isPositive(a) && isPositive(b)
    case .chiSquare(let degrees, let noncentrality):
      isPositive(degrees) && isNotNegative(noncentrality)
    case .studentT(let degrees): isPositive(degrees)
    case .fisher(let degrees, let others, let noncentrality):
      isPositive(degrees) && isPositive(others) && isNotNegative(noncentrality)
    case .inverseGaussian(let mean, let scale): isPositive(mean) && isPositive(scale)
    case .vonMises(let mean, let concentration): mean.isFinite && isNotNegative(concentration)
    case .poisson(let mean): mean >= 0 && mean < 0x1p53
    case .binomial(let trials, let probability): trials >= 0 && (0...1).contains(probability)
    case .negativeBinomial(let successes, let probability):
      isPositive(successes) && probability > 0 && probability <= 1
    case .hypergeometric(let good, let bad, let taken):
      [good, bad].allSatisfy { (0..<1 << 53).contains($0) } && taken >= 0
        && taken <= good + bad
    case .zipf(let exponent): exponent > 1 && exponent < .infinity
    case .logarithmic(let probability): probability > 0 && probability < 1
    }
  }

  /// A number of the distribution.
  func draw(_ source: inout some RandomSource) -> Double {
    switch self {
    case .exponential(let scale): return -scale * log1p(-source.nextInside())
    case .laplace(let location, let scale):
      let u = source.nextInside()
      return u < 0.5 ? location + scale * log(2 * u) : location - scale * log(2 * (1 - u))
    case .logistic(let location, let scale):
      let u = source.nextInside()
      return location + scale * log(u / (1 - u))
    case .gumbel(let location, let scale):
      return location - scale * log(-log(source.nextInside()))
    case .cauchy(let location, let scale):
      return location + scale * tan(Double.pi * (source.nextInside() - 0.5))
    case .rayleigh(let scale): return scale * (-2 * log1p(-source.nextInside())).squareRoot()
    case .weibull(let shape): return pow(-log1p(-source.nextInside()), 1 / shape)
    case .pareto(let shape): return expm1(-log1p(-source.nextInside()) / shape)
    case .power(let shape): return pow(source.nextInside(), 1 / shape)
    case .triangular(let lower, let mode, let upper):
      let (u, top) = (source.nextInside(), (mode - lower) / (upper - lower))
      return u < top
        ? lower + (u * (upper - lower) * (mode - lower)).squareRoot()
        : upper - ((1 - u) * (upper - lower) * (upper - mode)).squareRoot()
    case .geometric(let probability):
      return probability == 1
        ? 1 : (log1p(-source.nextInside()) / log1p(-probability)).rounded(.up)
    case .logNormal(let mean, let deviation):
      return exp(mean + deviation * source.nextStandardNormal())
    case .gamma(let shape, let scale): return scale * exp(source.nextLogGamma(shape))
    case .beta(let a, let b):
      // By logarithms, which small shapes do not take to zero both.
      let (x, y) = (source.nextLogGamma(a), source.nextLogGamma(b))
      return 1 / (1 + exp(y - x))
    case .chiSquare(let degrees, let noncentrality):
      return source.nextChiSquare(degrees, noncentrality)
    case .studentT(let degrees):
      let normal = source.nextStandardNormal()
      return normal / (source.nextChiSquare(degrees) / degrees).squareRoot()
    case .fisher(let degrees, let others, let noncentrality):
      let above = source.nextChiSquare(degrees, noncentrality) / degrees
      return above / (source.nextChiSquare(others) / others)
    case .inverseGaussian(let mean, let scale): return source.nextInverseGaussian(mean, scale)
    case .vonMises(let mean, let concentration): return source.nextVonMises(mean, concentration)
    case .poisson(let mean): return source.nextPoisson(mean)
    case .binomial(let trials, let probability):
      return source.nextBinomial(Double(trials), probability)
    case .negativeBinomial(let successes, let probability):
      let mean = exp(source.nextLogGamma(successes)) * (1 - probability) / probability
      return source.nextPoisson(mean)
    case .hypergeometric(let good, let bad, let taken):
      return source.nextHypergeometric(good, bad, taken)
    case .zipf(let exponent): return source.nextZipf(exponent)
    case .logarithmic(let probability): return source.nextLogarithmic(probability)
    }
  }
}
