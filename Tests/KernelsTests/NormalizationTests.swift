import Foundation
@testable import Kernels
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

@Suite struct NormalizationTests {
  static let columns = [1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 33, 64, 65, 127, 192, 1003, 1152]

  @Test(arguments: KernelTable.supported)
  func layerNormMatchesReference(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 8)
    for columns in Self.columns {
      let x = numbers.next(6 * columns).map { 5 * $0 + 2 }
      let (weight, bias) = (numbers.next(columns), numbers.next(columns))
      let result = layerNorm(
        Tensor(x, shape: [6, columns]), weight: Tensor(weight), bias: Tensor(bias),
        epsilon: 1e-6, in: Workspace(threads: 2, table: table))
      let plain = Reference.normalized(x, columns: columns, epsilon: 1e-6, subtractsMean: true)
      let expected = plain.enumerated().map {
        $0.element * Double(weight[$0.offset % columns]) + Double(bias[$0.offset % columns])
      }
      #expect(relativeError(result.elements, expected) < 5e-6)
    }
  }

  @Test(arguments: KernelTable.supported)
  func layerNormModulates(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 9)
    let (batch, tokens) = (3, 5)
    for columns in Self.columns {
      let x = numbers.next(batch * tokens * columns)
      let modulation = Tensor(numbers.next(batch * 2 * columns), shape: [batch, 2, columns])
      let (shift, scale) = (modulation[.all, 0], modulation[.all, 1])
      let result = layerNorm(
        Tensor(x, shape: [batch, tokens, columns]), shift: shift, scale: scale, epsilon: 1e-6,
        in: Workspace(threads: 2, table: table))
      let plain = Reference.normalized(x, columns: columns, epsilon: 1e-6, subtractsMean: true)
      let (shifts, scales) = (shift.elements, scale.elements)
      let expected = plain.enumerated().map {
        let place = $0.offset / (tokens * columns) * columns + $0.offset % columns
        return $0.element * Double(1 + scales[place]) + Double(shifts[place])
      }
      #expect(relativeError(result.tensor.elements, expected) < 5e-6)
    }
  }

  /// Shifts and scales may be views of any strides.
  @Test func modulationsMayLieAnywhere() {
    var numbers = SampleNumbers(seed: 11)
    let workspace = Workspace(threads: 2)
    let x = Tensor(numbers.next(2 * 3 * 17), shape: [2, 3, 17])
    let (shift, scale) = (
      Tensor(numbers.next(17 * 2), shape: [17, 2]).permuted([1, 0]),
      Tensor(numbers.next(17)).broadcast(to: [2, 17])
    )
    func norm(_ shift: Tensor<Float>, _ scale: Tensor<Float>) -> [Float] {
      layerNorm(x, shift: shift, scale: scale, epsilon: 1e-6, in: workspace).tensor.elements
    }
    #expect(norm(shift, scale) == norm(shift.contiguous(), scale.contiguous()))
  }

  /// Large results are written past the caches, by other code.
  @Test(arguments: KernelTable.supported, Precision.floatingPoint)
  func largeResultsEqualSmallOnes(_ table: KernelTable, _ precision: Precision) {
    let workspace = Workspace(threads: 2, precision: precision, table: table)
    let (rows, columns) = (precision == .bfloat16 ? 16_421 : 8221, 1024)
    var numbers = SampleNumbers(seed: 12)
    let some = Tensor(numbers.next(37 * columns), shape: [1, 37, columns])
    let modulation = Tensor(numbers.next(columns), shape: [1, columns])
    func norm(_ x: Tensor<Float>) -> Operand {
      layerNorm(x, shift: modulation, scale: modulation, epsilon: 1e-6, in: workspace)
    }
    let large = norm(some.gathered(Tensor((0..<rows).map { Int64($0 % 37) }), axis: 1))
    let small = norm(some).tensor.bits
    let output = large.rows
    for row in [0, 1, 36, 37, rows / 2, rows - 38, rows - 1] {
      for column in 0..<columns {
        let place = output.place(row: row, column: column)
        let bits =
          output.layout == .tiles
          ? UInt32(place.load(as: UInt16.self)) << 16 : place.load(as: UInt32.self)
        if bits != small[row % 37 * columns + column] { Issue.record("row \(row), \(column)") }
      }
    }
  }

  @Test(arguments: KernelTable.supported)
  func rmsNormMatchesReference(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 10)
    for columns in Self.columns {
      let x = numbers.next(4 * columns)
      let result = rmsNorm(
        Tensor(x, shape: [4, columns]), epsilon: 1e-6, in: Workspace(threads: 2, table: table))
      let expected = Reference.normalized(x, columns: columns, epsilon: 1e-6, subtractsMean: false)
      #expect(relativeError(result.elements, expected) < 2e-6)
    }
  }

  /// The sum of a long row is as exact as one of a short row.
  @Test(arguments: KernelTable.supported)
  func softmaxOfLongRows(_ table: KernelTable) {
    let count = 1_000_003
    var numbers = SampleNumbers(seed: 31)
    let x = numbers.next(count).map { 5 * $0 }
    let result = softmax(Tensor(x, shape: [1, count]), in: Workspace(threads: 1, table: table))
    #expect(abs(result.elements.reduce(0) { $0 + Double($1) } - 1) < 1e-5)
  }

  @Test(arguments: KernelTable.supported)
  func softmaxMatchesReference(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 11)
    for columns in Self.columns {
      let x = numbers.next(4 * columns).map { 40 * $0 }
      let result = softmax(
        Tensor(x, shape: [4, columns]), in: Workspace(threads: 2, table: table)
      ).elements
      for row in 0..<4 {
        let scores = x[row * columns..<(row + 1) * columns].map(Double.init)
        let largest = scores.max() ?? 0
        let weights = scores.map { exp($0 - largest) }
        let expected = weights.map { $0 / weights.reduce(0, +) }
        #expect(relativeError(result[row * columns..<(row + 1) * columns], expected) < 1e-6)
      }
    }
  }
}
