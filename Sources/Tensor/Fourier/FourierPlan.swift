internal import _KernelsActive
internal import _KernelsMicro

/// The discrete Fourier transform of one length, of many sequences side by side.
///
/// A length of small prime factors goes in a step for each (Stockham's order). Any other length is a
/// convolution with a chirp, which transforms of a length of small factors compute (Bluestein, *A
/// linear filtering approach to the computation of discrete Fourier transform*, 1970).
final class FourierPlan {
  let count: Int
  /// The factors of the length; none where the way is Bluestein's.
  private let radices: [Int]
  private let chirp: Chirp?
  private let kernels = KernelTable.active.fourier

  init(_ count: Int) {
    self.count = count
    if let radices = Self.radices(count) {
      (self.radices, chirp) = (radices, nil)
    } else {
      (radices, chirp) = ([], Chirp(count))
    }
  }

  /// The steps of a length, 4 as often as it goes; nil where a prime factor is too large.
  private static func radices(_ count: Int) -> [Int]? {
    var (rest, radices) = (count, [Int]())
    for radix in [4, 2, 3, 5, 7, 11, FourierStep.maximumRadix] {
      while rest > 1 && rest % radix == 0 {
        radices.append(radix)
        rest /= radix
      }
    }
    return rest <= 1 ? radices : nil
  }

  /// Transforms `width` sequences in place, `[count, width]`.
  func transform(_ x: ComplexBuffer, width: Int) {
    if let chirp { return chirp.transform(x, width: width, kernels) }
    let other = ComplexBuffer(x.count)
    var isInOther = false
    var (length, side) = (count, width)
    for radix in radices {
      let groups = length / radix
      let factors = ComplexBuffer(groups * (radix - 1))
      for group in 0..<groups {
        for k in 1..<radix {
          factors.set(group * (radix - 1) + k - 1, .root(group * k, of: length))
        }
      }
      let roots = ComplexBuffer(radix)
      for k in 0..<radix { roots.set(k, .root(k, of: radix)) }
      let (source, target) = isInOther ? (other, x) : (x, other)
      let step = FourierStep(
        radix: radix, groups: groups, width: side, factors: factors.vector, roots: roots.vector)
      kernels.step(step, source.vector, target.vector)
      withExtendedLifetime((factors, roots, source, target)) {}
      isInOther.toggle()
      (length, side) = (groups, side * radix)
    }
    if isInOther { x.copy(other, count: x.count) }
  }
}

/// Bluestein's way: with `jk = (j² + k² - (k - j)²) / 2` a transform becomes a convolution.
private struct Chirp {
  private let count: Int
  /// `e^(-πi k² / count)`.
  private let factors: ComplexBuffer
  /// The length of the transforms that compute the convolution, and their plan.
  private let plan: FourierPlan
  /// The transform of the conjugate chirp, over the length of the plan, for the inverse transform that
  /// follows.
  private let filter: ComplexBuffer

  init(_ count: Int) {
    self.count = count
    factors = ComplexBuffer(count)
    var length = 1
    while length < 2 * count - 1 { length *= 2 }
    plan = FourierPlan(length)
    filter = ComplexBuffer(length)
    for k in 0..<count {
      // k² modulo 2 · count, which gives the same angle.
      let (high, low) = k.multipliedFullWidth(by: k)
      let square = (2 * count).dividingFullWidth((high, low)).remainder
      let factor = ComplexNumber.root(square, of: 2 * count)
      factors.set(k, factor)
      let conjugate = ComplexNumber(
        real: factor.real / Double(length), imaginary: -factor.imaginary / Double(length))
      filter.set(k, conjugate)
      if k > 0 { filter.set(length - k, conjugate) }
    }
    plan.transform(filter, width: 1)
  }

  func transform(_ x: ComplexBuffer, width: Int, _ kernels: FourierKernels) {
    func multiply(_ y: ComplexBuffer, by factors: ComplexBuffer, rows: Int) {
      for row in 0..<rows {
        let factor = factors[row]
        kernels.scale(factor.real, factor.imaginary, y.vector + row * width, width)
      }
    }
    multiply(x, by: factors, rows: count)
    let padded = ComplexBuffer(plan.count * width)
    padded.copy(x, count: x.count)
    plan.transform(padded, width: width)
    multiply(padded, by: filter, rows: plan.count)
    // An inverse transform is one of the parts exchanged.
    padded.exchangeParts()
    plan.transform(padded, width: width)
    padded.exchangeParts()
    x.copy(padded, count: x.count)
    multiply(x, by: factors, rows: count)
  }
}
