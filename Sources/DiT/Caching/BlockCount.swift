/// A number of blocks, or a share of all.
public enum BlockCount: Sendable, Hashable, ExpressibleByIntegerLiteral {
  /// So many.
  case number(Int)
  /// A share of the blocks of the model, rounded to the nearest number.
  case share(Double)

  /// A number of blocks.
  public init(integerLiteral count: Int) { self = .number(count) }

  /// Three quarters, as in Δ-DiT's paper.
  public static let standard = BlockCount.share(0.75)

  /// The number for a model.
  ///
  /// - Throws: `CacheError.value` where the model has fewer blocks.
  func resolved(depth: Int, method: String) throws(CacheError) -> Int {
    switch self {
    case .share(let share): return Int((share * Double(depth)).rounded())
    case .number(let count):
      guard (0...depth).contains(count) else {
        throw .value(
          key: "nc", method: method, found: "\(count)", expected: "from 0 to \(depth)")
      }
      return count
    }
  }
}

extension CacheParameters {
  /// A number of blocks, `21`, or a share of all, `75%`; nil where it is not given.
  mutating func blockCount(_ key: String, _ meaning: String) throws(CacheError) -> BlockCount? {
    try text(key, standard: "75%", allowed: "a number of blocks or a share such as 75%", meaning) {
      if $0.hasSuffix("%") {
        guard let share = Double($0.dropLast()), (0...100).contains(share) else { return nil }
        return .share(share / 100)
      }
      return Int($0).map { .number($0) }
    }
  }
}
