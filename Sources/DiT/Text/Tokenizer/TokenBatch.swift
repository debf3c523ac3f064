public import Tensor

/// Tokens of several texts, filled up to one length.
public struct TokenBatch: Sendable {
  /// The ids, `[texts, tokens]`.
  public let ids: Tensor<Int64>
  /// Which of them are tokens, and not filling, `[texts, tokens]`.
  public let mask: Tensor<Bool>

  /// Fills texts up.
  ///
  /// - Parameters:
  ///   - texts: The ids of each text.
  ///   - paddingID: What to fill them up with.
  ///   - length: To how many; nil for as many as the longest text has.
  /// - Precondition: No text is longer.
  public init(_ texts: [[Int]], paddingID: Int, length: Int? = nil) {
    let longest = texts.map(\.count).max() ?? 0
    let length = length ?? longest
    check(longest <= length, "token batch: a text of \(longest) tokens does not fit \(length)")
    ids = Tensor(
      texts.flatMap {
        $0.map(Int64.init) + [Int64](repeating: Int64(paddingID), count: length - $0.count)
      }, shape: [texts.count, length])
    mask = Tensor(
      texts.flatMap { text in (0..<length).map { $0 < text.count } },
      shape: [texts.count, length])
  }
}
