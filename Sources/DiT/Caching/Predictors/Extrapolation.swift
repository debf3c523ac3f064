internal import Kernels
public import Tensor

/// The value of the polynomial through the last computed values, as in the Adams–Bashforth method.
///
/// For values at equal distances, one step ahead, it is `2F₁ - F₂`, `3F₁ - 3F₂ + F₃` and so on,
/// with binomial coefficients.
public struct Extrapolation: CachePredictor {
  /// The number of values that the polynomial goes through.
  public let count: Int
  /// The share of the way from the last value to the extrapolated one.
  public let weight: Float
  private var values: [(step: Int, value: Tensor<Float>)] = []

  /// An extrapolation that has seen nothing yet.
  ///
  /// - Precondition: `count` is positive.
  public init(count: Int, weight: Float = 1) {
    check(count > 0, "extrapolation: \(count) values make no polynomial")
    (self.count, self.weight) = (count, weight)
  }

  /// Keeps what it needs of a computed value.
  public mutating func record(_ value: Tensor<Float>, _ context: CacheContext) {
    values = [(context.step.index, value)] + values.prefix(count - 1)
  }

  /// The polynomial's value; the last value as long as there is only one.
  public mutating func value(_ context: CacheContext) -> Tensor<Float> {
    check(!values.isEmpty, "extrapolation: there is no value to go on from")
    let x = context.step.index
    // Lagrange's weights of each value.
    var terms = values.map { (i, value) -> (Float, Tensor<Float>) in
      let weight = values.reduce(1.0) { product, other in
        other.step == i ? product : product * Double(x - other.step) / Double(i - other.step)
      }
      return (Float(weight) * self.weight, context.rows(of: value))
    }
    terms[0].0 += 1 - weight
    return terms.count == 1 ? terms[0].1 : linearCombination(terms, in: context.workspace)
  }

  /// Forgets all values.
  public mutating func reset() { values = [] }

  /// True where it uses more than one value.
  public var keepsHistory: Bool { count > 1 }
  /// The bytes of the values.
  public var byteCount: Int { values.reduce(0) { $0 + $1.value.byteCount } }
  /// The values.
  public func capacity(elements: Int, inputs: Int) -> Int { count * elements }
}
