public import _KernelsMicro

/// The most elements that `top` finds without sorting all: each that is found moves up to so many.
public let mostOfTop = 64

/// Writes the places of the first elements of each of some rows, as `order` has them.
///
/// The best ones so far are kept in order. Of a row in no order few of the others are better than the
/// last of them, so most take a comparison alone.
///
/// - Parameters:
///   - type: The type of the elements.
///   - input: The elements.
///   - output: Where the results go.
///   - rows: The number of rows.
///   - count: The number of elements of a row.
///   - wanted: How many places of each row, from 1 to `mostOfTop` and at most `count`.
///   - isFalling: The largest first, and NaN before it.
public func top(
  _ type: ElementType, _ input: UnsafeRawPointer, _ output: UnsafeMutablePointer<Int64>, rows: Int,
  count: Int, wanted: Int, isFalling: Bool
) {
  let rule = KeyRule(type)
  let flip: UInt64 = isFalling ? rule.all : 0
  withUnsafeTemporaryAllocation(of: Placed.self, capacity: wanted) { best in
    for row in 0..<rows {
      var found = 0
      var last = UInt64.max
      rule.forEach(input + row * count * rule.width, count) { place, bits in
        let key = rule.key(bits, zerosAreEqual: true) ^ flip
        // Of equals the first stays.
        guard key < last || found < wanted else { return }
        var i = min(found, wanted - 1)
        while i > 0 && best[i - 1].key > key {
          best[i] = best[i - 1]
          i -= 1
        }
        best[i] = Placed(key: key, place: UInt64(place))
        found = min(found + 1, wanted)
        if found == wanted { last = best[wanted - 1].key }
      }
      for i in 0..<wanted { output[row * wanted + i] = Int64(best[i].place) }
    }
  }
}
