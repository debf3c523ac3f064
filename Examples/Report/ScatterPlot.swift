/// A plot of values over costs: methods as points, runs of fewer steps as a line, and the Pareto
/// front.
package struct ScatterPlot {
  /// A point.
  package struct Point: Sendable {
    let name, family: String
    let cost: Double
    let value: Resampled
    let isStep: Bool
    let link: String?

    /// A point.
    ///
    /// - Parameters:
    ///   - name: What it is.
    ///   - family: A thin line joins the points of a family.
    ///   - cost: Its place from left to right.
    ///   - value: Its place from bottom to top.
    ///   - isStep: Whether it belongs to the line of fewer steps.
    ///   - link: The id of the page's element with more about it.
    package init(
      _ name: String, family: String, cost: Double, value: Resampled, isStep: Bool,
      link: String? = nil
    ) {
      (self.name, self.family, self.cost, self.value) = (name, family, cost, value)
      (self.isStep, self.link) = (isStep, link)
    }
  }

  private let costName, valueName: String
  private let points: [Point]
  private let isHigherBetter: Bool

  /// A plot.
  package init(costName: String, valueName: String, isHigherBetter: Bool, points: [Point]) {
    (self.costName, self.valueName) = (costName, valueName)
    self.isHigherBetter = isHigherBetter
    self.points = points.filter { $0.cost.isFinite && $0.value.value.isFinite }
  }

  /// What the colours mean.
  package static let legend = """
    <p class="legend"><span><i style="background:var(--accent)"></i>a method; a thin line joins \
    its settings</span><span><i style="background:var(--steps)"></i>fewer steps</span>\
    <span><i style="background:color-mix(in srgb, var(--good) 35%, var(--panel))"></i>nothing \
    beats these in cost and measure at once</span></p>
    """

  /// The plot as SVG, with a tooltip for each point; a file of its own has its style.
  package func svg(isFile: Bool = false) -> String {
    let frame = PlotFrame(
      (980, 480), x: points.map(\.cost) + [0], xName: costName,
      y: points.flatMap { [$0.value.interval.low, $0.value.interval.high] }, yName: valueName)
    let front = paretoFront(
      points.map { ($0.cost, $0.value.value) }, isHigherBetter: isHigherBetter)
    let ladder = points.filter(\.isStep)
    var svg = line(front.map { points[$0] }, "front", frame) + line(ladder, "steps", frame)
    svg += ladder.map { dot($0, frame, hasLink: !isFile) }.joined()
    let families = Dictionary(grouping: points.filter { !$0.isStep }, by: \.family)
    for (_, members) in families.sorted(by: { $0.key < $1.key }) {
      svg += "\n<g>" + line(members, "family", frame)
      svg += members.map { dot($0, frame, hasLink: !isFile) }.joined() + "</g>"
    }
    var labels = PlotLabels(frame.size)
    for point in points {
      labels.avoid(frame.x.place(point.cost), frame.y.place(point.value.value))
    }
    for index in front where !points[index].isStep {
      let point = points[index]
      svg += labels.label(
        point.name, at: frame.x.place(point.cost), frame.y.place(point.value.value))
    }
    return frame.element("\(valueName), by \(costName)", svg, isFile: isFile)
  }

  /// A line through some points, from the cheapest on.
  private func line(_ points: [Point], _ style: String, _ frame: PlotFrame) -> String {
    let places = points.sorted { $0.cost < $1.cost }.map { frame.place($0.cost, $0.value.value) }
    return "<polyline class=\"\(style)\" points=\""
      + places.map { "\($0.x),\($0.y)" }.joined(separator: " ") + "\"/>"
  }

  /// A point with its interval and its tooltip.
  private func dot(_ point: Point, _ frame: PlotFrame, hasLink: Bool) -> String {
    let place = frame.place(point.cost, point.value.value)
    let interval = point.value.interval
    let (low, high) = (
      frame.place(point.cost, interval.low).y, frame.place(point.cost, interval.high).y
    )
    let tip =
      "\(point.name): \(costName) \(Axis.label(point.cost)), "
      + "\(valueName) \(Axis.label(point.value.value))"
    let bar = low == high ? "" : "<path class=\"bar\" d=\"M\(place.x) \(low)V\(high)\"/>"
    let dot =
      bar + "<circle class=\"\(point.isStep ? "step" : "method")\" cx=\"\(place.x)\" "
      + "cy=\"\(place.y)\" r=\"\(point.isStep ? 4 : 5)\"><title>\(escaped(tip))</title></circle>"
    guard hasLink, let link = point.link else { return dot }
    return "<a href=\"#\(link)\" aria-label=\"\(escaped(tip))\">\(dot)</a>"
  }

  /// The plot as a figure of a page.
  package var html: String {
    "<figure data-value=\"\(escaped(valueName))\" data-cost=\"\(escaped(costName))\">"
      + "<figcaption>\(escaped(valueName)), by \(escaped(costName))</figcaption>\(svg())</figure>"
  }
}

/// Plots of which the reader chooses one by its measure and its cost.
///
/// Without the script all are shown.
package func chooser(_ plots: [ScatterPlot]) -> String {
  ScatterPlot.legend + "\n<div class=\"chooser\">\n"
    + plots.map(\.html).joined(separator: "\n") + "\n</div>"
}
