public import Kernels
public import Tensor

/// Multi-head attention with queries from one sequence, and keys and values from the same or
/// another one: PyTorch's `nn.MultiheadAttention` with `batch_first`, and the layers of its kind.
///
/// ```swift
/// let attention = try MultiHeadAttention(64, headCount: 4, from: weights["self_attn"])
/// let y = attention(x)                                   // self-attention
/// let z = attention(x, context: text, mask: isWord)      // cross-attention
/// let w = attention(x, isCausal: true)                   // each token sees those before it
/// ```
public struct MultiHeadAttention: Layer {
  /// The layer that makes queries.
  public let query: Linear
  /// The layer that makes keys.
  public let key: Linear
  /// The layer that makes values.
  public let value: Linear
  /// The output projection of the heads' results, which stand side by side.
  public let output: Linear
  /// The number of heads.
  public let headCount: Int
  /// The names of parameters.
  private let names: Names

  private enum Names {
    /// As in PyTorch: the three layers as one, where they take the same width, or one by one.
    case joined, separate
    /// Those of the properties.
    case properties
  }

  /// Reads the parameters of PyTorch's `nn.MultiheadAttention`.
  ///
  /// They are `in_proj_weight`, `[3 · width, width]`, or where keys and values have another width
  /// `q_proj_weight`, `k_proj_weight` and `v_proj_weight`; then `in_proj_bias`, `out_proj.weight`
  /// and `out_proj.bias`.
  ///
  /// - Parameters:
  ///   - width: The width of a token.
  ///   - headCount: The number of heads.
  ///   - keyWidth: The width of the tokens that keys are made of; nil for `width`.
  ///   - valueWidth: The width of the tokens that values are made of; nil for `width`.
  ///   - bias: Whether the layers have a bias.
  ///   - weights: The scope of the layer.
  /// - Throws: `WeightError` where parameters are missing or of another shape.
  public init(
    _ width: Int, headCount: Int, keyWidth: Int? = nil, valueWidth: Int? = nil,
    bias: Bool = true, from weights: Weights
  ) throws {
    let sums = bias ? try weights.tensor("in_proj_bias", [3 * width]) : nil
    func linear(_ part: Int, _ weight: PackedMatrix) -> Linear {
      Linear(weight, bias: sums.map { $0[part * width..<(part + 1) * width].copied() })
    }
    let layers: [Linear]
    let widths = [width, keyWidth ?? width, valueWidth ?? width]
    if widths.allSatisfy({ $0 == width }) {
      layers = try (0..<3).map {
        linear(
          $0,
          try Weights.packedMatrix(
            [weights], 3 * width, width, rows: $0 * width..<($0 + 1) * width,
            named: "in_proj_weight"))
      }
      names = .joined
    } else {
      layers = try zip(["q", "k", "v"], widths).enumerated().map { part, layer in
        linear(
          part,
          try Weights.packedMatrix([weights], width, layer.1, named: "\(layer.0)_proj_weight"))
      }
      names = .separate
    }
    (query, key, value) = (layers[0], layers[1], layers[2])
    output = try Linear(width, width, bias: bias, from: weights["out_proj"])
    self.headCount = headCount
    checkLayers()
  }

  /// Attention with four layers.
  ///
  /// - Parameters:
  ///   - query: The layer that makes queries, `[heads · size, width]`.
  ///   - key: The layer that makes keys, `[heads · size, width of the context]`.
  ///   - value: The layer that makes values, `[heads · size, width of the context]`.
  ///   - output: The output projection, `[width, heads · size]`.
  ///   - headCount: The number of heads.
  public init(query: Linear, key: Linear, value: Linear, output: Linear, headCount: Int) {
    (self.query, self.key, self.value, self.output) = (query, key, value, output)
    (self.headCount, names) = (headCount, .properties)
    checkLayers()
  }

  private func checkLayers() {
    check(
      headCount > 0 && query.outputs.isMultiple(of: headCount) && key.outputs == query.outputs
        && value.outputs == query.outputs && output.inputs == query.outputs,
      "attention: queries, keys and values of \([query, key, value].map(\.outputs)) numbers and an "
        + "output of \(output.inputs) are not those of \(headCount) heads")
  }

  /// The parameters: with PyTorch's names where they were read under these, or else those of the
  /// four layers.
  public var parameters: [Parameter] {
    let layers = [query, key, value]
    func joined(_ name: String, _ part: String, shape: [Int]) -> Parameter {
      let parameters = layers.flatMap(\.parameters).filter { $0.name == part }
      return Parameter(name, shape: shape) { Tensor(concatenating: parameters.map(\.tensor)) }
    }
    let width = query.outputs
    let bias =
      query.bias == nil ? [] : [joined("in_proj_bias", "bias", shape: [3 * width])]
    let rest = bias + output.parameters(below: "out_proj")
    switch names {
    case .joined:
      return [joined("in_proj_weight", "weight", shape: [3 * width, query.inputs])] + rest
    case .separate:
      return zip(["q", "k", "v"], layers).map { name, layer in
        Parameter("\(name)_proj_weight", shape: [width, layer.inputs]) { layer.weight.unpacked }
      } + rest
    case .properties:
      return zip(["query", "key", "value", "output"], layers + [output]).flatMap {
        $1.parameters(below: $0)
      }
    }
  }

  /// Applies the layer.
  ///
  /// - Parameters:
  ///   - x: The tokens that queries are made of, `[batch, queries, width]`.
  ///   - context: The tokens that keys are made of, `[batch, keys, width of keys]`; nil for `x`.
  ///   - values: The tokens that values are made of, `[batch, keys, width of values]`; nil for
  ///     `context`.
  ///   - mask: Which keys count, `[batch, keys]`; nil where all do. (PyTorch's `key_padding_mask` is the
  ///     opposite: true is left out.)
  ///   - bias: What is added to the scores, `[queries, keys]` or `[heads, queries, keys]`; minus
  ///     infinity leaves a key out.
  ///   - isCausal: Whether the last query attends to all keys, and each one before it to one fewer.
  ///   - workspace: What to compute with; nil for a workspace that all such calls share.
  /// - Returns: `[batch, queries, width]`.
  public func callAsFunction(
    _ x: Tensor<Float>, context: Tensor<Float>? = nil, values: Tensor<Float>? = nil,
    mask: Tensor<Bool>? = nil, bias: Tensor<Float>? = nil, isCausal: Bool = false,
    in workspace: Workspace? = nil
  ) -> Tensor<Float> {
    let workspace = workspace ?? query.defaultWorkspace
    let x = Operand(x, in: workspace)
    let context = context.map { Operand($0, in: workspace) } ?? x
    let values = values.map { Operand($0, in: workspace) } ?? context
    let (queries, keys) = (x.shape[1], context.shape[1])
    var sum = bias.map { $0.rank == 2 ? $0.broadcast(to: [headCount] + $0.shape) : $0 }
    if isCausal {
      let causal = causalBias(heads: headCount, queries: queries, keys: keys)
      sum = sum.map { $0 + causal } ?? causal
    }
    let hasBias = sum != nil
    func heads(_ layer: Linear, _ tokens: Operand) -> HeadView {
      HeadView(
        hasBias
          ? layer.operand(tokens, in: workspace) : layer.attentionOperand(tokens, in: workspace),
        from: 0, count: headCount, size: layer.outputs / headCount)
    }
    let result = attention(
      query: heads(query, x), key: heads(key, context), value: heads(value, values), mask: mask,
      bias: sum, in: workspace)
    return output(result, in: workspace)
  }
}

/// What is added to the scores of causal attention: zero, or minus infinity where a key comes after
/// its query.
///
/// The last query attends to all keys, and each one before it to one fewer. All rows are views of
/// one, which begins with zeros.
///
/// - Parameters:
///   - heads: The number of heads.
///   - queries: The number of queries.
///   - keys: The number of keys.
/// - Returns: `[heads, queries, keys]`.
public func causalBias(heads: Int, queries: Int, keys: Int) -> Tensor<Float> {
  let row = Tensor(
    [Float](repeating: 0, count: keys) + [Float](repeating: -.infinity, count: max(queries, keys)))
  // Row q begins where keys - queries + q + 1 zeros are left.
  return Tensor(
    storage: row.storage, offset: queries - 1, shape: [heads, queries, keys], strides: [0, -1, 1])
}
