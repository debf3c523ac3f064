extension T5Encoder {
  /// The sizes of a T5 v1.1 encoder, as `transformers`' `config.json` has them.
  public struct Configuration: Sendable, Hashable {
    /// The number of rows of the embedding table (`vocab_size`).
    public let vocabularySize: Int
    /// The width of a hidden state (`d_model`).
    public let width: Int
    /// The number of heads of each layer (`num_heads`).
    public let headCount: Int
    /// The size of a head's queries, keys and values (`d_kv`); all heads together need not have the
    /// width of a hidden state.
    public let headSize: Int
    /// The width between the linear layers of a feed-forward branch (`d_ff`).
    public let hiddenWidth: Int
    /// The number of layers (`num_layers`).
    public let depth: Int
    /// The number of buckets of distances between tokens (`relative_attention_num_buckets`).
    public let distanceBuckets: Int
    /// The distance from which on all are in one bucket (`relative_attention_max_distance`).
    public let maximumDistance: Int
    /// What is added to the mean of squares (`layer_norm_epsilon`).
    public let epsilon: Float

    /// The sizes of an encoder.
    public init(
      vocabularySize: Int, width: Int, headCount: Int, headSize: Int, hiddenWidth: Int, depth: Int,
      distanceBuckets: Int = 32, maximumDistance: Int = 128, epsilon: Float = 1e-6
    ) {
      (self.vocabularySize, self.width, self.depth) = (vocabularySize, width, depth)
      (self.headCount, self.headSize, self.hiddenWidth) = (headCount, headSize, hiddenWidth)
      (self.distanceBuckets, self.maximumDistance) = (distanceBuckets, maximumDistance)
      self.epsilon = epsilon
    }

    /// Reads the sizes of a model.
    ///
    /// - Parameter path: The path of a `config.json` that `transformers` wrote.
    /// - Throws: `ModelError`, where it cannot be read or has a value that is not supported.
    public init(path: String) throws(ModelError) {
      let fields: T5Fields = try FileSettings.decoded(path: path)
      self = try fields.configuration(FileSettings(file: path))
    }

    /// The width of all heads together.
    public var attentionWidth: Int { headCount * headSize }

    /// The number of parameters of one layer.
    public var layerParameterCount: Int {
      layerShapes.reduce(0) { $0 + $1.shape.product }
    }

    /// The number of parameters.
    public var parameterCount: Int {
      shapes.reduce(vocabularySize * width) { $0 + $1.shape.product }
    }

    /// The names of a layer's tensors, and their shapes.
    private var layerShapes: [(name: String, shape: [Int])] {
      let attention = "layer.0.SelfAttention", feedForward = "layer.1.DenseReluDense"
      return ["q", "k", "v"].map { ("\(attention).\($0).weight", [attentionWidth, width]) } + [
        ("\(attention).o.weight", [width, attentionWidth]),
        ("layer.0.layer_norm.weight", [width]),
        ("\(feedForward).wi_0.weight", [hiddenWidth, width]),
        ("\(feedForward).wi_1.weight", [hiddenWidth, width]),
        ("\(feedForward).wo.weight", [width, hiddenWidth]),
        ("layer.1.layer_norm.weight", [width]),
      ]
    }

    /// The names of all tensors but the table of embeddings, and their shapes.
    var shapes: [(name: String, shape: [Int])] {
      [
        (T5Encoder.distanceName, [distanceBuckets, headCount]),
        (T5Encoder.normName, [width]),
      ]
        + (0..<depth).flatMap { layer in
          layerShapes.map { ("encoder.block.\(layer).\($0.name)", $0.shape) }
        }
    }
  }

  /// The name of the biases that all layers share.
  static let distanceName = "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"
  /// The name of the last norm's weight.
  static let normName = "encoder.final_layer_norm.weight"
  /// The names of the table of embeddings, which a file has under one or both.
  static let tableNames = ["shared.weight", "encoder.embed_tokens.weight"]
}

/// The fields of `transformers`' `config.json` of T5, under its names.
struct T5Fields: Decodable {
  let modelType: String?
  let vocabSize, dModel, dKv, dFf, numLayers, numHeads: Int?
  let relativeAttentionNumBuckets, relativeAttentionMaxDistance: Int?
  let layerNormEpsilon: Double?
  let feedForwardProj: String?

  /// The sizes of the model.
  ///
  /// - Parameter settings: The file to name in an error.
  /// - Returns: The sizes; those of `transformers` where a field is left out.
  /// - Throws: `ModelError.value` where a field has a value that is not supported.
  func configuration(_ settings: FileSettings) throws(ModelError) -> T5Encoder.Configuration {
    let sizes = 1...1_048_576
    let type = modelType ?? "t5"
    try settings.require(type == "t5", "model_type", type, "t5")
    let activation = feedForwardProj ?? "relu"
    try settings.require(
      activation == "gated-gelu", "feed_forward_proj", activation,
      "gated-gelu: the first version of T5 is not served")
    let buckets = try settings.number(
      "relative_attention_num_buckets", relativeAttentionNumBuckets, else: 32, in: 4...65_536)
    let distance = try settings.number(
      "relative_attention_max_distance", relativeAttentionMaxDistance, else: 128, in: sizes)
    try settings.require(
      distance > buckets / 4, "relative_attention_max_distance", distance,
      "more than \(buckets / 4), a quarter of relative_attention_num_buckets")
    let epsilon = try settings.number(
      "layer_norm_epsilon", layerNormEpsilon, else: 1e-6, in: 0...1)
    return T5Encoder.Configuration(
      vocabularySize: try settings.number("vocab_size", vocabSize, else: 32_128, in: sizes),
      width: try settings.number("d_model", dModel, else: 512, in: sizes),
      headCount: try settings.number("num_heads", numHeads, else: 8, in: 1...65_536),
      headSize: try settings.number("d_kv", dKv, else: 64, in: 1...65_536),
      hiddenWidth: try settings.number("d_ff", dFf, else: 2048, in: sizes),
      depth: try settings.number("num_layers", numLayers, else: 6, in: 1...1024),
      distanceBuckets: buckets, maximumDistance: distance, epsilon: Float(epsilon))
  }
}
