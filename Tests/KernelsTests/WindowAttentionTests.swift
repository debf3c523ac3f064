import Kernels
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

/// Queries that see a band of the keys around their own place.
@Suite struct WindowAttentionTests {
  static let shapes: [(batch: Int, tokens: Int, heads: Int, size: Int)] = [
    (1, 1, 1, 1), (2, 5, 2, 7), (1, 33, 3, 64), (2, 100, 1, 72), (1, 257, 2, 8), (1, 1500, 1, 3),
  ]
  /// From the query's own key alone to all; around the edges of strips, panels and parts.
  static let windows = [0, 1, 11, 12, 31, 32, 40, 255, 256, .max]

  private func tokens(
    _ s: (batch: Int, tokens: Int, heads: Int, size: Int), scale: Float,
    from numbers: inout SampleNumbers
  ) -> Tensor<Float> {
    let shape = [s.batch, s.tokens, s.heads, s.size]
    return Tensor(numbers.next(shape.product).map { Float(BFloat16(scale * $0)) }, shape: shape)
  }

  /// All tables beside one reference, which takes longer than they do.
  @Test func matchesReference() {
    var numbers = SampleNumbers(seed: 41)
    for s in Self.shapes {
      let (query, key) = (
        tokens(s, scale: 3, from: &numbers), tokens(s, scale: 3, from: &numbers)
      )
      let value = tokens(s, scale: 1, from: &numbers)
      for window in s.tokens < 1000 ? Self.windows : [31, 700] {
        let expected = Reference.attention(query, key, value, window: window)
        for (table, precision) in KernelTable.supported.flatMap({ t in
          Precision.floatingPoint.map { (t, $0) }
        }) {
          let results = (1...3).map {
            attention(
              query: query, key: key, value: value, window: window,
              in: Workspace(threads: $0, precision: precision, table: table)
            ).tensor
          }
          #expect(
            relativeError(results[0].elements, expected) < (precision == .float32 ? 4e-6 : 8e-3),
            "\(table) \(precision) \(s), window \(window)")
          #expect(results.allSatisfy { $0.bits == results[0].bits })
        }
      }
    }
  }

  /// Keys outside of the window change no bit, however large their scores are, nor do other samples.
  @Test(arguments: KernelTable.supported, Precision.floatingPoint)
  func keysOutsideCountForNothing(_ table: KernelTable, _ precision: Precision) {
    var numbers = SampleNumbers(seed: 42)
    let workspace = Workspace(threads: 2, precision: precision, table: table)
    let s = (batch: 2, tokens: 300, heads: 2, size: 20)
    let (query, key, value) = (
      tokens(s, scale: 1, from: &numbers), tokens(s, scale: 1, from: &numbers),
      tokens(s, scale: 1, from: &numbers)
    )
    func result(_ key: Tensor<Float>, _ samples: Range<Int> = 0..<2) -> Tensor<Float> {
      attention(
        query: query[samples], key: key[samples], value: value[samples], window: 17, in: workspace
      ).tensor
    }
    let plain = result(key)
    var disturbed = key.copied()
    disturbed[.all, 100..<101] = Tensor(repeating: 1e30, shape: [2, 1, 2, 20])
    let other = result(disturbed)
    for seesNone in [0..<83, 118..<300] {
      #expect(other[.all, seesNone].copied().bits == plain[.all, seesNone].copied().bits)
    }
    #expect(other[.all, 83..<118].copied().bits != plain[.all, 83..<118].copied().bits)
    #expect(result(key, 1..<2).bits == plain[1..<2].copied().bits)
  }

  /// A bias is added inside the window; a window of all keys is no window.
  @Test(arguments: KernelTable.supported, Precision.floatingPoint)
  func goesWithABias(_ table: KernelTable, _ precision: Precision) {
    var numbers = SampleNumbers(seed: 43)
    let workspace = Workspace(threads: 2, precision: precision, table: table)
    let s = (batch: 1, tokens: 70, heads: 2, size: 12)
    let (query, key, value) = (
      tokens(s, scale: 3, from: &numbers), tokens(s, scale: 3, from: &numbers),
      tokens(s, scale: 1, from: &numbers)
    )
    let bias = Tensor(numbers.next(2 * 70 * 70), shape: [2, 70, 70])
    let biased = attention(
      query: query, key: key, value: value, bias: bias, window: 9, in: workspace
    ).tensor
    #expect(
      relativeError(
        biased.elements, Reference.attention(query, key, value, bias: bias, window: 9))
        < (precision == .float32 ? 4e-6 : 8e-3))
    let all = attention(query: query, key: key, value: value, bias: bias, in: workspace).tensor
    let wide = attention(
      query: query, key: key, value: value, bias: bias, window: 69, in: workspace
    ).tensor
    #expect(wide.bits == all.bits)
  }

  @Test func refusesWhatAWindowDoesNotTake() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (few, many) = (
        Tensor<Float>(repeating: 0, shape: [1, 2, 1, 4]),
        Tensor<Float>(repeating: 0, shape: [1, 3, 1, 4])
      )
      _ = attention(query: few, key: many, value: many, window: 1, in: Workspace(threads: 1))
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("a window of 1 places takes as many queries as keys, here 2 and 3"))
  }
}
