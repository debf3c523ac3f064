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
      let elements = source.elements + first * source.columnStride
      var k = 0
      if source.depthStride == 1 && count == panelWidth {
        while k + I.width <= source.depth {
          packSquares(isa, elements + k, stride: source.columnStride, into: target + k * panelWidth)
          k += I.width
        }
      }
      while k < source.depth {
        let (element, row) = (elements + k * source.depthStride, target + k * panelWidth)
        if source.columnStride == 1 {
          row.update(from: element, count: count)
        } else {
          for j in 0..<count { row[j] = element[j * source.columnStride] }
        }
        for j in count..<panelWidth { row[j] = 0 }
        k += 1
      }
    }
  }

  /// Packs as many terms of a panel as a vector has elements, where they are neighbours.
  @inlinable @inline(__always)
  static func packSquares<I: InstructionSet>(
    _ isa: I.Type, _ elements: UnsafePointer<Float>, stride: Int,
    into target: UnsafeMutablePointer<Float>
  ) {
    for column in 0..<columns {
      I.transpose { j in
        I.load(elements + (column * I.width + j) * stride)
      } store: { k, vector in
        I.store(vector, target + (k * columns + column) * I.width)
      }
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
    var k = 0
    while k + I.width <= terms {
      // The last rows first: a vector of them may reach beyond their term, into what is written
      // afterwards.
      var first = (count - 1) / I.width * I.width
      while first >= 0 {
        I.transpose { row in
          I.load(starts[unchecked: min(first + row, count - 1)] + offset + k)
        } store: { term, vector in
          I.store(vector, strip + (k + term) * count + first)
        }
        first -= I.width
      }
      k += I.width
    }
    while k < terms {
      for row in 0..<count { strip[k * count + row] = starts[unchecked: row][offset + k] }
      k += 1
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
