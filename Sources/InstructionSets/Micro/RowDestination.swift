/// The layout in which rows are written.
public enum RowLayout: Sendable {
  /// Numbers of 32 bits, row-major.
  case float32
  /// The same, each rounded to one that bfloat16 can hold.
  case rounded
  /// Numbers of 16 bits in squares of 32 × 32, as the tile unit reads them.
  case tiles
}

/// Where the rows of a result go.
///
/// In tiles, the squares of the first 32 rows come first, from left to right; a square is its rows,
/// 64 bytes each. What is missing to whole squares is padding.
public struct RowDestination: @unchecked Sendable {
  /// The first row.
  public var base: UnsafeMutableRawPointer
  /// The distance between rows, in elements; in tiles a multiple of 32.
  public var stride: Int
  /// The layout.
  public var layout: RowLayout

  /// Rows from `base` on, in tiles for rows of at least `stride` columns.
  @inlinable
  public init(_ base: UnsafeMutableRawPointer, stride: Int, layout: RowLayout = .float32) {
    (self.base, self.layout) = (base, layout)
    self.stride = layout == .tiles ? (stride + 31) / 32 * 32 : stride
  }

  /// The bytes that `rows` rows of `columns` take.
  @inlinable
  public static func byteCount(rows: Int, columns: Int, layout: RowLayout) -> Int {
    layout == .tiles ? (rows + 31) / 32 * ((columns + 31) / 32) * 2048 : rows * columns * 4
  }

  /// The place of an element; in tiles the rest of its 32 columns follows it.
  @inlinable @inline(__always)
  public func place(row: Int, column: Int) -> UnsafeMutableRawPointer {
    layout == .tiles
      ? base + (row / 32 * (stride / 32) + column / 32) * 2048 + row % 32 * 64 + column % 32 * 2
      : base + (row * stride + column) * 4
  }

  /// Writes zeros to the elements of a row from `columns` to the end of its last tile, because they
  /// take part in products.
  @inlinable @inline(__always)
  public func pad(row: Int, from columns: Int) {
    guard layout == .tiles && columns % 32 > 0 else { return }
    let place = place(row: row, column: columns).assumingMemoryBound(to: UInt16.self)
    for i in 0..<32 - columns % 32 { place[i] = 0 }
  }
}

extension InstructionSet {
  /// Writes a vector to a place in rows of some layout.
  @inlinable @inline(__always)
  public static func store(_ x: F32, _ place: UnsafeMutableRawPointer, as layout: RowLayout) {
    switch layout {
    case .float32: store(x, place.assumingMemoryBound(to: Float.self))
    case .rounded: store(roundedToBFloat16(x), place.assumingMemoryBound(to: Float.self))
    case .tiles: storeBFloat16(x, place)
    }
  }

  /// Writes the elements, rounded to bfloat16, 16 bits each.
  @inlinable @inline(__always)
  public static func storeBFloat16(_ x: F32, _ place: UnsafeMutableRawPointer) {
    let place = place.assumingMemoryBound(to: UInt16.self)
    for lane in 0..<width { place[lane] = BFloat16Bits(x[lane]).bits }
  }

  /// Writes the first `count` elements of a vector.
  @inlinable @inline(__always)
  public static func storePart(
    _ x: F32, _ place: UnsafeMutableRawPointer, as layout: RowLayout, count: Int
  ) {
    switch layout {
    case .float32: storePart(x, place.assumingMemoryBound(to: Float.self), count: count)
    case .rounded:
      storePart(roundedToBFloat16(x), place.assumingMemoryBound(to: Float.self), count: count)
    case .tiles: storePartBFloat16(x, place, count: count)
    }
  }

  /// Writes the first `count` elements, rounded to bfloat16, 16 bits each.
  @inlinable @inline(__always)
  public static func storePartBFloat16(
    _ x: F32, _ place: UnsafeMutableRawPointer, count: Int
  ) {
    let place = place.assumingMemoryBound(to: UInt16.self)
    for lane in 0..<count { place[lane] = BFloat16Bits(x[lane]).bits }
  }

  /// The nearest numbers that bfloat16 can hold, with zero for subnormal ones.
  @inlinable @inline(__always)
  public static func roundedToBFloat16(_ x: F32) -> F32 {
    var result = x
    for lane in 0..<width { result[lane] = BFloat16Bits(x[lane]).flushedFloat }
    return result
  }

  /// Writes rows of 32-bit numbers in another layout.
  ///
  /// - Parameters:
  ///   - source: The first row.
  ///   - stride: The distance between its rows, in elements.
  ///   - range: The rows to write.
  ///   - columns: The length of a row.
  ///   - destination: Where they go.
  @inlinable @inline(__always)
  public static func write(
    _ source: UnsafePointer<Float>, stride: Int, rows range: Range<Int>, columns: Int,
    to destination: RowDestination
  ) {
    for row in range {
      let elements = source + row * stride
      var column = 0
      while column + width <= columns {
        store(
          load(elements + column), destination.place(row: row, column: column),
          as: destination.layout)
        column += width
      }
      if column < columns {
        let rest = columns - column
        storePart(
          loadPart(elements + column, count: rest, padding: 0),
          destination.place(row: row, column: column), as: destination.layout, count: rest)
      }
      destination.pad(row: row, from: columns)
    }
  }
}
