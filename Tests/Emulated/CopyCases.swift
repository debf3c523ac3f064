import _KernelsBaseline
import _KernelsMicro

/// Turns a matrix: its columns become the rows of the output.
private func testTurning<Bits: FixedWidthInteger>(_ bits: Bits.Type, _ outcome: inout Outcome) {
  for rows in [1, 2, 15, 16, 17, 33] {
    for columns in [1, 3, 16, 19, 40] {
      let input = (0..<rows * columns).map { Bits(truncatingIfNeeded: $0 * 0x1234_5671) }
      let (extents, first, output) = ([rows, columns], [1, rows], [columns, 1])
      let result = written(rows * columns, canary: Bits(99)) { target in
        extents.withUnsafeBufferPointer { extents in
          first.withUnsafeBufferPointer { first in
            output.withUnsafeBufferPointer { output in
              guard let extents = extents.baseAddress, let first = first.baseAddress,
                let output = output.baseAddress
              else { return }
              let loop = ElementLoop(
                rank: 2, extents: extents, first: first, second: first, output: output)
              conversionKernels.copy(loop, Bits.bitWidth / 8, input, target)
            }
          }
        }
      }
      let expected = (0..<rows * columns).map { input[$0 % columns * rows + $0 / columns] }
      outcome.expect(
        result.isInside && result.elements == expected,
        "\(rows) × \(columns) elements of \(Bits.bitWidth) bits")
    }
  }
}

private func testReplacing<Bits: FixedWidthInteger>(_ bits: Bits.Type, _ outcome: inout Outcome) {
  for count in [0, 1, 3, 4, 7, 8, 16, 17, 33, 65] {
    for strides in [[1, 1, 1], [1, 0, 1], [1, 2, 1]] {
      let condition = (0..<count).map { $0 * 7 % 3 == 0 }
      let input = (0..<2 * count + 1).map { Bits(truncatingIfNeeded: $0 + 1) }
      let result = written(count, canary: Bits(99)) { output in
        withRow(count, strides) {
          conversionKernels.replace($0, Bits.bitWidth / 8, condition, input, output)
        }
      }
      let expected = (0..<count).map { condition[$0] ? input[$0 * strides[1]] : 99 }
      outcome.expect(
        result.isInside && result.elements == expected,
        "\(count) elements of \(Bits.bitWidth) bits")
    }
  }
}

private func testEquality(_ outcome: inout Outcome) {
  for count in [1, 3, 4, 7, 16, 17, 65] {
    let x = (0..<count).map { Float($0) - 3 }
    func isEqual(_ y: [Float]) -> Bool {
      var result = false
      withRow(count, [1, 1, 0]) { result = conversionKernels.equal($0, .float, x, y) }
      return result
    }
    outcome.expect(isEqual(x), "\(count) equal elements")
    for place in [0, count / 2, count - 1] {
      for other in [Float.nan, 1e9] {
        var y = x
        y[place] = other
        outcome.expect(!isEqual(y), "\(other) at \(place) of \(count) elements")
      }
    }
  }
}

func testCopies() {
  var (turning, replacing, equality) = (Outcome("copy"), Outcome("replace"), Outcome("equal"))
  testTurning(UInt8.self, &turning)
  testTurning(UInt16.self, &turning)
  testTurning(UInt32.self, &turning)
  testTurning(UInt64.self, &turning)
  turning.report()
  testReplacing(UInt8.self, &replacing)
  testReplacing(UInt16.self, &replacing)
  testReplacing(UInt32.self, &replacing)
  testReplacing(UInt64.self, &replacing)
  replacing.report()
  testEquality(&equality)
  equality.report()
}
