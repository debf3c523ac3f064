public import Tensor

extension Tensor {
  /// Images or sequences of PyTorch, `[batch, channels, …]`, as layers take them, `[batch, …,
  /// channels]`: a view.
  public var channelsLast: Tensor {
    check(rank >= 2, "\(shape) is not [batch, channels, …]")
    return permuted([0] + Array(2..<rank) + [1])
  }

  /// What layers give, `[batch, …, channels]`, as PyTorch has it, `[batch, channels, …]`: a view.
  public var channelsFirst: Tensor {
    check(rank >= 2, "\(shape) is not [batch, …, channels]")
    return permuted([0, rank - 1] + Array(1..<rank - 1))
  }
}
