/// How the terms of a sum are cut into groups, each of which has a scale of its own.
public struct TermGroups: Sendable {
  /// The number of terms.
  public let depth: Int
  /// The terms of each group but the last one, which has what is left.
  public let size: Int

  /// Groups of `size` terms, at least one.
  @inlinable @inline(__always)
  public init(depth: Int, size: Int) { (self.depth, self.size) = (depth, size) }

  /// The number of groups.
  @inlinable @inline(__always)
  public var count: Int { (depth + size - 1) / size }

  /// The terms of the largest group.
  @inlinable @inline(__always)
  public var largest: Int { min(size, depth) }

  /// The terms of a group.
  @inlinable @inline(__always)
  public subscript(group: Int) -> Range<Int> { group * size..<min((group + 1) * size, depth) }

  /// The sum of `count` of the length of each group.
  @inlinable @inline(__always)
  public func total(_ count: (Int) -> Int) -> Int {
    let (whole, rest) = depth.quotientAndRemainder(dividingBy: size)
    return whole * count(size) + (rest > 0 ? count(rest) : 0)
  }
}

/// Weights of small integers, with a scale for each row and group, to be packed.
public struct QuantizedSource: @unchecked Sendable {
  /// The integers, a dense row of `groups.depth` for each column of the result.
  public var elements: UnsafePointer<Int8>
  /// What they are multiplied with, a dense row of `groups.count` for each column of the result.
  public var scales: UnsafePointer<Float>
  /// The number of columns of the result.
  public var columns: Int
  /// The groups of each row.
  public var groups: TermGroups

  /// Weights of `columns` rows.
  @inlinable
  public init(
    elements: UnsafePointer<Int8>, scales: UnsafePointer<Float>, columns: Int, groups: TermGroups
  ) {
    (self.elements, self.scales) = (elements, scales)
    (self.columns, self.groups) = (columns, groups)
  }
}
