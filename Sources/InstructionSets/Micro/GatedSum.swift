/// A branch of a block that joins the hidden states: `residual + gate · branch`.
public struct GatedSum: @unchecked Sendable {
  /// The branch, `[rows, columns]`, contiguous.
  public var branch: UnsafePointer<Float>
  /// What it is added to, `[rows, columns]`, contiguous; it may be the output.
  public var residual: UnsafePointer<Float>
  /// Where the sums go, `[rows, columns]`, contiguous.
  public var output: UnsafeMutablePointer<Float>
  /// The number of columns.
  public var columns: Int
  /// What the branch is multiplied with, a row for every `gateRows`; 1 where it is nil.
  public var gate: UnsafePointer<Float>?
  /// The distance between rows of the gate, in elements.
  public var gateStride: Int
  /// How many consecutive rows share a row of the gate.
  public var gateRows: Int

  /// A sum without a gate; set that afterwards.
  @inlinable
  public init(
    branch: UnsafePointer<Float>, residual: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>, columns: Int
  ) {
    (self.branch, self.residual, self.output) = (branch, residual, output)
    (self.columns, gate, gateStride, gateRows) = (columns, nil, 0, 1)
  }
}

extension InstructionSet {
  /// Writes rows of a gated sum.
  ///
  /// It has the multiply-add that `Epilogue` has. So a branch that was kept joins the residual with
  /// the bits of one that a product adds itself.
  ///
  /// - Parameters:
  ///   - sum: The whole sum.
  ///   - range: The rows to write.
  @inlinable @inline(__always)
  public static func add(_ sum: GatedSum, rows range: Range<Int>) {
    for row in range {
      let start = row * sum.columns
      let (branch, residual) = (sum.branch + start, sum.residual + start)
      let output = sum.output + start
      guard let gate = sum.gate.map({ $0 + row / sum.gateRows * sum.gateStride }) else {
        addRow(sum.columns, into: output) { load in add(load(branch), load(residual)) }
        continue
      }
      addRow(sum.columns, into: output) { load in
        multiplyAdd(load(gate), load(branch), load(residual))
      }
    }
  }

  /// Writes a row of `count` elements; `term` computes each vector from what it loads at its place.
  @inlinable @inline(__always)
  static func addRow(
    _ count: Int, into output: UnsafeMutablePointer<Float>,
    _ term: ((UnsafePointer<Float>) -> F32) -> F32
  ) {
    var i = 0
    while i + width <= count {
      store(term { load($0 + i) }, output + i)
      i += width
    }
    let rest = count - i
    if rest > 0 {
      storePart(term { loadPart($0 + i, count: rest, padding: 0) }, output + i, count: rest)
    }
  }
}
