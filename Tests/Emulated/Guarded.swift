/// What a kernel wrote.
struct Written<Element> {
  /// The elements that it was given to write to.
  var elements: [Element]
  /// Whether nothing around them was touched.
  var isInside: Bool
}

/// Calls `body` with room for `count` elements between two margins.
///
/// All begin as canaries: an element that still is one was not written, a margin that is not was.
func written<Element: Equatable>(
  _ count: Int, canary: Element, _ body: (UnsafeMutablePointer<Element>) -> Void
) -> Written<Element> {
  let margin = 64
  var room = [Element](repeating: canary, count: count + 2 * margin)
  room.withUnsafeMutableBufferPointer { room in
    if let base = room.baseAddress { body(base + margin) }
  }
  var isInside = true
  for i in 0..<margin where room[i] != canary || room[margin + count + i] != canary {
    isInside = false
  }
  return Written(elements: Array(room[margin..<margin + count]), isInside: isInside)
}

/// The canary of numbers that a kernel computes: far outside of all results.
let canary: Float = -1.234_567e33

/// Calls `body` with room for `rows` of `columns` numbers, `stride` apart, and returns those that it
/// wrote; the gaps between rows may not be written either.
func writtenRows(
  _ rows: Int, _ columns: Int, stride: Int, _ body: (UnsafeMutablePointer<Float>) -> Void
) -> Written<Float> {
  let all = written(rows * stride, canary: canary, body)
  var result = Written<Float>(elements: [], isInside: all.isInside)
  for i in 0..<rows * stride {
    if i % stride < columns {
      result.elements.append(all.elements[i])
    } else if all.elements[i] != canary {
      result.isInside = false
    }
  }
  return result
}

/// The largest difference of two sequences over the largest magnitude of the second, infinite where
/// a kernel wrote outside of its output.
func error(_ result: Written<Float>, _ expected: [Double]) -> Double {
  guard result.isInside && result.elements.count == expected.count else { return .infinity }
  return relativeError(result.elements, expected)
}
