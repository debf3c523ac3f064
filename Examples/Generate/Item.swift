/// An image to draw.
struct Item: Sendable {
  /// The place among all images of the run, counted from one; shards do not change it.
  let number: Int
  /// What it shows, as the place among the subjects of the run.
  let subject: Int
  /// What stands for the placeholders of a file's name that are about the subject.
  let subjectNames: [String: String]
  let seed: UInt64

  /// What stands for the placeholders of a file's name.
  ///
  /// - Parameter count: The number of all images, which the numbers get their zeros from.
  /// - Returns: A text for each of the placeholders.
  func names(of count: Int) -> [String: String] {
    let own = ["seed": "\(seed)", "number": padded(number, to: max(4, "\(count)".count))]
    return own.merging(subjectNames) { own, _ in own }
  }

  /// The placeholders of a file's name; `isPrompt` where images show what prompts say, and not
  /// classes.
  static func placeholders(isPrompt: Bool) -> [String] {
    (isPrompt ? ["prompt", "index"] : ["class", "label"]) + ["seed", "number"]
  }

  /// The pattern of files in a folder, without their ending.
  static func defaultName(isPrompt: Bool) -> String {
    isPrompt ? "{prompt}-{seed}" : "{class}-{seed}"
  }
}

/// A number with zeros before it, so that names sort as their numbers do.
func padded(_ number: Int, to digits: Int) -> String {
  let text = "\(number)"
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}
