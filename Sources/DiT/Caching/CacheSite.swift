/// Where in a model something is reused.
///
/// A site says which value is kept and how a kept value takes the place of the computation.
public enum CacheSite: Sendable, Hashable, CustomStringConvertible {
  /// A run of blocks. What is kept is the offset that they add to the tokens, Δ in the paper; a
  /// cheap step adds it to its own tokens, so nothing that it has computed so far is lost.
  case blocks(Range<Int>)

  /// The site with both ends included, such as `blocks 3-11`.
  public var description: String {
    switch self {
    case .blocks(let range): "blocks \(range.lowerBound)-\(range.upperBound - 1)"
    }
  }

  /// The blocks that a reuse here saves.
  var savedBlocks: Range<Int> {
    switch self {
    case .blocks(let range): range
    }
  }
}
