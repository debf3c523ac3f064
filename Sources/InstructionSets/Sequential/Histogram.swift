/// Counts the numbers between neighbours of rising edges; the last interval has its upper end too.
///
/// - Parameters:
///   - values: The values.
///   - weights: What a number counts, if not one.
///   - count: The number of elements.
///   - edges: The edges, in rising order.
///   - areEven: Whether the intervals are of one width, but for rounding.
///   - output: Where the results are added.
///   - bins: The number of intervals.
public func histogram(
  _ values: UnsafePointer<Double>, weights: UnsafePointer<Double>?, count: Int,
  edges: UnsafePointer<Double>, areEven: Bool, _ output: UnsafeMutablePointer<Double>, bins: Int
) {
  let (first, last) = (edges[0], edges[bins])
  @inline(__always)
  func each(_ interval: (Double) -> Int) {
    for i in 0..<count {
      let value = values[i]
      guard value >= first && value <= last else { continue }
      output[min(interval(value), bins - 1)] += weights?[i] ?? 1
    }
  }
  if areEven {
    let scale = Double(bins) / (last - first)
    each { value in
      // What is computed may be off by one, which the edges themselves decide.
      let place = min(Int((value - first) * scale), bins - 1)
      return place - (edges[place] > value ? 1 : 0) + (edges[place + 1] <= value ? 1 : 0)
    }
  } else {
    each { value in
      // The last edge that is not above it, without a branch that depends on the value.
      var (place, rest) = (0, bins)
      while rest > 1 {
        let half = rest / 2
        place += edges[place + half] <= value ? half : 0
        rest -= half
      }
      return place
    }
  }
}
