#if arch(x86_64)
internal import _KernelsMicro

/// The work of a block of queries on a slice of the keys.
struct TileAttentionSlice {
  let attention: TileAttention
  /// The block, and its rows that are queries.
  let block: Int, rows: Range<Int>
  /// The squares of the slice and the keys, of those of a part.
  let squares: Range<Int>, keys: Int
  /// The squares before the part.
  let squaresBefore: Int
  let references: TileAttentionReferences
  let results: UnsafeMutablePointer<Float>

  @inline(__always)
  init(_ attention: TileAttention, part: Int, block: Int, keys: Int, squares: Range<Int>) {
    (self.attention, self.block, self.keys, self.squares) = (attention, block, keys, squares)
    rows = attention.rows(of: block)
    squaresBefore = part * attention.sizes.partSquares
    references = TileAttentionReferences(
      attention.references + attention.slot(block) * attention.sizes.references)
    results = attention.results(block)
  }

  /// Whether there are results of squares before these.
  @inline(__always)
  private var continues: Bool { squaresBefore + squares.lowerBound > 0 }

  /// The scores of a square, 32 in a row.
  @inline(__always)
  private func scores(_ square: Int) -> UnsafeMutablePointer<Float> {
    attention.scores + square % 2 * attention.sizes.scores
  }

  /// Computes the scores of all squares, and turns all but those of the last one into weights.
  @inline(__always)
  func score() {
    let (query, steps) = (attention.head.query, attention.querySteps)
    let isSplit = attention.sizes.numberParts > 1
    let queries =
      isSplit
      ? UnsafeRawPointer(attention.queries)
      : UnsafeRawPointer(query.rows.place(row: block * 32, column: query.column / 32 * 32))
    func keys(_ square: Int) -> UnsafeRawPointer {
      UnsafeRawPointer(attention.keys + square * steps * attention.sizes.square * 4)
    }
    let pace = rows.count / (isSplit ? steps : 4 * steps) + 1
    if !isSplit { TileUnit.load(rows: queries, columns: keys(squares.lowerBound)) }
    for square in squares {
      attention.prefetchNext(square: squaresBefore + square, block: block)
      var row = square > squares.lowerBound ? rows.lowerBound : rows.upperBound
      var largest = TileAttentionWeights.zero
      @inline(__always)
      func weighBefore() { weigh(square - 1, from: &row, count: pace, &largest) }
      TileUnit.zeroSums()
      if isSplit {
        TileUnit.addSplitProducts(
          rows: queries, columns: keys(square), steps: steps, isHalf: false, beside: weighBefore)
      } else {
        TileUnit.addLoadedProducts(
          rows: queries, columns: keys(square), steps: steps, nextRows: queries,
          nextColumns: keys(min(square + 1, squares.upperBound - 1)), beside: weighBefore)
      }
      TileUnit.storeSums(scores(square), stride: 128)
      if largest.exceedLimit { raise(square - 1, rows) }
      if squaresBefore + square == 0 {
        references.begin(rows, scores: scores(0), scale: attention.scale)
      }
    }
  }

  /// Sums the values by the weights, while the last scores become weights and the block before goes
  /// to the output.
  @inline(__always)
  func sum(beside finished: Int?) {
    let last = squares.upperBound - 1
    leaveOut(from: keys - last * 32, in: scores(last))
    let end = squares.count - 1
    var (row, largest) = (rows.lowerBound, TileAttentionWeights.zero)
    let pace = rows.count / max(end, 1) + 1
    beginValues(0)
    addValues(0, 0..<end) { weigh(last, from: &row, count: pace, &largest) }
    weigh(last, from: &row, count: rows.count, &largest)
    if largest.exceedLimit {
      raise(last, rows)
      beginValues(0)
      addValues(0, 0..<end) {}
    }
    addValues(0, end..<end + 1) {}
    storeValues(0)
    // Beside the products of each square of values but the first, a part of the rows.
    let finishedRows = finished.map { attention.rows(of: $0) } ?? 0..<0
    var finishedRow = finishedRows.lowerBound
    let steps = attention.valueSteps
    for step in 1..<steps {
      beginValues(step)
      addValues(step, 0..<end + 1) {}
      let next = finishedRows.lowerBound + finishedRows.count * step / (steps - 1)
      attention.finish(block - 1, finishedRow..<next)
      finishedRow = next
      storeValues(step)
    }
    if steps == 1 { attention.finish(block - 1, finishedRows) }
  }

  // MARK: Scores to weights

  /// Gives keys that are not there the scores of one that is; their values are zero.
  @inline(__always)
  private func leaveOut(from key: Int, in scores: UnsafeMutablePointer<Float>) {
    guard key < 32 else { return }
    for row in rows {
      for key in key..<32 { scores[row * 32 + key] = scores[row * 32] }
    }
  }

  /// Turns the scores of the next queries for a square of keys into weights.
  ///
  /// - Parameters:
  ///   - square: The square.
  ///   - row: The first of the queries; afterwards, the one behind the last.
  ///   - count: Their number, or more than are left.
  ///   - largest: The largest weights so far.
  @inline(__always)
  private func weigh(
    _ square: Int, from row: inout Int, count: Int, _ largest: inout TileAttentionWeights
  ) {
    let end = min(row + count, rows.upperBound)
    if references.areFar { return weighFar(square, from: &row, until: end, &largest) }
    while row < end {
      largest = .larger(largest, weigh(square, row))
      row += 1
    }
  }

  /// The same where scores of some queries are relative to another one.
  @inline(never)
  private func weighFar(
    _ square: Int, from row: inout Int, until end: Int, _ largest: inout TileAttentionWeights
  ) {
    while row < end {
      if references.isFar(row) {
        let (x, y) = powers(square, row)
        largest = .larger(largest, store(powersOfTwo: x, y, square, row))
      } else {
        largest = .larger(largest, weigh(square, row))
      }
      row += 1
    }
  }

  /// Turns the scores of a query into weights.
  ///
  /// - Returns: The weights, or their first parts.
  @inline(__always)
  private func weigh(_ square: Int, _ row: Int) -> TileAttentionWeights {
    guard attention.sizes.numberParts == 1 else {
      let (x, y) = scores(
        square, row, times: attention.scale, plus: references.offset(row))
      return store(powersOfTwo: x, y, square, row)
    }
    let (x, y) = scores(
      square, row, times: TileAttentionWeights.stepsPerPower * attention.scale,
      plus: references.stepOffset(row))
    let weights = TileAttentionWeights(steps: x, y)
    weights.store(place(square, row))
    return weights
  }

  /// Writes weights by a polynomial, for scores of any size.
  @inline(__always)
  private func store(
    powersOfTwo x: AMX.F32, _ y: AMX.F32, _ square: Int, _ row: Int
  ) -> TileAttentionWeights {
    if attention.sizes.numberParts > 1 { return .store(powersOfTwo: x, y, place(square, row)) }
    let weights = TileAttentionWeights(powersOfTwo: x, y)
    weights.store(place(square, row))
    return weights
  }

  /// The scores of a query as powers of two, relative to what it refers to: of the first 16 keys of
  /// a square and of the others.
  @inline(__always)
  private func powers(_ square: Int, _ row: Int) -> (AMX.F32, AMX.F32) {
    let (scores, reference) = (scores(square) + row * 32, AMX.all(references.score(row)))
    let (scale, offset) = (AMX.all(attention.scale), AMX.all(references.offset(row)))
    return (
      AMX.multiplyAdd(AMX.subtract(AMX.load(scores), reference), scale, offset),
      AMX.multiplyAdd(AMX.subtract(AMX.load(scores + 16), reference), scale, offset)
    )
  }

  /// The scores of a query, of the first 16 keys of a square and of the others, times a factor.
  @inline(__always)
  private func scores(
    _ square: Int, _ row: Int, times factor: Float, plus offset: Float
  ) -> (AMX.F32, AMX.F32) {
    let scores = scores(square) + row * 32
    return (
      AMX.multiplyAdd(AMX.load(scores), AMX.all(factor), AMX.all(offset)),
      AMX.multiplyAdd(AMX.load(scores + 16), AMX.all(factor), AMX.all(offset))
    )
  }

  /// The weights of a query for a square.
  @inline(__always)
  private func place(_ square: Int, _ row: Int) -> UnsafeMutableRawPointer {
    attention.weights + (square - squares.lowerBound) * attention.sizes.square * 4 + row * 64
  }

  /// Takes new references for those of some queries whose weights exceed the limit, and weighs them
  /// again.
  ///
  /// What was computed before is multiplied with a power of two: a whole one, unless scores are
  /// far.
  @inline(never)
  private func raise(_ square: Int, _ range: Range<Int>) {
    for row in range where TileAttentionWeights(place(square, row)).exceedLimit {
      let (x, y) = powers(square, row)
      let largest = AMX.mergedLanes(AMX.larger(x, y)) { AMX.larger($0, $1) }
      let scores = scores(square) + row * 32
      let score = AMX.mergedLanes(AMX.larger(AMX.load(scores), AMX.load(scores + 16))) {
        AMX.larger($0, $1)
      }
      let doublings = references.raise(row, by: max(largest, 0), score: score)
      let factor = TileAttentionWeights.powerOfTwo(AMX.all(-doublings))
      for earlier in squares.lowerBound..<square {
        for part in 0..<attention.sizes.numberParts {
          let place = place(earlier, row) + part * 2048
          TileAttentionWeights(place).scaled(by: factor).store(place)
        }
      }
      if continues {
        let result = results + row * attention.sizes.resultStride
        for i in stride(from: 0, to: attention.valueSteps * 32, by: 16) {
          AMX.store(AMX.multiply(AMX.load(result + i), factor), result + i)
        }
      }
      let (newX, newY) = powers(square, row)
      _ = store(powersOfTwo: newX, newY, square, row)
    }
  }

  // MARK: Weights times values

  /// Which halves of a square of values are columns of the head.
  @inline(__always)
  private func halves(_ step: Int) -> (first: Bool, second: Bool) {
    let start = min(attention.valueShift, attention.onesColumn)
    let end = max(attention.valueShift + attention.head.size, attention.onesColumn + 1)
    return (step * 32 + 16 > start, step * 32 + 16 < end)
  }

  /// Takes up the results of a square of values.
  @inline(__always)
  private func beginValues(_ step: Int) {
    guard continues else { return TileUnit.zeroSums() }
    let (result, stride) = (results + step * 32, attention.sizes.resultStride * 4)
    switch halves(step) {
    case (true, true): TileUnit.loadSums(result, stride: stride)
    case (true, false): TileUnit.loadHalfSums(result, stride: stride)
    default: TileUnit.loadHalfSums(result + 16, stride: stride)
    }
  }

  /// Adds the values of some squares of the slice, times their weights.
  @inline(__always)
  private func addValues(_ step: Int, _ range: Range<Int>, beside: () -> Void) {
    let size = attention.sizes.square * 4
    let rows = attention.weights + range.lowerBound * size
    let first = step * AMX.squares(keys) + squares.lowerBound + range.lowerBound
    let columns = attention.values + first * size
    let isSplit = attention.sizes.numberParts > 1
    switch halves(step) {
    case (true, true) where isSplit:
      TileUnit.addSplitProducts(
        rows: rows, columns: columns, steps: range.count, isHalf: false, beside: beside)
    case (true, true):
      TileUnit.addProducts(
        rows: rows, columns: columns, steps: range.count, beside: beside)
    case (let first, _):
      let columns = first ? columns : columns + 1024
      if isSplit {
        TileUnit.addHalfSplitProducts(
          rows: rows, columns: columns, steps: range.count, beside: beside)
      } else {
        TileUnit.addHalfProducts(
          rows: rows, columns: columns, steps: range.count, beside: beside)
      }
    }
  }

  /// Writes the results of a square of values.
  @inline(__always)
  private func storeValues(_ step: Int) {
    let (result, stride) = (results + step * 32, attention.sizes.resultStride * 4)
    switch halves(step) {
    case (true, true): TileUnit.storeSums(result, stride: stride)
    case (true, false): TileUnit.storeHalfSums(result, stride: stride)
    default: TileUnit.storeHalfSums(result + 16, stride: stride)
    }
  }
}
#endif
