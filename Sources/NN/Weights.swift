internal import Foundation
public import Kernels
internal import Synchronization
public import Tensor
internal import _KernelsActive
package import _KernelsMicro

/// The tensors of a checkpoint, or those below a name in it.
///
/// Layers read their parameters from the scope that their owner gives them:
/// `Linear(…, from: weights["blocks"][3]["attn"]["qkv"])`. Whoever reads a whole model calls
/// `finish()` at the end, which throws if a tensor was left over.
public struct Weights: Sendable {
  private let source: any WeightSource
  private let scope: String
  /// The precision of linear layers.
  public let precision: Precision
  /// The kernels that linear layers are packed for.
  package let table: KernelTable
  private let names: Names
  private let progress: Progress?

  /// Called after each tensor that was read, with the number of those read so far and of all.
  public typealias Progress = @Sendable (_ read: Int, _ count: Int) -> Void

  /// The names of all tensors and of those that no layer has asked for yet, shared by all scopes.
  private final class Names: Sendable {
    let all: Set<String>
    let unread: Mutex<Set<String>>

    init(_ names: [String]) {
      all = Set(names)
      unread = Mutex(all)
    }
  }

  /// All tensors of a source.
  ///
  /// - Parameters:
  ///   - source: Where the tensors are.
  ///   - precision: The precision of linear layers.
  ///   - progress: Called after each tensor that was read.
  public init(
    _ source: any WeightSource, precision: Precision = .float32, progress: Progress? = nil
  ) {
    self.init(source, precision: precision, table: .active, progress: progress)
  }

  package init(
    _ source: any WeightSource, precision: Precision, table: KernelTable,
    progress: Progress? = nil
  ) {
    (self.source, self.precision, self.table) = (source, precision, table)
    self.progress = progress
    scope = ""
    names = Names(source.names)
  }

  private init(_ parent: Weights, scope: String, precision: Precision) {
    (source, self.precision, table) = (parent.source, precision, parent.table)
    (names, progress) = (parent.names, parent.progress)
    self.scope = scope
  }

  /// The tensors of a dictionary.
  ///
  /// - Parameters:
  ///   - tensors: The tensors by name.
  ///   - precision: The precision of linear layers.
  public init(tensors: [String: Tensor<Float>], precision: Precision = .float32) {
    self.init(NamedTensors(tensors: tensors), precision: precision)
  }

  /// The same tensors, for layers of another precision.
  public func multiplying(_ precision: Precision) -> Weights {
    Weights(self, scope: scope, precision: precision)
  }

  /// The tensors whose names begin with that of this scope, a dot, and `name`.
  public subscript(_ name: String) -> Weights {
    Weights(self, scope: fullName(name), precision: precision)
  }

  /// The tensors of one item of a list.
  public subscript(_ index: Int) -> Weights { self[String(index)] }

  private func fullName(_ name: String) -> String { scope.isEmpty ? name : "\(scope).\(name)" }

  /// Whether there is a tensor of this name.
  public func contains(_ name: String) -> Bool { names.all.contains(fullName(name)) }

  /// Reads a tensor as 32-bit floating point.
  ///
  /// - Parameters:
  ///   - name: The name below this scope.
  ///   - shape: The shape that it must have.
  ///   - mapped: Whether the tensor may share the bytes of the mapped file. It then changes when
  ///     the file does, so it must be packed or copied at once. By default it is a copy.
  /// - Returns: The tensor, of that shape.
  /// - Throws: `WeightError` where it is missing or of another shape, and what the source throws.
  public func tensor(
    _ name: String, _ shape: [Int], mapped: Bool = false
  ) throws -> Tensor<Float> {
    try read(name, shape, \.isFloatingPoint, "floating point") { tensor in
      let numbers = tensor.converted(to: Float.self)
      if mapped && tensor.scalarType == Float.scalarType { return numbers }
      defer { tensor.discardPages() }
      return tensor.scalarType == Float.scalarType ? numbers.copied() : numbers
    }
  }

  /// The type of a tensor; nil where there is none of this name.
  ///
  /// - Throws: What the source throws.
  func scalarType(of name: String) throws -> ScalarType? {
    contains(name) ? try source.tensor(named: fullName(name)).scalarType : nil
  }

  /// An error of quantized weights of this scope, with the name of the tensor.
  func error(_ error: QuantizationError, in tensor: String) -> WeightError {
    .quantization(file: source.description, tensor: fullName(tensor), error)
  }

  /// Reads a tensor whose type `isValid` allows; errors name the allowed types as `needed`.
  func read<Value>(
    _ name: String, _ shape: [Int], _ isValid: (ScalarType) -> Bool, _ needed: String,
    _ convert: (AnyTensor) throws -> Value
  ) throws -> Value {
    let name = fullName(name)
    guard names.all.contains(name) else {
      throw WeightError.missing(file: source.description, tensor: name)
    }
    let tensor = try source.tensor(named: name)
    guard tensor.shape == shape else {
      throw WeightError.shape(
        file: source.description, tensor: name, expected: shape, found: tensor.shape)
    }
    guard isValid(tensor.scalarType) else {
      throw WeightError.scalarType(
        file: source.description, tensor: name, expected: needed, found: tensor.scalarType)
    }
    let left = names.unread.withLock {
      $0.remove(name)
      return $0.count
    }
    defer { progress?(names.all.count - left, names.all.count) }
    return try convert(tensor)
  }

  /// Whether the tensors of this scope and of another one are equal in name, type, shape and bytes.
  ///
  /// - Throws: What the source throws.
  public func areEqual(to other: Weights) throws -> Bool {
    let names = ownNames
    guard names == other.ownNames else { return false }
    return try names.allSatisfy { name in
      let tensor = try source.tensor(named: fullName(name))
      defer { tensor.discardPages() }
      return tensor.isEqual(to: try other.source.tensor(named: other.fullName(name)))
    }
  }

  /// The names below this scope, sorted.
  private var ownNames: [String] {
    let prefix = scope.isEmpty ? "" : scope + "."
    return names.all.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
      .sorted()
  }

  /// Says that the tensors of this scope, or the tensor of its name, are not wanted: `finish()`
  /// then does not report them.
  public func leaveOut() {
    names.unread.withLock { $0 = $0.filter { $0 != scope && !$0.hasPrefix(scope + ".") } }
  }

  /// Ends the reading of a model.
  ///
  /// - Throws: `WeightError.unexpected` where tensors were not asked for.
  public func finish() throws {
    let left = names.unread.withLock { $0.sorted() }
    if !left.isEmpty { throw WeightError.unexpected(file: source.description, tensors: left) }
  }
}

extension AnyTensor {
  /// Whether a tensor has the same type, shape and bytes.
  fileprivate func isEqual(to other: AnyTensor) -> Bool {
    guard scalarType == other.scalarType, shape == other.shape else { return false }
    return withUnsafeBytes { a in
      other.withUnsafeBytes { b in
        guard let first = a.baseAddress, let second = b.baseAddress else { return a.isEmpty }
        return memcmp(first, second, a.count) == 0
      }
    }
  }
}

/// A source of weights, usually a file.
public protocol WeightSource: Sendable, CustomStringConvertible {
  /// The names of all tensors.
  var names: [String] { get }
  /// The tensor of a name.
  func tensor(named name: String) throws -> AnyTensor
}

extension SafetensorsFile: WeightSource {}
extension PyTorchFile: WeightSource {}
extension NumPyArchive: WeightSource {}
extension Checkpoint: WeightSource {}

/// Tensors that are in memory.
private struct NamedTensors: WeightSource {
  let tensors: [String: Tensor<Float>]

  var description: String { "a dictionary of tensors" }
  var names: [String] { Array(tensors.keys) }
  func tensor(named name: String) throws -> AnyTensor {
    guard let tensor = tensors[name] else {
      throw WeightError.missing(file: description, tensor: name)
    }
    return AnyTensor(tensor)
  }
}
