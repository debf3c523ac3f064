import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

/// The loops behind the operators, in every table, at counts around the widths of vectors.
@Suite struct ElementKernelTests {
  static let counts = [0, 1, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 64, 65, 127, 1003]
  /// Strides of the two inputs and the output.
  static let strides = [
    [1, 1, 1], [1, 0, 1], [0, 1, 1], [0, 0, 1], [2, 1, 1], [1, -1, 1], [-1, -1, -1], [3, 2, 2],
    [1, 1, 2], [-2, 0, 1],
  ]

  /// Elements around which some of a canary's stand, walked with a stride.
  struct Walk<Element> {
    var elements: [Element]
    var start: Int
    var stride: Int

    init(_ stride: Int, count: Int, _ element: (Int) -> Element) {
      let reach = abs(stride) * max(count - 1, 0)
      elements = (0..<reach + 9).map(element)
      (start, self.stride) = (4 + (stride < 0 ? reach : 0), stride)
    }

    func place(_ i: Int) -> Int { start + i * stride }
    subscript(_ i: Int) -> Element { elements[place(i)] }
  }

  /// Calls a kernel on one row and returns what it wrote, nothing where it wrote elsewhere too.
  static func row<Element, Output: Equatable>(
    _ count: Int, _ strides: [Int], _ a: Walk<Element>, _ b: Walk<Element>, canary: Output,
    _ kernel: (
      ElementLoop, UnsafePointer<Element>, UnsafePointer<Element>, UnsafeMutablePointer<Output>
    ) -> Void
  ) -> [Output]? {
    var output = Walk(strides[2], count: count) { _ in canary }
    a.elements.withUnsafeBufferPointer { x in
      b.elements.withUnsafeBufferPointer { y in
        output.elements.withUnsafeMutableBufferPointer { z in
          guard let x = x.baseAddress, let y = y.baseAddress, let z = z.baseAddress else { return }
          withUnsafePointer(to: count) { extents in
            strides.withUnsafeBufferPointer { strides in
              guard let base = strides.baseAddress else { return }
              kernel(
                ElementLoop(
                  rank: 1, extents: extents, first: base, second: base + 1, output: base + 2),
                x + a.start, y + b.start, z + output.start)
            }
          }
        }
      }
    }
    let places = Set((0..<count).map(output.place))
    let isInside = output.elements.indices.allSatisfy {
      places.contains($0) || output.elements[$0] == canary
    }
    return isInside ? (0..<count).map { output[$0] } : nil
  }

  func expectKernels<Element: Arithmetic & Comparable & Numeric>(
    _ kernels: ElementKernels<Element>, canary: Element, _ sample: (Int) -> Element
  ) {
    for strides in Self.strides {
      for count in Self.counts where count < 1000 || strides[0] == 1 {
        let a = Walk(strides[0], count: count) { sample($0) }
        let b = Walk(strides[1], count: count) { sample($0 * 7 + 3) }
        let pairs = (0..<count).map { (a[$0], b[$0]) }
        for operation in BinaryOperation.allCases {
          let expected = pairs.map { x, y -> Element in
            switch operation {
            case .add: .sum(x, y)
            case .subtract: .difference(x, y)
            case .multiply: .product(x, y)
            case .divide: .quotient(x, y)
            case .minimum: Swift.min(x, y)
            case .maximum: Swift.max(x, y)
            }
          }
          let result = Self.row(count, strides, a, b, canary: canary) {
            kernels.binary(operation, $0, $1, $2, $3)
          }
          #expect(result == expected, "\(operation) \(strides) \(count)")
          guard strides[0] == strides[2] else { continue }
          let inPlace = Self.row(count, strides, a, b, canary: canary) { loop, x, y, z in
            for i in 0..<count { z[i * strides[2]] = x[i * strides[0]] }
            kernels.binary(operation, loop, z, y, z)
          }
          #expect(inPlace == expected, "\(operation) in place \(strides) \(count)")
        }
        for comparison in Comparison.allCases {
          let expected = pairs.map { x, y in
            switch comparison {
            case .equal: x == y
            case .notEqual: x != y
            case .less: x < y
            case .lessOrEqual: x <= y
            }
          }
          for canary in [false, true] {
            let result = Self.row(count, strides, a, b, canary: canary) {
              kernels.compare(comparison, $0, $1, $2, $3)
            }
            #expect(result == expected, "\(comparison) \(strides) \(count)")
          }
        }
        for operation in UnaryOperation.allCases {
          let expected = pairs.map { x, _ in
            operation == .negate || x < 0 ? Element.difference(.zero, x) : x
          }
          let result = Self.row(count, strides, a, b, canary: canary) {
            kernels.unary(operation, $0, $1, $3)
          }
          #expect(result == expected, "\(operation) \(strides) \(count)")
        }
      }
    }
    for count in Self.counts where count > 0 {
      let rows = (0..<3 * count).map { sample($0 * 5 + 1) }
      func expect(_ operation: Reduction, _ reduce: ([Element]) -> Element) {
        var output = [Element](repeating: canary, count: 4)
        kernels.reduce(operation, rows, 3, count, &output)
        let expected = (0..<3).map { reduce(Array(rows[$0 * count..<($0 + 1) * count])) }
        #expect(output == expected + [canary], "\(operation) \(count)")
      }
      expect(.sum) { $0.reduce(.zero) { .sum($0, $1) } }  // exact, for these are small integers
      expect(.minimum) { $0.min() ?? canary }
      expect(.maximum) { $0.max() ?? canary }
      expect(.mean) { row in
        let sum = row.reduce(Element.zeroSum) { Element.add($1, to: $0) }
        return .rounded(Element.quotient(sum, count))
      }
      var places = [Int64](repeating: -1, count: 4)
      kernels.place(.maximum, rows, 3, count, &places)
      let expected = (0..<3).map { row -> Int64 in
        let row = rows[row * count..<(row + 1) * count]
        return Int64((row.firstIndex(of: row.max() ?? canary) ?? 0) - row.startIndex)
      }
      #expect(places == expected + [-1])
    }
  }

  @Test(arguments: KernelTable.supported)
  func computesOnFloats(_ table: KernelTable) {
    expectKernels(table.floatElements, canary: 12_345) { Float(($0 * 37) % 101) - 49.5 }
    expectKernels(table.doubleElements, canary: 12_345) { Double(($0 * 37) % 101) - 49.5 }
  }

  @Test func computesOnWholeNumbers() {
    expectKernels(KernelTable.int8, canary: 99) { Int8(($0 * 37) % 101 - 50) }
    expectKernels(KernelTable.uint8, canary: 99) { UInt8(($0 * 37) % 98) }
    expectKernels(KernelTable.int32, canary: 99) { Int32(($0 * 37) % 101 - 50) * 2_000_003 }
    expectKernels(KernelTable.int64, canary: 99) { Int64(($0 * 37) % 101 - 50) * 2_000_003 }
  }

  /// Every table rounds arithmetic alike, to the bits.
  @Test func tablesAgree() {
    var numbers = SampleNumbers(seed: 9)
    let (x, y) = (numbers.next(127), numbers.next(127))
    let walks = (
      Walk(1, count: 119) { x[$0 % 127] }, Walk(1, count: 119) { y[$0 % 127] }
    )
    for operation in BinaryOperation.allCases {
      let results = KernelTable.supported.map { table in
        Self.row(119, [1, 1, 1], walks.0, walks.1, canary: Float(7)) {
          table.floatElements.binary(operation, $0, $1, $2, $3)
        }
      }
      #expect(results.allSatisfy { $0 == results[0] && $0 != nil })
    }
  }

  /// Copies and conditional copies of every width, and equality.
  @Test func copies() {
    func expect<Bits: FixedWidthInteger>(_ bits: Bits.Type) {
      let width = MemoryLayout<Bits>.size
      for strides in Self.strides {
        for count in Self.counts where count < 1000 || strides[0] == 1 {
          let a = Walk(strides[0], count: count) { Bits(truncatingIfNeeded: $0 * 77 + 1) }
          let b = Walk(strides[1], count: count) { Bits(truncatingIfNeeded: $0 * 55 + 1) }
          let copied = Self.row(count, strides, a, b, canary: Bits(3)) {
            KernelTable.conversion.copy($0, width, $1, $3)
          }
          #expect(copied == (0..<count).map { a[$0] })
          let condition = Walk(strides[0], count: count) { $0 % 3 == 0 }
          let replaced = Self.row(count, strides, a, b, canary: Bits(3)) {
            loop, _, second, output in
            condition.elements.withUnsafeBufferPointer { first in
              guard let first = first.baseAddress else { return }
              KernelTable.conversion.replace(
                loop, width, first + condition.start, second, output)
            }
          }
          #expect(replaced == (0..<count).map { condition[$0] ? b[$0] : 3 })
        }
      }
    }
    expect(UInt8.self)
    expect(UInt16.self)
    expect(UInt32.self)
    expect(UInt64.self)
  }
}
