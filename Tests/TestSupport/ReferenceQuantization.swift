/// Symmetric quantization and its products, as plainly as they can be.
package enum ReferenceQuantization {
  /// The groups of so many terms.
  package static func groups(_ depth: Int, _ size: Int) -> [Range<Int>] {
    stride(from: 0, to: depth, by: size).map { $0..<min($0 + size, depth) }
  }

  /// Some numbers as whole ones, and their scale.
  package static func quantized(
    _ x: ArraySlice<Float>, levels: Float = 127
  ) -> (elements: [Int32], scale: Float) {
    guard x.allSatisfy({ $0.isFinite }) else { return (x.map { _ in 0 }, .nan) }
    let largest = x.map({ $0.magnitude }).max() ?? 0
    guard largest >= 0x1p-100 else { return (x.map { _ in 0 }, 0) }
    let factor = levels / largest
    return (x.map { Int32(($0 * factor).rounded(.toNearestOrEven)) }, largest / levels)
  }

  /// The product of a row with quantized weights, for each output: sums of whole numbers in each
  /// group, times both scales, one group after the other.
  package static func product(
    _ row: ArraySlice<Float>, elements: [Int8], scales: [Float], groupSize: Int
  ) -> [Float] {
    let (depth, first) = (row.count, row.startIndex)
    let groups = groups(depth, groupSize)
    let parts = groups.map { quantized(row[first + $0.lowerBound..<first + $0.upperBound]) }
    let outputs = groups.isEmpty ? 0 : scales.count / groups.count
    return (0..<outputs).map { output in
      var total: Float = 0
      for (g, group) in groups.enumerated() {
        var sum: Int32 = 0
        for (i, k) in group.enumerated() {
          sum += parts[g].elements[i] * Int32(elements[output * depth + k])
        }
        let term = Float(sum) * (parts[g].scale * scales[output * groups.count + g])
        total = g == 0 ? term : total + term
      }
      return total
    }
  }
}
