extension InstructionSet {
  /// The elements of both vectors in turn, from the lower half of each.
  @inlinable @inline(__always)
  static func interleaveLow(_ a: F32, _ b: F32) -> F32 {
    var result = a
    for lane in 0..<width / 2 {
      result[2 * lane] = a[lane]
      result[2 * lane + 1] = b[lane]
    }
    return result
  }

  /// The elements of both vectors in turn, from the upper half of each.
  @inlinable @inline(__always)
  static func interleaveHigh(_ a: F32, _ b: F32) -> F32 {
    var result = a
    for lane in 0..<width / 2 {
      result[2 * lane] = a[width / 2 + lane]
      result[2 * lane + 1] = b[width / 2 + lane]
    }
    return result
  }
}

/// A square of as many vectors as a vector has elements.
public enum Square<let width: Int>: SendableMetatype {
  /// Transposes a square in registers.
  ///
  /// Each round interleaves the upper half of the rows with the lower one; after as many rounds as
  /// the width has bits, row and column have changed places.
  ///
  /// - Parameters:
  ///   - isa: The instruction set, with vectors of `width` elements.
  ///   - load: Gives a row of the square.
  ///   - store: Takes a column of it.
  @inlinable @inline(__always)
  public static func transpose<I: InstructionSet>(
    _ isa: I.Type, load: (Int) -> I.F32, store: (Int, I.F32) -> Void
  ) {
    var square = InlineArray<width, I.F32>(repeating: .zero)
    for row in 0..<width { square[unchecked: row] = load(row) }
    var round = 1
    while round < width {
      let before = square
      for row in 0..<width / 2 {
        let (a, b) = (before[unchecked: row], before[unchecked: row + width / 2])
        square[unchecked: 2 * row] = I.interleaveLow(a, b)
        square[unchecked: 2 * row + 1] = I.interleaveHigh(a, b)
      }
      round *= 2
    }
    for column in 0..<width { store(column, square[unchecked: column]) }
  }
}
