internal import Foundation
internal import Tensor

/// T5's bias of the scores of attention: a number for each head and each bucket of distances.
///
/// Half of the buckets are for keys after the query, half for the others. In each half, the first
/// buckets hold one distance each; the rest hold ranges of distances that grow exponentially.
struct RelativePositionBias: Sendable {
  /// `[buckets, heads]`.
  let table: Tensor<Float>
  /// The distance from which on all keys are in the last bucket of their half.
  let maximumDistance: Int

  /// The bucket of a key that stands `distance` tokens behind the query, or before it if negative.
  func bucket(_ distance: Int) -> Int {
    let half = table.shape[0] / 2
    let exact = half / 2
    let offset = distance > 0 ? half : 0
    guard distance.magnitude >= exact else { return offset + Int(distance.magnitude) }
    // In 32 bits, as the buckets of the weights were chosen.
    let ratio = logf(Float(distance.magnitude) / Float(exact))
    let scale = Float(log(Double(maximumDistance) / Double(exact)))
    let step = Int(ratio / scale * Float(half - exact))
    return offset + min(exact + step, half - 1)
  }

  /// The biases of all pairs of tokens, `[heads, tokens, tokens]`.
  func callAsFunction(_ tokens: Int) -> Tensor<Float> {
    let buckets = (1 - tokens..<tokens).map { Int64(bucket($0)) }
    let byDistance = table.gathered(Tensor(buckets), axis: 0).transposed().contiguous()
    let heads = table.shape[1]
    // The row of each query is that of the query before it, shifted by one.
    var result: [Float] = []
    byDistance.withUnsafeElements { biases in
      for head in 0..<heads {
        for query in 0..<tokens {
          let first = head * (2 * tokens - 1) + tokens - 1 - query
          result += biases[first..<first + tokens]
        }
      }
    }
    return Tensor(result, shape: [heads, tokens, tokens])
  }
}
