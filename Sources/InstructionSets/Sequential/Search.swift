public import _KernelsMicro

/// Writes for each value how many of the sorted elements come before it.
///
/// Values are looked for eight at a time: each step of a search waits for memory, which those of others
/// then do not.
///
/// - Parameters:
///   - type: The type of the elements.
///   - sorted: Elements in rising order.
///   - sortedCount: The number of sorted elements.
///   - values: The values.
///   - count: The number of values.
///   - output: Where the results go.
///   - isAfterEquals: Those equal to it count too.
public func search(
  _ type: ElementType, sorted: UnsafeRawPointer, sortedCount: Int, values: UnsafeRawPointer,
  count: Int, _ output: UnsafeMutablePointer<Int64>, isAfterEquals: Bool
) {
  let rule = KeyRule(type)
  @inline(__always)
  func search<Bits: FixedWidthInteger & UnsignedInteger>(
    _ bits: Bits.Type, _ comesBefore: (UInt64, UInt64) -> Bool
  ) {
    @inline(__always)
    func key(_ bits: Bits) -> UInt64 { UInt64(rule.key(bits, zerosAreEqual: true)) }
    let (x, y) = (
      sorted.assumingMemoryBound(to: Bits.self), values.assumingMemoryBound(to: Bits.self)
    )
    var keys = InlineArray<8, UInt64>(repeating: 0)
    var places = InlineArray<8, Int>(repeating: 0)
    for start in stride(from: 0, to: count, by: 8) {
      let lanes = min(8, count - start)
      for lane in 0..<8 {
        keys[unchecked: lane] = key(y[start + min(lane, lanes - 1)])
        places[unchecked: lane] = 0
      }
      @inline(__always)
      func isBefore(_ place: Int, _ lane: Int) -> Bool {
        comesBefore(key(x[place]), keys[unchecked: lane])
      }
      var rest = sortedCount
      while rest > 1 {
        let half = rest / 2
        for lane in 0..<8 {
          places[unchecked: lane] += isBefore(places[unchecked: lane] + half - 1, lane) ? half : 0
        }
        rest -= half
      }
      for lane in 0..<lanes {
        let place = places[unchecked: lane]
        output[start + lane] = Int64(place + (rest == 1 && isBefore(place, lane) ? 1 : 0))
      }
    }
  }
  @inline(__always)
  func search(_ comesBefore: (UInt64, UInt64) -> Bool) {
    switch rule.width {
    case 1: search(UInt8.self, comesBefore)
    case 2: search(UInt16.self, comesBefore)
    case 4: search(UInt32.self, comesBefore)
    default: search(UInt64.self, comesBefore)
    }
  }
  if isAfterEquals { search { $0 <= $1 } } else { search { $0 < $1 } }
}
