internal import DiT

/// A way to draw the images: with a cache, with fewer steps, or as a reference.
struct Candidate: Sendable, Hashable, Codable {
  /// What it is.
  enum Kind: String, Sendable, Hashable, Codable {
    /// All steps, and no cache: what the others are compared with.
    case reference
    /// Many steps: the second reference.
    case longReference
    /// A cache.
    case method
    /// Fewer steps.
    case steps
  }

  let kind: Kind
  /// The number of steps.
  let steps: Int
  /// The cache, as the command line takes it.
  let cache: String?

  /// How it is called in tables.
  var name: String {
    switch kind {
    case .reference: "no cache, \(steps) steps"
    case .longReference: "no cache, \(steps) steps (second reference)"
    case .method: cache ?? ""
    case .steps: "\(steps) steps"
    }
  }

  /// The name of the method without its settings.
  var family: String {
    (cache ?? "").split(separator: "+").map { $0.prefix { $0 != ":" } }.joined(separator: "+")
  }

  /// A cache.
  static func method(_ text: String, steps: Int) -> Self {
    Self(kind: .method, steps: steps, cache: text)
  }

  /// Every method with each of its presets, equal ones once.
  static func allMethods(steps: Int) -> [Self] {
    var known: Set<String> = []
    return CacheMethods.all.flatMap { type in
      CachePresets.names.compactMap { preset in
        let text = "\(type.name):\(preset)"
        let settings = "\(type.name):\(type.about.presets[preset] ?? "")"
        return known.insert(settings).inserted ? method(text, steps: steps) : nil
      }
    }
  }

  /// Runs of fewer steps to compare with.
  ///
  /// - Parameters:
  ///   - steps: The steps of the reference.
  ///   - all: Whether to take every number from 4 on, or six that are spread.
  /// - Returns: The runs, by rising numbers of steps.
  static func ladder(below steps: Int, all: Bool) -> [Self] {
    let numbers = Array(min(4, max(1, steps - 1))..<max(steps, 2))
    let chosen =
      all || numbers.count <= 6
      ? numbers : (0..<6).map { numbers[$0 * (numbers.count - 1) / 5] }
    return chosen.map { Self(kind: .steps, steps: $0, cache: nil) }
  }
}
