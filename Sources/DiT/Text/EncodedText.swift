public import Tensor

/// A text as a denoiser reads it: the hidden states of its tokens, from a text encoder.
///
/// There is no padding, because attention masks it out. Texts of a batch may differ in length.
public struct EncodedText: Sendable {
  /// A row for each token, `[tokens, width]`.
  public let hiddenStates: Tensor<Float>

  /// The number of tokens, including those that the tokenizer adds.
  public var tokenCount: Int { hiddenStates.shape[0] }
  /// The number of elements of a token's row.
  public var width: Int { hiddenStates.shape[1] }

  /// A text without padding.
  ///
  /// - Parameter hiddenStates: A row for each token, `[tokens, width]`.
  /// - Precondition: There is at least one token.
  public init(hiddenStates: Tensor<Float>) {
    check(
      hiddenStates.rank == 2 && hiddenStates.shape[0] > 0,
      "encoded text: hidden states of shape \(hiddenStates.shape) are not [tokens, width]")
    self.hiddenStates = hiddenStates
  }

  /// A text with padding, as diffusers keeps it; the padding is removed.
  ///
  /// - Parameters:
  ///   - hiddenStates: A row for each token and each place of padding, `[places, width]`.
  ///   - mask: Which places are tokens, `[places]`.
  /// - Precondition: At least one place is a token.
  public init(hiddenStates: Tensor<Float>, mask: Tensor<Bool>) {
    check(
      hiddenStates.rank == 2 && mask.shape == [hiddenStates.shape[0]],
      "encoded text: a mask of shape \(mask.shape) for hidden states of shape "
        + "\(hiddenStates.shape)")
    let places = mask.elements.indices(of: true).ranges.flatMap { $0.map(Int64.init) }
    self.init(hiddenStates: hiddenStates.gathered(Tensor(places), axis: 0))
  }
}
