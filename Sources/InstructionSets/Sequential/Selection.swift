// Elements at places that are numbers of other elements.

/// An array of three axes without gaps, of which the middle one is chosen along.
public struct AxisLayout: Sendable {
  /// The extents before and behind the axis.
  public var outer, inner: Int
  /// The extents of the axis in the array that elements are taken from or put into, and in that of
  /// the places.
  public var extent, count: Int

  /// A layout.
  public init(outer: Int, extent: Int, count: Int, inner: Int) {
    (self.outer, self.extent, self.count, self.inner) = (outer, extent, count, inner)
  }

  /// Some of the rows before the axis, how many places come before theirs, and how many elements.
  public func part(_ rows: Range<Int>) -> (layout: AxisLayout, places: Int, elements: Int) {
    var part = self
    part.outer = rows.count
    return (part, rows.lowerBound * count * inner, rows.lowerBound * extent * inner)
  }
}

/// Copies the slices of the axis at some places, the same for all of them.
///
/// - Parameters:
///   - layout: How the axis lies between the others.
///   - width: The bytes of an element.
///   - slices: The range of slices of the result, of `outer · count`, that are copied.
///   - places: `count` of them, all inside the axis.
///   - input: The elements.
///   - output: Where the results go.
public func gather(
  _ layout: AxisLayout, width: Int, slices: Range<Int>, _ places: UnsafePointer<Int64>,
  _ input: UnsafeRawPointer, _ output: UnsafeMutableRawPointer
) {
  let bytes = layout.inner * width
  @inline(__always)
  func single<Bits: FixedWidthInteger>(_ bits: Bits.Type) {
    let (x, z) = (
      input.assumingMemoryBound(to: Bits.self), output.assumingMemoryBound(to: Bits.self)
    )
    var slice = slices.lowerBound
    while slice < slices.upperBound {
      let (row, start) = slice.quotientAndRemainder(dividingBy: layout.count)
      let end = min(layout.count, start + slices.upperBound - slice)
      let (source, target) = (x + row * layout.extent, z + row * layout.count)
      for i in start..<end { target[i] = source[Int(places[i])] }
      slice += end - start
    }
  }
  switch bytes {
  case 1: single(UInt8.self)
  case 2: single(UInt16.self)
  case 4: single(UInt32.self)
  case 8: single(UInt64.self)
  default:
    for slice in slices {
      let (row, i) = slice.quotientAndRemainder(dividingBy: layout.count)
      (output + slice * bytes).copyMemory(
        from: input + (row * layout.extent + Int(places[i])) * bytes, byteCount: bytes)
    }
  }
}

/// Copies the element at each place of the axis: the places have all three axes, and so has the
/// result.
///
/// - Returns: Whether all places are inside the axis; what is outside is left out.
public func gatherAlong(
  _ layout: AxisLayout, width: Int, _ places: UnsafePointer<Int64>, _ input: UnsafeRawPointer,
  _ output: UnsafeMutableRawPointer
) -> Bool {
  @inline(__always)
  func gather<Bits: FixedWidthInteger>(_ bits: Bits.Type) -> Bool {
    let (x, z) = (
      input.assumingMemoryBound(to: Bits.self), output.assumingMemoryBound(to: Bits.self)
    )
    return forEachPlace(layout, places) { z[$0] = x[$1] }
  }
  return switch width {
  case 1: gather(UInt8.self)
  case 2: gather(UInt16.self)
  case 4: gather(UInt32.self)
  default: gather(UInt64.self)
  }
}

/// Writes each element to its place of the axis; of several for one place the last stays.
///
/// - Returns: Whether all places are inside the axis; what is outside is left out.
public func scatterAlong(
  _ layout: AxisLayout, width: Int, _ places: UnsafePointer<Int64>, _ input: UnsafeRawPointer,
  _ output: UnsafeMutableRawPointer
) -> Bool {
  @inline(__always)
  func scatter<Bits: FixedWidthInteger>(_ bits: Bits.Type) -> Bool {
    let (x, z) = (
      input.assumingMemoryBound(to: Bits.self), output.assumingMemoryBound(to: Bits.self)
    )
    return forEachPlace(layout, places) { z[$1] = x[$0] }
  }
  return switch width {
  case 1: scatter(UInt8.self)
  case 2: scatter(UInt16.self)
  case 4: scatter(UInt32.self)
  default: scatter(UInt64.self)
  }
}

/// Calls `body` with the positions of each place and of the element that it means; a negative place
/// counts from the end of the axis.
///
/// Places are looked at here, for a pass over them alone would take as long as the work.
///
/// - Returns: Whether all places are inside the axis; `body` is not called for others.
@inline(__always)
func forEachPlace(
  _ layout: AxisLayout, _ places: UnsafePointer<Int64>, _ body: (Int, Int) -> Void
) -> Bool {
  let (extent, width) = (layout.extent, layout.inner)
  var areInside = true
  for outer in 0..<layout.outer {
    let (first, start) = (outer * layout.count * width, outer * extent * width)
    @inline(__always)
    func visit(_ i: Int, _ atPosition: (Int) -> Void) {
      let place = Int(places[i])
      let position = place + (place < 0 ? extent : 0)
      if UInt(bitPattern: position) < UInt(bitPattern: extent) {
        atPosition(position)
      } else {
        areInside = false
      }
    }
    if width == 1 {
      for i in first..<first + layout.count { visit(i) { body(i, start + $0) } }
    } else {
      for row in 0..<layout.count {
        for inner in 0..<width {
          let i = first + row * width + inner
          visit(i) { body(i, start + $0 * width + inner) }
        }
      }
    }
  }
  return areInside
}

/// Writes the positions of the true ones of `count` truth values; as many as there are true ones.
public func places(
  _ condition: UnsafePointer<Bool>, _ output: UnsafeMutablePointer<Int64>, count: Int
) {
  var next = 0
  for i in 0..<count where condition[i] {
    output[next] = Int64(i)
    next += 1
  }
}

/// The number of true ones of `count` truth values.
public func trueCount(_ condition: UnsafePointer<Bool>, count: Int) -> Int {
  let bytes = UnsafeRawPointer(condition).assumingMemoryBound(to: UInt8.self)
  var total = 0
  for i in 0..<count { total += Int(bytes[i]) }
  return total
}

/// The least and the largest of some places, at least one.
public func placeBounds(_ places: UnsafePointer<Int64>, count: Int) -> ClosedRange<Int64> {
  var (least, largest) = (places[0], places[0])
  for i in 1..<count {
    least = min(least, places[i])
    largest = max(largest, places[i])
  }
  return least...largest
}
