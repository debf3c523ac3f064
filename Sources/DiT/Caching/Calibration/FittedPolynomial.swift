internal import Tensor

/// The polynomial that comes nearest to some points, by least squares.
///
/// It is a sum of polynomials that are orthogonal over the points, by their recurrence of three terms
/// ([Forsythe, 1957](https://doi.org/10.1137/0105007)), so nothing has to be centred or solved:
/// `pₖ₊₁ = (x - αₖ) pₖ - βₖ pₖ₋₁` with `αₖ = Σ x pₖ² / Σ pₖ²` and `βₖ = Σ pₖ² / Σ pₖ₋₁²`.
package struct FittedPolynomial: Sendable, Hashable {
  private struct Term: Sendable, Hashable {
    /// The factor of the term's polynomial.
    let coefficient: Double
    /// αₖ and βₖ, which make the next polynomial.
    let center, previous: Double
  }

  /// Where it was fitted.
  package let range: ClosedRange<Double>
  private let terms: [Term]

  /// The polynomial through some points.
  ///
  /// - Parameters:
  ///   - degree: The highest power; less where there are too few points.
  ///   - points: The points.
  /// - Precondition: There is a point, and all are finite.
  package init(degree: Int, through points: [(x: Double, y: Double)]) {
    let places = points.map(\.x)
    guard let low = places.min(), let high = places.max() else {
      check(false, "polynomial: there are no points")
      (range, terms) = (0...0, [])
      return
    }
    var terms: [Term] = []
    var (values, before) = (places.map { _ in 1.0 }, places.map { _ in 0.0 })
    var normBefore = 1.0
    for _ in 0...min(degree, Set(places).count - 1) {
      let norm = values.reduce(0) { $0 + $1 * $1 }
      let center = zip(places, values).reduce(0) { $0 + $1.0 * $1.1 * $1.1 } / norm
      let previous = terms.isEmpty ? 0 : norm / normBefore
      let coefficient = zip(points, values).reduce(0) { $0 + $1.0.y * $1.1 } / norm
      terms.append(Term(coefficient: coefficient, center: center, previous: previous))
      let next = places.indices.map {
        (places[$0] - center) * values[$0] - previous * before[$0]
      }
      (values, before, normBefore) = (next, values, norm)
    }
    (range, self.terms) = (low...high, terms)
  }

  /// The value at a place.
  package func callAsFunction(_ x: Double) -> Double {
    var (value, before, sum) = (1.0, 0.0, 0.0)
    for term in terms {
      sum += term.coefficient * value
      (value, before) = ((x - term.center) * value - term.previous * before, value)
    }
    return sum
  }

  /// The value at the nearest place where it was fitted, never below zero: what it estimates of a
  /// magnitude.
  package func magnitude(at x: Double) -> Double {
    max(0, self(min(max(x, range.lowerBound), range.upperBound)))
  }
}
