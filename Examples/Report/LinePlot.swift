/// A plot of one number that changes with another, a line for each series.
package struct LinePlot {
  /// Points that belong together.
  package struct Series: Sendable {
    let name: String
    let points: [(x: Double, y: Double)]

    /// A series; points that are not finite are left out.
    package init(_ name: String, _ points: [(x: Double, y: Double)]) {
      (self.name, self.points) = (name, points.filter { $0.x.isFinite && $0.y.isFinite })
    }
  }

  private let name, xName, yName: String
  private let series: [Series]

  /// A plot of one or more series.
  package init(_ name: String, xName: String, yName: String, series: [Series]) {
    (self.name, self.xName, self.yName, self.series) = (name, xName, yName, series)
  }

  /// A plot of one series.
  package init(_ name: String, xName: String, yName: String, points: [(x: Double, y: Double)]) {
    self.init(name, xName: xName, yName: yName, series: [Series(yName, points)])
  }

  /// The plot as SVG; a file of its own has its style.
  package func svg(isFile: Bool = false) -> String {
    let points = series.flatMap(\.points)
    let frame = PlotFrame(
      (520, 320), x: points.map(\.x), xName: xName, y: points.map(\.y), yName: yName)
    let lines = series.map { series in
      let places = series.points.map { frame.place($0.x, $0.y) }
      let line = places.map { "\($0.x),\($0.y)" }.joined(separator: " ")
      let dots = zip(series.points, places).map { point, place in
        "<circle class=\"method\" cx=\"\(place.x)\" cy=\"\(place.y)\" r=\"4\">"
          + "<title>\(escaped(series.name)), \(escaped(xName)) \(Axis.label(point.x)): "
          + "\(Axis.label(point.y))</title></circle>"
      }
      return "<polyline class=\"line\" points=\"\(line)\"/>" + dots.joined()
    }
    return frame.element(name, lines.joined(separator: "\n"), isFile: isFile)
  }

  /// The plot as a figure of a page.
  package var html: String {
    "<figure><figcaption>\(escaped(name))</figcaption>\(svg())</figure>"
  }
}
