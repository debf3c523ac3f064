public import Tensor

/// Bounds that are put on the image a model predicts.
public enum SampleBounds: Sendable, Hashable {
  /// Values beyond ± `range` are replaced by it.
  case clipped(range: Float)
  /// Each sample is clipped at a quantile of its magnitudes, from 1 to `largest`, and divided by it.
  ///
  /// Reference: [Saharia et al., 2022](https://arxiv.org/abs/2205.11487), section 2.3.
  case thresholded(quantile: Float, largest: Float)

  /// Samples within the bounds.
  ///
  /// - Parameter samples: `[batch, …]`; what is done to one does not depend on the others.
  /// - Returns: Samples of the same shape.
  public func callAsFunction(_ samples: Tensor<Float>) -> Tensor<Float> {
    switch self {
    case .clipped(let range): return samples.clamped(to: -range...range)
    case .thresholded(let quantile, let largest):
      let bounded = (0..<samples.shape[0]).map { index in
        let sample = samples[index..<index + 1]
        let s = min(max(Self.quantile(quantile, sample.absolute().elements), 1), largest)
        return sample.clamped(to: -s...s) / s
      }
      return Tensor(concatenating: bounded, axis: 0)
    }
  }

  /// The value below which a share of the values lies, interpolated between two of them.
  private static func quantile(_ share: Float, _ values: [Float]) -> Float {
    let sorted = values.sorted()
    let rank = share * Float(sorted.count - 1)
    let below = sorted[Int(rank)], above = sorted[min(Int(rank) + 1, sorted.count - 1)]
    return below + (rank - rank.rounded(.down)) * (above - below)
  }
}
