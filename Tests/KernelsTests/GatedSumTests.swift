import Kernels
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

@Suite struct GatedSumTests {
  /// Widths around the edges of vectors, panels and squares.
  static let shapes: [(batch: Int, tokens: Int, width: Int)] = [
    (1, 1, 1), (2, 3, 7), (3, 45, 77), (2, 32, 64), (1, 70, 33), (2, 5, 1152), (4, 1, 16),
  ]

  /// A branch that is kept and added later has the bits of one that its product adds.
  @Test(arguments: KernelTable.supported, Precision.allCases)
  func aKeptBranchHasTheBitsOfAProductThatAddsIt(_ table: KernelTable, _ precision: Precision) {
    var numbers = SampleNumbers(seed: 31)
    let workspace = Workspace(threads: 2, precision: precision, table: table)
    for (batch, tokens, width) in Self.shapes {
      let inputs = numbers.next(in: 1...90)
      func tensor(_ shape: [Int]) -> Tensor<Float> {
        Tensor(numbers.next(shape.product), shape: shape)
      }
      let x = Operand(tensor([batch, tokens, inputs]))
      let weight = PackedMatrix(tensor([width, inputs]), precision: precision, table: table)
      let (base, bias, gates) = (
        tensor([batch, tokens, width]), tensor([width]), tensor([batch, 3, width])
      )
      for (bias, gate) in [(bias, gates[.all, 1]), (nil, gates[.all, 2]), (bias, nil), (nil, nil)] {
        var fused = base
        addLinear(x, weight, bias: bias, gate: gate, to: &fused, in: workspace)
        let kept = linear(x, weight, bias: bias, in: workspace)
        var sum = base
        addGated(kept, gate: gate, to: &sum, in: workspace)
        #expect(sum.bits == fused.bits, "\([batch, tokens, width]), gate \(gate != nil)")
      }
    }
  }

  @Test(arguments: KernelTable.supported)
  func matchesReference(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 32)
    for (batch, tokens, width) in Self.shapes {
      let shape = [batch, tokens, width]
      let (y, x) = (numbers.next(shape.product), numbers.next(shape.product))
      let gate = numbers.next(batch * width)
      let results = (1...4).map { threads in
        var sum = Tensor(x, shape: shape)
        addGated(
          Tensor(y, shape: shape), gate: Tensor(gate, shape: [batch, width]), to: &sum,
          in: Workspace(threads: threads, table: table))
        return sum
      }
      for (i, element) in results[0].elements.enumerated() {
        let expected =
          Double(x[i]) + Double(gate[i / (tokens * width) * width + i % width]) * Double(y[i])
        #expect((Double(element) - expected).magnitude <= 1.2e-7)
      }
      #expect(results.allSatisfy { $0.bits == results[0].bits })
    }
  }

  /// A stream that nobody else holds is written in place; operands may be views of any strides, also
  /// of the stream itself.
  @Test func writesInPlaceAndTakesViews() {
    var numbers = SampleNumbers(seed: 33)
    let workspace = Workspace(threads: 2)
    let shape = [2, 5, 19]
    func tensor(_ shape: [Int]) -> Tensor<Float> {
      Tensor(numbers.next(shape.product), shape: shape)
    }
    let (y, gate, base) = (tensor(shape), tensor([2, 19]), tensor(shape))
    var own = base.copied()
    let place = own.pointer
    addGated(y, gate: gate, to: &own, in: workspace)
    #expect(own.pointer == place)
    func turned(_ x: Tensor<Float>) -> Tensor<Float> {
      let last = x.rank - 1
      return x.transposed(0, last).contiguous().transposed(0, last)
    }
    var views = turned(base)
    addGated(turned(y), gate: turned(gate), to: &views, in: workspace)
    #expect(views.bits == own.bits)
    var itself = base
    addGated(itself, gate: gate, to: &itself, in: workspace)
    var apart = base
    addGated(base.copied(), gate: gate, to: &apart, in: workspace)
    #expect(itself.bits == apart.bits)
    var nothing = Tensor<Float>(repeating: 0, shape: [2, 0, 3])
    addGated(nothing, gate: Tensor(repeating: 1, shape: [2, 3]), to: &nothing, in: workspace)
    #expect(nothing.shape == [2, 0, 3])
  }

  @Test(arguments: KernelTable.supported)
  func staysInside(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 34)
    for side in GuardedMemory.Side.allCases {
      for (rows, columns) in [1, 2, 5].flatMap({ r in [1, 7, 16, 17, 33].map { (r, $0) } }) {
        let memory = GuardedMemory(flushWith: side)
        func vector(_ count: Int) -> UnsafePointer<Float> {
          UnsafePointer(memory.numbers(numbers.next(count)))
        }
        let output = memory.numbers(rows * columns)
        var sum = GatedSum(
          branch: vector(rows * columns), residual: vector(rows * columns), output: output,
          columns: columns)
        table.addGated(sum, 0..<rows)
        sum.gateRows = (rows + 1) / 2
        (sum.gate, sum.gateStride) = (vector(2 * columns), columns)
        table.addGated(sum, rows / 2..<rows)
        table.addGated(sum, 0..<rows / 2)
        #expect((0..<rows * columns).allSatisfy { output[$0].isFinite })
        withExtendedLifetime(memory) {}
      }
    }
  }

  @Test func refusesShapesThatDoNotMeet() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var x = Tensor<Float>(repeating: 0, shape: [2, 3, 4])
      addGated(
        x, gate: Tensor(repeating: 0, shape: [3, 4]), to: &x, in: Workspace(threads: 1))
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      message.contains("addGated: [2, 3, 4] with gate [3, 4] does not add to [2, 3, 4]"))
  }
}
