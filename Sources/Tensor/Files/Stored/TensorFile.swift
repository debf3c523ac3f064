/// A file with named tensors, opened for reading.
///
/// Every format has a type of its own, with errors of its own; `Checkpoint` is any of them, or
/// several files with an index.
public protocol TensorFile: Sendable, CustomStringConvertible {
  /// The errors of the format.
  associatedtype Failure: TensorFileFailure

  /// The path it was opened with.
  var path: String { get }
  /// The form of the file.
  var format: Checkpoint.Format { get }
  /// The texts that the writer added, by their names.
  var metadata: [String: String] { get }
  /// The tensors.
  var entries: [TensorEntry] { get }
  /// What is in the file as a tensor, or would be one elsewhere, but cannot be read.
  var unreadable: [UnreadableTensor] { get }

  /// The tensor of this name as the file has it.
  ///
  /// - Throws: An error that names the file and the tensor, where there is none of this name, or
  ///   it cannot be read.
  func stored(named name: String) throws(Failure) -> StoredTensor

  /// The tensor of this name to compute with.
  ///
  /// - Throws: An error that names the file and the tensor, where there is none of this name, it
  ///   cannot be read, or tensors cannot have its elements.
  func tensor(named name: String) throws(Failure) -> AnyTensor
}

extension TensorFile {
  /// The names of the tensors, in the order of `entries`.
  public var names: [String] { entries.map(\.name) }

  /// The path.
  public var description: String { path }

  /// No texts.
  public var metadata: [String: String] { [:] }

  /// No tensor that cannot be read.
  public var unreadable: [UnreadableTensor] { [] }
}

/// An error of a format, which a `Checkpoint` throws as one of its own.
public protocol TensorFileFailure: Error {
  /// The same error of a checkpoint.
  var asCheckpointError: CheckpointError { get }
}

/// A tensor that is in a file.
public struct TensorEntry: Sendable, Equatable {
  /// The name.
  public let name: String
  /// The element type.
  public let elementType: StoredType
  /// The number of elements in each dimension.
  public let shape: [Int]

  /// A tensor of a name, type and shape.
  public init(name: String, elementType: StoredType, shape: [Int]) {
    (self.name, self.elementType, self.shape) = (name, elementType, shape)
  }

  /// The name of the only tensor of a file that has no name for it.
  public static let soleName = "tensor"

  /// The number of bytes that the elements take.
  public var byteCount: Int { shape.product * elementType.bitCount / 8 }

  /// The element type that the tensor will have; nil where tensors cannot have one that holds its
  /// numbers.
  public var scalarType: ScalarType? { elementType.scalarType }
}

/// A tensor of a file that cannot be read, though others can.
public struct UnreadableTensor: Sendable, Equatable {
  /// The name.
  public let name: String
  /// Why it cannot be read.
  public let reason: Reason

  /// A tensor of a name that cannot be read for a reason.
  public init(name: String, reason: Reason) { (self.name, self.reason) = (name, reason) }

  /// Why a tensor cannot be read.
  public enum Reason: Error, Equatable, Sendable {
    /// Its elements are of this type, which tensors, or the formats that we know, do not have.
    case elementType(String)
    /// It has truth values of which a byte is neither 0 nor 1.
    case invalidTruthValue
    /// It is something else than an array of numbers, such as a sparse tensor.
    case form(String)
    /// The file says its shape, but has no values for it.
    case noValues
    /// Few elements are repeated to so many bytes, more than a file of this size can make.
    case repetition(byteCount: Int, limit: Int)
    /// It has more dimensions than we put in order.
    case rank(Int)
    /// It has attributes that change its values where it is read elsewhere, or may do so.
    case attributes
    /// It has a property that we do not know, or of a value that we do not know.
    case property(String)
    /// The key that it is found by is neither a text nor a number, and may be that of another one too.
    case key
    /// What stands before its elements is damaged, or of a kind that we do not read.
    indirect case header(NumPyError.Defect)
  }
}

extension UnreadableTensor.Reason: CustomStringConvertible {
  /// The reason, as what follows "the tensor cannot be read: ".
  public var description: String {
    switch self {
    case .elementType(let type): "elements of type \(type) are not supported"
    case .invalidTruthValue: "a truth value is neither 0 nor 1"
    case .form(let form): "it is \(form), which is not supported"
    case .noValues: "the file has no values for it (it was saved from the device 'meta')"
    case .repetition(let byteCount, let limit):
      "its elements are repeated to \(byteCount) bytes; a file of this size may make \(limit)"
    case .rank(let rank): "it has \(rank) dimensions and is not in row-major order"
    case .attributes: "it has attributes that can change its values"
    case .property(let name): "its property \(name.debugDescription) is unknown"
    case .key: "its key is no text or number, and may be the same as another"
    case .header(let defect): "\(defect)"
    }
  }
}
