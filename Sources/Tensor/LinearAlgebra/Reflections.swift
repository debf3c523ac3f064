/// Householder's reflections, `H = I - factor · v vᵀ`, each of which makes a part of a column zero.
///
/// Their vectors stand in the columns of a matrix, where they made the elements zero: the vector of
/// column `k` from row `k + offset` on (Golub and Van Loan, *Matrix Computations*, 5.1).
struct Reflections {
  let matrix: ColumnMatrix
  /// How far below the diagonal the vectors begin.
  let offset: Int
  private(set) var factors: [Double] = []

  init(in matrix: ColumnMatrix, offset: Int) {
    (self.matrix, self.offset) = (matrix, offset)
  }

  /// Makes the next reflection, of the next column: the elements below its first become zero.
  ///
  /// As LAPACK has it, there is none where they are zero already, and the first one changes its sign.
  ///
  /// - Returns: What the first element becomes.
  mutating func appendNext() -> Double {
    let column = factors.count
    let first = column + offset
    let element = matrix[first, column]
    let rest = matrix.dot(column, column, from: first + 1)
    if rest == 0 {
      factors.append(0)
      return element
    }
    let norm = (element * element + rest).squareRoot()
    let result = element < 0 ? norm : -norm
    let head = element - result
    matrix[first, column] = head
    factors.append(2 / (head * head + rest))
    return result
  }

  /// Applies reflection `k` to a column of this or another matrix.
  func apply(_ k: Int, to column: Int, of target: ColumnMatrix) {
    if factors[k] == 0 { return }
    let first = k + offset
    let product = factors[k] * target.dot(column, k, of: matrix, from: first)
    target.add(-product, times: matrix, k, to: column, from: first)
  }

  /// Multiplies `target`, from the left, with the product of all reflections.
  func apply(to target: ColumnMatrix) {
    for k in factors.indices.reversed() {
      for column in 0..<target.columns { apply(k, to: column, of: target) }
    }
  }

  /// The first columns of the product of all reflections.
  func orthonormalColumns(_ count: Int) -> ColumnMatrix {
    let result = ColumnMatrix.identity(rows: matrix.rows, columns: count)
    apply(to: result)
    return result
  }
}
