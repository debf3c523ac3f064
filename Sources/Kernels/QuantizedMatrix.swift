internal import _KernelsActive
package import _KernelsMicro
internal import _Parallel
public import Tensor

/// The weights of a linear layer as small integers: `weight ≈ scale · element`, with a scale for
/// each row and group of neighbouring inputs.
///
/// Quantization is symmetric. The scale of a group is its largest magnitude over the largest
/// integer, 127 or 7, and 1 where all of the group is zero; elements are rounded to the nearest, of
/// two to the even one. A last group takes the inputs that are left.
public struct QuantizedMatrix: Sendable {
  /// How large the integers are.
  public enum Width: Int, Sendable, CaseIterable {
    /// From -127 to 127.
    case eightBits = 8
    /// From -7 to 7.
    case fourBits = 4

    /// The largest integer.
    public var levels: Int { self == .eightBits ? 127 : 7 }

    /// The number of inputs of a group where nothing else is asked for.
    ///
    /// The widths of DiT-S, B and XL and of PixArt are multiples of it. In groups of 128, weights of 8
    /// bits would take 4 % more memory, and their products would scale three times as many sums.
    public var defaultGroupSize: Int { self == .eightBits ? 384 : 128 }
  }

  /// The integers, `[outputs, inputs]`.
  public let elements: Tensor<Int8>
  /// What they are multiplied with, `[outputs, groups]`.
  public let scales: Tensor<Float>
  /// The inputs of each group but the last one.
  public let groupSize: Int
  /// How large the integers are.
  public let width: Width

  /// The length of the rows that the layer takes.
  public var inputs: Int { elements.shape[1] }
  /// The length of the rows that it gives.
  public var outputs: Int { elements.shape[0] }

  /// Quantizes weights, in groups of `width.defaultGroupSize` inputs.
  ///
  /// - Parameters:
  ///   - weight: A row for each output, `[outputs, inputs]`.
  ///   - width: How large the integers are.
  /// - Throws: `QuantizationError.notFinite` where a weight is infinite or NaN.
  /// - Precondition: `weight` has two dimensions.
  public init(_ weight: Tensor<Float>, width: Width = .eightBits) throws(QuantizationError) {
    try self.init(weight, width: width, groupSize: width.defaultGroupSize)
  }

  /// Quantizes weights.
  ///
  /// - Parameters:
  ///   - weight: A row for each output, `[outputs, inputs]`.
  ///   - width: How large the integers are.
  ///   - groupSize: The inputs that share a scale, at least one; nil for the whole row.
  /// - Throws: `QuantizationError.notFinite` where a weight is infinite or NaN.
  /// - Precondition: `weight` has two dimensions.
  public init(
    _ weight: Tensor<Float>, width: Width = .eightBits, groupSize: Int?
  ) throws(QuantizationError) {
    try self.init(weight, width: width, groupSize: groupSize, table: .active)
  }

  package init(
    _ weight: Tensor<Float>, width: Width, groupSize: Int?, table: KernelTable
  ) throws(QuantizationError) {
    check(weight.rank == 2, "quantized matrix: weights of shape \(weight.shape) are no matrix")
    check(groupSize ?? 1 > 0, "quantized matrix: a group needs an input, not \(groupSize ?? 0)")
    let (outputs, inputs) = (weight.shape[0], weight.shape[1])
    let groups = TermGroups(depth: inputs, size: min(groupSize ?? .max, max(inputs, 1)))
    let rows = weight.strides[1] == 1 || inputs <= 1 ? weight : weight.contiguous()
    let elements = Tensor<Int8>(uninitialized: [outputs, inputs])
    let scales = Tensor<Float>(uninitialized: [outputs, groups.count])
    nonisolated(unsafe) let (source, target) = (rows.pointer, elements.mutablePointer)
    nonisolated(unsafe) let targetScales = scales.mutablePointer
    let stride = rows.strides[0]
    parallelFor(outputs, grain: 16, threads: processorCount) { range, _ in
      for row in range {
        table.quantizeWeights(
          source + row * stride, groups, Float(width.levels), target + row * inputs,
          targetScales + row * groups.count)
      }
    }
    withExtendedLifetime((rows, elements, scales)) {}
    (self.elements, self.scales, self.width) = (elements, scales, width)
    self.groupSize = groups.size
    if let place = firstScale(where: { !$0.isFinite }) {
      throw QuantizationError.notFinite(output: place.output, inputs: groups[place.group])
    }
  }

  /// Weights that were quantized before.
  ///
  /// - Parameters:
  ///   - elements: The integers, `[outputs, inputs]`.
  ///   - scales: What they are multiplied with, `[outputs, groups]`.
  ///   - groupSize: The inputs of each group but the last one, at least one.
  ///   - width: How large the integers are.
  /// - Throws: `QuantizationError` where there is not one scale for each group, one of them is not
  ///   a positive, finite number, or an integer is larger than `width` allows.
  /// - Precondition: `elements` and `scales` have two dimensions.
  public init(
    elements: Tensor<Int8>, scales: Tensor<Float>, groupSize: Int, width: Width = .eightBits
  ) throws(QuantizationError) {
    check(
      elements.rank == 2 && scales.rank == 2,
      "quantized matrix: elements \(elements.shape) and scales \(scales.shape) are no matrices")
    guard groupSize > 0 else { throw QuantizationError.groupSize(groupSize) }
    (self.elements, self.scales) = (elements.contiguous(), scales.contiguous())
    self.width = width
    self.groupSize = min(groupSize, max(elements.shape[1], 1))
    let expected = [outputs, TermGroups(depth: inputs, size: self.groupSize).count]
    guard scales.shape == expected else {
      throw QuantizationError.scaleShape(expected: expected, found: scales.shape)
    }
    if let place = firstScale(where: { !($0 > 0 && $0.isFinite) }) {
      throw QuantizationError.scale(
        output: place.output, group: place.group, found: scales[place.output, place.group].item)
    }
    // Of 8 bits even -128, which quantization does not give, counts for what it is.
    guard width == .fourBits else { return }
    let found = withExtendedLifetime(self.elements) {
      UnsafeBufferPointer(start: self.elements.pointer, count: elements.count).first {
        !(-7...7).contains($0)
      }
    }
    if let found { throw QuantizationError.element(found: Int(found)) }
  }

  /// Where the first of the scales is that fulfil a condition.
  private func firstScale(where condition: (Float) -> Bool) -> (output: Int, group: Int)? {
    let count = scales.shape[1]
    let place = withExtendedLifetime(scales) {
      UnsafeBufferPointer(start: scales.pointer, count: scales.count).firstIndex(where: condition)
    }
    return place.map { ($0 / count, $0 % count) }
  }

  /// The weights that the integers stand for, `[outputs, inputs]`.
  public var tensor: Tensor<Float> {
    let (table, groups) = (KernelTable.active, TermGroups(depth: inputs, size: groupSize))
    let result = Tensor<Float>(uninitialized: [outputs, inputs])
    nonisolated(unsafe) let (source, target) = (elements.pointer, result.mutablePointer)
    nonisolated(unsafe) let sourceScales = scales.pointer
    parallelFor(outputs, grain: 16, threads: processorCount) { range, _ in
      for row in range {
        table.widenWeights(
          source + row * groups.depth, sourceScales + row * groups.count, groups,
          target + row * groups.depth)
      }
    }
    return withExtendedLifetime((elements, scales)) { result }
  }
}

/// Weights that cannot be quantized, or quantized weights that make no sense.
public enum QuantizationError: Error, Equatable, CustomStringConvertible {
  /// One of the weights of an output in some inputs is infinite or NaN.
  case notFinite(output: Int, inputs: Range<Int>)
  /// The number of inputs of a group is not positive.
  case groupSize(Int)
  /// There is not one scale for each output and group.
  case scaleShape(expected: [Int], found: [Int])
  /// A scale is not a positive, finite number.
  case scale(output: Int, group: Int, found: Float)
  /// Layers that are joined into one differ in their groups.
  case groupSizes([Int])
  /// An integer is larger than its bits allow.
  case element(found: Int)

  /// The error in a sentence, without the name of the weights.
  public var description: String {
    switch self {
    case .notFinite(let output, let inputs):
      "row \(output) has a weight that is infinite or not a number in columns \(inputs.lowerBound) to "
        + "\(inputs.upperBound - 1)"
    case .groupSize(let found): "groups have at least one input, not \(found)"
    case .scaleShape(let expected, let found):
      "scales have shape \(found), and \(expected) is one for each row and group"
    case .scale(let output, let group, let found):
      "the scale of row \(output), group \(group) is \(found), and not a positive, finite number"
    case .groupSizes(let found):
      "layers that are computed as one have groups of \(found) inputs, and not of one size"
    case .element(let found): "an element is \(found), and not from -7 to 7"
    }
  }
}
