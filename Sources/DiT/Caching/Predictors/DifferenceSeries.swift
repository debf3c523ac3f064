internal import Kernels
public import Tensor

/// A forecast from the differences between computed values.
///
/// With d the steps since the value before, a record makes `D₀ = F` and
/// `Dⱼ₊₁ = (Dⱼ - previous Dⱼ) / d`; x steps later the forecast is `Σ Dⱼ · basisⱼ(x) / j!`.
///
/// References: [Liu et al., 2025](https://arxiv.org/abs/2503.06923), TaylorSeer; Hermite's
/// polynomials instead of powers: [Feng et al., 2025](https://arxiv.org/abs/2508.16984), HiCache.
public struct DifferenceSeries: CachePredictor {
  /// The functions of the number of steps that the differences are multiplied with.
  public enum Basis: Sendable, Hashable {
    /// xʲ, as in Taylor's series.
    case powers
    /// σʲ · Hⱼ(σx) with the physicists' Hermite polynomials.
    case hermite(sigma: Double)

    /// The first functions at a distance.
    func values(at x: Double, count: Int) -> [Double] {
      var values = [1.0]
      switch self {
      case .powers:
        while values.count < count { values.append(values[values.count - 1] * x) }
      case .hermite(let sigma):
        // H₀ = 1, H₁ = 2x, Hₙ₊₁ = 2x·Hₙ - 2n·Hₙ₋₁
        let y = sigma * x
        while values.count < count {
          let n = values.count - 1
          values.append(2 * y * values[n] - (n > 0 ? 2 * Double(n) * values[n - 1] : 0))
        }
        for n in values.indices { values[n] *= (0..<n).reduce(1) { power, _ in power * sigma } }
      }
      return Array(values.prefix(count))
    }
  }

  /// The highest difference that is kept.
  public let order: Int
  /// The functions of the distance.
  public let basis: Basis
  private var differences: [Tensor<Float>] = []
  private var step = 0

  /// A series that has seen nothing yet.
  ///
  /// - Precondition: `order` is not negative.
  public init(order: Int, basis: Basis = .powers) {
    check(order >= 0, "series: the order \(order) is negative")
    (self.order, self.basis) = (order, basis)
  }

  /// Keeps what it needs of a computed value.
  public mutating func record(_ value: Tensor<Float>, _ context: CacheContext) {
    let distance = Float(context.step.index - step)
    // Each difference gives its memory back before the next one takes some.
    var newest = value
    for j in differences.indices.prefix(order) {
      let next = linearCombination(
        [(1 / distance, newest), (-1 / distance, context.rows(of: differences[j]))],
        in: context.workspace)
      differences[j] = newest
      newest = next
    }
    differences = Array(differences.prefix(order)) + [newest]
    step = context.step.index
  }

  /// The forecast.
  public mutating func value(_ context: CacheContext) -> Tensor<Float> {
    check(!differences.isEmpty, "series: there is no value to go on from")
    let x = Double(context.step.index - step)
    var factorial = 1.0
    var terms: [(Float, Tensor<Float>)] = []
    for (j, value) in basis.values(at: x, count: differences.count).enumerated() {
      factorial *= Double(max(j, 1))
      terms.append((Float(value / factorial), context.rows(of: differences[j])))
    }
    return terms.count == 1 ? terms[0].1 : linearCombination(terms, in: context.workspace)
  }

  /// Forgets all values.
  public mutating func reset() { differences = [] }

  /// True where its order is not zero.
  public var keepsHistory: Bool { order > 0 }
  /// The bytes of the differences.
  public var byteCount: Int { differences.reduce(0) { $0 + $1.byteCount } }
  /// A value for each order.
  public func capacity(elements: Int, inputs: Int) -> Int { (order + 1) * elements }
}
