import _KernelsBaseline
import _KernelsMicro

/// The softmax of `scale · row`.
private func exactSoftmax(_ row: [Double], scale: Double = 1) -> [Double] {
  let largest = row.max() ?? 0
  let weights = row.map { exp(scale * ($0 - largest)) }
  let total = weights.reduce(0, +)
  return weights.map { $0 / total }
}

func testSoftmax() {
  var outcome = Outcome("softmax")
  var numbers = SampleNumbers(seed: 3)
  for columns in [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 64, 65, 127, 1003] {
    for range: Float in [3, 20, 60] {
      let x = numbers.next(3 * columns).map { range * $0 }
      let result = written(3 * columns, canary: canary) { row in
        for i in 0..<3 * columns { row[i] = x[i] }
        kernelsBaseline.vector.softmax(row, row, 3, columns)
      }
      for row in 0..<3 {
        let part = row * columns..<(row + 1) * columns
        outcome.expect(
          error(
            Written(elements: Array(result.elements[part]), isInside: result.isInside),
            exactSoftmax(x[part].map { Double($0) })),
          within: 1e-6, "\(columns) columns, numbers up to \(range)")
      }
    }
  }
  outcome.report()
}

/// The results of one head, whose tokens stand `stride` apart; a query sees the keys within `window`
/// places of its own.
private func exactAttention(
  _ query: [Float], _ key: [Float], _ value: [Float], queries: Int, keys: Int, size: Int,
  stride: Int, scale: Double, window: Int?
) -> [Double] {
  var result: [Double] = []
  for i in 0..<queries {
    let scores = (0..<keys).map { (j) -> Double in
      if let window, i - j > window || j - i > window { return -Double.infinity }
      return (0..<size).reduce(0.0) {
        $0 + Double(query[i * stride + $1]) * Double(key[j * stride + $1])
      }
    }
    let weights = exactSoftmax(scores, scale: scale)
    for c in 0..<size {
      result.append((0..<keys).reduce(0.0) { $0 + weights[$1] * Double(value[$1 * stride + c]) })
    }
  }
  return result
}

func testAttention() {
  var outcome = Outcome("attention")
  var numbers = SampleNumbers(seed: 4)
  let shapes = [
    (1, 1, 1), (3, 5, 7), (5, 3, 1), (17, 33, 72), (9, 9, 12), (64, 64, 64), (130, 257, 8),
    (13, 1, 5), (1, 13, 5), (40, 2003, 3),
  ]
  let windows = [(1, 0), (9, 2), (70, 11), (257, 30), (1100, 520)].map {
    ($0, $0, 9, Int?.some($1))
  }
  for (queries, keys, size, window) in shapes.map({ ($0, $1, $2, Int?.none) }) + windows {
    let stride = size + numbers.next(in: 0...5)
    let (query, key) = (numbers.next(queries * stride), numbers.next(keys * stride))
    let value = numbers.next(keys * stride)
    let scale = 3 / Float(size).squareRoot()
    let scratchCount = kernelsBaseline.float32.attentionScratch(queries, keys, size)
    var isScratchInside = false
    var result = writtenRows(queries, size, stride: stride) { output in
      query.withUnsafeBufferPointer { query in
        key.withUnsafeBufferPointer { key in
          value.withUnsafeBufferPointer { value in
            guard let query = query.baseAddress, let key = key.baseAddress,
              let value = value.baseAddress
            else { return }
            func tokens(_ start: UnsafePointer<Float>) -> HeadTokens {
              HeadTokens(RowDestination(UnsafeMutableRawPointer(mutating: start), stride: stride))
            }
            var head = AttentionHead(
              query: tokens(query), key: tokens(key), value: tokens(value),
              result: tokens(UnsafePointer(output)), queries: queries, keys: keys, size: size,
              scale: scale)
            head.window = window
            let scratch = written(scratchCount, canary: canary) { scratch in
              kernelsBaseline.float32.attend(head, queries / 3..<queries, scratch)
              kernelsBaseline.float32.attend(head, 0..<queries / 3, scratch)
            }
            isScratchInside = scratch.isInside
          }
        }
      }
    }
    result.isInside = result.isInside && isScratchInside
    let expected = exactAttention(
      query, key, value, queries: queries, keys: keys, size: size, stride: stride,
      scale: Double(scale), window: window)
    outcome.expect(
      error(result, expected), within: 4e-6,
      "\(queries) queries, \(keys) keys, size \(size), window \(window ?? keys)")
  }
  outcome.report()
}
