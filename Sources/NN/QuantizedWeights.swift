internal import Kernels
internal import Tensor

// Quantized weights in a checkpoint, below the scope of a linear layer:
//
// weight             int8 [outputs, inputs], or of 4 bits:
// weight_packed      uint8 [outputs, ⌈inputs / 2⌉], the even input in the low half of a byte, 8 added
// weight_scale       float [outputs, groups]
// weight_group_size  int32 [1], the inputs of each group but the last one
extension Weights {
  /// Reads the weights of a linear layer and packs them for its precision.
  ///
  /// Those that are quantized as the precision needs them are taken as they are; others are widened
  /// first.
  ///
  /// - Parameters:
  ///   - outputs: The rows of the weights.
  ///   - inputs: Their columns.
  /// - Returns: The packed weights.
  /// - Throws: `WeightError`, and what the source throws.
  func packedMatrix(_ outputs: Int, _ inputs: Int) throws -> PackedMatrix {
    try Self.packedMatrix([self], outputs, inputs)
  }

  /// Reads the weights of layers that take the same rows, one below the other.
  ///
  /// - Parameters:
  ///   - layers: The scopes of the layers, at least one.
  ///   - outputs: The rows of the weights of each.
  ///   - inputs: Their columns.
  ///   - rows: The rows to pack; nil for all.
  ///   - name: The name of the weights below each scope.
  /// - Returns: The packed weights.
  /// - Throws: `WeightError`, and what the source throws.
  static func packedMatrix(
    _ layers: [Weights], _ outputs: Int, _ inputs: Int, rows: Range<Int>? = nil,
    named name: String = "weight"
  ) throws -> PackedMatrix {
    let (precision, table) = (layers[0].precision, layers[0].table)
    guard let width = precision.elementWidth else {
      let weights = try layers.map { try $0.matrix(name, outputs, inputs) }
      defer { for weight in weights { weight.discardPages() } }
      return PackedMatrix(joined(weights, rows), precision: precision, table: table)
    }
    let matrices = try layers.map { try $0.quantizedMatrix(name, outputs, inputs, width) }
    let first = matrices[0]
    guard matrices.allSatisfy({ $0.groupSize == first.groupSize }) else {
      throw layers[0].error(
        .groupSizes(matrices.map(\.groupSize)), in: name + "_group_size")
    }
    let matrix = try QuantizedMatrix(
      elements: joined(matrices.map(\.elements), rows),
      scales: joined(matrices.map(\.scales), rows),
      groupSize: first.groupSize, width: width)
    defer { for matrix in matrices { matrix.elements.discardPages() } }
    return PackedMatrix(matrix, precision: precision, table: table)
  }

  /// Some rows of tensors one below the other.
  private static func joined<Scalar>(
    _ tensors: [Tensor<Scalar>], _ rows: Range<Int>?
  ) -> Tensor<Scalar> {
    let all = tensors.count == 1 ? tensors[0] : Tensor(concatenating: tensors)
    return rows.map { all[$0] } ?? all
  }

  /// The weights of a layer, widened where they are quantized.
  private func matrix(_ name: String, _ outputs: Int, _ inputs: Int) throws -> Tensor<Float> {
    guard let width = try storedWidth(name) else {
      return try tensor(name, [outputs, inputs], mapped: true)
    }
    return try storedMatrix(name, outputs, inputs, width).tensor
  }

  /// The weights of a layer, quantized where they are not.
  private func quantizedMatrix(
    _ name: String, _ outputs: Int, _ inputs: Int, _ width: QuantizedMatrix.Width
  ) throws -> QuantizedMatrix {
    if try storedWidth(name) == width { return try storedMatrix(name, outputs, inputs, width) }
    let weight = try matrix(name, outputs, inputs)
    defer { weight.discardPages() }
    do throws(QuantizationError) {
      return try QuantizedMatrix(
        weight, width: width, groupSize: width.defaultGroupSize, table: table)
    } catch { throw self.error(error, in: name) }
  }

  /// How the weights of a layer are quantized in the checkpoint; nil where they are not.
  private func storedWidth(_ name: String) throws -> QuantizedMatrix.Width? {
    if contains(name + "_packed") { return .fourBits }
    return try scalarType(of: name) == .int8 ? .eightBits : nil
  }

  /// The quantized weights of a layer as they are in the checkpoint.
  private func storedMatrix(
    _ name: String, _ outputs: Int, _ inputs: Int, _ width: QuantizedMatrix.Width
  ) throws -> QuantizedMatrix {
    let groupSize = try read(name + "_group_size", [1], { $0 == .int32 }, "int32") {
      Int($0.converted(to: Int32.self)[0].item)
    }
    guard groupSize > 0 else { throw error(.groupSize(groupSize), in: name + "_group_size") }
    let scales = try tensor(name + "_scale", [outputs, (inputs + groupSize - 1) / groupSize])
    let elementsName = width == .eightBits ? name : name + "_packed"
    let elements =
      width == .eightBits
      ? try read(elementsName, [outputs, inputs], { $0 == .int8 }, "int8") {
        $0.converted(to: Int8.self)
      }
      : try read(elementsName, [outputs, (inputs + 1) / 2], { $0 == .uint8 }, "uint8") {
        QuantizedMatrix.unpacked($0.converted(to: UInt8.self), inputs: inputs)
      }
    do throws(QuantizationError) {
      return try QuantizedMatrix(
        elements: elements, scales: scales, groupSize: groupSize, width: width)
    } catch {
      if case .element = error { throw self.error(error, in: elementsName) }
      throw self.error(error, in: name + "_scale")
    }
  }
}
