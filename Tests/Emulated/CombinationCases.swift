import _KernelsBaseline
import _KernelsMicro

/// Writes `Σ coefficients[i] · inputs[i]` for a range; the first input is the output where asked.
private func combined(
  _ coefficients: [Float], _ inputs: [[Float]], range: Range<Int>, inPlace: Bool
) -> Written<Float> {
  let count = inputs[0].count
  let all = inputs.flatMap { $0 }
  return written(count, canary: canary) { output in
    if inPlace {
      for i in range { output[i] = inputs[0][i] }
    }
    all.withUnsafeBufferPointer { all in
      guard let base = all.baseAddress else { return }
      var starts = inputs.indices.map { base + $0 * count }
      if inPlace { starts[0] = UnsafePointer(output) }
      kernelsBaseline.vector.combine(coefficients, starts, starts.count, output, range)
    }
  }
}

func testCombination() {
  var outcome = Outcome("linear-combination")
  var numbers = SampleNumbers(seed: 6)
  for count in [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 31, 101] {
    for terms in 1...5 {
      for inPlace in [false, true] {
        let coefficients = numbers.next(terms)
        let inputs = (0..<terms).map { _ in numbers.next(count) }
        let range = count / 3..<count - count / 4
        let result = combined(coefficients, inputs, range: range, inPlace: inPlace)
        var isInside = result.isInside
        for i in 0..<count where !range.contains(i) && result.elements[i] != canary {
          isInside = false
        }
        let expected = range.map { i in
          (0..<terms).reduce(0.0) { $0 + Double(coefficients[$1]) * Double(inputs[$1][i]) }
        }
        outcome.expect(
          error(Written(elements: Array(result.elements[range]), isInside: isInside), expected),
          within: 4e-6, "\(count) elements, \(terms) terms, in place \(inPlace)")
      }
    }
  }
  outcome.report()
}
