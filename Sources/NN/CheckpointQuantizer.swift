public import Kernels
public import Tensor

/// Quantizes the linear layers of a checkpoint's blocks, to be written to a smaller one.
///
/// The `weight` of each becomes three tensors, which `Weights` reads (docs/quantization.md).
/// Modulation layers get 8 bits at least, because their errors are in every token. Embeddings,
/// tables, and all layers outside of numbered blocks stay as they are.
public struct CheckpointQuantizer: Sendable {
  /// How large the integers are.
  public var width: QuantizedMatrix.Width
  /// The number of inputs that share a scale; nil for the `defaultGroupSize` of each tensor's width.
  public var groupSize: Int?
  /// The group sizes of layers that differ from `groupSize`, by the name of their weights.
  public var groupSizes: [String: Int] = [:]

  /// A quantizer of one width, in groups of one size.
  public init(width: QuantizedMatrix.Width = .eightBits, groupSize: Int? = nil) {
    (self.width, self.groupSize) = (width, groupSize)
  }

  /// How large the integers of a tensor become; nil where it is left as it is.
  ///
  /// - Parameters:
  ///   - name: Its name.
  ///   - shape: Its shape.
  /// - Returns: The width, or nil.
  public func width(of name: String, shape: [Int]) -> QuantizedMatrix.Width? {
    let parts = name.split(separator: ".").map { $0.lowercased() }
    // In a block: below a number, which a list of layers alone has at its end.
    guard shape.count == 2, parts.last == "weight",
      parts.dropLast(2).contains(where: { Int($0) != nil }),
      !parts.contains(where: { $0.contains("emb") || $0.contains("attention_bias") })
    else { return nil }
    let modulates = name.contains("adaLN_modulation") || name.hasSuffix("norm1.linear.weight")
    return modulates ? .eightBits : width
  }

  /// All tensors of a checkpoint, with quantized weights in place of those of its linear layers.
  ///
  /// - Parameter checkpoint: The checkpoint.
  /// - Returns: Tensors to be written; making one throws what `tensors(of:in:)` says.
  public func tensors(of checkpoint: Checkpoint) -> [DeferredTensor] {
    checkpoint.entries.flatMap { entry in
      tensors(of: entry, in: checkpoint) ?? [
        DeferredTensor(entry.name, elementType: entry.elementType, shape: entry.shape) {
          try checkpoint.stored(named: entry.name)
        }
      ]
    }
  }

  /// The tensors that replace the weights of a linear layer.
  ///
  /// - Parameters:
  ///   - entry: The weights.
  ///   - checkpoint: Where they are.
  /// - Returns: Tensors to be written, nil where the tensor is left as it is. Making one throws
  ///   `WeightError` where a weight is infinite or NaN, and what reading the file throws.
  public func tensors(of entry: TensorEntry, in checkpoint: Checkpoint) -> [DeferredTensor]? {
    guard entry.scalarType?.isFloatingPoint == true,
      let width = width(of: entry.name, shape: entry.shape)
    else { return nil }
    let (name, outputs, inputs) = (entry.name, entry.shape[0], entry.shape[1])
    let size = min(groupSizes[name] ?? groupSize ?? width.defaultGroupSize, max(inputs, 1))
    let matrix = Once {
      let tensor = try checkpoint.tensor(named: name)
      defer { tensor.discardPages() }
      do throws(QuantizationError) {
        return try QuantizedMatrix(tensor.converted(to: Float.self), width: width, groupSize: size)
      } catch {
        throw WeightError.quantization(file: checkpoint.path, tensor: name, error)
      }
    }
    let isPacked = width == .fourBits
    return [
      DeferredTensor(
        name + (isPacked ? "_packed" : ""), scalarType: isPacked ? .uint8 : .int8,
        shape: isPacked ? [outputs, (inputs + 1) / 2] : entry.shape
      ) {
        let matrix = try matrix.value(uses: 2)
        return isPacked ? AnyTensor(matrix.packedElements) : AnyTensor(matrix.elements)
      },
      DeferredTensor(
        name + "_scale", scalarType: .float, shape: [outputs, (inputs + size - 1) / size]
      ) { AnyTensor(try matrix.value(uses: 2).scales) },
      DeferredTensor(
        name + "_group_size", AnyTensor(Tensor([Int32(clamping: size)]))),
    ]
  }

  /// A matrix that is made for its first use and forgotten after its last.
  private final class Once {
    private var made: (matrix: QuantizedMatrix, uses: Int)?
    private let make: () throws -> QuantizedMatrix

    init(_ make: @escaping () throws -> QuantizedMatrix) { self.make = make }

    func value(uses: Int) throws -> QuantizedMatrix {
      let (matrix, used) = try made ?? (make(), 0)
      made = used + 1 == uses ? nil : (matrix, used + 1)
      return matrix
    }
  }
}
