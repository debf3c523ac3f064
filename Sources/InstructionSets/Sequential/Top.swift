public import _KernelsMicro

/// The most elements that `top` finds without sorting all: each that is found moves up to so many.
public let mostOfTop = 64

/// The elements of a block; a block without a better one is skipped.
private let elementsAtOnce = 64

/// Writes the places of the first elements of each of some rows, as `order` has them.
///
/// The best ones so far are kept in order. Of a row in no order few of the others are better than the
/// last of them, so most take a comparison alone, in vectors.
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
  @inline(__always)
  func top<Bits: FixedWidthInteger & UnsignedInteger>(_ bits: Bits.Type) {
    let flip: Bits = isFalling ? .max : 0
    withUnsafeTemporaryAllocation(of: Placed.self, capacity: wanted) { best in
      for row in 0..<rows {
        let x = input.assumingMemoryBound(to: Bits.self) + row * count
        @inline(__always)
        func key(_ place: Int) -> Bits { rule.key(x[place], zerosAreEqual: true) ^ flip }
        var (found, last) = (0, Bits.max)
        for start in stride(from: 0, to: count, by: elementsAtOnce) {
          let places = start..<min(start + elementsAtOnce, count)
          if found == wanted {
            // A loop for each rule, which the compiler makes vectors of.
            let leastKey =
              rule.isFloatingPoint
              ? least(places) { rule.floatingPointKey(x[$0], zerosAreEqual: true) ^ flip }
              : least(places, key)
            if leastKey >= last { continue }
          }
          for place in places {
            let key = key(place)
            // Of equals the first stays.
            guard key < last || found < wanted else { continue }
            var i = min(found, wanted - 1)
            while i > 0 && best[i - 1].key > key {
              best[i] = best[i - 1]
              i -= 1
            }
            best[i] = Placed(key: UInt64(key), place: UInt64(place))
            found = min(found + 1, wanted)
            if found == wanted { last = Bits(truncatingIfNeeded: best[wanted - 1].key) }
          }
        }
        for i in 0..<wanted { output[row * wanted + i] = Int64(best[i].place) }
      }
    }
  }
  switch rule.width {
  case 1: top(UInt8.self)
  case 2: top(UInt16.self)
  case 4: top(UInt32.self)
  default: top(UInt64.self)
  }
}

/// The least of what `key` gives for the numbers of a range.
@inline(__always)
private func least<Bits: FixedWidthInteger>(_ range: Range<Int>, _ key: (Int) -> Bits) -> Bits {
  var least = Bits.max
  for i in range {
    let key = key(i)
    least = key < least ? key : least
  }
  return least
}
