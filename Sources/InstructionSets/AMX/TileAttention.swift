#if arch(x86_64)
internal import _KernelsMicro

/// Where the parts of an attention head are in its scratch.
private struct AttentionScratch {
  let keys, values, queries, weights: UnsafeMutableRawPointer
  let scores, square, largest, sums: UnsafeMutablePointer<Float>

  init(_ scratch: UnsafeMutablePointer<Float>, keys keyCount: Int, size: Int) {
    let (keySquares, sizeSquares) = (AMX.squares(keyCount), AMX.squares(size))
    var next = UnsafeMutableRawPointer(scratch)
    func take(_ byteCount: Int) -> UnsafeMutableRawPointer {
      defer { next += byteCount }
      return next
    }
    keys = take(keySquares * sizeSquares * 2048)
    values = take(keySquares * sizeSquares * 2048)
    queries = take(sizeSquares * 2048)
    weights = take(keySquares * 2048)
    scores = take(keySquares * 4096).assumingMemoryBound(to: Float.self)
    square = take(4096).assumingMemoryBound(to: Float.self)
    largest = take(2048).assumingMemoryBound(to: Float.self)
    sums = take(2048).assumingMemoryBound(to: Float.self)
  }
}

extension AMX {
  /// The elements of scratch that `attend` needs.
  static func attentionScratch(keys: Int, size: Int) -> Int {
    let (keySquares, sizeSquares) = (squares(keys), squares(size))
    return (2 * keySquares * sizeSquares + sizeSquares + keySquares) * 512
      + keySquares * 1024 + 1024 + 2 * 512
  }

  /// Computes the results of the queries of `range`, both products on the tile unit.
  ///
  /// Keys and values are packed once. Then 32 queries at a time get their scores, which stay in the
  /// L2 cache, their largest while they are in L1, the weights in tiles, and the result.
  static func attend(
    _ head: AttentionHead, queries range: Range<Int>, scratch: UnsafeMutablePointer<Float>
  ) {
    let parts = AttentionScratch(scratch, keys: head.keys, size: head.size)
    let (keySquares, sizeSquares) = (squares(head.keys), squares(head.size))
    pack(
      PackingSource(
        elements: head.key, depthStride: 1, columnStride: head.keyStride, depth: head.size,
        columns: head.keys), panels: 0..<keySquares, into: parts.keys)
    pack(
      PackingSource(
        elements: head.value, depthStride: head.valueStride, columnStride: 1, depth: head.keys,
        columns: head.size), panels: 0..<sizeSquares, into: parts.values)
    TileUnit.configure()
    var first = range.lowerBound
    while first < range.upperBound {
      let count = min(32, range.upperBound - first)
      write(
        head.query + first * head.queryStride, stride: head.queryStride, rows: 0..<count,
        columns: head.size,
        to: RowDestination(parts.queries, stride: head.size, form: .tiles))
      score(head, count, parts)
      weigh(head, count, parts)
      sum(head, first, count, parts)
      first += count
    }
    TileUnit.release()
  }

  /// The scores of 32 queries, squares of 32 × 32, and the largest of each query in every lane.
  @inline(__always)
  private static func score(_ head: AttentionHead, _ count: Int, _ parts: AttentionScratch) {
    let steps = squares(head.size)
    for row in 0..<count { store(all(-.infinity), parts.largest + row * 16) }
    for panel in 0..<squares(head.keys) {
      let square = parts.scores + panel * 1024
      TileUnit.zeroSums()
      TileUnit.addProducts(
        rows: parts.queries, secondRows: 1024, stride: 64, step: 2048,
        columns: parts.keys + panel * steps * 2048, steps: steps)
      TileUnit.storeSums(square, stride: 128)
      let left = head.keys - panel * 32
      if left < 32 {
        // Keys that are not there have no weight.
        for row in 0..<count {
          for key in left..<32 { square[row * 32 + key] = -.infinity }
        }
      }
      for row in 0..<count {
        let scores = square + row * 32
        let place = parts.largest + row * 16
        store(larger(larger(load(scores), load(scores + 16)), load(place)), place)
      }
    }
    for row in 0..<count {
      let place = parts.largest + row * 16
      store(all(mergedLanes(load(place)) { larger($0, $1) }), place)
      store(.zero, parts.sums + row * 16)
    }
  }

  /// The weights of 32 queries, `e^(scale · (score - largest))`, as tiles, and their sums.
  @inline(__always)
  private static func weigh(_ head: AttentionHead, _ count: Int, _ parts: AttentionScratch) {
    let factor = all(head.scale * 1.442_695_04)
    for panel in 0..<squares(head.keys) {
      let square = parts.scores + panel * 1024
      let tiles = parts.weights + panel * 2048
      for row in 0..<count {
        let largest = load(parts.largest + row * 16)
        let a = weight(multiply(subtract(load(square + row * 32), largest), factor))
        let b = weight(multiply(subtract(load(square + row * 32 + 16), largest), factor))
        let place = parts.sums + row * 16
        store(add(load(place), add(a, b)), place)
        store(
          neighbours(a, b), (tiles + row * 64).assumingMemoryBound(to: Float.self))
      }
    }
  }

  /// 2 to the power `x ≤ 0`, within 4e-6 of itself, which is a hundredth of what bfloat16 rounds.
  @inline(__always)
  private static func weight(_ x: F32) -> F32 {
    let bounded = larger(x, all(-200))
    let magic = all(12_582_912)
    let n = subtract(add(bounded, magic), magic)
    let f = subtract(bounded, n)
    var p = all(9.618_129e-3)
    p = multiplyAdd(p, f, all(5.550_411e-2))
    p = multiplyAdd(p, f, all(2.402_265e-1))
    p = multiplyAdd(p, f, all(6.931_472e-1))
    p = multiplyAdd(p, f, all(1))
    return scaled(p, byPowerOfTwo: n)
  }

  /// The sums of the values by their weights, over the sum of the weights.
  @inline(__always)
  private static func sum(
    _ head: AttentionHead, _ first: Int, _ count: Int, _ parts: AttentionScratch
  ) {
    let steps = squares(head.keys)
    for row in 0..<count {
      parts.sums[row * 16] = 1 / mergedLanes(load(parts.sums + row * 16)) { add($0, $1) }
    }
    for panel in 0..<squares(head.size) {
      let columns = min(32, head.size - panel * 32)
      let values = parts.values + panel * steps * 2048
      TileUnit.zeroSums()
      if columns > 16 {
        TileUnit.addProducts(
          rows: parts.weights, secondRows: 1024, stride: 64, step: 2048, columns: values,
          steps: steps)
      } else {
        TileUnit.addHalfProducts(rows: parts.weights, columns: values, steps: steps)
      }
      TileUnit.storeSums(parts.square, stride: 128)
      guard let target = head.destination else { return }
      for row in 0..<count {
        writePart(
          parts.square + row * 32, count: columns, times: parts.sums[row * 16], to: target.rows,
          row: target.row + first + row, column: target.column + panel * 32)
      }
    }
  }
}
#endif
