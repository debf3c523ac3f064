import Tensor
import Testing
import _TestSupport

@Suite struct OperatorTests {
  /// Whether two sequences hold the same numbers, where a NaN is the same as another.
  static func same<Scalar: Equatable>(_ a: [Scalar], _ b: [Scalar]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { $0 == $1 || ($0 != $0 && $1 != $1) }
  }

  /// Every operator on every pair of `values`, against the operation on two scalars.
  static func expectOperators<Scalar: TensorNumeric>(
    _ values: [Scalar],
    _ operators: [(name: String, Tensor: (Tensor<Scalar>, Tensor<Scalar>) -> Tensor<Scalar>,
      scalar: (Scalar, Scalar) -> Scalar)]
  ) {
    let (column, row) = (Tensor(values, shape: [values.count, 1]), Tensor(values))
    for (name, apply, scalar) in operators {
      let expected = values.flatMap { a in values.map { b in scalar(a, b) } }
      #expect(same(apply(column, row).elements, expected), "\(name) \(Scalar.self)")
      let dense = column.broadcast(to: [values.count, values.count]).contiguous()
      #expect(same(apply(dense, row).elements, expected), "\(name) \(Scalar.self)")
      let backwards = apply(dense.flipped(0).flipped(1), row.flipped(0)).flipped(0).flipped(1)
      #expect(same(backwards.elements, expected), "\(name) \(Scalar.self) backwards")
      for value in values {
        let number = Tensor(scalar: value)
        #expect(same(apply(row, number).elements, values.map { scalar($0, value) }))
        #expect(same(apply(number, row).elements, values.map { scalar(value, $0) }))
      }
    }
  }

  static func expectComparisons<Scalar: TensorNumeric & Comparable>(_ values: [Scalar]) {
    let (column, row) = (Tensor(values, shape: [values.count, 1]), Tensor(values))
    func expect(
      _ result: Tensor<Bool>, _ numbers: [Tensor<Bool>], _ scalar: (Scalar, Scalar) -> Bool,
      line: Int = #line
    ) {
      #expect(result.elements == values.flatMap { a in values.map { b in scalar(a, b) } })
      for (value, column) in zip(values, numbers) {
        #expect(column.elements == values.map { scalar($0, value) })
      }
    }
    expect(column .== row, values.map { row .== $0 }, ==)
    expect(column .!= row, values.map { row .!= $0 }, !=)
    expect(column .< row, values.map { row .< $0 }, <)
    expect(column .<= row, values.map { row .<= $0 }, <=)
    expect(column .> row, values.map { row .> $0 }, >)
    expect(column .>= row, values.map { row .>= $0 }, >=)
  }

  func expectWhole<Scalar: TensorNumeric & FixedWidthInteger>(_ scalar: Scalar.Type) {
    let small: [Scalar] = [0, 1, 2, 3, 7, 100]
    var values = small + [.max, .max - 1, .min, .min + 1]
    if Scalar.isSigned { values += small.map { 0 &- $0 } }
    Self.expectOperators(
      values,
      [
        ("+", { $0 + $1 }, { $0 &+ $1 }), ("-", { $0 - $1 }, { $0 &- $1 }),
        ("*", { $0 * $1 }, { $0 &* $1 }),
        ("/", { $0 / $1 }, { $1 == 0 ? 0 : $0.dividedReportingOverflow(by: $1).partialValue }),
        ("maximum", { maximum($0, $1) }, { Swift.max($0, $1) }),
        ("minimum", { minimum($0, $1) }, { Swift.min($0, $1) }),
      ])
    Self.expectComparisons(values)
    let row = Tensor(values)
    #expect((-row).elements == values.map { 0 &- $0 })
    #expect(row.absolute().elements == values.map { $0 < 0 ? 0 &- $0 : $0 })
    #expect(row.clamped(to: 1...50).elements == values.map { Swift.min(Swift.max($0, 1), 50) })
    #expect((row + 3).elements == values.map { $0 &+ 3 } && (3 + row).elements == (row + 3).elements)
    #expect((row - 3).elements == values.map { $0 &- 3 })
    #expect((3 - row).elements == values.map { 3 &- $0 })
    #expect((row * 3).elements == values.map { $0 &* 3 } && (3 * row).elements == (row * 3).elements)
    #expect((row / 3).elements == values.map { $0 / 3 })
    #expect((3 / row).elements == values.map { $0 == 0 ? 0 : 3 / $0 })
  }

  func expectReal<Scalar: TensorNumeric & BinaryFloatingPoint>(_ scalar: Scalar.Type) {
    let positive: [Scalar] = [
      0, 1, 1.5, 0.1, 3, .infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .ulpOfOne,
    ]
    let values = positive + positive.map { -$0 } + [.nan]
    Self.expectOperators(
      values,
      [
        ("+", { $0 + $1 }, { $0 + $1 }), ("-", { $0 - $1 }, { $0 - $1 }),
        ("*", { $0 * $1 }, { $0 * $1 }), ("/", { $0 / $1 }, { $0 / $1 }),
        ("maximum", { maximum($0, $1) }, { $0.isNaN || $1.isNaN ? .nan : Swift.max($0, $1) }),
        ("minimum", { minimum($0, $1) }, { $0.isNaN || $1.isNaN ? .nan : Swift.min($0, $1) }),
      ])
    Self.expectComparisons(values)
    let row = Tensor(values)
    #expect(Self.same((-row).elements, values.map { -$0 }))
    #expect((-row).elements.map(\.sign) == values.map { (-$0).sign })
    #expect(Self.same(row.absolute().elements, values.map(\.magnitude)))
    #expect(row.absolute().elements.allSatisfy { $0.sign == .plus })
    let clamped = values.map { $0.isNaN ? $0 : Swift.min(Swift.max($0, -1), 2) }
    #expect(Self.same(row.clamped(to: -1...2).elements, clamped))
    #expect(Self.same((2 / row).elements, values.map { 2 / $0 }))
    #expect(Self.same((2 - row).elements, values.map { 2 - $0 }))
    #expect(Self.same((row / 2).elements, values.map { $0 / 2 }))
    #expect(Self.same((2 * row + 1).elements, values.map { 2 * $0 + 1 }))
    #expect(Self.same((1 + row * 2 - 1).elements, values.map { 1 + $0 * 2 - 1 }))
  }

  @Test func computesOnEveryType() {
    expectReal(Float.self)
    expectReal(Double.self)
    expectWhole(Int8.self)
    expectWhole(UInt8.self)
    expectWhole(Int32.self)
    expectWhole(Int64.self)
  }

  /// Every pair of shapes that meet, with operands that stand forwards and backwards in memory.
  @Test func broadcastsEveryPairOfShapes() {
    let shapes = allShapes(ranks: 0...3, extents: 1...3)
    let operands = shapes.map { shape in
      let tensor = SubscriptTests.places(shape).tensor.converted(to: Float.self) + 1
      let turned = shape.indices.reduce(tensor.permuted(shape.indices.reversed()).contiguous()) {
        $0.flipped($1)
      }
      return (tensor, turned.permuted(shape.indices.reversed()))
    }
    for (a, _) in operands {
      let x = NaiveArray(a)
      for (dense, turned) in operands {
        let rank = max(a.rank, dense.rank)
        let pairs = zip(
          Array(repeating: 1, count: rank - a.rank) + a.shape,
          Array(repeating: 1, count: rank - dense.rank) + dense.shape)
        guard pairs.allSatisfy({ $0 == $1 || $0 == 1 || $1 == 1 }) else { continue }
        let shape = pairs.map { max($0, $1) }
        for b in [dense, turned] {
          let y = NaiveArray(b)
          let expected = NaiveArray(shape) { x[broadcast: $0] - 2 * y[broadcast: $0] }
          let result = a - b * 2
          let isLess = NaiveArray(shape) { x[broadcast: $0] < y[broadcast: $0] }
          guard result.shape == shape, result.elements == expected.elements,
            (a .< b).elements == isLess.elements
          else {
            Issue.record("\(a.shape) and \(b.shape), strides \(b.strides)")
            return
          }
        }
      }
    }
  }

  @Test func broadcastsEmptyTensors() {
    let empty = Tensor<Float>(zeros: [0, 3])
    #expect((empty + 1).shape == [0, 3])
    #expect((empty + Tensor(zeros: [1, 3])).shape == [0, 3])
    #expect((empty[.all, 0..<1] * Tensor(zeros: [3])).shape == [0, 3])
    #expect((Tensor<Float>(zeros: [2, 1, 1]) - empty).shape == [2, 0, 3])
    #expect((empty .== empty).shape == [0, 3])
    #expect((-empty).elements == [] && empty.absolute() == empty && empty.exp() == empty)
  }

  @Test func makesTensors() {
    #expect(Tensor<Int8>(zeros: [2, 2]).elements == [0, 0, 0, 0])
    #expect(Tensor<Double>(ones: [3]).elements == [1, 1, 1])
    #expect(Tensor<Float>(ones: []).item == 1)
    #expect(Tensor<Float>(range: -1..<3).elements == [-1, 0, 1, 2])
    #expect(Tensor<UInt8>(range: 0..<10, step: 4).elements == [0, 4, 8])
    #expect(Tensor<Int64>(range: 5..<5).shape == [0])
    #expect(Tensor(repeating: true, shape: [70]).elements == Array(repeating: true, count: 70))
    #expect(Tensor(repeating: BFloat16(2), shape: [2, 3]).elements.allSatisfy { $0 == BFloat16(2) })
    #expect(Tensor(repeating: Float.nan, shape: [0, 4]).elements.isEmpty)
  }

  @Test func appliesFunctionsToViews() {
    let tensor = Tensor<Float>([0, 1, 4, 9, 2.5, -2.5], shape: [2, 3])
    #expect(tensor[0].squareRoot().elements == [0, 1, 2])
    #expect(tensor.transposed().rounded().elements == [0, 9, 1, 2, 4, -2])
    #expect(tensor[0, 0..<1].exp().elements == [1])
    #expect(tensor.flipped(1)[0].tanh().elements.last == 0)
  }
}
