/// A matrix to be packed for the right side of a product.
public struct PackingSource: @unchecked Sendable {
  /// The element (0, 0).
  public var elements: UnsafePointer<Float>
  /// The distance between terms of a sum, in elements.
  public var depthStride: Int
  /// The distance between columns of the result, in elements.
  public var columnStride: Int
  /// The number of terms in each sum.
  public var depth: Int
  /// The number of columns of the result.
  public var columns: Int

  /// A matrix of `depth` × `columns` elements with any strides.
  @inlinable
  public init(
    elements: UnsafePointer<Float>, depthStride: Int, columnStride: Int, depth: Int, columns: Int
  ) {
    (self.elements, self.depthStride) = (elements, depthStride)
    (self.columnStride, self.depth, self.columns) = (columnStride, depth, columns)
  }
}

extension Tile {
  /// Copies the panels of `range` to their place in `packed`, the columns of the last one padded
  /// with zeros.
  @inlinable @inline(__always)
  public static func pack<I: InstructionSet>(
    _ isa: I.Type, _ source: PackingSource, panels range: Range<Int>,
    into packed: UnsafeMutablePointer<Float>
  ) {
    let panelWidth = panelWidth(isa)
    for panel in range {
      let target = packed + panel * panelWidth * source.depth
      let first = panel * panelWidth
      let count = min(panelWidth, source.columns - first)
      let start = source.elements + first * source.columnStride
      if source.depthStride == 1 && source.depth >= I.width {
        packTransposed(isa, source, from: start, columns: count, into: target)
      } else {
        packRows(isa, source, from: start, columns: count, into: target)
      }
    }
  }

  /// Packs a panel whose columns are contiguous, a square of elements at a time.
  @inlinable @inline(__always)
  static func packTransposed<I: InstructionSet>(
    _ isa: I.Type, _ source: PackingSource, from start: UnsafePointer<Float>, columns count: Int,
    into target: UnsafeMutablePointer<Float>
  ) {
    let panelWidth = panelWidth(isa)
    var k = 0
    while k < source.depth {
      // The last square takes some terms again, to be whole.
      k = min(k, source.depth - I.width)
      for first in stride(from: 0, to: panelWidth, by: I.width) {
        I.transpose { column in
          first + column < count
            ? I.load(start + (first + column) * source.columnStride + k) : .zero
        } store: { term, vector in
          I.store(vector, target + (k + term) * panelWidth + first)
        }
      }
      k += I.width
    }
  }

  /// Packs a panel row by row.
  ///
  /// The lines that a step reads from are read again in the next.
  @inlinable @inline(__always)
  static func packRows<I: InstructionSet>(
    _ isa: I.Type, _ source: PackingSource, from start: UnsafePointer<Float>, columns count: Int,
    into panel: UnsafeMutablePointer<Float>
  ) {
    let panelWidth = panelWidth(isa)
    var (element, target) = (start, panel)
    for _ in 0..<source.depth {
      if source.columnStride == 1 && count == panelWidth {
        target.update(from: element, count: panelWidth)
      } else {
        for j in 0..<count { target[j] = element[j * source.columnStride] }
        for j in count..<panelWidth { target[j] = 0 }
      }
      target += panelWidth
      element += source.depthStride
    }
  }

  /// Copies the panels of `range` to their place in `packed`, rounded to bfloat16.
  ///
  /// Subnormal numbers become zero.
  @inlinable @inline(__always)
  public static func packBFloat16<I: InstructionSet>(
    _ isa: I.Type, _ source: PackingSource, panels range: Range<Int>,
    into packed: UnsafeMutablePointer<UInt16>
  ) {
    let panelWidth = panelWidth(isa)
    for panel in range {
      let first = panel * panelWidth
      let count = min(panelWidth, source.columns - first)
      for k in 0..<source.depth {
        let element = source.elements + k * source.depthStride + first * source.columnStride
        let target = packed + (panel * source.depth + k) * panelWidth
        for j in 0..<panelWidth {
          target[j] = j < count ? BFloat16Bits(element[j * source.columnStride]).flushed : 0
        }
      }
    }
  }

  /// The number of panels that hold `columns` columns.
  @inlinable @inline(__always)
  public static func panels<I: InstructionSet>(_ isa: I.Type, _ columns: Int) -> Int {
    (columns + panelWidth(isa) - 1) / panelWidth(isa)
  }
}

extension Tile {
  /// The rows of the strip that begins where so many rows are left.
  @inlinable @inline(__always)
  static func stripRows(_ left: Int) -> Int {
    switch left {
    case rows...: rows
    case 4...: min(4, rows)
    case 2...: 2
    default: 1
    }
  }

  /// Copies a section of the depth of some rows to `packed`, in strips as high as their tiles: of
  /// each strip first the elements of all rows that the first terms need, then those of the second.
  ///
  /// Up to a vector behind the last strip is overwritten.
  @inlinable @inline(__always)
  static func packRows<I: InstructionSet>(
    _ isa: I.Type, _ product: Product, rows range: Range<Int>, depth section: Range<Int>,
    into packed: UnsafeMutablePointer<Float>
  ) {
    var (row, strip) = (range.lowerBound, packed)
    while row < range.upperBound {
      let count = stripRows(range.upperBound - row)
      var starts = InlineArray<rows, UnsafePointer<Float>>(repeating: product.start(ofRow: row))
      for i in 0..<count { starts[unchecked: i] = product.start(ofRow: row + i) }
      var k = section.lowerBound
      while k < section.upperBound {
        let (tap, place) = k.quotientAndRemainder(dividingBy: product.tapDepth)
        let terms = min(product.tapDepth - place, section.upperBound - k)
        packStrip(
          isa, starts, at: product.tapOffset(tap) + place, rows: count, terms: terms,
          into: strip + (k - section.lowerBound) * count)
        k += terms
      }
      strip += count * section.count
      row += count
    }
  }

  /// Copies `terms` elements of each row, the ones of the same term side by side.
  @inlinable @inline(__always)
  static func packStrip<I: InstructionSet>(
    _ isa: I.Type, _ starts: InlineArray<rows, UnsafePointer<Float>>, at offset: Int,
    rows count: Int, terms: Int, into strip: UnsafeMutablePointer<Float>
  ) {
    func pack<let n: Int>(_ tile: Tile<n, columns>.Type) {
      tile.packStrip(isa, terms: terms, into: strip) { starts[unchecked: $0] + offset }
    }
    switch count {
    case rows: pack(Self.self)
    case 4: pack(Tile<4, columns>.self)
    case 2: pack(Tile<2, columns>.self)
    default: pack(Tile<1, columns>.self)
    }
  }

  /// Copies `terms` elements of as many rows as the tile has.
  @inlinable @inline(__always)
  static func packStrip<I: InstructionSet>(
    _ isa: I.Type, terms: Int, into strip: UnsafeMutablePointer<Float>,
    start: (Int) -> UnsafePointer<Float>
  ) {
    guard terms >= I.width else {
      for k in 0..<terms {
        for row in 0..<rows { strip[k * rows + row] = start(row)[k] }
      }
      return
    }
    var k = 0
    while k < terms {
      // The last square takes some terms again, to be whole.
      k = min(k, terms - I.width)
      // The last rows first: a vector of them may reach beyond their term, into what is written
      // afterwards.
      var first = (rows - 1) / I.width * I.width
      while first >= 0 {
        I.transpose { row in
          I.load(start(min(first + row, rows - 1)) + k)
        } store: { term, vector in
          I.store(vector, strip + (k + term) * rows + first)
        }
        first -= I.width
      }
      k += I.width
    }
  }
}

extension InstructionSet {
  /// Widens bfloat16 to numbers of 32 bits.
  @inlinable @inline(__always)
  static func widen(
    _ source: UnsafePointer<UInt16>, into target: UnsafeMutablePointer<Float>, count: Int
  ) {
    for i in 0..<count { target[i] = Float(bitPattern: UInt32(source[i]) << 16) }
  }
}
