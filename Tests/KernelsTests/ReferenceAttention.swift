import Foundation
import Tensor
import _TestSupport

extension Reference {
  /// Attention in `Double`, `[batch, queries, heads, size]`; keys that a mask, a bias of minus infinity
  /// or a window leaves out weigh nothing.
  static func attention(
    _ query: Tensor<Float>, _ key: Tensor<Float>, _ value: Tensor<Float>,
    mask: Tensor<Bool>? = nil, bias: Tensor<Float>? = nil, window: Int? = nil, scale: Double? = nil
  ) -> [Double] {
    let (batch, queries, heads, size) = (
      query.shape[0], query.shape[1], query.shape[2], query.shape[3]
    )
    let keys = key.shape[1]
    let scale = scale ?? 1 / Double(size).squareRoot()
    let (kept, biases) = (mask?.elements, bias?.elements)
    var result = [Double](repeating: 0, count: batch * queries * heads * size)
    for sample in 0..<batch {
      for head in 0..<heads {
        func rows(_ x: Tensor<Float>) -> [Float] { x[sample, .all, head].elements }
        let (q, k, v) = (rows(query), rows(key), rows(value))
        let scores = product(q, k, rows: queries, columns: keys, depth: size).values
        for i in 0..<queries {
          let seen = window.map { max(i - min($0, keys), 0)..<min(i + min($0, keys) + 1, keys) }
          let band = seen ?? 0..<keys
          let row = band.map { key in
            guard kept?[sample * keys + key] ?? true else { return -Double.infinity }
            let bias = biases?[(head * queries + i) * keys + key] ?? 0
            return scale * scores[i * keys + key] + Double(bias)
          }
          let largest = row.max() ?? 0
          let weights = row.map { $0 == -.infinity ? 0 : exp($0 - largest) }
          let total = max(weights.reduce(0, +), .leastNormalMagnitude)
          for j in 0..<size {
            let sum = zip(weights, band).reduce(0) { $0 + $1.0 * Double(v[$1.1 * size + j]) }
            result[((sample * queries + i) * heads + head) * size + j] = sum / total
          }
        }
      }
    }
    return result
  }
}
