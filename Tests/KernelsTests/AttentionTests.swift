import Foundation
import Kernels
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

@Suite struct AttentionTests {
  static let shapes: [(batch: Int, queries: Int, keys: Int, heads: Int, size: Int)] = [
    (1, 1, 1, 1, 1), (2, 3, 5, 2, 7), (1, 64, 64, 3, 64), (2, 17, 33, 1, 72), (3, 9, 9, 5, 12),
    (1, 130, 257, 2, 8), (1, 40, 6000, 1, 3),
  ]

  @Test(arguments: KernelTable.supported)
  func matchesReference(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 7)
    for s in Self.shapes {
      let tokens = max(s.queries, s.keys)
      // Queries, keys and values stand between each other, as a fused layer leaves them.
      let qkv = Tensor(
        numbers.next(s.batch * tokens * 3 * s.heads * s.size).map { 3 * $0 },
        shape: [s.batch, tokens, 3, s.heads, s.size])
      func part(_ i: Int, _ count: Int) -> Tensor<Float> { qkv[.all, 0..<count, i] }
      let (query, key, value) = (part(0, s.queries), part(1, s.keys), part(2, s.keys))
      let result = attention(
        query: query, key: key, value: value, in: Workspace(threads: 2, table: table))
      #expect(result.shape == [s.batch, s.queries, s.heads * s.size])
      // The sums over up to 6000 keys run in one order, each addition rounding once.
      #expect(relativeError(result.tensor.elements, Reference.attention(query, key, value)) < 4e-6)
      let alone = attention(
        query: query, key: key, value: value, in: Workspace(threads: 1, table: table))
      #expect(alone.tensor.bits == result.tensor.bits)
    }
  }

  /// Attention of bfloat16, whose operands and results are rounded by up to 2⁻⁸ of themselves, and
  /// whose weights are as exact as the next test says.
  @Test(arguments: KernelTable.supported)
  func matchesReferenceInBFloat16(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 8)
    let more = [(2, 32, 32, 2, 72), (1, 33, 100, 3, 40), (1, 5, 31, 2, 20), (1, 64, 300, 2, 33)]
    for s in Self.shapes + more {
      func rounded(_ tokens: Int) -> Tensor<Float> {
        let shape = [s.batch, tokens, s.heads, s.size]
        return Tensor(numbers.next(shape.reduce(1, *)).map { Float(BFloat16($0)) }, shape: shape)
      }
      let (query, key, value) = (rounded(s.queries), rounded(s.keys), rounded(s.keys))
      func result(threads: Int) -> Tensor<Float> {
        attention(
          query: query, key: key, value: value,
          in: Workspace(threads: threads, precision: .bfloat16, table: table)
        ).tensor
      }
      let two = result(threads: 2)
      #expect(two.shape == [s.batch, s.queries, s.heads * s.size])
      #expect(relativeError(two.elements, Reference.attention(query, key, value)) < 8e-3)
      #expect(two.elements.allSatisfy { Float(BFloat16($0)) == $0 })
      #expect(result(threads: 1).bits == two.bits)
    }
  }

  /// Between products of 8-bit whole numbers, attention gives numbers of 32 bits, whatever it multiplies.
  @Test(arguments: KernelTable.supported, [Precision.int8, .weights8])
  func matchesReferenceBetweenQuantizedProducts(_ table: KernelTable, _ precision: Precision) {
    var numbers = SampleNumbers(seed: 9)
    for s in Self.shapes {
      func tensor(_ tokens: Int) -> Tensor<Float> {
        let shape = [s.batch, tokens, s.heads, s.size]
        return Tensor(numbers.next(shape.reduce(1, *)), shape: shape)
      }
      let (query, key, value) = (tensor(s.queries), tensor(s.keys), tensor(s.keys))
      let workspace = Workspace(threads: 2, precision: precision, table: table)
      let result = attention(query: query, key: key, value: value, in: workspace)
      let bound = precision == .int8 ? 1e-2 : 4e-6
      #expect(
        relativeError(result.tensor.elements, Reference.attention(query, key, value)) < bound)
    }
  }

  /// Scores that grow from key to key, or far apart in no order: what weights are relative to changes
  /// again and again.
  @Test(arguments: KernelTable.supported, Precision.floatingPoint)
  func scoresMayLieFarApart(_ table: KernelTable, _ precision: Precision) {
    var numbers = SampleNumbers(seed: 12)
    let (tokens, size) = (300, 8)
    func tensor(_ element: (_ token: Int, _ value: Float) -> Float) -> Tensor<Float> {
      Tensor(
        (0..<tokens * size).map { Float(BFloat16(element($0 / size, numbers.next()))) },
        shape: [1, tokens, 1, size])
    }
    let query = tensor { $0 % 3 == 0 ? 1 : $1 }
    let value = tensor { $1 }
    for key in [
      tensor { 2 * Float($0) + $1 }, tensor { -2 * Float($0) + $1 }, tensor { 200 * $1 },
      tensor { $0 == 0 ? -900 : $0 % 37 == 33 ? 100 : $1 },
    ] {
      let result = attention(
        query: query, key: key, value: value,
        in: Workspace(threads: 2, precision: precision, table: table))
      #expect(
        relativeError(result.tensor.elements, Reference.attention(query, key, value))
          < (precision == .float32 ? 3e-4 : 8e-3))
    }
  }

  /// Weights of bfloat16 are within 6 in a thousand, 4 of them its rounding: of two keys, the
  /// result is what the second one weighs, rounded once more by up to 2⁻⁸.
  @Test(arguments: KernelTable.supported)
  func weightsOfBFloat16AreNear(_ table: KernelTable) {
    let queries = (0..<3000).map { Float(BFloat16(60 * Float($0 * $0) / 9e6)) }
    let result = attention(
      query: Tensor(queries, shape: [1, 3000, 1, 1]), key: Tensor([0, -1], shape: [1, 2, 1, 1]),
      value: Tensor([0, 1], shape: [1, 2, 1, 1]),
      in: Workspace(threads: 2, precision: .bfloat16, table: table))
    for (query, result) in zip(queries, result.tensor.elements) {
      let expected = 1 / (1 + exp(Double(query)))
      #expect(abs(Double(result) / expected - 1) < 6e-3 + 0x1p-8, "\(query)")
    }
  }

  /// A key far below all others weighs nothing, however low its score; one far above weighs all.
  @Test(arguments: KernelTable.supported, Precision.floatingPoint)
  func scoresMayBeHuge(_ table: KernelTable, _ precision: Precision) {
    let (keys, size) = (70, 2)
    for (far, place) in [(Float(-0x1p100), 0), (-0x1p100, 33), (-0x1p30, 69), (0x1p30, 40)] {
      func tensor(_ element: (Int) -> Float) -> Tensor<Float> {
        Tensor((0..<keys * size).map { element($0 / size) }, shape: [1, keys, 1, size])
      }
      let result = attention(
        query: tensor { _ in 1 }, key: tensor { $0 == place ? far : 0 },
        value: tensor { $0 == place ? 3 : 1 },
        in: Workspace(threads: 2, precision: precision, table: table))
      #expect(result.tensor.elements.allSatisfy { abs($0 - (far > 0 ? 3 : 1)) < 1e-6 }, "\(far)")
    }
  }

  /// Of large scores it is their difference that counts, not what their products are rounded by.
  @Test(arguments: KernelTable.supported, Precision.floatingPoint)
  func largeScoresWeighTheSame(_ table: KernelTable, _ precision: Precision) {
    for magnitude in [Float(1e4), 3e4, 1e5, 3.3e5, 1e9] {
      func tensor(_ elements: [Float]) -> Tensor<Float> {
        Tensor(elements, shape: [1, elements.count, 1, 1]).broadcast(
          to: [1, elements.count, 1, 72])
      }
      let result = attention(
        query: tensor([magnitude]), key: tensor([magnitude, magnitude, -magnitude]),
        value: tensor([1, 3, 7]), in: Workspace(threads: 1, precision: precision, table: table))
      #expect(result.tensor.elements.allSatisfy { abs($0 - 2) < 1e-2 }, "\(magnitude)")
      // Each key takes all the weight of those before it.
      let growing = attention(
        query: tensor([magnitude]), key: tensor((0..<300).map { magnitude * Float($0 / 2 - 40) }),
        value: tensor((0..<300).map { $0 == 298 ? 3 : $0 == 299 ? 1 : 9 }),
        in: Workspace(threads: 1, precision: precision, table: table))
      #expect(growing.tensor.elements.allSatisfy { abs($0 - 2) < 1e-2 }, "\(magnitude), growing")
    }
  }

  /// Heads beside others in the columns of an operand, at any column.
  @Test(arguments: KernelTable.supported, Precision.floatingPoint)
  func headsStandAnywhereInAnOperand(_ table: KernelTable, _ precision: Precision) {
    var numbers = SampleNumbers(seed: 13)
    let workspace = Workspace(threads: 2, precision: precision, table: table)
    for (heads, size, gap) in [
      (2, 72, 0), (3, 64, 0), (1, 16, 3), (2, 20, 7), (4, 8, 8), (1, 33, 31),
    ] {
      let (tokens, width) = (45, 3 * heads * size + 2 * gap)
      let x = Tensor(
        numbers.next(2 * tokens * width).map { Float(BFloat16($0)) }, shape: [2, tokens, width])
      let operand = Operand(x, in: workspace)
      func first(_ part: Int) -> Int { part * (heads * size + gap) }
      func columns(_ part: Int) -> HeadView {
        HeadView(operand, from: first(part), count: heads, size: size)
      }
      func tensor(_ part: Int) -> Tensor<Float> {
        x[.all, .all, first(part)..<first(part) + heads * size].copied()
          .reshaped([2, tokens, heads, size])
      }
      let result = attention(
        query: columns(0), key: columns(1), value: columns(2), in: workspace)
      let same = attention(query: tensor(0), key: tensor(1), value: tensor(2), in: workspace)
      #expect(result.tensor.bits == same.tensor.bits)
      let bias = Tensor(repeating: Float(0), shape: [heads, tokens, tokens])
      let biased = attention(
        query: columns(0), key: columns(1), value: columns(2), bias: bias, in: workspace)
      #expect(
        relativeError(biased.tensor.elements, same.tensor.elements)
          < (precision == .float32 ? 1e-6 : 0x1p-7))
    }
  }

  @Test(arguments: KernelTable.supported)
  func masksAndBiases(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 8)
    for s in Self.shapes where s.keys < 1000 {
      func tensor(_ tokens: Int) -> Tensor<Float> {
        let shape = [s.batch, tokens, s.heads, s.size]
        return Tensor(numbers.next(shape.product).map { 3 * $0 }, shape: shape)
      }
      let (query, key, value) = (tensor(s.queries), tensor(s.keys), tensor(s.keys))
      let count = s.heads * s.queries * s.keys
      let bias = Tensor(numbers.next(count), shape: [s.heads, s.queries, s.keys])
      let scattered = Tensor(
        (0..<s.batch * s.keys).map { _ in numbers.next() < 0.3 }, shape: [s.batch, s.keys])
      // The first keys of each sample, and none of the last.
      let first = Tensor<Bool>(
        (0..<s.batch).flatMap { sample in
          (0..<s.keys).map { $0 <= sample * s.keys / s.batch && sample < s.batch - 1 }
        }, shape: [s.batch, s.keys])
      for mask in [nil, scattered, first] {
        for bias in [nil, bias] {
          let results = (1...4).map {
            attention(
              query: query, key: key, value: value, mask: mask, bias: bias, scale: 0.2,
              in: Workspace(threads: $0, table: table)
            ).tensor
          }
          let expected = Reference.attention(query, key, value, mask: mask, bias: bias, scale: 0.2)
          #expect(relativeError(results[0].elements, expected) < 4e-6)
          #expect(results.allSatisfy { $0.bits == results[0].bits })
        }
      }
    }
  }

  @Test(arguments: KernelTable.supported, Precision.floatingPoint)
  func queriesDoNotMeet(_ table: KernelTable, _ precision: Precision) {
    var numbers = SampleNumbers(seed: 9)
    let workspace = Workspace(threads: 1, precision: precision, table: table)
    func tensor(_ batch: Int, _ tokens: Int) -> Tensor<Float> {
      let shape = [batch, tokens, 2, 20]
      return Tensor(numbers.next(shape.product), shape: shape)
    }
    let (query, key, value) = (tensor(3, 70), tensor(3, 600), tensor(3, 600))
    let all = attention(query: query, key: key, value: value, in: workspace).tensor
    for (sample, first) in [(0, 0), (1, 33), (2, 69)] {
      let samples = sample..<sample + 1
      let some = attention(
        query: query[samples, first...], key: key[samples], value: value[samples], in: workspace)
      #expect(some.tensor.bits == all[samples, first...].copied().bits)
    }
  }

  /// A query whose scores are far from all others changes nothing but its own result.
  @Test(arguments: KernelTable.supported, Precision.floatingPoint)
  func farScoresDisturbNoOtherQuery(_ table: KernelTable, _ precision: Precision) {
    var numbers = SampleNumbers(seed: 29)
    func numbersOf(_ tokens: Int) -> [Float] { numbers.next(2 * tokens * 8) }
    var elements = numbersOf(45)
    for i in 0..<8 { elements[(45 + 20) * 8 + i] *= 1e8 }
    let query = Tensor(elements, shape: [2, 45, 1, 8])
    let (key, value) = (
      Tensor(numbersOf(100), shape: [2, 100, 1, 8]), Tensor(numbersOf(100), shape: [2, 100, 1, 8])
    )
    func bits(_ samples: Range<Int>, _ queries: Range<Int>, threads: Int) -> [UInt32] {
      attention(
        query: query[samples, queries], key: key[samples], value: value[samples],
        in: Workspace(threads: threads, precision: precision, table: table)
      ).tensor.bits
    }
    let all = bits(0..<2, 0..<45, threads: 1)
    for threads in 2...4 { #expect(bits(0..<2, 0..<45, threads: threads) == all) }
    #expect(bits(1..<2, 0..<45, threads: 1) == Array(all[(45 * 8)...]))
    #expect(bits(1..<2, 21..<45, threads: 1) == Array(all[((45 + 21) * 8)...]))
  }

  @Test(arguments: KernelTable.supported, Precision.floatingPoint)
  func maskedKeysAreAsIfAbsent(_ table: KernelTable, _ precision: Precision) {
    var numbers = SampleNumbers(seed: 10)
    let workspace = Workspace(threads: 2, precision: precision, table: table)
    func tensor(_ tokens: Int) -> Tensor<Float> {
      Tensor(numbers.next(tokens * 40), shape: [1, tokens, 2, 20])
    }
    let (query, key, value) = (tensor(35), tensor(300), tensor(300))
    let mask = Tensor((0..<300).map { $0 < 77 }, shape: [1, 300])
    let masked = attention(query: query, key: key, value: value, mask: mask, in: workspace)
    let absent = attention(
      query: query, key: key[.all, ..<77], value: value[.all, ..<77], in: workspace)
    #expect(masked.tensor.bits == absent.tensor.bits)
    let none = attention(
      query: query, key: key, value: value, mask: Tensor(repeating: false, shape: [1, 300]),
      in: workspace)
    #expect(none.tensor.elements.allSatisfy { $0 == 0 })
    // Fewer keys may be cut into longer parts: on the tile unit 1500 into one of bfloat16, 1600 into
    // two.
    let many = Tensor(numbers.next(1600 * 4), shape: [1, 1600, 1, 4])
    let most = Tensor((0..<1600).map { $0 < 1500 }, shape: [1, 1600])
    let (few, fewer) = (many[.all, ..<70], many[.all, ..<1500])
    let some = attention(query: few, key: many, value: many, mask: most, in: workspace)
    let same = attention(query: few, key: fewer, value: fewer, in: workspace)
    #expect(some.tensor.bits == same.tensor.bits)
    let nothing = attention(
      query: few, key: many, value: many, mask: Tensor(repeating: false, shape: [1, 1600]),
      in: workspace)
    #expect(nothing.tensor.elements.allSatisfy { $0 == 0 })
    // A bias of minus infinity leaves a key out too; here all those of the first query, and the
    // first 290 of the second.
    let bias = Tensor(
      (0..<2 * 35 * 300).map { i -> Float in
        let (query, key) = (i / 300 % 35, i % 300)
        return query == 0 || query == 1 && key < 290 ? -.infinity : 0
      }, shape: [2, 35, 300])
    let result = attention(query: query, key: key, value: value, bias: bias, in: workspace).tensor
    #expect(result[0, 0].elements.allSatisfy { $0 == 0 })
    let last = attention(
      query: query[.all, 1..<2], key: key[.all, 290...], value: value[.all, 290...], in: workspace)
    #expect(
      relativeError(result[0, 1].elements, last.tensor.elements)
        < (precision == .float32 ? 1e-6 : 0x1p-7))
  }
}
