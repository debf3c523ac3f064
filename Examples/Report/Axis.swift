internal import Foundation

/// A scale of a plot: from numbers to places, with round marks.
struct Axis {
  private let low, high: Double
  private let from, to: Double
  /// The round numbers to mark.
  let marks: [Double]

  /// A scale that shows all of some numbers.
  ///
  /// - Parameters:
  ///   - values: The numbers.
  ///   - from: The place of the smallest.
  ///   - to: The place of the largest.
  init(_ values: [Double], from: Double, to: Double) {
    let finite = values.filter(\.isFinite)
    let (least, most) = (finite.min() ?? 0, finite.max() ?? 1)
    let span = most > least ? most - least : max(abs(most), 1)
    let raw = span / 5
    let power = pow(10, floor(log10(raw)))
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= raw } ?? 10 * power
    (low, high) = (
      floor(least / step) * step, ceil((most > least ? most : least + span) / step) * step
    )
    (self.from, self.to) = (from, to)
    marks = stride(from: low, through: high + step / 2, by: step).map { $0 }
  }

  /// The place of a number.
  func place(_ value: Double) -> Double { from + (value - low) / (high - low) * (to - from) }

  /// A number as short as it can be told.
  static func label(_ value: Double) -> String {
    abs(value) < 1e-12 ? "0" : String(format: "%.4g", value)
  }
}

/// A place of a plot with a tenth of a pixel.
func rounded(_ place: Double) -> String { String(format: "%.1f", place) }
