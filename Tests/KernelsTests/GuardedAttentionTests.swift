import Kernels
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

/// Attention and normalization touch nothing but their operands: each of these is flush with a page
/// that ends whoever reads or writes it.
@Suite struct GuardedAttentionTests {
  /// Computes two heads side by side, the queries of each in two parts.
  ///
  /// - Returns: Whether all results are numbers.
  private func attend(
    _ guarded: inout GuardedKernels, queries: Int, keys: Int, size: Int, kept: Int? = nil,
    window: Int? = nil
  ) -> Bool {
    let (memory, kernels) = (guarded.memory, guarded.kernels)
    let result = guarded.destination(rows: queries, columns: 2 * size)
    let scratch = memory.numbers(kernels.attentionScratch(queries, keys, size))
    // Both heads side by side, from some column on.
    func tokens(_ count: Int, from first: Int) -> HeadTokens {
      let columns = first + 2 * size
      let rows = guarded.destination(rows: count, columns: columns)
      let numbers = memory.numbers(guarded.numbers.next(count * columns))
      kernels.write(numbers, columns, 0..<count, columns, rows)
      return HeadTokens(rows, column: first)
    }
    let (query, key) = (tokens(queries, from: 0), tokens(keys, from: keys % 3))
    let value = tokens(keys, from: queries % 2)
    for head in 0..<2 {
      func ofHead(_ tokens: HeadTokens) -> HeadTokens {
        HeadTokens(tokens.rows, row: tokens.row, column: tokens.column + head * size)
      }
      var work = AttentionHead(
        query: ofHead(query), key: ofHead(key), value: ofHead(value),
        result: HeadTokens(result, column: head * size), queries: queries, keys: keys, size: size,
        scale: 1 / Float(size).squareRoot())
      work.window = window
      if head == 1 && window == nil {
        // A mask leaves every other key, or the first ones.
        work.keys = kept ?? (keys + 1) / 2
        let places = memory.bytes(work.keys * MemoryLayout<Int>.stride)
          .assumingMemoryBound(to: Int.self)
        for i in 0..<work.keys { places[i] = kept == nil ? 2 * i : i }
        work.places = UnsafePointer(places)
      }
      kernels.attend(work, queries / 3..<queries, scratch)
      kernels.attend(work, 0..<queries / 3, scratch)
    }
    for query in 0..<queries { result.pad(row: query, from: 2 * size) }
    return guarded.areNumbers(result, count: queries, columns: 2 * size)
  }

  @Test(arguments: KernelTable.supported, Precision.floatingPoint)
  func attentionStaysInside(_ table: KernelTable, _ precision: Precision) {
    let extents = [1, 16, 17, 31, 32, 33]
    for side in GuardedMemory.Side.allCases {
      for queries in extents + [65] {
        for keys in extents + [300] {
          var guarded = GuardedKernels(table, precision, flushWith: side)
          for size in extents + [72] {
            #expect(
              attend(&guarded, queries: queries, keys: keys, size: size),
              "\(queries) queries, \(keys) keys, size \(size), \(side)")
          }
        }
      }
      // Several blocks of queries.
      var guarded = GuardedKernels(table, precision, flushWith: side)
      #expect(attend(&guarded, queries: 70, keys: 2500, size: 24))
      // Fewer keys in longer parts than all of them.
      #expect(attend(&guarded, queries: 33, keys: 1600, size: 4, kept: 1500))
    }
  }

  /// The tile unit takes no windows, so its table's kernels of 32 bits are those that do.
  @Test(arguments: KernelTable.supported, Precision.floatingPoint)
  func windowsStayInside(_ table: KernelTable, _ precision: Precision) {
    let isTiles = table.kernels(for: precision).layout == .tiles
    for side in GuardedMemory.Side.allCases {
      for tokens in [1, 11, 32, 33, 65, 300] {
        var guarded = GuardedKernels(table, isTiles ? .float32 : precision, flushWith: side)
        for (window, size) in [0, 1, 7, 40, 256].flatMap({ w in [1, 16, 33].map { (w, $0) } }) {
          #expect(
            attend(
              &guarded, queries: tokens, keys: tokens, size: size, window: min(window, tokens)),
            "\(tokens) tokens, window \(window), size \(size), \(side)")
        }
      }
    }
  }

  @Test(arguments: KernelTable.supported, Precision.floatingPoint)
  func normalizationStaysInside(_ table: KernelTable, _ precision: Precision) {
    for side in GuardedMemory.Side.allCases {
      for (rows, columns) in [1, 16, 17, 31, 32, 33].flatMap({ r in
        [1, 15, 16, 17, 31, 32, 33, 100].map { (r, $0) }
      }) {
        var guarded = GuardedKernels(table, precision, flushWith: side)
        let memory = guarded.memory
        let result = guarded.destination(rows: rows, columns: columns)
        func vector(_ count: Int) -> UnsafePointer<Float> {
          UnsafePointer(memory.numbers(guarded.numbers.next(count)))
        }
        var plain = Normalization(
          input: vector(rows * columns), output: result, columns: columns, epsilon: 1e-6,
          subtractsMean: true)
        var modulated = plain
        (plain.weight, plain.bias) = (vector(columns), vector(columns))
        modulated.modulationRows = (rows + 1) / 2
        let count = (rows + modulated.modulationRows - 1) / modulated.modulationRows * columns
        (modulated.scale, modulated.shift) = (vector(count), vector(count))
        modulated.modulationStride = columns
        for normalization in [plain, modulated] {
          table.normalize(normalization, rows / 2..<rows)
          table.normalize(normalization, 0..<rows / 2)
          #expect(
            guarded.areNumbers(result, count: rows, columns: columns), "\(rows) × \(columns)")
        }
        withExtendedLifetime(memory) {}
      }
    }
  }
}
