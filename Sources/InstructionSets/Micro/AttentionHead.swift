/// The tokens of one head: some columns of rows that hold all heads.
public struct HeadTokens: @unchecked Sendable {
  /// The rows of all tokens.
  public var rows: RowDestination
  /// The row of the first token, and the first column of the head.
  public var row, column: Int

  /// The tokens from some row and column on.
  @inlinable
  public init(_ rows: RowDestination, row: Int = 0, column: Int = 0) {
    (self.rows, self.row, self.column) = (rows, row, column)
  }

  /// Where an element of a token is.
  @inlinable @inline(__always)
  public func place(token: Int, column: Int = 0) -> UnsafeMutableRawPointer {
    rows.place(row: row + token, column: self.column + column)
  }

  /// The first element of a token, where rows are numbers of 32 bits.
  @inlinable @inline(__always)
  public func start(_ token: Int) -> UnsafePointer<Float> {
    UnsafePointer(place(token: token).assumingMemoryBound(to: Float.self))
  }
}

/// One head of scaled dot-product attention: `softmax(scale · q kᵀ + bias) v`.
public struct AttentionHead: @unchecked Sendable {
  /// The queries, keys and values; all are numbers of 32 bits, or all are tiles.
  public var query, key, value: HeadTokens
  /// Where the results go.
  public var result: HeadTokens
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
  /// How far from its own place a query sees keys, at most `keys`; nil where it sees all.
  ///
  /// A head with a window has as many queries as keys, and no places.
  public var window: Int?

  /// A head without places, bias and window; set these afterwards.
  ///
  /// It is one of `queries` × `keys`, each token of `size` elements.
  @inlinable
  public init(
    query: HeadTokens, key: HeadTokens, value: HeadTokens, result: HeadTokens, queries: Int,
    keys: Int, size: Int, scale: Float
  ) {
    (self.query, self.key, self.value, self.result) = (query, key, value, result)
    (self.queries, self.keys, self.size, self.scale) = (queries, keys, size, scale)
    (places, bias, biasStride, window) = (nil, nil, 0, nil)
  }

  /// Where among all keys the key number `key` is.
  @inlinable @inline(__always)
  public func place(_ key: Int) -> Int { places.map { $0[key] } ?? key }

  /// The keys that some of the queries see, in whole strips of so many rows.
  @inlinable @inline(__always)
  func keys(seenBy queries: Range<Int>, stripRows rows: Int) -> Range<Int> {
    guard let window else { return 0..<keys }
    let first = max(queries.lowerBound - window, 0) / rows * rows
    return first..<min((queries.upperBound + window + rows - 1) / rows * rows, keys)
  }
}
