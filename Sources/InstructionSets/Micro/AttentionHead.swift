/// One head of scaled dot-product attention: `softmax(scale · q kᵀ + bias) v`.
public struct AttentionHead: @unchecked Sendable {
  /// The first query, key, value and where the result of the first query goes.
  public var query, key, value: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>
  /// The distances between tokens, in elements.
  public var queryStride, keyStride, valueStride, outputStride: Int
  /// The numbers of queries and of keys.
  public var queries, keys: Int
  /// The number of elements of a query, key or value.
  public var size: Int
  /// What the scores are multiplied with, a positive number.
  public var scale: Float
  /// Where among all keys and values the ones to attend to are, `keys` ascending numbers; where it
  /// is nil, they are the first ones.
  public var places: UnsafePointer<Int>?
  /// What is added to the scores of the first query, an element for each of all keys.
  public var bias: UnsafePointer<Float>?
  /// The distance between the biases of queries, in elements.
  public var biasStride: Int

  /// A head without places and bias; set these afterwards.
  ///
  /// It is one of `queries` × `keys`, each token of `size` elements.
  @inlinable
  public init(
    query: UnsafePointer<Float>, key: UnsafePointer<Float>, value: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>, queryStride: Int, keyStride: Int, valueStride: Int,
    outputStride: Int, queries: Int, keys: Int, size: Int, scale: Float
  ) {
    (self.query, self.key, self.value, self.output) = (query, key, value, output)
    (self.queryStride, self.keyStride) = (queryStride, keyStride)
    (self.valueStride, self.outputStride) = (valueStride, outputStride)
    (self.queries, self.keys, self.size, self.scale) = (queries, keys, size, scale)
    (places, bias, biasStride) = (nil, nil, 0)
  }

  /// Where among all keys the key number `key` is.
  @inlinable @inline(__always)
  func place(_ key: Int) -> Int { places.map { $0[key] } ?? key }
}
