public import _KernelsMicro

// Sorting by keys: integers without a sign that are in the order of the elements.
//
// NaN comes last, whatever its sign, and all are equal. Both zeros are equal where places are
// sorted, which have to stay in their order; where elements are, the negative one comes first, and
// the element is made of its key again.

/// How the bits of an element type become a key.
struct KeyRule {
  /// The bytes of an element.
  let width: Int
  let isFloatingPoint: Bool
  let isSigned: Bool
  /// The bits of infinity, above which there is NaN.
  var infinity: UInt64 = 0

  init(_ type: ElementType) {
    width = type.byteCount
    isFloatingPoint = type.isFloatingPoint
    switch type {
    case .int8, .int16, .int32, .int64: isSigned = true
    default: isSigned = false
    }
    switch type {
    case .float16: infinity = 0x7C00
    case .bfloat16: infinity = 0x7F80
    case .float: infinity = 0x7F80_0000
    case .double: infinity = 0x7FF0_0000_0000_0000
    default: break
    }
  }

  @inline(__always) var sign: UInt64 { 1 << UInt64(width * 8 - 1) }
  @inline(__always) var all: UInt64 { sign | (sign &- 1) }

  /// The key of an element's bits, which are as wide as it is.
  @inline(__always)
  func key<Bits: FixedWidthInteger & UnsignedInteger>(
    _ bits: Bits, zerosAreEqual: Bool
  ) -> Bits {
    isFloatingPoint
      ? floatingPointKey(bits, zerosAreEqual: zerosAreEqual)
      : bits ^ (isSigned ? ~(Bits.max &>> 1) : 0)
  }

  /// The key of a floating-point number's bits.
  @inline(__always)
  func floatingPointKey<Bits: FixedWidthInteger & UnsignedInteger>(
    _ bits: Bits, zerosAreEqual: Bool
  ) -> Bits {
    let sign = ~(Bits.max &>> 1)
    let magnitude = bits & ~sign
    // No branches: the sign is as good as random, and loops over keys become vector code.
    let negative = 0 &- bits &>> Bits(Bits.bitWidth - 1)
    let ordered = bits ^ (sign | negative)
    // The negative zero comes right before the positive one.
    let key = zerosAreEqual ? ordered &+ (bits == sign ? 1 : 0) : ordered
    return key | (magnitude > Bits(truncatingIfNeeded: infinity) ? .max : 0)
  }

  /// The bits of an element, of a key that keeps zeros apart.
  @inline(__always)
  func bits(_ key: UInt64) -> UInt64 {
    if isFloatingPoint {
      let negative = key &>> UInt64(width * 8 - 1) &- 1
      return key ^ (sign | negative & all)
    }
    return isSigned ? key ^ sign : key
  }

  /// Calls `body` with the key of each element.
  @inline(__always)
  func forEachKey(
    _ input: UnsafeRawPointer, _ count: Int, zerosAreEqual: Bool, _ body: (Int, UInt64) -> Void
  ) {
    func each<Bits: FixedWidthInteger & UnsignedInteger>(_ bits: Bits.Type) {
      let input = input.assumingMemoryBound(to: Bits.self)
      for i in 0..<count { body(i, UInt64(key(input[i], zerosAreEqual: zerosAreEqual))) }
    }
    switch width {
    case 1: each(UInt8.self)
    case 2: each(UInt16.self)
    case 4: each(UInt32.self)
    default: each(UInt64.self)
    }
  }

  /// Writes the bits of an element.
  @inline(__always)
  func store(_ bits: UInt64, _ output: UnsafeMutableRawPointer, _ i: Int) {
    switch width {
    case 1: output.storeBytes(of: UInt8(truncatingIfNeeded: bits), toByteOffset: i, as: UInt8.self)
    case 2:
      output.storeBytes(of: UInt16(truncatingIfNeeded: bits), toByteOffset: 2 * i, as: UInt16.self)
    case 4:
      output.storeBytes(of: UInt32(truncatingIfNeeded: bits), toByteOffset: 4 * i, as: UInt32.self)
    default: output.storeBytes(of: bits, toByteOffset: 8 * i, as: UInt64.self)
    }
  }
}

/// A key and the place that it is from.
struct Placed: Comparable {
  var key: UInt64
  var place: UInt64
  @inline(__always)
  static func < (a: Placed, b: Placed) -> Bool {
    a.key < b.key || (a.key == b.key && a.place < b.place)
  }
}

/// What sorting by digits needs beside the items: room for as many, below this count none.
private let leastCountForDigits = 512

/// Sorts items by the lowest `byteCount` bytes of their keys from `shift` on, a byte at a time,
/// from the lowest up; equals stay in their order.
///
/// Below a few hundred a comparison sort is faster.
@inline(__always)
private func sortByDigits<Item: Comparable & BitwiseCopyable>(
  _ items: UnsafeMutableBufferPointer<Item>, _ scratch: UnsafeMutableBufferPointer<Item>,
  byteCount: Int, _ key: (Item) -> UInt64
) {
  guard items.count >= leastCountForDigits else {
    var items = items
    return items.sort()
  }
  // The counts of all digits in one pass.
  withUnsafeTemporaryAllocation(of: Int.self, capacity: 256 * byteCount) { counts in
    counts.initialize(repeating: 0)
    for item in items {
      let key = key(item)
      for byte in 0..<byteCount { counts[byte << 8 | Int(key >> UInt64(8 * byte) & 0xFF)] += 1 }
    }
    var (from, to) = (items, scratch)
    for byte in 0..<byteCount {
      let places = UnsafeMutableBufferPointer(rebasing: counts[byte << 8..<(byte + 1) << 8])
      // A digit that all have in common moves nothing.
      if places.contains(items.count) { continue }
      var sum = 0
      for digit in 0..<256 { (places[digit], sum) = (sum, sum + places[digit]) }
      for item in from {
        let digit = Int(key(item) >> UInt64(8 * byte) & 0xFF)
        to[places[digit]] = item
        places[digit] += 1
      }
      swap(&from, &to)
    }
    if from.baseAddress != items.baseAddress { _ = items.update(from: from) }
  }
}

/// Calls `body` with room for some items and as much scratch.
private func withItems<Item: BitwiseCopyable>(
  _ count: Int, _ item: Item.Type,
  _ body: (UnsafeMutableBufferPointer<Item>, UnsafeMutableBufferPointer<Item>) -> Void
) {
  let memory = UnsafeMutableBufferPointer<Item>.allocate(capacity: 2 * count)
  defer { memory.deallocate() }
  body(.init(rebasing: memory[..<count]), .init(rebasing: memory[count...]))
}

/// Writes each of some rows, sorted: type, input, output, number of rows, their length.
///
/// - Parameters:
///   - type: The type of the elements.
///   - input: The elements.
///   - output: Where the results go.
///   - rows: The number of rows.
///   - count: The number of elements.
///   - isFalling: The largest first, and NaN before it.
public func sort(
  _ type: ElementType, _ input: UnsafeRawPointer, _ output: UnsafeMutableRawPointer, rows: Int,
  count: Int, isFalling: Bool
) {
  let rule = KeyRule(type)
  let flip: UInt64 = isFalling ? rule.all : 0
  func sort<Key: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(_ key: Key.Type) {
    withItems(count, Key.self) { keys, scratch in
      for row in 0..<rows {
        let start = row * count * rule.width
        rule.forEachKey(input + start, count, zerosAreEqual: false) {
          keys[$0] = Key(truncatingIfNeeded: $1 ^ flip)
        }
        sortByDigits(keys, scratch, byteCount: rule.width) { UInt64($0) }
        for i in 0..<count { rule.store(rule.bits(UInt64(keys[i]) ^ flip), output + start, i) }
      }
    }
  }
  rule.width <= 4 ? sort(UInt32.self) : sort(UInt64.self)
}

/// Writes the places of the elements of each of some rows in rising order; equals stay in theirs.
///
/// - Parameters:
///   - type: The type of the elements.
///   - input: The elements.
///   - output: Where the results go.
///   - rows: The number of rows.
///   - count: The number of elements.
///   - isFalling: The largest first, and NaN before it.
public func order(
  _ type: ElementType, _ input: UnsafeRawPointer, _ output: UnsafeMutablePointer<Int64>, rows: Int,
  count: Int, isFalling: Bool
) {
  let rule = KeyRule(type)
  let flip: UInt64 = isFalling ? rule.all : 0
  if rule.width <= 4 && count <= UInt32.max {
    // Key and place in one number.
    withItems(count, UInt64.self) { items, scratch in
      for row in 0..<rows {
        rule.forEachKey(input + row * count * rule.width, count, zerosAreEqual: true) {
          items[$0] = ($1 ^ flip) << 32 | UInt64($0)
        }
        sortByDigits(items, scratch, byteCount: rule.width) { $0 >> 32 }
        for i in 0..<count { output[row * count + i] = Int64(items[i] & 0xFFFF_FFFF) }
      }
    }
  } else {
    withItems(count, Placed.self) { items, scratch in
      for row in 0..<rows {
        rule.forEachKey(input + row * count * rule.width, count, zerosAreEqual: true) {
          items[$0] = Placed(key: $1 ^ flip, place: UInt64($0))
        }
        sortByDigits(items, scratch, byteCount: rule.width) { $0.key }
        for i in 0..<count { output[row * count + i] = Int64(items[i].place) }
      }
    }
  }
}

/// Writes for each sorted element the number of the run of equals that it is in, from zero on.
///
/// - Returns: The number of runs.
public func runs(
  _ type: ElementType, _ sorted: UnsafeRawPointer, _ output: UnsafeMutablePointer<Int64>, count: Int
) -> Int {
  let rule = KeyRule(type)
  var (last, run): (UInt64?, Int64) = (nil, -1)
  rule.forEachKey(sorted, count, zerosAreEqual: true) { place, key in
    if key != last { run += 1 }
    (last, output[place]) = (key, run)
  }
  return Int(run + 1)
}
