/// An image to draw.
struct Item: Sendable {
  /// The place among all images of the run, counted from one; shards do not change it.
  let number: Int
  let label: Int
  /// The name of its class as a part of a file's name.
  let className: String
  let seed: UInt64

  /// What stands for the placeholders of a file's name.
  ///
  /// - Parameter count: The number of all images, which the numbers get their zeros from.
  /// - Returns: A text for each of `placeholders`.
  func names(of count: Int) -> [String: String] {
    [
      "class": className, "label": "\(label)", "seed": "\(seed)",
      "number": padded(number, to: max(4, "\(count)".count)),
    ]
  }

  /// The placeholders of a file's name.
  static let placeholders = ["class", "label", "seed", "number"]
}

/// A number with zeros before it, so that names sort as their numbers do.
func padded(_ number: Int, to digits: Int) -> String {
  let text = "\(number)"
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}
