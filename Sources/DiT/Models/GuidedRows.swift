internal import Tensor

/// What a block sees of the rows of a guided batch besides the tokens.
protocol GuidedRows {
  /// The same for the conditional half of the rows.
  var conditional: Self { get }
}

extension BranchPart {
  /// The rows of the part, with what the block sees of them.
  func rows<Context: GuidedRows>(
    of x: Tensor<Float>, _ context: Context
  ) -> (Tensor<Float>, Context) {
    conditionalOnly ? (x[0..<x.shape[0] / 2], context.conditional) : (x, context)
  }
}
