public import Tensor

/// A table with a row for each token or class.
public struct Embedding: Layer {
  /// The table, `[rows, width]`.
  public let weight: Tensor<Float>

  /// Reads `weight`.
  ///
  /// - Parameters:
  ///   - count: The number of rows.
  ///   - width: The length of a row.
  ///   - weights: The scope of the layer.
  /// - Throws: `WeightError` where it is missing or of another shape.
  public init(_ count: Int, _ width: Int, from weights: Weights) throws {
    self.init(weight: try weights.tensor("weight", [count, width]))
  }

  /// A table, `[rows, width]`.
  public init(weight: Tensor<Float>) {
    check(weight.rank == 2, "embedding: a table of shape \(weight.shape) is not [rows, width]")
    self.weight = weight
  }

  /// The rows of some classes.
  ///
  /// - Parameter classes: Numbers below the number of rows.
  /// - Returns: `[classes.count, width]`.
  public func callAsFunction(_ classes: [Int]) -> Tensor<Float> {
    self(Tensor(classes.map(Int64.init)))
  }

  /// The rows of some tokens.
  ///
  /// - Parameter tokens: Numbers below the number of rows, any shape.
  /// - Returns: `tokens.shape + [width]`.
  public func callAsFunction(_ tokens: Tensor<Int64>) -> Tensor<Float> {
    weight.gathered(tokens.reshaped([tokens.count]), axis: 0)
      .reshaped(tokens.shape + [weight.shape[1]])
  }

  /// The rows of some tokens.
  ///
  /// - Parameter tokens: Numbers below the number of rows, any shape.
  /// - Returns: `tokens.shape + [width]`.
  public func callAsFunction(_ tokens: Tensor<Int32>) -> Tensor<Float> {
    self(tokens.converted(to: Int64.self))
  }
}
