/// Why a matrix has no such decomposition or solution.
///
/// A matrix is numbered among those of a batch, in row-major order of the leading axes.
public enum LinearAlgebraError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The matrix has no inverse: elimination finds nothing but zeros in a column.
  case singular(operation: String, matrix: Int, column: Int)
  /// The matrix is not positive definite: the leading part of so many rows is not.
  case notPositiveDefinite(operation: String, matrix: Int, rows: Int)
  /// An element is NaN or infinite.
  case notFinite(operation: String, matrix: Int)
  /// The iteration did not end after so many rounds.
  case notConverged(operation: String, matrix: Int, rounds: Int)

  /// The operation, the matrix, and what is wrong with it.
  public var description: String {
    switch self {
    case .singular(let operation, let matrix, let column):
      "\(operation): matrix \(matrix) is singular: column \(column) depends on those before it"
    case .notPositiveDefinite(let operation, let matrix, let rows):
      "\(operation): matrix \(matrix) is not positive definite: its leading \(rows) × \(rows) part"
        + " is not"
    case .notFinite(let operation, let matrix):
      "\(operation): matrix \(matrix) has an element that is NaN or infinite"
    case .notConverged(let operation, let matrix, let rounds):
      "\(operation): matrix \(matrix) did not converge in \(rounds) rounds"
    }
  }
}
