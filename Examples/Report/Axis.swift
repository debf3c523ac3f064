internal import Foundation

/// A scale of a plot: it maps numbers to places, and has marks at round numbers.
struct Axis {
  private let low, high: Double
  private let from, to: Double
  /// The round numbers to mark.
  let marks: [Double]

  /// A scale that covers some numbers.
  ///
  /// - Parameters:
  ///   - values: The numbers; those that are not finite do not count.
  ///   - from: The place of the smallest.
  ///   - to: The place of the largest.
  init(_ values: [Double], from: Double, to: Double) {
    let finite = values.filter(\.isFinite)
    var (least, most) = (finite.min() ?? 0, finite.max() ?? 1)
    // A range of no width is widened, so that the number lies in the middle.
    if most == least { (least, most) = (least - abs(least) / 10 - 1, most + abs(most) / 10 + 1) }
    let span = most - least
    let raw = span / 6
    let power = pow(10, floor(log10(raw)))
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= raw } ?? 10 * power
    (low, high) = (floor(least / step) * step, ceil(most / step) * step)
    (self.from, self.to) = (from, to)
    marks = stride(from: low, through: high + step / 2, by: step).map { $0 }
  }

  /// The place of a number.
  func place(_ value: Double) -> Double { from + (value - low) / (high - low) * (to - from) }

  /// A number with at most four significant digits.
  static func label(_ value: Double) -> String {
    abs(value) < 1e-12 ? "0" : String(format: "%.4g", value)
  }
}

/// The frame of a plot: two axes with their names, marks and grid.
struct PlotFrame {
  /// The scales from left to right and from top to bottom.
  let x, y: Axis
  /// The width and height of the whole plot.
  let size: (width: Double, height: Double)
  private let xName, yName: String
  private static let margins = (left: 68.0, right: 18.0, top: 16.0, bottom: 50.0)

  /// A frame around some points.
  init(
    _ size: (width: Double, height: Double), x: [Double], xName: String, y: [Double],
    yName: String
  ) {
    let margins = Self.margins
    self.x = Axis(x, from: margins.left, to: size.width - margins.right)
    self.y = Axis(y, from: size.height - margins.bottom, to: margins.top)
    (self.size, self.xName, self.yName) = (size, xName, yName)
  }

  /// The place of a point, rounded to a tenth of a pixel.
  func place(_ a: Double, _ b: Double) -> (x: String, y: String) {
    (rounded(x.place(a)), rounded(y.place(b)))
  }

  /// The frame itself.
  var svg: String {
    let margins = Self.margins
    let bottom = size.height - margins.bottom
    let columns = x.marks.map { mark in
      let place = rounded(x.place(mark))
      return
        "<path class=\"grid\" d=\"M\(place) \(rounded(margins.top))V\(rounded(bottom))\"/>"
        + "<text class=\"mark\" x=\"\(place)\" y=\"\(rounded(bottom + 18))\" "
        + "text-anchor=\"middle\">\(Axis.label(mark))</text>"
    }
    let rows = y.marks.map { mark in
      let place = y.place(mark)
      return
        "<path class=\"grid\" d=\"M\(rounded(margins.left)) \(rounded(place))"
        + "H\(rounded(size.width - margins.right))\"/>"
        + "<text class=\"mark\" x=\"\(rounded(margins.left - 8))\" y=\"\(rounded(place + 4))\" "
        + "text-anchor=\"end\">\(Axis.label(mark))</text>"
    }
    return columns.joined() + rows.joined()
      + "<text x=\"\(rounded((margins.left + size.width - margins.right) / 2))\" "
      + "y=\"\(rounded(size.height - 10))\" text-anchor=\"middle\">\(escaped(xName))</text>"
      + "<text transform=\"translate(16 \(rounded((margins.top + bottom) / 2))) rotate(-90)\" "
      + "text-anchor=\"middle\">\(escaped(yName))</text>\n"
  }

  /// A whole SVG element with the frame and what is in it.
  ///
  /// - Parameters:
  ///   - label: What the plot shows, for screen readers.
  ///   - content: SVG.
  ///   - isFile: Whether it is a file of its own, which contains its style.
  /// - Returns: The element.
  func element(_ label: String, _ content: String, isFile: Bool = false) -> String {
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Int(size.width)) \(Int(size.height))\" "
      + "role=\"img\" aria-label=\"\(escaped(label))\">"
      + (isFile ? "<style>\(plotStyle)</style>\n" : "") + svg + content + "</svg>"
  }
}

/// A place of a plot, rounded to a tenth of a pixel.
func rounded(_ place: Double) -> String { String(format: "%.1f", place) }
