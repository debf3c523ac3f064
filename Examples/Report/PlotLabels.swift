/// Places names beside points of a plot, so that no name covers another one or a point.
struct PlotLabels {
  private struct Box {
    let x, y, width, height: Double

    func overlaps(_ other: Box) -> Bool {
      x < other.x + other.width && other.x < x + width && y < other.y + other.height
        && other.y < y + height
    }
  }

  private let size: (width: Double, height: Double)
  private var taken: [Box] = []

  /// No labels in a plot of a size.
  init(_ size: (width: Double, height: Double)) { self.size = size }

  /// Keeps labels away from a point.
  mutating func avoid(_ x: Double, _ y: Double) {
    taken.append(Box(x: x - 5, y: y - 5, width: 10, height: 10))
  }

  /// A name beside a point as SVG; nothing where there is no room for it.
  mutating func label(_ name: String, at x: Double, _ y: Double) -> String {
    let (width, height) = (6.2 * Double(name.count), 13.0)
    let boxes = [
      Box(x: x + 8, y: y - 16, width: width, height: height),
      Box(x: x - 8 - width, y: y - 16, width: width, height: height),
      Box(x: x + 8, y: y + 5, width: width, height: height),
      Box(x: x - 8 - width, y: y + 5, width: width, height: height),
      Box(x: x - width / 2, y: y - 28, width: width, height: height),
      Box(x: x - width / 2, y: y + 15, width: width, height: height),
    ]
    let free = boxes.first { box in
      box.x > 70 && box.x + box.width < size.width - 4 && box.y > 4
        && box.y + box.height < size.height - 50 && !taken.contains { $0.overlaps(box) }
    }
    guard let free else { return "" }
    taken.append(free)
    return "<text class=\"named\" x=\"\(rounded(free.x))\" y=\"\(rounded(free.y + 10))\">"
      + "\(escaped(name))</text>"
  }
}
