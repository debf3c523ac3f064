#if arch(x86_64)
internal import _KernelsMicro

/// What the weights of the 32 queries of a block are relative to: the power of a weight is
/// `(score - reference) · scale + offset`.
///
/// Any reference gives the same quotient in the end, as long as nothing overflows. As a rule it is
/// none but the offset, an integer of doublings, so that a power takes one multiply-add. Products
/// of 2²² or more would round by too much for that: such a score is far, and then the scores of its
/// query are taken relative to one of their own first.
struct TileAttentionReferences {
  private let offsets, stepOffsets, scores, far: UnsafeMutablePointer<Float>

  /// The elements of them, in whole cache lines.
  static let count = 3 * 32 + 16

  @inline(__always)
  init(_ first: UnsafeMutablePointer<Float>) {
    (offsets, stepOffsets, scores, far) = (first, first + 32, first + 64, first + 96)
  }

  /// Whether there are queries of which a score is the reference.
  @inline(__always)
  var areFar: Bool { far[0] != 0 }

  /// Whether a score is the reference of a query.
  @inline(__always)
  func isFar(_ row: Int) -> Bool { scores[row] != 0 }

  /// What is added to the scores of a query, in powers.
  @inline(__always)
  func offset(_ row: Int) -> Float { offsets[row] }

  /// The same in the steps of `TileAttentionWeights`.
  @inline(__always)
  func stepOffset(_ row: Int) -> Float { stepOffsets[row] }

  /// What is subtracted from the scores of a query before.
  @inline(__always)
  func score(_ row: Int) -> Float { scores[row] }

  /// Begins with the score of the first key of each query, 32 apart.
  @inline(__always)
  func begin(_ rows: Range<Int>, scores: UnsafePointer<Float>, scale: Float) {
    far[0] = 0
    for row in rows {
      self.scores[row] = 0
      let score = scores[row * 32]
      refer(row, offset: -(score * scale).rounded(), orScore: score)
    }
  }

  /// Makes the weights of a query smaller.
  ///
  /// - Parameters:
  ///   - row: The query.
  ///   - power: The power of its largest weight, at least zero.
  ///   - score: The score of that weight.
  /// - Returns: By what power they have become smaller.
  func raise(_ row: Int, by power: Float, score: Float) -> Float {
    let doublings = power.rounded()
    let isWhole = refer(row, offset: offsets[row] - doublings, orScore: score)
    return isWhole ? doublings : power
  }

  /// Sets the offset of a query, or where that is far, the score that it refers to.
  @inline(__always) @discardableResult
  private func refer(_ row: Int, offset: Float, orScore score: Float) -> Bool {
    let isNear = abs(offset) < 0x1p22
    if !isNear { (scores[row], far[0]) = (score, 1) }
    offsets[row] = isNear ? offset : 0
    stepOffsets[row] = TileAttentionWeights.steps(power: offsets[row])
    return isNear
  }
}
#endif
