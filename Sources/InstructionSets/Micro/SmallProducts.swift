/// Products of many matrices that are too small to be packed.
public struct SmallProducts: @unchecked Sendable {
  /// The first left matrix, `[rows, depth]`, any strides.
  public var a: UnsafePointer<Float>
  /// The first right matrix, `[depth, columns]`, whose columns are neighbours.
  public var b: UnsafePointer<Float>
  /// The first result, `[rows, columns]`, dense.
  public var output: UnsafeMutablePointer<Float>
  /// The extents of each matrix.
  public var rows, depth, columns: Int
  /// The distances of the left matrix, in elements.
  public var aRowStride, aTermStride: Int
  /// The distance between terms of the right matrix, in elements.
  public var bTermStride: Int
  /// The distances between matrices, in elements.
  public var aStride, bStride: Int

  /// Products of dense matrices that follow each other; set other distances afterwards.
  @inlinable
  public init(
    a: UnsafePointer<Float>, b: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    rows: Int, depth: Int, columns: Int
  ) {
    (self.a, self.b, self.output) = (a, b, output)
    (self.rows, self.depth, self.columns) = (rows, depth, columns)
    (aRowStride, aTermStride, bTermStride) = (depth, 1, columns)
    (aStride, bStride) = (rows * depth, depth * columns)
  }
}

extension InstructionSet {
  /// Computes the first `count` products, each sum from its first term to the last.
  @inlinable @inline(__always)
  public static func multiply(_ work: SmallProducts, count: Int) {
    var (a, b, output) = (work.a, work.b, work.output)
    for _ in 0..<count {
      var column = 0
      while column + width <= work.columns {
        multiplyColumns(work, a, b + column, load: { load($0) }) { row, sum in
          store(sum, output + row * work.columns + column)
        }
        column += width
      }
      let rest = work.columns - column
      if rest > 0 {
        multiplyColumns(work, a, b + column, load: { loadPart($0, count: rest, padding: 0) }) {
          row, sum in
          storePart(sum, output + row * work.columns + column, count: rest)
        }
      }
      a += work.aStride
      b += work.bStride
      output += work.rows * work.columns
    }
  }

  /// Computes up to a vector of columns, four rows at a time: they share the loads of `b`.
  @inlinable @inline(__always)
  static func multiplyColumns(
    _ work: SmallProducts, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    load: (UnsafePointer<Float>) -> F32, store: (Int, F32) -> Void
  ) {
    var row = 0
    while row < work.rows {
      // The last four rows compute some again, to be whole.
      if work.rows >= 4 { row = min(row, work.rows - 4) }
      let count = min(4, work.rows - row)
      let start = a + row * work.aRowStride
      let last = (count - 1) * work.aRowStride
      let second = count > 1 ? work.aRowStride : 0
      let third = count > 2 ? 2 * work.aRowStride : last
      var sums = (F32.zero, F32.zero, F32.zero, F32.zero)
      for k in 0..<work.depth {
        let terms = load(b + k * work.bTermStride)
        let x = start + k * work.aTermStride
        sums.0 = multiplyAdd(all(x[0]), terms, sums.0)
        sums.1 = multiplyAdd(all(x[second]), terms, sums.1)
        sums.2 = multiplyAdd(all(x[third]), terms, sums.2)
        sums.3 = multiplyAdd(all(x[last]), terms, sums.3)
      }
      store(row, sums.0)
      if count > 1 { store(row + 1, sums.1) }
      if count > 2 { store(row + 2, sums.2) }
      if count > 3 { store(row + 3, sums.3) }
      row += 4
    }
  }
}
