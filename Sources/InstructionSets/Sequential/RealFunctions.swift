internal import _LibC

/// A function of one real number, of those that the C library computes.
public enum RealFunction: String, Sendable, Hashable, CaseIterable {
  case exp, exp2, expMinusOne, log, log2, log10, logOnePlus
  case sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh
  case squareRoot, cubeRoot, erf, erfc, gamma, logGamma, besselI0, sigmoid
  case roundedToEven, roundedAwayFromZero, roundedDown, roundedUp, roundedTowardsZero
  case significand, binaryExponent
}

/// A function of two real numbers, of those that the C library computes.
public enum BinaryRealFunction: String, Sendable, Hashable, CaseIterable {
  case power, arctangent, hypotenuse, truncatingRemainder, flooredRemainder, flooredQuotient
  case copySign, nextAfter, logAddExp, logAddExp2, smallerNumber, largerNumber, timesPowerOfTwo
}

/// Writes a function of each of `count` numbers to `output`, which may be the input.
public func map(
  _ function: RealFunction, _ input: UnsafePointer<Float>,
  _ output: UnsafeMutablePointer<Float>, _ count: Int
) {
  @inline(__always) func each(_ function: (Float) -> Float) {
    for i in 0..<count { output[i] = function(input[i]) }
  }
  switch function {
  case .exp: each { expf($0) }
  case .exp2: each { exp2f($0) }
  case .expMinusOne: each { expm1f($0) }
  case .log: each { logf($0) }
  case .log2: each { log2f($0) }
  case .log10: each { log10f($0) }
  case .logOnePlus: each { log1pf($0) }
  case .sin: each { sinf($0) }
  case .cos: each { cosf($0) }
  case .tan: each { tanf($0) }
  case .asin: each { asinf($0) }
  case .acos: each { acosf($0) }
  case .atan: each { atanf($0) }
  case .sinh: each { sinhf($0) }
  case .cosh: each { coshf($0) }
  case .tanh: each { tanhf($0) }
  case .asinh: each { asinhf($0) }
  case .acosh: each { acoshf($0) }
  case .atanh: each { atanhf($0) }
  case .squareRoot: each { $0.squareRoot() }
  case .cubeRoot: each { cbrtf($0) }
  case .erf: each { erff($0) }
  case .erfc: each { erfcf($0) }
  case .gamma: each { tgammaf($0) }
  case .logGamma: each { Float(logOfGamma(Double($0))) }
  case .besselI0: each { Float(besselI0(Double($0))) }
  case .sigmoid: each { 1 / (1 + expf(-$0)) }
  case .roundedToEven: each { $0.rounded(.toNearestOrEven) }
  case .roundedAwayFromZero: each { $0.rounded(.toNearestOrAwayFromZero) }
  case .roundedDown: each { $0.rounded(.down) }
  case .roundedUp: each { $0.rounded(.up) }
  case .roundedTowardsZero: each { $0.rounded(.towardZero) }
  case .significand: each { Float(parts(Double($0)).significand) }
  case .binaryExponent: each { Float(parts(Double($0)).exponent) }
  }
}

/// Writes a function of those of `count` numbers whose magnitude is larger than `limit`.
public func map(
  _ function: RealFunction, _ input: UnsafePointer<Float>,
  _ output: UnsafeMutablePointer<Float>, _ count: Int, beyond limit: Float
) {
  var areBeyond: UInt8 = 0
  for i in 0..<count { areBeyond |= input[i].magnitude > limit ? 1 : 0 }
  guard areBeyond != 0 else { return }
  for i in 0..<count where input[i].magnitude > limit {
    map(function, input + i, output + i, 1)
  }
}

/// Writes a function of each of `count` numbers to `output`, which may be the input.
public func map(
  _ function: RealFunction, _ input: UnsafePointer<Double>,
  _ output: UnsafeMutablePointer<Double>, _ count: Int
) {
  @inline(__always) func each(_ function: (Double) -> Double) {
    for i in 0..<count { output[i] = function(input[i]) }
  }
  switch function {
  case .exp: each { exp($0) }
  case .exp2: each { exp2($0) }
  case .expMinusOne: each { expm1($0) }
  case .log: each { log($0) }
  case .log2: each { log2($0) }
  case .log10: each { log10($0) }
  case .logOnePlus: each { log1p($0) }
  case .sin: each { sin($0) }
  case .cos: each { cos($0) }
  case .tan: each { tan($0) }
  case .asin: each { asin($0) }
  case .acos: each { acos($0) }
  case .atan: each { atan($0) }
  case .sinh: each { sinh($0) }
  case .cosh: each { cosh($0) }
  case .tanh: each { tanh($0) }
  case .asinh: each { asinh($0) }
  case .acosh: each { acosh($0) }
  case .atanh: each { atanh($0) }
  case .squareRoot: each { $0.squareRoot() }
  case .cubeRoot: each { cbrt($0) }
  case .erf: each { erf($0) }
  case .erfc: each { erfc($0) }
  case .gamma: each { tgamma($0) }
  case .logGamma: each { logOfGamma($0) }
  case .besselI0: each { besselI0($0) }
  case .sigmoid: each { 1 / (1 + exp(-$0)) }
  case .roundedToEven: each { $0.rounded(.toNearestOrEven) }
  case .roundedAwayFromZero: each { $0.rounded(.toNearestOrAwayFromZero) }
  case .roundedDown: each { $0.rounded(.down) }
  case .roundedUp: each { $0.rounded(.up) }
  case .roundedTowardsZero: each { $0.rounded(.towardZero) }
  case .significand: each { parts($0).significand }
  case .binaryExponent: each { parts($0).exponent }
  }
}

/// Writes a function of each pair of `count` numbers to `output`, which may be an input.
public func zip(
  _ function: BinaryRealFunction, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>,
  _ output: UnsafeMutablePointer<Double>, _ count: Int
) {
  @inline(__always) func each(_ function: (Double, Double) -> Double) {
    for i in 0..<count { output[i] = function(a[i], b[i]) }
  }
  switch function {
  case .power: each { pow($0, $1) }
  case .arctangent: each { atan2($0, $1) }
  case .hypotenuse: each { hypot($0, $1) }
  case .truncatingRemainder: each { fmod($0, $1) }
  case .flooredRemainder: each { flooredDivision($0, $1).remainder }
  case .flooredQuotient: each { flooredDivision($0, $1).quotient }
  case .copySign: each { copysign($0, $1) }
  case .nextAfter: each { nextafter($0, $1) }
  case .logAddExp:
    each { logOfSum($0, $1, exponential: exp, logarithm: log1p, ofTwo: 0x1.62e42fefa39efp-1) }
  case .logAddExp2:
    each {
      logOfSum($0, $1, exponential: exp2, logarithm: { log1p($0) * 0x1.71547652b82fep0 }, ofTwo: 1)
    }
  case .smallerNumber: each { $0.isNaN || $1 < $0 ? $1 : $0 }
  case .largerNumber: each { $0.isNaN || $1 > $0 ? $1 : $0 }
  case .timesPowerOfTwo: each { ldexp($0, Int32(exactly: $1) ?? ($1 < 0 ? .min : .max)) }
  }
}

/// Writes a function of each pair of `count` numbers to `output`, which may be an input.
public func zip(
  _ function: BinaryRealFunction, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
  _ output: UnsafeMutablePointer<Float>, _ count: Int
) {
  @inline(__always) func each(_ function: (Float, Float) -> Float) {
    for i in 0..<count { output[i] = function(a[i], b[i]) }
  }
  /// The function of `Double`, rounded once.
  @inline(__always) func eachWide(_ function: (Double, Double) -> Double) {
    for i in 0..<count { output[i] = Float(function(Double(a[i]), Double(b[i]))) }
  }
  switch function {
  case .power: each { powf($0, $1) }
  case .arctangent: each { atan2f($0, $1) }
  case .hypotenuse: each { hypotf($0, $1) }
  case .truncatingRemainder: each { fmodf($0, $1) }
  // The remainder is exact in 64 bits, and its sum with a divisor of 32 is rounded once.
  case .flooredRemainder: eachWide { flooredDivision($0, $1).remainder }
  case .flooredQuotient: eachWide { flooredDivision($0, $1).quotient }
  case .copySign: each { copysignf($0, $1) }
  case .nextAfter: each { nextafterf($0, $1) }
  case .logAddExp:
    eachWide { logOfSum($0, $1, exponential: exp, logarithm: log1p, ofTwo: 0x1.62e42fefa39efp-1) }
  case .logAddExp2:
    eachWide {
      logOfSum($0, $1, exponential: exp2, logarithm: { log1p($0) * 0x1.71547652b82fep0 }, ofTwo: 1)
    }
  case .smallerNumber: each { $0.isNaN || $1 < $0 ? $1 : $0 }
  case .largerNumber: each { $0.isNaN || $1 > $0 ? $1 : $0 }
  case .timesPowerOfTwo: eachWide { ldexp($0, Int32(exactly: $1) ?? ($1 < 0 ? .min : .max)) }
  }
}

/// The logarithm of the absolute value of the gamma function; `lgamma` keeps its sign in a variable
/// that threads share.
public func logOfGamma(_ x: Double) -> Double {
  #if canImport(Darwin)
  lgamma(x)
  #else
  var sign: Int32 = 0
  return lgamma_r(x, &sign)
  #endif
}

/// The modified Bessel function of the first kind and of order 0, by its power series, all of whose
/// terms are positive.
private func besselI0(_ x: Double) -> Double {
  // Of 714 on it is larger than any number.
  guard x.magnitude < 714 else { return x.isNaN ? x : .infinity }
  let quarter = x * x / 4
  var (sum, term, k) = (1.0, 1.0, 1.0)
  while term > sum * 0x1p-54 {
    term *= quarter / (k * k)
    sum += term
    k += 1
  }
  return sum
}

/// A number from 0.5 up to 1 and the power of two that it stands times; of what has none, itself and 0.
@inline(__always)
private func parts(_ x: Double) -> (significand: Double, exponent: Double) {
  guard x.isFinite && x != 0 else { return (x, 0) }
  var exponent: Int32 = 0
  let significand = frexp(x, &exponent)
  return (significand, Double(exponent))
}

/// The whole quotient towards minus infinity, and what is left, with the sign of the divisor, as in
/// Python; NaN where the divisor is zero.
@inline(__always)
private func flooredDivision(_ a: Double, _ b: Double) -> (quotient: Double, remainder: Double) {
  var remainder = fmod(a, b)
  guard b != 0 else { return (a / b, remainder) }
  var quotient = (a - remainder) / b
  if remainder != 0 {
    if (b < 0) != (remainder < 0) {
      remainder += b
      quotient -= 1
    }
  } else {
    remainder = copysign(0, b)
  }
  guard quotient != 0 else { return (copysign(0, a / b), remainder) }
  // The quotient is whole but for the rounding of the division.
  let whole = quotient.rounded(.down)
  return (quotient - whole > 0.5 ? whole + 1 : whole, remainder)
}

/// The logarithm of the sum of two powers, without a power that overflows.
@inline(__always)
private func logOfSum(
  _ a: Double, _ b: Double, exponential: (Double) -> Double, logarithm: (Double) -> Double,
  ofTwo: Double
) -> Double {
  // Infinities too, whose difference is none.
  if a == b { return a + ofTwo }
  let difference = a - b
  if difference > 0 { return a + logarithm(exponential(-difference)) }
  if difference <= 0 { return b + logarithm(exponential(difference)) }
  return difference
}
