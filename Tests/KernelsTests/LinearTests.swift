import Kernels
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

@Suite struct LinearTests {
  /// Extents around the edges of every tile and panel.
  static let shapes: [(rows: Int, outputs: Int, inputs: Int)] = {
    var numbers = SampleNumbers(seed: 1)
    let edges = [
      (0, 5, 3), (1, 1, 1), (1, 33, 7), (2, 32, 1), (3, 31, 64), (5, 16, 0), (7, 8, 13),
      (12, 32, 40), (13, 33, 41), (24, 64, 128), (25, 65, 129), (61, 17, 5), (97, 97, 97),
      // Several sections of the depth, and blocks of rows.
      (3, 33, 289), (33, 40, 900), (550, 35, 300), (1040, 3, 33),
    ]
    let random = (0..<25).map { _ in
      (numbers.next(in: 1...70), numbers.next(in: 1...110), numbers.next(in: 1...150))
    }
    return edges + random
  }()

  /// Numbers of all sizes, whose sums are as exact as if each addition rounded once.
  @Test(arguments: KernelTable.supported)
  func takesNumbersOfAllSizes(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 21)
    let (rows, outputs, inputs) = (35, 40, 600)
    func wide(_ count: Int) -> [Float] {
      (0..<count).map { _ in
        numbers.next() * Float(sign: .plus, exponent: numbers.next(in: -50...50), significand: 1)
      }
    }
    var (a, b) = (wide(rows * inputs), wide(outputs * inputs))
    func product() -> [Float] {
      linear(
        Operand(Tensor(a, shape: [rows, inputs])),
        PackedMatrix(Tensor(b, shape: [outputs, inputs]), table: table),
        in: Workspace(threads: 2, table: table)
      ).elements
    }
    let result = product()
    let reference = Reference.product(a, b, rows: rows, columns: outputs, depth: inputs)
    for (i, element) in result.enumerated() {
      let bound = Double(inputs + 2) * 6e-8 * reference.magnitudes[i]
      #expect((Double(element) - reference.values[i]).magnitude <= bound)
    }
    // What is not a number, or infinite, is so in its own row alone.
    (a[3 * inputs + 7], a[9 * inputs], b[0]) = (.infinity, .nan, 1)
    let disturbed = product()
    for (i, element) in disturbed.enumerated() where i / outputs != 3 && i / outputs != 9 {
      #expect(i % outputs == 0 || element == result[i])
    }
    #expect((0..<outputs).allSatisfy { !disturbed[3 * outputs + $0].isFinite })
    #expect((0..<outputs).allSatisfy { disturbed[9 * outputs + $0].isNaN })
  }

  /// Sums of many terms; sums of parts on the tile unit are no less exact than others.
  @Test(arguments: KernelTable.supported)
  func longSumsAreExact(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 22)
    let (count, depth) = (32, 4608)
    let (a, b) = (numbers.next(count * depth), numbers.next(count * depth))
    let result = linear(
      Operand(Tensor(a, shape: [count, depth])),
      PackedMatrix(Tensor(b, shape: [count, depth]), table: table),
      in: Workspace(threads: 1, table: table))
    let exact = Reference.product(a, b, rows: count, columns: count, depth: depth).values
    #expect(relativeError(result.elements, exact) < (table.name == "amx" ? 2e-6 : 2e-5))
  }

  @Test(arguments: KernelTable.supported)
  func matchesReference(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 2)
    let workspace = Workspace(threads: 2, table: table)
    for (rows, outputs, inputs) in Self.shapes {
      let (a, b) = (numbers.next(rows * inputs), numbers.next(outputs * inputs))
      let bias = numbers.next(outputs)
      let result = linear(
        Operand(Tensor(a, shape: [rows, inputs])),
        PackedMatrix(Tensor(b, shape: [outputs, inputs]), table: table), bias: Tensor(bias),
        in: workspace)
      #expect(result.shape == [rows, outputs])
      let reference = Reference.product(a, b, rows: rows, columns: outputs, depth: inputs)
      for (i, element) in result.elements.enumerated() {
        let expected = reference.values[i] + Double(bias[i % outputs])
        // Each of depth + 1 additions rounds once.
        let bound = Double(inputs + 2) * 6e-8 * (reference.magnitudes[i] + 1)
        #expect((Double(element) - expected).magnitude <= bound)
      }
    }
  }

  /// Rows are the same bits alone, in any batch, and on any number of threads, however many slices
  /// and sections the depth has.
  @Test(arguments: KernelTable.supported, [41, 700, 1400])
  func rowsDoNotDependOnTheirBatch(_ table: KernelTable, _ inputs: Int) {
    var numbers = SampleNumbers(seed: 3)
    let (rows, outputs) = (600, 77)
    let x = Tensor(numbers.next(rows * inputs), shape: [rows, inputs])
    let weight = PackedMatrix(
      Tensor(numbers.next(outputs * inputs), shape: [outputs, inputs]), table: table)
    let bias = Tensor(numbers.next(outputs))
    func bits(_ x: Tensor<Float>, threads: Int) -> [UInt32] {
      linear(
        Operand(x), weight, bias: bias, activation: .geluTanh,
        in: Workspace(threads: threads, table: table)
      ).bits
    }
    let all = bits(x, threads: 1)
    for threads in 2...4 { #expect(bits(x, threads: threads) == all) }
    let elements = x.elements
    for count in [1, 2, 3, 5, 12, 13, 16, 17, 33, 300] {
      let part = Tensor(Array(elements[..<(count * inputs)]), shape: [count, inputs])
      #expect(bits(part, threads: 2) == Array(all[..<(count * outputs)]))
    }
  }

  @Test(arguments: KernelTable.supported, Precision.allCases)
  func appliesActivations(_ table: KernelTable, _ precision: Precision) {
    var numbers = SampleNumbers(seed: 4)
    let (rows, outputs, inputs) = (70, 77, 40)
    let x = Operand(Tensor(numbers.next(rows * inputs), shape: [rows, inputs]))
    let weight = PackedMatrix(
      Tensor(numbers.next(outputs * inputs), shape: [outputs, inputs]), precision: precision,
      table: table)
    let workspace = Workspace(threads: 1, precision: precision, table: table)
    let plain = linear(x, weight, in: workspace)
    for activation in [Activation.gelu, .geluTanh, .silu] {
      let fused = linear(x, weight, activation: activation, in: workspace)
      #expect(fused.bits == activate(activation, plain, in: workspace).bits)
    }
  }

  /// With gates that change inside a tile, or a square of the tile unit, and between them.
  @Test(arguments: KernelTable.supported, Precision.allCases)
  func addsToAResidual(_ table: KernelTable, _ precision: Precision) {
    var numbers = SampleNumbers(seed: 5)
    let (batch, tokens, outputs, inputs) = (3, 45, 77, 70)
    let workspace = Workspace(threads: 2, precision: precision, table: table)
    let x = Operand(Tensor(numbers.next(batch * tokens * inputs), shape: [batch, tokens, inputs]))
    let weight = PackedMatrix(
      Tensor(numbers.next(outputs * inputs), shape: [outputs, inputs]), precision: precision,
      table: table)
    let gate = Tensor(numbers.next(batch * outputs), shape: [batch, outputs])
    let base = Tensor(
      numbers.next(batch * tokens * outputs), shape: [batch, tokens, outputs])
    var residual = base
    addLinear(x, weight, gate: gate, to: &residual, in: workspace)
    let product = linear(x, weight, in: workspace).elements
    let expected = (0..<base.count).map { i in
      Double(base.elements[i])
        + Double(gate.elements[i / (tokens * outputs) * outputs + i % outputs])
        * Double(product[i])
    }
    #expect(relativeError(residual.elements, expected) < 2e-7)
    // The shared residual was left alone; a sole one is written in place, to the same bits.
    var own = Tensor(base.elements, shape: base.shape)
    let place = own.pointer
    addLinear(x, weight, gate: gate, to: &own, in: workspace)
    #expect(own.pointer == place)
    #expect(own.bits == residual.bits)
    #expect(base.bits != residual.bits)
    var turned = base
    let view = gate.permuted([1, 0]).contiguous().permuted([1, 0])
    addLinear(x, weight, gate: view, to: &turned, in: workspace)
    #expect(turned.bits == residual.bits)
  }

  /// A product writes its part of the output and nothing else, and reads no padding.
  @Test(arguments: KernelTable.supported)
  func staysInside(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 6)
    for (rows, columns, depth) in [
      (1, 1, 1), (5, 33, 9), (13, 31, 4), (14, 65, 3), (3, 40, 1300), (201, 7, 1283),
    ] {
      let canary: Float = 12_345
      let outputStride = columns + 3
      var output = [Float](repeating: canary, count: (rows + 2) * outputStride)
      let a = numbers.next(rows * depth)
      let panels = table.float32.panels(columns)
      var packed = [Float](repeating: .nan, count: panels * table.float32.panelWidth * depth)
      let b = numbers.next(columns * depth)
      let scratchCount = table.productScratch(rows, depth, columns)
      var scratch = [Float](repeating: canary, count: scratchCount + 64)
      table.float32.pack(
        PackingSource(
          elements: b, depthStride: 1, columnStride: depth, depth: depth, columns: columns),
        0..<panels, &packed)
      output.withUnsafeMutableBufferPointer { output in
        guard let start = output.baseAddress else { return }
        table.product(
          Product(
            a: a, aStride: depth, b: packed, depth: depth, columns: columns,
            output: start + outputStride, outputStride: outputStride), 0..<rows, 0..<panels,
          &scratch)
      }
      let untouched = output.indices.filter {
        $0 / outputStride == 0 || $0 / outputStride > rows || $0 % outputStride >= columns
      }
      #expect(untouched.allSatisfy { output[$0] == canary })
      #expect(packed.allSatisfy { $0.isFinite })
      #expect(scratch[scratchCount...].allSatisfy { $0 == canary })
    }
  }

  @Test func refusesShapesThatDoNotMeet() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = linear(
        Operand(Tensor(repeating: 0, shape: [2, 3])),
        PackedMatrix(Tensor(repeating: 0, shape: [5, 4])), in: Workspace(threads: 1))
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("linear: [2, 3] by weights [5, 4] do not meet"))
  }
}
