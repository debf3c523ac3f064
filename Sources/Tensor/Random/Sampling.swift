internal import _KernelsSequential
internal import _LibC

// Single numbers of distributions, in `Double`. Most are proposed and refused until one fits.
extension RandomSource {
  /// A uniform number between 0 and 1, neither of which it is.
  mutating func nextInside() -> Double { (Double(next() >> 12) + 0.5) * 0x1p-52 }

  /// A standard normal number, by Box's and Muller's method.
  mutating func nextStandardNormal() -> Double {
    let radius = (-2 * log(nextInside())).squareRoot()
    return radius * cos(2 * Double.pi * nextInside())
  }

  /// The logarithm of a gamma number, because the number itself may be too small.
  mutating func nextLogGamma(_ shape: Double) -> Double {
    // That of a shape below one is that of one more, times a power of a uniform number.
    if shape < 1 { return nextLogGamma(shape + 1) + log(nextInside()) / shape }
    let d = shape - 1 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = nextStandardNormal()
      guard 1 + c * x > 0 else { continue }
      let v = 3 * log1p(c * x)
      if log(nextInside()) < x * x / 2 + d - d * exp(v) + d * v { return log(d) + v }
    }
  }

  mutating func nextChiSquare(_ degrees: Double, _ noncentrality: Double = 0) -> Double {
    if noncentrality == 0 { return 2 * exp(nextLogGamma(degrees / 2)) }
    guard degrees > 1 else {
      return nextChiSquare(degrees + 2 * nextPoisson(noncentrality / 2))
    }
    let moved = nextStandardNormal() + noncentrality.squareRoot()
    return nextChiSquare(degrees - 1) + moved * moved
  }

  mutating func nextInverseGaussian(_ mean: Double, _ scale: Double) -> Double {
    let normal = nextStandardNormal()
    let y = mean * normal * normal / (2 * scale)
    let smaller = 1 / (1 + y + (y * (2 + y)).squareRoot())
    return mean * (nextInside() <= 1 / (1 + smaller) ? smaller : 1 / smaller)
  }

  mutating func nextVonMises(_ mean: Double, _ concentration: Double) -> Double {
    var angle: Double
    if concentration < 1e-8 {
      angle = Double.pi * (2 * nextInside() - 1)
    } else if concentration > 1e6 {
      angle = nextStandardNormal() / concentration.squareRoot()
    } else {
      let r = 1 + (1 + 4 * concentration * concentration).squareRoot()
      let rho = (r - (2 * r).squareRoot()) / (2 * concentration)
      let s = (1 + rho * rho) / (2 * rho)
      var cosine: Double
      while true {
        let z = cos(Double.pi * nextInside())
        cosine = (1 + s * z) / (s + z)
        let (y, v) = (concentration * (s - cosine), nextInside())
        if y * (2 - y) - v >= 0 || log(y / v) + 1 - y >= 0 { break }
      }
      angle = acos(max(-1, min(cosine, 1)))
      if nextInside() < 0.5 { angle = -angle }
    }
    return remainder(angle + mean, 2 * Double.pi)
  }

  mutating func nextPoisson(_ mean: Double) -> Double {
    // So many are not counted one by one.
    guard mean < 0x1p53 else { return mean }
    if mean < 10 {
      let end = exp(-mean)
      var (count, product) = (0.0, nextInside())
      while product > end {
        count += 1
        product *= nextInside()
      }
      return count
    }
    let b = 0.931 + 2.53 * mean.squareRoot()
    let a = -0.059 + 0.02483 * b
    let (inverseAlpha, acceptedAtOnce) = (1.1239 + 1.1328 / (b - 3.4), 0.9277 - 3.6224 / (b - 2))
    while true {
      let (u, v) = (nextInside() - 0.5, nextInside())
      let distance = 0.5 - u.magnitude
      let k = ((2 * a / distance + b) * u + mean + 0.43).rounded(.down)
      if distance >= 0.07 && v <= acceptedAtOnce { return k }
      if k < 0 || (distance < 0.013 && v > distance) { continue }
      if log(v * inverseAlpha / (a / (distance * distance) + b))
        <= k * log(mean) - mean - logOfGamma(k + 1)
      {
        return k
      }
    }
  }

  mutating func nextBinomial(_ trials: Double, _ probability: Double) -> Double {
    if probability > 0.5 { return trials - nextBinomial(trials, 1 - probability) }
    if trials * probability < 10 {
      // How many successes there are, each so far behind the one before.
      guard probability > 0 else { return 0 }
      var (count, place) = (-1.0, 0.0)
      while place <= trials {
        count += 1
        place += (log(nextInside()) / log1p(-probability)).rounded(.up)
      }
      return count
    }
    let deviation = (trials * probability * (1 - probability)).squareRoot()
    let b = 1.15 + 2.53 * deviation
    let a = -0.0873 + 0.0248 * b + 0.01 * probability
    let alpha = (2.83 + 5.1 / b) * deviation
    let odds = log(probability / (1 - probability))
    let mode = ((trials + 1) * probability).rounded(.down)
    let atMode = logOfGamma(mode + 1) + logOfGamma(trials - mode + 1)
    while true {
      let (u, v) = (nextInside() - 0.5, nextInside())
      let distance = 0.5 - u.magnitude
      let k = ((2 * a / distance + b) * u + trials * probability + 0.5).rounded(.down)
      guard k >= 0 && k <= trials else { continue }
      if distance >= 0.07 && v <= 0.92 - 4.2 / b { return k }
      let density = atMode - logOfGamma(k + 1) - logOfGamma(trials - k + 1) + (k - mode) * odds
      if log(v * alpha / (a / (distance * distance) + b)) <= density { return k }
    }
  }

  mutating func nextHypergeometric(_ good: Int, _ bad: Int, _ taken: Int) -> Double {
    // What is left over is chosen as well as what is taken.
    if taken > (good + bad) / 2 {
      return Double(good) - nextHypergeometric(good, bad, good + bad - taken)
    }
    var (rest, all, count) = (good, good + bad, 0)
    for _ in 0..<taken {
      if nextInside() * Double(all) < Double(rest) {
        rest -= 1
        count += 1
      }
      all -= 1
    }
    return Double(count)
  }

  mutating func nextZipf(_ exponent: Double) -> Double {
    let power = exponent - 1
    let b = exp2(power)
    // So that no number is above 2⁶³.
    let least = exp2(-63 * power)
    while true {
      let (u, v) = (least + nextInside() * (1 - least), nextInside())
      let x = max(pow(u, -1 / power).rounded(.down), 1)
      let t = pow(1 + 1 / x, power)
      if v * x * (t - 1) / (b - 1) <= t / b { return x }
    }
  }

  mutating func nextLogarithmic(_ probability: Double) -> Double {
    let v = nextInside()
    guard v < probability else { return 1 }
    let q = -expm1(log1p(-probability) * nextInside())
    if v <= q * q { return (1 + log(v) / log(q)).rounded(.down) }
    return v >= q ? 1 : 2
  }
}
