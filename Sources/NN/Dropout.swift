public import Tensor

/// Dropout as it is outside of training: nothing is dropped.
///
/// It stands for the layer of a model that is ported line by line.
public struct Dropout: Layer {
  /// The share of numbers that training drops.
  public let rate: Double

  /// The layer of a rate of dropping.
  public init(_ rate: Double = 0.5) { self.rate = rate }

  /// None.
  public var parameters: [Parameter] { [] }

  /// What it is given.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { x }
}
