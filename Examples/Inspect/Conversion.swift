internal import Foundation
internal import Kernels
internal import NN
internal import Tensor
internal import _ExampleCommandLine

/// Writes the tensors of a checkpoint to another file, one after the other.
struct Conversion {
  /// A form of files that can be written.
  private enum Format: String {
    case safetensors, npz

    /// Whether such files can have elements of a type.
    func holds(_ type: StoredType) -> Bool {
      switch self {
      case .safetensors: type.isInSafetensors
      case .npz: type.isInNumPy
      }
    }
  }

  private let path: String
  private let format: Format
  /// What floating-point numbers become; nil where they stay as they are.
  private let type: ScalarType?
  /// Makes whole numbers of weights; nil where they stay what they are.
  private let quantizer: CheckpointQuantizer?
  /// Chooses the group sizes of each layer; nil where all have one.
  private let search: GroupSizeSearch?
  private let skipsUnreadable: Bool
  private let shardSize: Int?
  private let compress: Bool
  private let noClobber: Bool

  /// What the command line asks for; nil where that is nothing.
  init?(_ options: InspectOptions, _ arguments: ParsedArguments) throws {
    type =
      switch arguments[options.type] {
      case "f32": .float
      case "f16": .float16
      case "bf16": .bfloat16
      default: nil
      }
    (shardSize, compress) = (arguments[options.shardSize], arguments[options.compress])
    noClobber = arguments[options.noClobber]
    skipsUnreadable = arguments[options.skipUnreadable]
    let width: QuantizedMatrix.Width =
      arguments[options.quantization] == "int4" ? .fourBits : .eightBits
    let groupSize = arguments[options.groupSize]
    quantizer = arguments[options.quantization].map { _ in
      CheckpointQuantizer(width: width, groupSize: groupSize)
    }
    search =
      arguments[options.search]
      ? GroupSizeSearch(budget: groupSize ?? width.defaultGroupSize) : nil
    guard quantizer != nil || arguments[options.groupSize] == nil && search == nil else {
      throw UsageError.other("--group-size and --search-group-sizes need --quantize")
    }
    guard let path = arguments[options.convert] else {
      let listing: [any AnyOption] = [
        options.subtree, options.stripPrefix, options.hash, options.hashTensors, options.json,
      ]
      if let other = arguments.firstGiven(besides: listing) {
        throw UsageError.other("\(other) needs --convert")
      }
      return nil
    }
    let ending = path.split(separator: "/").last?.split(separator: ".").last
    guard let format = ending.flatMap({ Format(rawValue: $0.lowercased()) }) else {
      throw options.convert.refusing(path, allowed: "a file named .safetensors or .npz")
    }
    guard format == .safetensors || shardSize == nil, format == .npz || !compress else {
      throw UsageError.other("--shard-size is for .safetensors files, --compress for .npz files")
    }
    (self.path, self.format) = (path, format)
  }

  /// Throws, before any work, where there is nothing to quantize, or a file could not be written.
  func check(_ checkpoint: Checkpoint) throws {
    let scales = checkpoint.names.first { $0.hasSuffix(".weight_scale") }
    if quantizer != nil, let scales {
      throw UsageError.other(
        "'\(checkpoint.path)' is quantized already: it has '\(scales)'; --quantize takes the file that "
          + "it was made from")
    }
    let isQuantizable = checkpoint.entries.contains { entry in
      entry.scalarType?.isFloatingPoint == true
        && quantizer?.width(of: entry.name, shape: entry.shape) != nil
    }
    guard quantizer == nil || isQuantizable else {
      throw UsageError.other(
        "'\(checkpoint.path)' has no weights of linear layers in numbered blocks, and --quantize "
          + "would change nothing")
    }
    try checkOutputs([path, path + ".index.json"], clobber: !noClobber)
  }

  /// Writes the tensors, and adds to a report which files were written and which tensors left out.
  ///
  /// - Throws: What reading and writing throw, `ConversionError`, or `CancellationError`.
  func run(_ checkpoint: Checkpoint, _ report: inout InspectReport) throws {
    var skipped: [InspectReport.Unreadable] = []
    func skip(_ name: String, _ reason: any Error) throws {
      try Task.checkCancellation()
      guard skipsUnreadable else {
        throw ConversionError(tensor: name, reason: "\(reason)")
      }
      skipped.append(.init(name: name, reason: "\(reason)"))
    }
    for tensor in checkpoint.unreadable { try skip(tensor.name, tensor.reason) }
    var quantizer = quantizer
    if let search, let plain = quantizer {
      quantizer = try search(checkpoint, for: plain) { _, _ in try Task.checkCancellation() }
    }
    var tensors: [DeferredTensor] = []
    for entry in checkpoint.entries {
      let target = target(of: entry)
      do {
        if let quantized = quantizer?.tensors(of: entry, in: checkpoint) {
          if skipsUnreadable { _ = try stored(entry, target, of: checkpoint) }
          tensors += quantized
          continue
        }
        guard format.holds(target) else {
          throw UnwritableType(type: target, format: format.rawValue)
        }
        // Damage that only reading finds, before the file begins that is to leave it out.
        if skipsUnreadable { _ = try stored(entry, target, of: checkpoint) }
        tensors.append(
          DeferredTensor(entry.name, elementType: target, shape: entry.shape) {
            try Task.checkCancellation()
            return try stored(entry, target, of: checkpoint)
          })
      } catch { try skip(entry.name, error) }
    }
    report.skipped = skipsUnreadable ? skipped : nil
    switch format {
    case .safetensors:
      report.outputs = try Safetensors.write(
        tensors, metadata: checkpoint.metadata, to: path, shardByteLimit: shardSize ?? .max)
    case .npz:
      try NumPyArchive.write(tensors, to: path, compressed: compress)
      report.outputs = [path]
    }
  }

  /// The type that a tensor's elements will have: its own, but for floating-point numbers where the
  /// command line names a type for them.
  private func target(of entry: TensorEntry) -> StoredType {
    guard let type, entry.scalarType?.isFloatingPoint == true else { return entry.elementType }
    return StoredType(type)
  }

  private func stored(
    _ entry: TensorEntry, _ target: StoredType, of checkpoint: Checkpoint
  ) throws -> StoredTensor {
    guard target != entry.elementType else {
      return try checkpoint.checkedTensor(named: entry.name)
    }
    let tensor = try checkpoint.tensor(named: entry.name)
    return StoredTensor(type.map(tensor.converted(to:)) ?? tensor)
  }
}

/// A tensor that keeps a file from being written.
private struct ConversionError: Error, CustomStringConvertible {
  let tensor, reason: String

  var description: String {
    "tensor \(tensor.debugDescription): \(reason) (--skip-unreadable leaves it out)"
  }
}

/// A type of elements that the format to be written lacks.
private struct UnwritableType: Error, CustomStringConvertible {
  let type: StoredType
  let format: String

  var description: String {
    let isFloatingPoint = type.scalarType?.isFloatingPoint == true
    return ".\(format) files have no elements of type \(type.rawValue)"
      + (isFloatingPoint ? "; use --dtype f32" : "")
  }
}

extension AnyTensor {
  /// The elements as a type of floating-point numbers; the same tensor where they are none.
  fileprivate func converted(to target: ScalarType) -> AnyTensor {
    guard scalarType != target, scalarType.isFloatingPoint else { return self }
    switch target {
    case .float: return AnyTensor(converted(to: Float.self))
    case .bfloat16: return AnyTensor(converted(to: BFloat16.self))
    #if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
    case .float16: return AnyTensor(converted(to: Float16.self))
    #endif
    default: return self
    }
  }
}
