internal import Foundation
internal import Tensor
internal import _ExampleCommandLine

/// Writes the tensors of a checkpoint to another file, one after the other.
struct Conversion {
  /// A form of files that can be written.
  private enum Format: String { case safetensors, npz }

  private let path: String
  private let format: Format
  /// What floating-point numbers become; nil where they stay as they are.
  private let type: ScalarType?
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
    guard let path = arguments[options.convert] else {
      guard type == nil, shardSize == nil, !compress, !noClobber else {
        throw UsageError.other("--dtype, --shard-size, --compress and --no-clobber need --convert")
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

  /// Throws where a file would be overwritten that must not be.
  func check() throws {
    guard noClobber else { return }
    for path in [path, path + ".index.json"] where FileManager.default.fileExists(atPath: path) {
      throw UsageError.other("'\(path)' exists already")
    }
  }

  /// Writes the tensors.
  ///
  /// - Parameter checkpoint: The tensors.
  /// - Returns: The paths of the files.
  /// - Throws: What reading and writing throw, or `CancellationError`.
  func run(_ checkpoint: Checkpoint) throws -> [String] {
    let tensors = checkpoint.entries.map { entry in
      // Types that tensors cannot have make `tensor(named:)` throw.
      let scalarType = entry.scalarType ?? .uint8
      let target = scalarType.isFloatingPoint ? type ?? scalarType : scalarType
      return DeferredTensor(entry.name, scalarType: target, shape: entry.shape) {
        try Task.checkCancellation()
        let tensor = try checkpoint.tensor(named: entry.name)
        return tensor.converted(to: target)
      }
    }
    switch format {
    case .safetensors:
      return try Safetensors.write(
        tensors, metadata: checkpoint.metadata, to: path, shardByteLimit: shardSize ?? .max)
    case .npz:
      try NumPyArchive.write(tensors, to: path, compressed: compress)
      return [path]
    }
  }
}

extension AnyTensor {
  /// The elements as a type of floating-point numbers; the same tensor where they are of that type.
  fileprivate func converted(to target: ScalarType) -> AnyTensor {
    guard scalarType != target else { return self }
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
