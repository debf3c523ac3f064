/// A function that layers apply to each element of their results.
public enum Activation: Sendable, Hashable {
  /// The element itself.
  case identity
  /// The larger of the element and zero.
  case relu
  /// `x · Φ(x)` by the error function.
  case gelu
  /// GELU by the hyperbolic tangent, the one of DiT, T5 and GPT-2.
  case geluTanh
  /// `x · sigmoid(x)`, also called swish.
  case silu
  /// `x · sigmoid(1.702 x)`, the GELU of CLIP.
  case quickGELU
  /// `1 / (1 + e^-x)`.
  case sigmoid
  /// The hyperbolic tangent.
  case tanh
  /// ReLU up to 6.
  case relu6
  /// The element, times `slope` where it is negative.
  case leakyReLU(slope: Float)
  /// The element, or `alpha · (e^x - 1)` where it is negative.
  case elu(alpha: Float)
  /// ELU with the two factors of self-normalizing networks (Klambauer and others, 2017).
  case selu
  /// `log(1 + e^x)`.
  case softplus
  /// `x · tanh(softplus(x))`.
  case mish
  /// `x / 6 + ½`, from 0 to 1.
  case hardSigmoid
  /// `x · hardSigmoid(x)`.
  case hardSwish

  /// Whether products and group norms apply it to results that are in cache; the others take a pass
  /// of their own.
  ///
  /// Each of them is code in every register tile, so they are few. Of zero they are zero.
  public var isFused: Bool {
    switch self {
    case .identity, .relu, .gelu, .geluTanh, .silu, .quickGELU: true
    default: false
    }
  }
}

extension InstructionSet {
  /// Calls `body` with a function that is fused, each time as code of its own.
  @inlinable @inline(__always)
  static func withFused(_ function: Activation, _ body: ((F32) -> F32) -> Void) {
    switch function {
    case .relu: body { relu($0) }
    case .gelu: body { gelu($0) }
    case .geluTanh: body { geluTanh($0) }
    case .silu: body { silu($0) }
    case .quickGELU: body { quickGELU($0) }
    default: body { $0 }
    }
  }

  /// Calls `body` with any function, each time as code of its own.
  @inlinable @inline(__always)
  static func with(_ function: Activation, _ body: ((F32) -> F32) -> Void) {
    switch function {
    case .identity, .relu, .gelu, .geluTanh, .silu, .quickGELU: withFused(function, body)
    case .sigmoid: body { sigmoid($0) }
    case .tanh: body { tanh($0) }
    case .relu6: body { bounded($0, from: 0, to: 6) }
    case .leakyReLU(let slope):
      body { choose(multiply($0, all(slope)), where: $0, isLess: all(0), else: $0) }
    case .elu(let alpha): body { elu($0, alpha) }
    case .selu: body { multiply(all(1.050_701), elu($0, 1.673_263_2)) }
    case .softplus: body { softplus($0) }
    case .mish: body { mish($0) }
    case .hardSigmoid: body { hardSigmoid($0) }
    case .hardSwish: body { multiply($0, hardSigmoid($0)) }
    }
  }

  /// The larger of the number and zero; NaN of NaN.
  @inlinable @inline(__always)
  static func relu(_ x: F32) -> F32 { larger(all(0), x) }

  /// `x · sigmoid(1.702 x)`, within 4 ulp of the larger of 1 and the result.
  @inlinable @inline(__always)
  static func quickGELU(_ x: F32) -> F32 {
    divide(x, add(exp(multiply(x, all(-1.702))), all(1)))
  }

  /// `1 / (1 + e^-x)`, within 5 ulp of the larger of 2⁻¹²⁶ and the result.
  @inlinable @inline(__always)
  static func sigmoid(_ x: F32) -> F32 {
    divide(all(1), add(exp(subtract(all(0), x)), all(1)))
  }

  /// The number, or the nearest end of a range; NaN of NaN.
  @inlinable @inline(__always)
  static func bounded(_ x: F32, from lower: Float, to upper: Float) -> F32 {
    smaller(all(upper), larger(all(lower), x))
  }

  /// The number, or `alpha · (e^x - 1)` where it is negative, within 7 ulp.
  ///
  /// `e^x - 1 = tanh(x / 2) · (e^x + 1)` keeps its digits where `e^x` is next to one.
  @inlinable @inline(__always)
  static func elu(_ x: F32, _ alpha: Float) -> F32 {
    let power = multiply(tanh(multiply(all(0.5), x)), add(exp(x), all(1)))
    return choose(multiply(all(alpha), power), where: x, isLess: all(0), else: x)
  }

  /// `log(1 + e^x)`, within 7 ulp, as `max(x, 0) + log(1 + e^-|x|)`.
  ///
  /// `log(1 + e) = 2 artanh t` with `t = e / (2 + e)`, at most ⅓, by its series.
  @inlinable @inline(__always)
  static func softplus(_ x: F32) -> F32 {
    let e = exp(smaller(x, subtract(all(0), x)))
    let t = divide(e, add(e, all(2)))
    let p = polynomial(
      multiply(t, t), [1 / 15, 1 / 13, 1 / 11, 1 / 9, 1 / 7, 1 / 5, 1 / 3, 1])
    return add(relu(x), multiply(add(t, t), p))
  }

  /// `x · tanh(softplus(x))`, within 9 ulp of the larger of 2⁻¹⁰⁰ and the result.
  ///
  /// With `e = e^x` that is `x · n / (n + 2)`, `n = e (e + 2)`; beyond 20 it is the number itself.
  @inlinable @inline(__always)
  static func mish(_ x: F32) -> F32 {
    let e = exp(smaller(all(20), x))
    let n = multiply(e, add(e, all(2)))
    return multiply(x, divide(n, add(n, all(2))))
  }

  /// `x / 6 + ½`, from 0 to 1.
  @inlinable @inline(__always)
  static func hardSigmoid(_ x: F32) -> F32 {
    bounded(multiplyAdd(x, all(1 / 6), all(0.5)), from: 0, to: 1)
  }
}
