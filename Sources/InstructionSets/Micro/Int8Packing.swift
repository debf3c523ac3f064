// Packed rows and panels of products of 8-bit integers. An element of 32 bits holds as many
// terms as `int8Terms`; each group begins with an element of its own, so that what it lacks to whole
// elements is zero.
extension InstructionSet {
  /// The number of elements that hold so many terms of a group.
  @inlinable @inline(__always)
  public static func int8Elements(_ terms: Int) -> Int {
    let block = int8Terms * int8ElementBlock
    return (terms + block - 1) / block * int8ElementBlock
  }

  /// The elements of a packed row: for each group its scale, and its terms.
  @inlinable @inline(__always)
  static func int8RowElements(_ groups: TermGroups) -> Int {
    groups.total { 1 + int8Elements($0) }
  }
}

extension Tile {
  /// The bytes of a packed panel: for each group what its sums start from and the scales, 32 bits
  /// for each column, and then its terms, those of an element side by side.
  @inlinable @inline(__always)
  public static func int8PanelBytes<I: InstructionSet>(_ isa: I.Type, _ groups: TermGroups) -> Int {
    groups.total { panelWidth(isa) * (8 + I.int8Elements($0) * I.int8Terms) }
  }

  /// Copies the panels of `range` to their place in `packed`; the columns of the last one are
  /// padded with zeros.
  @inlinable @inline(__always)
  public static func packInt8<I: InstructionSet>(
    _ isa: I.Type, _ source: QuantizedSource, panels range: Range<Int>,
    into packed: UnsafeMutableRawPointer
  ) {
    let (width, groups) = (panelWidth(isa), source.groups)
    for panel in range {
      var target = packed + panel * int8PanelBytes(isa, groups)
      for group in 0..<groups.count {
        let terms = groups[group]
        let starts = target.assumingMemoryBound(to: Int32.self)
        let scales = (target + 4 * width).assumingMemoryBound(to: Float.self)
        let elements = (target + 8 * width).assumingMemoryBound(to: Int8.self)
        let count = I.int8Elements(terms.count)
        for column in 0..<width {
          let index = panel * width + column
          let isThere = index < source.columns
          let row = source.elements + (isThere ? index * groups.depth + terms.lowerBound : 0)
          scales[column] = isThere ? source.scales[index * groups.count + group] : 0
          var sum: Int32 = 0
          for element in 0..<count {
            let place = elements + (element * width + column) * I.int8Terms
            for term in 0..<I.int8Terms {
              let k = element * I.int8Terms + term
              place[term] = isThere && k < terms.count ? row[k] : 0
              sum &+= Int32(place[term])
            }
          }
          // Takes back what the offset of the rows' terms adds.
          starts[column] = -I.int8Offset * sum
        }
        target += width * (8 + count * I.int8Terms)
      }
    }
  }

  /// Writes the numbers that a packed panel stands for, a row of the panel's width for each term.
  @inlinable @inline(__always)
  public static func unpackInt8<I: InstructionSet>(
    _ isa: I.Type, panel: UnsafeRawPointer, _ groups: TermGroups,
    into target: UnsafeMutablePointer<Float>
  ) {
    let width = panelWidth(isa)
    var place = panel
    for group in 0..<groups.count {
      let terms = groups[group]
      let scales = (place + 4 * width).assumingMemoryBound(to: Float.self)
      let elements = (place + 8 * width).assumingMemoryBound(to: Int8.self)
      for (k, term) in terms.enumerated() {
        let row = elements + (k / I.int8Terms * width) * I.int8Terms + k % I.int8Terms
        for column in 0..<width {
          target[term * width + column] = Float(row[column * I.int8Terms]) * scales[column]
        }
      }
      place += width * (8 + I.int8Elements(terms.count) * I.int8Terms)
    }
  }

  /// The elements of scratch that `packInt8Rows` needs for rows of their own before they are
  /// transposed.
  @inlinable @inline(__always)
  static func int8RowScratch<I: InstructionSet>(_ isa: I.Type, _ groups: TermGroups) -> Int {
    rows * int8RowStride(isa, groups)
  }

  /// From a row to the next one in that scratch: whole vectors of terms.
  @inlinable @inline(__always)
  static func int8RowStride<I: InstructionSet>(_ isa: I.Type, _ groups: TermGroups) -> Int {
    I.int8Elements(
      (min(groups.size, groups.depth) + I.width - 1) / I.width * I.width)
  }

  /// Quantizes some rows and copies them to `packed`, in strips as high as their tiles: for each
  /// group of a strip first the scales of its rows, and then their elements, the ones at the same
  /// place side by side.
  ///
  /// Up to a vector behind the last strip is overwritten.
  @inlinable @inline(__always)
  static func packInt8Rows<I: InstructionSet>(
    _ isa: I.Type, _ product: Product, rows range: Range<Int>, _ groups: TermGroups,
    into packed: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    let stride = int8RowStride(isa, groups)
    var (row, strip) = (range.lowerBound, packed)
    while row < range.upperBound {
      let count = stripRows(range.upperBound - row)
      for group in 0..<groups.count {
        let terms = groups[group]
        for i in 0..<count {
          let target = UnsafeMutableRawPointer(scratch + i * stride)
          strip[i] = I.quantize(
            product.start(ofRow: row + i) + terms.lowerBound, count: terms.count, levels: 127,
            offset: Float(I.int8Offset)
          ) { I.storeInt8Terms($0, target + $1 * (4 / I.int8Terms)) }
        }
        strip += count
        let elements = I.int8Elements(terms.count)
        func pack<let n: Int>(_ tile: Tile<n, columns>.Type) {
          tile.packInt8Strip(isa, elements: elements, stride: stride, from: scratch, into: strip)
        }
        switch count {
        case rows: pack(Self.self)
        case 4: pack(Tile<4, columns>.self)
        case 2: pack(Tile<2, columns>.self)
        default: pack(Tile<1, columns>.self)
        }
        strip += count * elements
      }
      row += count
    }
  }

  /// Copies the elements of as many rows as the tile has, the ones at the same place side by side.
  @inlinable @inline(__always)
  static func packInt8Strip<I: InstructionSet>(
    _ isa: I.Type, elements: Int, stride: Int, from scratch: UnsafePointer<Float>,
    into strip: UnsafeMutablePointer<Float>
  ) {
    var k = 0
    // Whole squares; the vectors of their last rows may reach beyond an element, into what is written
    // afterwards.
    while k + I.width <= elements {
      var first = (rows - 1) / I.width * I.width
      while first >= 0 {
        I.transpose { row in
          I.load(scratch + min(first + row, rows - 1) * stride + k)
        } store: { i, vector in
          I.store(vector, strip + (k + i) * rows + first)
        }
        first -= I.width
      }
      k += I.width
    }
    while k < elements {
      for row in 0..<rows { strip[k * rows + row] = scratch[row * stride + k] }
      k += 1
    }
  }
}
