internal import _LibC

/// The LU decomposition of one square matrix, `P · A = L · U`, by Gaussian elimination; the pivot is
/// the largest element of a column.
struct LU {
  /// U on and above the diagonal, L below it; the diagonal of L is all ones.
  let matrix: ColumnMatrix
  /// The row that each row was exchanged with, in turn.
  private(set) var pivots: [Int] = []
  /// Whether an odd number of rows were exchanged.
  private(set) var isOdd = false
  /// The first column that depends on those before it.
  private(set) var singularColumn: Int?

  /// Decomposes a matrix, which is overwritten.
  init(_ matrix: ColumnMatrix) {
    self.matrix = matrix
    let count = matrix.rows
    for k in 0..<count {
      let pivot = (k..<count).reduce(k) {
        matrix[$1, k].magnitude > matrix[$0, k].magnitude ? $1 : $0
      }
      pivots.append(pivot)
      if pivot != k {
        matrix.swapRows(k, pivot)
        isOdd.toggle()
      }
      if matrix[k, k] == 0 {
        singularColumn = singularColumn ?? k
        continue
      }
      for row in k + 1..<Swift.max(count, k + 1) { matrix[row, k] /= matrix[k, k] }
      for column in k + 1..<Swift.max(count, k + 1) {
        matrix.add(-matrix[k, column], k, to: column, from: k + 1)
      }
    }
  }

  /// The product of the diagonal of U, with the sign of the exchanges.
  var determinant: Double {
    (0..<matrix.rows).reduce(isOdd ? -1 : 1) { $0 * matrix[$1, $1] }
  }

  /// The sign of the determinant, 0 where it is zero, and the logarithm of its magnitude.
  var signAndLogDeterminant: (sign: Double, logarithm: Double) {
    (0..<matrix.rows).reduce((isOdd ? -1 : 1, 0)) { result, k in
      let element = matrix[k, k]
      let sign: Double = element > 0 ? 1 : element < 0 ? -1 : element
      return (result.0 * sign, result.1 + log(element.magnitude))
    }
  }

  /// Replaces the columns of `b` by the solutions of `A · x = b`.
  func solve(_ b: ColumnMatrix) {
    for (row, pivot) in pivots.enumerated() { b.swapRows(row, pivot) }
    matrix.solveTriangular(b, lower: true, unitDiagonal: true)
    matrix.solveTriangular(b, lower: false, unitDiagonal: false)
  }
}

extension ColumnMatrix {
  /// Replaces the columns of `b` by the solutions of `triangle · x = b`, where a triangle is what is on
  /// and below, or on and above the diagonal.
  func solveTriangular(_ b: ColumnMatrix, lower: Bool, unitDiagonal: Bool) {
    for column in 0..<b.columns {
      for step in 0..<rows {
        let k = lower ? step : rows - 1 - step
        if !unitDiagonal { b[k, column] /= self[k, k] }
        let factor = b[k, column]
        if factor == 0 { continue }
        b.add(
          -factor, times: self, k, to: column, from: lower ? k + 1 : 0, until: lower ? rows : k)
      }
    }
  }
}
