/// What packed panels hold.
public enum PanelFormat: Sendable {
  /// Elements of 32 bits, as register tiles read them.
  case elements
  /// Numbers of bfloat16.
  case bfloat16
  /// Integers of 8 bits: for each group of terms first its scales, 32 bits for each column, and
  /// then the terms.
  case int8
  /// The same of 4 bits, two neighbouring terms of a column in a byte.
  case int4

  /// Where a term begins, in bytes from the start of its panel; of two in a byte, where both do.
  @inlinable @inline(__always)
  public func byteOffset(_ term: Int, width: Int, groupSize: Int) -> Int {
    switch self {
    case .elements: return term * width * 4
    case .bfloat16: return term * width * 2
    case .int8, .int4:
      let (group, place) = term.quotientAndRemainder(dividingBy: groupSize)
      let rows = self == .int8 ? place : place / 2
      return width * (group * (4 + rowCount(groupSize)) + 4 + rows)
    }
  }

  /// The bytes of a panel.
  @inlinable @inline(__always)
  public func panelBytes(depth: Int, width: Int, groupSize: Int) -> Int {
    switch self {
    case .elements, .bfloat16: byteOffset(depth, width: width, groupSize: groupSize)
    case .int8, .int4:
      TermGroups(depth: depth, size: groupSize).total { width * (4 + rowCount($0)) }
    }
  }

  /// The rows of bytes that hold so many terms of integers.
  @inlinable @inline(__always)
  func rowCount(_ terms: Int) -> Int { self == .int8 ? terms : (terms + 1) / 2 }
}

extension InstructionSet {
  /// Writes some terms of a panel as 32-bit numbers, dense.
  ///
  /// - Parameters:
  ///   - panel: The start of the panel.
  ///   - format: What it holds; not elements.
  ///   - terms: The terms.
  ///   - panelWidth: The columns of the panel.
  ///   - groupSize: The terms of a group.
  ///   - target: Where they go.
  @inlinable @inline(__always)
  static func widen(
    _ panel: UnsafeRawPointer, _ format: PanelFormat, terms: Range<Int>, width panelWidth: Int,
    groupSize: Int, into target: UnsafeMutablePointer<Float>
  ) {
    func place(_ term: Int) -> UnsafeRawPointer {
      panel + format.byteOffset(term, width: panelWidth, groupSize: groupSize)
    }
    guard format == .int8 || format == .int4 else {
      widen(place(terms.lowerBound), target, count: terms.count * panelWidth)
      return
    }
    var (first, target) = (terms.lowerBound, target)
    while first < terms.upperBound {
      let group = first / groupSize
      let end = min((group + 1) * groupSize, terms.upperBound)
      let scales = (place(group * groupSize) - 4 * panelWidth).assumingMemoryBound(to: Float.self)
      for term in first..<end {
        let row = place(term)
        for i in stride(from: 0, to: panelWidth, by: width) {
          let x =
            format == .int8
            ? loadInt8(row + i) : loadInt4(row + i, high: (term - group * groupSize) % 2 == 1)
          store(multiply(x, load(scales + i)), target + i)
        }
        target += panelWidth
      }
      first = end
    }
  }
}

extension Tile {
  /// Copies the panels of `range` to their place in `packed`, as integers of 8 or 4 bits with
  /// their scales; the columns of the last one are padded with zeros.
  @inlinable @inline(__always)
  public static func packQuantized<I: InstructionSet>(
    _ isa: I.Type, _ source: QuantizedSource, as format: PanelFormat, panels range: Range<Int>,
    into packed: UnsafeMutableRawPointer
  ) {
    let (width, groups) = (panelWidth(isa), source.groups)
    let panelBytes = format.panelBytes(
      depth: groups.depth, width: width, groupSize: groups.size)
    for panel in range {
      var target = packed + panel * panelBytes
      for group in 0..<groups.count {
        let terms = groups[group]
        let scales = target.assumingMemoryBound(to: Float.self)
        let bytes = (target + 4 * width).assumingMemoryBound(to: UInt8.self)
        let rows = format.rowCount(terms.count)
        for column in 0..<width {
          let index = panel * width + column
          let isThere = index < source.columns
          let elements = source.elements + (isThere ? index * groups.depth + terms.lowerBound : 0)
          func element(_ term: Int) -> UInt8 {
            isThere && term < terms.count ? UInt8(bitPattern: elements[term]) : 0
          }
          scales[column] = isThere ? source.scales[index * groups.count + group] : 0
          for row in 0..<rows {
            bytes[row * width + column] =
              format == .int8
              ? element(row) : (element(2 * row) &+ 8) & 15 | (element(2 * row + 1) &+ 8) << 4
          }
        }
        target += width * (4 + rows)
      }
    }
  }
}
