public import Kernels
internal import NN
public import Tensor
package import _KernelsMicro

/// The encoder of T5 v1.1.
///
/// Reference: Raffel et al., [Exploring the limits of transfer
/// learning](https://arxiv.org/abs/1910.10683), 2020, and `T5EncoderModel` of `transformers`, whose
/// names the weights have.
///
/// A large encoder (XXL has 4.76 billion parameters) is `streamed`: every call reads one layer
/// after the other, packs it, runs all texts through it and frees it. So it needs the memory of one
/// layer besides the mapped file, and all texts should be encoded in one call.
public struct T5Encoder: Sendable {
  /// Where the layers are between two calls.
  public enum LayerStorage: Sendable, Hashable {
    /// Packed in memory.
    case resident
    /// In the file, from which each call reads them.
    case streamed

    /// What suits a model of so many parameters: from half a billion on, layers are streamed.
    public static func automatic(parameterCount: Int) -> LayerStorage {
      parameterCount < 500_000_000 ? .resident : .streamed
    }
  }

  /// Called after each layer, with the number of layers done and the number of all.
  public typealias Progress = @Sendable (_ done: Int, _ count: Int) -> Void

  /// The sizes of the model.
  public let configuration: Configuration
  /// The precision of its products.
  public let precision: Precision
  /// Where its layers are between two calls.
  public let layerStorage: LayerStorage
  /// A hash of the sizes and of one row of every tensor, rounded to bfloat16.
  ///
  /// It is the same for copies of a model in f32 and bf16, and differs between models.
  public let fingerprint: String
  private let checkpoint: Checkpoint
  private let weights: Weights
  private let tableName: String
  private let bias: RelativePositionBias
  private let finalNorm: RMSNorm
  /// All layers, or none where they are streamed.
  private let layers: [T5Layer]

  /// Opens an encoder.
  ///
  /// Names and shapes of all tensors are checked now. The file may also hold T5's decoder, which is
  /// not read.
  ///
  /// - Parameters:
  ///   - configuration: The sizes.
  ///   - checkpoint: The weights: safetensors or PyTorch's, one file or the index of several.
  ///   - precision: The precision; nil chooses what suits the machine and the size of the model.
  ///   - layerStorage: Where its layers are between two calls; nil for what suits the size.
  /// - Throws: `WeightError` where the weights are not those of this configuration, and errors of
  ///   reading them.
  public init(
    _ configuration: Configuration, from checkpoint: Checkpoint, precision: Precision? = nil,
    layerStorage: LayerStorage? = nil
  ) throws {
    try self.init(
      configuration, from: checkpoint, precision: precision, layerStorage: layerStorage,
      table: .active)
  }

  package init(
    _ c: Configuration, from checkpoint: Checkpoint, precision: Precision?,
    layerStorage: LayerStorage? = nil, table: KernelTable
  ) throws {
    (configuration, self.checkpoint) = (c, checkpoint)
    tableName = try Self.validate(checkpoint, c)
    let count = c.parameterCount
    let precision = precision ?? .automatic(parameterCount: count, table: table)
    self.precision = precision
    let storage = layerStorage ?? .automatic(parameterCount: count)
    self.layerStorage = storage
    let weights = Weights(checkpoint, precision: precision, table: table)
    self.weights = weights
    bias = RelativePositionBias(
      table: try weights.tensor(Self.distanceName, [c.distanceBuckets, c.headCount]),
      maximumDistance: c.maximumDistance)
    finalNorm = RMSNorm(
      weight: try weights.tensor(Self.normName, [c.width]), epsilon: c.epsilon)
    layers =
      storage == .streamed
      ? [] : try (0..<c.depth).map { try T5Layer(c, from: weights["encoder.block"][$0]) }
    fingerprint = try Self.fingerprint(checkpoint, c, tableName: tableName)
  }

  /// Checks the names and shapes of all tensors, and returns the name of the table of embeddings.
  private static func validate(
    _ checkpoint: Checkpoint, _ c: Configuration
  ) throws -> String {
    let found = Dictionary(
      checkpoint.entries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let tables = tableNames.filter { found[$0] != nil }
    let expected =
      c.shapes
      + (tables.isEmpty ? [tableNames[0]] : tables).map { ($0, [c.vocabularySize, c.width]) }
    for (name, shape) in expected {
      guard let entry = found[name] else {
        throw WeightError.missing(file: checkpoint.path, tensor: name)
      }
      guard entry.shape == shape else {
        throw WeightError.shape(
          file: checkpoint.path, tensor: name, expected: shape, found: entry.shape)
      }
    }
    let known = Set(expected.map(\.0))
    let others = checkpoint.names.filter {
      !known.contains($0) && !$0.hasPrefix("decoder.") && $0 != "lm_head.weight"
    }
    if !others.isEmpty {
      throw WeightError.unexpected(file: checkpoint.path, tensors: others.sorted())
    }
    return tables[0]
  }

  /// The kernels that the layers are packed for.
  var table: KernelTable { weights.table }

  /// Encodes texts.
  ///
  /// The hidden states of a text have the same bits whatever the other texts and the padding are.
  /// The hidden states of padding mean nothing.
  ///
  /// - Parameters:
  ///   - batch: The tokens of the texts; ids below `configuration.vocabularySize`.
  ///   - workspace: What to compute with; of the encoder's precision.
  ///   - progress: Called after each layer.
  /// - Returns: The hidden states, `[texts, tokens, width]`.
  /// - Throws: What reading streamed layers throws, and `CancellationError` within one layer of the
  ///   task's cancellation.
  public func callAsFunction(
    _ batch: TokenBatch, in workspace: Workspace, progress: Progress? = nil
  ) throws -> Tensor<Float> {
    let c = configuration
    var x = try embeddings(batch.ids)
    let bias = bias(batch.ids.shape[1])
    for index in 0..<c.depth {
      try Task.checkCancellation()
      let layer =
        layerStorage == .resident
        ? layers[index] : try T5Layer(c, from: weights["encoder.block"][index])
      layer(&x, mask: batch.mask, bias: bias, in: workspace)
      progress?(index + 1, c.depth)
    }
    return finalNorm(x, in: workspace)
  }

  /// The embeddings of tokens, `[texts, tokens, width]`.
  private func embeddings(_ ids: Tensor<Int64>) throws -> Tensor<Float> {
    let table = try checkpoint.tensor(named: tableName)
    check(
      ids.elements.allSatisfy { (0..<Int64(table.shape[0])).contains($0) },
      "T5: an id of \(ids) is not below \(table.shape[0])")
    defer { table.discardPages() }
    return table.rows(ids.elements.map(Int.init)).converted(to: Float.self)
      .reshaped(ids.shape + [configuration.width])
  }

  /// The fingerprint of a model.
  private static func fingerprint(
    _ checkpoint: Checkpoint, _ c: Configuration, tableName: String
  ) throws -> String {
    var hash = SHA256()
    Array("\(c)".utf8).withUnsafeBytes { hash.update($0) }
    for (name, shape) in c.shapes + [("table", [c.vocabularySize, c.width])] {
      let tensor = try checkpoint.tensor(named: name == "table" ? tableName : name)
      let width = shape.last ?? 1
      let row = tensor.rows([shape.count == 1 ? 0 : shape[0] / 2], width: width)
      tensor.discardPages()
      let numbers = row.converted(to: BFloat16.self)
      numbers.withUnsafeElements { hash.update(UnsafeRawBufferPointer($0)) }
    }
    return hash.hexadecimal
  }
}

extension AnyTensor {
  /// Copies of some rows, `[rows, width]`, where a row is `width` neighbouring elements.
  ///
  /// - Parameters:
  ///   - rows: The numbers of the rows.
  ///   - width: The length of a row; nil for the last extent.
  /// - Returns: The rows, of the same element type.
  func rows(_ rows: [Int], width: Int? = nil) -> AnyTensor {
    let width = width ?? shape.last ?? 1
    let byteCount = width * scalarType.byteCount
    let storage = Storage(byteCount: rows.count * byteCount)
    withUnsafeBytes { bytes in
      for (place, row) in rows.enumerated() {
        let source = UnsafeRawBufferPointer(
          rebasing: bytes[row * byteCount..<(row + 1) * byteCount])
        UnsafeMutableRawBufferPointer(
          start: storage.base + place * byteCount, count: byteCount
        ).copyMemory(from: source)
      }
    }
    return AnyTensor(scalarType: scalarType, shape: [rows.count, width], storage: storage)
  }
}
