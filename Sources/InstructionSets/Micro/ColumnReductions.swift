// Reductions of columns, in the order of those of rows: element i goes to lane i mod 16, and the
// lanes are then reduced in a fixed order, so that the result has the bits of a row's.
extension InstructionSet {
  /// Reduces neighbouring columns of `count` elements, at least one.
  ///
  /// - Parameters:
  ///   - operation: What they are reduced by.
  ///   - input: The elements.
  ///   - stride: The distance of the elements of a column.
  ///   - count: The number of elements.
  ///   - columns: The number of columns.
  ///   - output: Where the results go.
  @inlinable @inline(__always)
  static func reduceColumns<Element: Arithmetic>(
    _ operation: Reduction, _ input: UnsafePointer<Element>, stride: Int, count: Int, columns: Int,
    _ output: UnsafeMutablePointer<Element>
  ) {
    // The lanes of so many columns stay in the cache, and rows are read in pieces that are worth it.
    var first = 0
    while first < columns {
      let width = min(256, columns - first)
      let (x, z) = (input + first, output + first)
      switch operation {
      case .sum:
        sumColumns(x, stride, count, width, { Element.add($1, to: $0) }) { column, sum in
          z[column] = Element.rounded(sum)
        }
      case .mean:
        sumColumns(x, stride, count, width, { Element.add($1, to: $0) }) { column, sum in
          z[column] = Element.rounded(Element.quotient(sum, count))
        }
      case .variance: columnVariances(x, stride, count, width, z)
      case .minimum: foldColumns(x, stride, count, width, z) { .smaller($0, $1) }
      case .maximum: foldColumns(x, stride, count, width, z) { .larger($0, $1) }
      case .product: foldColumns(x, stride, count, width, z) { .product($0, $1) }
      case .norm:
        let zero = Element.zeroSum
        sumColumns(x, stride, count, width, { Element.addSquare($1, from: zero, to: $0) }) {
          z[$0] = Element.rounded(Element.squareRoot($1))
        }
      }
      first += width
    }
  }

  /// Sums up to 256 columns and hands the sums over, one after the other.
  @inlinable @inline(__always)
  static func sumColumns<Element: Arithmetic>(
    _ input: UnsafePointer<Element>, _ stride: Int, _ count: Int, _ columns: Int,
    _ add: (Element.Sum, Element) -> Element.Sum, _ finish: (Int, Element.Sum) -> Void
  ) {
    sumColumns(input, stride, count, columns, { sum, x, _ in add(sum, x) }, finish)
  }

  /// Sums up to 256 columns with a function that also takes the index of the column.
  @inlinable @inline(__always)
  static func sumColumns<Element: Arithmetic>(
    _ input: UnsafePointer<Element>, _ stride: Int, _ count: Int, _ columns: Int,
    _ add: (Element.Sum, Element, Int) -> Element.Sum, _ finish: (Int, Element.Sum) -> Void
  ) {
    var lanes = InlineArray<4096, Element.Sum>(repeating: Element.zeroSum)
    let whole = count / 16 * 16
    for i in 0..<whole {
      let (lane, row) = (i % 16 * 256, input + i * stride)
      for column in 0..<columns {
        lanes[unchecked: lane + column] = add(lanes[unchecked: lane + column], row[column], column)
      }
    }
    for column in 0..<columns {
      var total = Element.zeroSum
      for lane in 0..<16 { total = Element.add(total, lanes[unchecked: lane * 256 + column]) }
      for i in whole..<count { total = add(total, input[i * stride + column], column) }
      finish(column, total)
    }
  }

  @inlinable @inline(__always)
  static func columnVariances<Element: Arithmetic>(
    _ input: UnsafePointer<Element>, _ stride: Int, _ count: Int, _ columns: Int,
    _ output: UnsafeMutablePointer<Element>
  ) {
    var means = InlineArray<256, Element.Sum>(repeating: Element.zeroSum)
    sumColumns(input, stride, count, columns, { Element.add($1, to: $0) }) { column, sum in
      means[unchecked: column] = Element.quotient(sum, count)
    }
    sumColumns(
      input, stride, count, columns,
      { sum, x, column in Element.addSquare(x, from: means[unchecked: column], to: sum) }
    ) { column, sum in output[column] = Element.rounded(Element.quotient(sum, count)) }
  }

  /// Folds up to 256 columns.
  @inlinable @inline(__always)
  static func foldColumns<Element: Arithmetic>(
    _ input: UnsafePointer<Element>, _ stride: Int, _ count: Int, _ columns: Int,
    _ output: UnsafeMutablePointer<Element>, _ function: (Element, Element) -> Element
  ) {
    var start = 1
    for column in 0..<columns { output[column] = input[column] }
    if count >= 16 {
      start = count / 16 * 16
      var lanes = InlineArray<4096, Element>(repeating: .zero)
      for i in 0..<start {
        let (lane, row) = (i % 16 * 256, input + i * stride)
        if i < 16 {
          for column in 0..<columns { lanes[unchecked: lane + column] = row[column] }
        } else {
          for column in 0..<columns {
            lanes[unchecked: lane + column] = function(lanes[unchecked: lane + column], row[column])
          }
        }
      }
      for column in 0..<columns {
        var best = lanes[unchecked: column]
        for lane in 1..<16 { best = function(best, lanes[unchecked: lane * 256 + column]) }
        output[column] = best
      }
    }
    for i in start..<count {
      for column in 0..<columns {
        output[column] = function(output[column], input[i * stride + column])
      }
    }
  }
}
