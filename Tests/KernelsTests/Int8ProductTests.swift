import Kernels
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

/// Products of 8-bit whole numbers: the same bits as a plain loop, in every table.
@Suite struct Int8ProductTests {
  /// Extents around the edges of every tile, panel, element and block of rows.
  static let shapes: [(rows: Int, outputs: Int, inputs: Int)] = [
    (0, 5, 3), (1, 1, 1), (1, 33, 7), (2, 32, 1), (3, 31, 64), (7, 8, 13), (12, 32, 40),
    (13, 33, 41), (24, 64, 128), (25, 65, 129), (61, 17, 5), (33, 40, 900), (31, 16, 256),
    (17, 49, 300), (600, 3, 1100), (97, 70, 3100), (520, 33, 1700),
  ]
  static let groupSizes: [Int?] = [1, 3, 4, 32, 50, 128, 384, nil]

  /// The bits of a product, NaN as any.
  private func bits(_ x: [Float]) -> [UInt32] { x.map { $0.isNaN ? 0x7FC0_0000 : $0.bitPattern } }

  private func product(
    _ x: [Float], rows: Int, _ weight: QuantizedMatrix, bias: [Float]? = nil, threads: Int = 2,
    _ table: KernelTable
  ) -> [Float] {
    linear(
      Operand(Tensor(x, shape: [rows, weight.inputs])),
      PackedMatrix(weight, precision: .int8, table: table), bias: bias.map { Tensor($0) },
      in: Workspace(threads: threads, precision: .int8, table: table)
    ).elements
  }

  private func reference(_ x: [Float], rows: Int, _ weight: QuantizedMatrix) -> [Float] {
    let (elements, scales) = (weight.elements.elements, weight.scales.elements)
    return (0..<rows).flatMap { row in
      ReferenceQuantization.product(
        x[row * weight.inputs..<(row + 1) * weight.inputs], elements: elements, scales: scales,
        groupSize: weight.groupSize)
    }
  }

  @Test(arguments: KernelTable.supported)
  func equalsAPlainLoop(_ table: KernelTable) throws {
    var numbers = SampleNumbers(seed: 31)
    for (rows, outputs, inputs) in Self.shapes {
      let x = numbers.next(rows * inputs)
      let weights = Tensor(numbers.next(outputs * inputs), shape: [outputs, inputs])
      let bias = numbers.next(outputs)
      for groupSize in Self.groupSizes {
        let weight = try QuantizedMatrix(
          weights, width: .eightBits, groupSize: groupSize, table: table)
        let expected = reference(x, rows: rows, weight)
        #expect(
          bits(product(x, rows: rows, weight, table)) == bits(expected),
          "\(rows) × \(outputs) × \(inputs) in groups of \(groupSize ?? inputs)")
        let withBias = expected.enumerated().map { $1 + bias[$0 % outputs] }
        #expect(bits(product(x, rows: rows, weight, bias: bias, table)) == bits(withBias))
      }
    }
  }

  /// The largest and smallest whole numbers, where sums of 16 bits would saturate.
  @Test(arguments: KernelTable.supported)
  func doesNotSaturate(_ table: KernelTable) throws {
    let (rows, outputs, inputs) = (14, 5, 1031)
    let signs: [(Int) -> Float] = [{ _ in 1 }, { _ in -1 }, { $0 % 2 == 0 ? 1 : -1 }]
    for sign in signs {
      let x = (0..<rows * inputs).map { sign($0 % inputs) }
      for element: Int8 in [-128, -127, 127] {
        let elements = Tensor(repeating: element, shape: [outputs, inputs])
        for groupSize in [128, inputs] {
          let groups = (inputs + groupSize - 1) / groupSize
          let weight = try QuantizedMatrix(
            elements: elements, scales: Tensor(repeating: 1, shape: [outputs, groups]),
            groupSize: groupSize)
          #expect(
            bits(product(x, rows: rows, weight, table)) == bits(reference(x, rows: rows, weight)))
        }
      }
    }
  }

  /// Zeros give zero, the smallest numbers count as zeros, and what is infinite or NaN spoils its
  /// row alone.
  @Test(arguments: KernelTable.supported)
  func takesNumbersOfAllKinds(_ table: KernelTable) throws {
    var numbers = SampleNumbers(seed: 32)
    let (rows, outputs, inputs) = (30, 40, 300)
    var x = numbers.next(rows * inputs)
    for k in 0..<inputs {
      x[2 * inputs + k] = 0
      x[3 * inputs + k] *= 0x1p-110
      x[4 * inputs + k] *= 0x1p100
      x[5 * inputs + k] *= 0x1p-90
    }
    (x[7 * inputs + 3], x[8 * inputs + 250], x[9 * inputs]) = (.infinity, .nan, -.infinity)
    let weight = try QuantizedMatrix(
      Tensor(numbers.next(outputs * inputs), shape: [outputs, inputs]), width: .eightBits,
      groupSize: 128, table: table)
    let result = product(x, rows: rows, weight, table)
    #expect(bits(result) == bits(reference(x, rows: rows, weight)))
    for (i, element) in result.enumerated() {
      #expect(element.isNaN == (7...9).contains(i / outputs))
      if [2, 3].contains(i / outputs) { #expect(element == 0) }
    }
  }

  /// Rows are the same bits alone, in any batch, and on any number of threads.
  @Test(arguments: KernelTable.supported, [70, 1700])
  func rowsDoNotDependOnTheirBatch(_ table: KernelTable, _ inputs: Int) throws {
    var numbers = SampleNumbers(seed: 33)
    let (rows, outputs) = (600, 130)
    let x = numbers.next(rows * inputs)
    for groupSize in [128, nil] {
      let weight = try QuantizedMatrix(
        Tensor(numbers.next(outputs * inputs), shape: [outputs, inputs]), width: .eightBits,
        groupSize: groupSize, table: table)
      func part(_ range: Range<Int>, threads: Int) -> [UInt32] {
        bits(
          product(
            Array(x[range.lowerBound * inputs..<range.upperBound * inputs]), rows: range.count,
            weight, threads: threads, table))
      }
      let all = part(0..<rows, threads: 1)
      for threads in 2...4 { #expect(part(0..<rows, threads: threads) == all) }
      for (first, count) in [(0, 1), (3, 16), (17, 40), (74, 33), (599, 1)] {
        #expect(
          part(first..<first + count, threads: 2)
            == Array(all[first * outputs..<(first + count) * outputs]))
      }
    }
  }

  /// The results stay near those of 32-bit numbers.
  @Test(arguments: KernelTable.supported)
  func isNearTheUnquantizedProduct(_ table: KernelTable) throws {
    var numbers = SampleNumbers(seed: 34)
    let (rows, outputs, inputs) = (40, 48, 1152)
    let (a, b) = (numbers.next(rows * inputs), numbers.next(outputs * inputs))
    let weight = try QuantizedMatrix(
      Tensor(b, shape: [outputs, inputs]), width: .eightBits, groupSize: 128, table: table)
    let exact = Reference.product(a, b, rows: rows, columns: outputs, depth: inputs).values
    #expect(relativeError(product(a, rows: rows, weight, table), exact) < 0.01)
  }
}
