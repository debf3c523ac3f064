/// A plot of costs against values: methods as points, a ladder of fewer steps as a line, and the
/// front that nothing beats.
package struct ScatterPlot {
  /// A point.
  package struct Point: Sendable {
    let name: String
    let cost, value: Double
    let isStep: Bool

    /// A point.
    ///
    /// - Parameters:
    ///   - name: What it is.
    ///   - cost: Its place from left to right.
    ///   - value: Its place from bottom to top.
    ///   - isStep: Whether it belongs to the line of fewer steps.
    package init(_ name: String, cost: Double, value: Double, isStep: Bool) {
      (self.name, self.cost, self.value, self.isStep) = (name, cost, value, isStep)
    }
  }

  private let name, costName, valueName: String
  private let points: [Point]
  private let isHigherBetter: Bool
  private let size = (width: 760.0, height: 420.0)

  /// A plot.
  package init(
    _ name: String, costName: String, valueName: String, isHigherBetter: Bool, points: [Point]
  ) {
    (self.name, self.costName, self.valueName) = (name, costName, valueName)
    self.isHigherBetter = isHigherBetter
    self.points = points.filter { $0.cost.isFinite && $0.value.isFinite }
  }

  /// The plot as HTML: an SVG with a tooltip for each point.
  package var html: String {
    let x = Axis(points.map(\.cost) + [0], from: 64, to: size.width - 16)
    let y = Axis(points.map(\.value), from: size.height - 44, to: 16)
    let front = paretoFront(
      points.map { ($0.cost, $0.value) }, isHigherBetter: isHigherBetter)
    func line(_ points: [Point], _ style: String) -> String {
      let places = points.map { "\(rounded(x.place($0.cost))),\(rounded(y.place($0.value)))" }
      return "<polyline class=\"\(style)\" points=\"\(places.joined(separator: " "))\"/>"
    }
    var svg = x.marks.map { mark in
      let place = rounded(x.place(mark))
      return
        "<line class=\"grid\" x1=\"\(place)\" x2=\"\(place)\" y1=\"16\" y2=\"\(rounded(size.height - 44))\"/>"
        + "<text x=\"\(place)\" y=\"\(rounded(size.height - 28))\" text-anchor=\"middle\">\(Axis.label(mark))</text>"
    }.joined()
    svg += y.marks.map { mark in
      let place = y.place(mark)
      return
        "<line class=\"grid\" x1=\"64\" x2=\"\(rounded(size.width - 16))\" y1=\"\(rounded(place))\" y2=\"\(rounded(place))\"/>"
        + "<text x=\"58\" y=\"\(rounded(place + 4))\" text-anchor=\"end\">\(Axis.label(mark))</text>"
    }.joined()
    svg +=
      "<text x=\"\(rounded(size.width / 2))\" y=\"\(rounded(size.height - 8))\" text-anchor=\"middle\">\(escaped(costName))</text>"
    svg +=
      "<text transform=\"translate(14 \(rounded(size.height / 2))) rotate(-90)\" text-anchor=\"middle\">\(escaped(valueName))</text>"
    svg += line(points.filter(\.isStep).sorted { $0.cost < $1.cost }, "steps")
    svg += line(front.map { points[$0] }, "front")
    for (index, point) in points.enumerated() {
      let (a, b) = (rounded(x.place(point.cost)), rounded(y.place(point.value)))
      let tip = "\(point.name): \(Axis.label(point.cost)), \(Axis.label(point.value))"
      svg +=
        "<circle class=\"\(point.isStep ? "step" : "method")\" cx=\"\(a)\" cy=\"\(b)\" r=\"4.5\">"
        + "<title>\(escaped(tip))</title></circle>"
      if front.contains(index) && !point.isStep {
        svg +=
          "<text class=\"named\" x=\"\(a)\" y=\"\(b)\" dx=\"7\" dy=\"-6\">\(escaped(point.name))</text>"
      }
    }
    return "<figure data-name=\"\(escaped(name))\"><figcaption>\(escaped(name))</figcaption>"
      + "<svg viewBox=\"0 0 \(Int(size.width)) \(Int(size.height))\" role=\"img\" aria-label=\"\(escaped(name))\">"
      + svg + "</svg></figure>"
  }
}

/// Plots of which one is shown at a time; all of them without a script.
package func chooser(_ label: String, _ figures: [String]) -> String {
  "<div data-choices=\"\(escaped(label))\">\n" + figures.joined(separator: "\n") + "\n</div>"
}
