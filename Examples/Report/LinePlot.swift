/// A plot of one number that changes with another.
package func linePlot(
  _ name: String, xName: String, yName: String, points: [(x: Double, y: Double)]
) -> String {
  let (width, height) = (420.0, 260.0)
  let points = points.filter { $0.x.isFinite && $0.y.isFinite }
  let x = Axis(points.map(\.x), from: 60, to: width - 12)
  let y = Axis(points.map(\.y), from: height - 42, to: 14)
  let places = points.map { "\(rounded(x.place($0.x))),\(rounded(y.place($0.y)))" }
  var svg = x.marks.map {
    "<text x=\"\(rounded(x.place($0)))\" y=\"\(rounded(height - 26))\" text-anchor=\"middle\">\(Axis.label($0))</text>"
  }.joined()
  svg += y.marks.map {
    "<line class=\"grid\" x1=\"60\" x2=\"\(rounded(width - 12))\" y1=\"\(rounded(y.place($0)))\" y2=\"\(rounded(y.place($0)))\"/>"
      + "<text x=\"54\" y=\"\(rounded(y.place($0) + 4))\" text-anchor=\"end\">\(Axis.label($0))</text>"
  }.joined()
  svg +=
    "<text x=\"\(rounded(width / 2))\" y=\"\(rounded(height - 8))\" text-anchor=\"middle\">\(escaped(xName))</text>"
  svg +=
    "<text transform=\"translate(12 \(rounded(height / 2))) rotate(-90)\" text-anchor=\"middle\">\(escaped(yName))</text>"
  svg += "<polyline class=\"front\" points=\"\(places.joined(separator: " "))\"/>"
  for (point, place) in zip(points, places) {
    let parts = place.split(separator: ",")
    svg +=
      "<circle class=\"method\" cx=\"\(parts[0])\" cy=\"\(parts[1])\" r=\"4\">"
      + "<title>\(Axis.label(point.x)): \(Axis.label(point.y))</title></circle>"
  }
  return "<figure data-name=\"\(escaped(name))\"><figcaption>\(escaped(name))</figcaption>"
    + "<svg viewBox=\"0 0 \(Int(width)) \(Int(height))\" role=\"img\" aria-label=\"\(escaped(name))\">\(svg)</svg></figure>"
}
