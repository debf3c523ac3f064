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
  /// Copies the panels of `range` to their place in `packed`, in elements of the instruction set; the
  /// columns of the last one are padded with zeros.
  @inlinable @inline(__always)
  public static func pack<I: InstructionSet>(
    _ isa: I.Type, _ source: PackingSource, panels range: Range<Int>,
    into packed: UnsafeMutablePointer<Float>
  ) {
    let (panelWidth, depth) = (panelWidth(isa), I.elementCount(source.depth))
    for panel in range {
      let target = packed + panel * panelWidth * depth
      let first = panel * panelWidth
      let count = min(panelWidth, source.columns - first)
      let start = source.elements + first * source.columnStride
      if source.depthStride == 1 && depth >= I.width {
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
    let (panelWidth, depth) = (panelWidth(isa), I.elementCount(source.depth))
    var k = 0
    while k < depth {
      // The last square takes some terms again, to be whole.
      k = min(k, depth - I.width)
      let term = k * I.termsPerElement
      for first in stride(from: 0, to: panelWidth, by: I.width) {
        I.transpose { column in
          first + column < count
            ? I.loadElements(
              start + (first + column) * source.columnStride + term, count: source.depth - term)
            : .zero
        } store: { i, vector in
          I.store(vector, target + (k + i) * panelWidth + first)
        }
      }
      k += I.width
    }
  }

  /// Packs a panel row by row, or the rows of both terms of an element at once.
  ///
  /// The lines that a step reads from are read again in the next.
  @inlinable @inline(__always)
  static func packRows<I: InstructionSet>(
    _ isa: I.Type, _ source: PackingSource, from start: UnsafePointer<Float>, columns count: Int,
    into panel: UnsafeMutablePointer<Float>
  ) {
    let panelWidth = panelWidth(isa)
    var (row, target) = (start, panel)
    for k in stride(from: 0, to: source.depth, by: I.termsPerElement) {
      // The second of two terms may not be there.
      let next = k + 1 < source.depth ? row + source.depthStride : nil
      for first in stride(from: 0, to: panelWidth, by: I.width) {
        func load(_ row: UnsafePointer<Float>) -> I.F32 {
          loadPart(
            isa, row + first * source.columnStride, stride: source.columnStride,
            count: count - first)
        }
        I.store(I.elements(load(row), next.map(load) ?? .zero), target + first)
      }
      row += I.termsPerElement * source.depthStride
      target += panelWidth
    }
  }

  /// Up to a vector of `count` elements that lie apart, and zeros behind them.
  @inlinable @inline(__always)
  static func loadPart<I: InstructionSet>(
    _ isa: I.Type, _ start: UnsafePointer<Float>, stride: Int, count: Int
  ) -> I.F32 {
    if stride == 1 && count >= I.width { return I.load(start) }
    if count <= 0 { return .zero }
    if stride == 1 { return I.loadPart(start, count: min(count, I.width), padding: 0) }
    var vector = I.F32.zero
    for j in 0..<min(count, I.width) { vector[j] = start[j * stride] }
    return vector
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
    let tapElements = I.elementCount(product.tapTerms)
    var (row, strip) = (range.lowerBound, packed)
    while row < range.upperBound {
      let count = stripRows(range.upperBound - row)
      var starts = InlineArray<rows, UnsafePointer<Float>>(repeating: product.start(ofRow: row))
      for i in 0..<count { starts[unchecked: i] = product.start(ofRow: row + i) }
      var k = section.lowerBound
      while k < section.upperBound {
        let (tap, place) = k.quotientAndRemainder(dividingBy: tapElements)
        let elements = min(tapElements - place, section.upperBound - k)
        let term = place * I.termsPerElement
        packStrip(
          isa, starts, at: product.tapOffset(tap) + term, rows: count,
          terms: min(product.tapTerms - term, elements * I.termsPerElement),
          into: strip + (k - section.lowerBound) * count)
        k += elements
      }
      strip += count * section.count
      row += count
    }
  }

  /// Copies `terms` terms of each row, the ones at the same place side by side.
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

  /// Copies `terms` terms of as many rows as the tile has.
  @inlinable @inline(__always)
  static func packStrip<I: InstructionSet>(
    _ isa: I.Type, terms: Int, into strip: UnsafeMutablePointer<Float>,
    start: (Int) -> UnsafePointer<Float>
  ) {
    let count = I.elementCount(terms)
    guard count >= I.width else {
      for k in 0..<count {
        let term = k * I.termsPerElement
        for row in 0..<rows {
          strip[k * rows + row] = I.element(start(row) + term, count: terms - term)
        }
      }
      return
    }
    var k = 0
    while k < count {
      // The last square takes some terms again, to be whole.
      k = min(k, count - I.width)
      let term = k * I.termsPerElement
      // The last rows first: a vector of them may reach beyond their term, into what is written
      // afterwards.
      var first = (rows - 1) / I.width * I.width
      while first >= 0 {
        I.transpose { row in
          I.loadElements(start(min(first + row, rows - 1)) + term, count: terms - term)
        } store: { i, vector in
          I.store(vector, strip + (k + i) * rows + first)
        }
        first -= I.width
      }
      k += I.width
    }
  }
}
