/// One head of scaled dot-product attention: `softmax(scale · q kᵀ + bias) v`.
public struct AttentionHead: @unchecked Sendable {
  /// The first query, key and value.
  public var query, key, value: UnsafePointer<Float>
  /// The distances between tokens, in elements.
  public var queryStride, keyStride, valueStride: Int
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
  /// Where the results go: rows of all heads, of them the one of the first query, and of that the
  /// first column.
  public var destination: RowDestination, row: Int, column: Int

  /// A head without places and bias; set these afterwards.
  ///
  /// It is one of `queries` × `keys`, each token of `size` elements.
  @inlinable
  public init(
    query: UnsafePointer<Float>, key: UnsafePointer<Float>, value: UnsafePointer<Float>,
    queryStride: Int, keyStride: Int, valueStride: Int, queries: Int, keys: Int, size: Int,
    scale: Float, destination: RowDestination, row: Int, column: Int
  ) {
    (self.query, self.key, self.value) = (query, key, value)
    (self.queryStride, self.keyStride, self.valueStride) = (queryStride, keyStride, valueStride)
    (self.destination, self.row, self.column) = (destination, row, column)
    (self.queries, self.keys, self.size, self.scale) = (queries, keys, size, scale)
    (places, bias, biasStride) = (nil, nil, 0)
  }

  /// Where the result of a query goes, from some column of the head on.
  @inlinable @inline(__always)
  func result(ofQuery query: Int, column: Int = 0) -> UnsafeMutableRawPointer {
    destination.place(row: row + query, column: self.column + column)
  }

  /// Where among all keys the key number `key` is.
  @inlinable @inline(__always)
  func place(_ key: Int) -> Int { places.map { $0[key] } ?? key }
}
