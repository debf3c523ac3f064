/// What went wrong with a safetensors file.
public enum SafetensorsError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The operating system does not let us read or write the file.
  case file(FileError)
  /// The bytes are not what the format demands.
  case malformed(path: String, Defect)
  /// The file has no tensor of this name.
  case missing(path: String, tensor: String)
  /// The tensor cannot be read.
  case unreadable(path: String, tensor: String, UnreadableTensor.Reason)
  /// A tensor to be written has elements of a type that the format lacks.
  case unsupported(path: String, tensor: String, StoredType)
  /// Two tensors to be written have this name.
  case duplicateName(path: String, tensor: String)
  /// A tensor to be written has the name that the format keeps for texts.
  case reservedName(path: String, tensor: String)
  /// The header of the file to be written would be longer than the format allows, in bytes.
  case headerTooLong(path: String, Int)

  /// How a file differs from the format.
  public enum Defect: Error, Equatable, Sendable {
    /// The file is too short to say how long its header is.
    case noHeader(byteCount: Int)
    /// The header's length is not one that the format allows.
    case headerLength(UInt64)
    /// The header is longer than the file.
    case headerPastEnd(length: Int, byteCount: Int)
    /// The header is not the JSON that the format demands.
    case header(JSONError)
    /// The metadata, or the member of it of this name, are not texts.
    case metadata(name: String?)
    /// What the header says of a tensor is not what the format demands.
    case entry(tensor: String, expected: String)
    /// The format has no such element type.
    case elementType(tensor: String, found: String)
    /// The tensor has more dimensions than we allow: so many, or more.
    case rank(tensor: String, Int)
    /// There are more tensors than so many.
    case tooManyTensors(limit: Int)
    /// The size of the tensor is no number that the machine can hold.
    case tooLarge(tensor: String, shape: [Int])
    /// The elements do not fill whole bytes.
    case partialByte(tensor: String, StoredType, shape: [Int])
    /// The tensor's bytes end before they begin, or nowhere.
    case offsets(tensor: String, begin: Int, end: Int)
    /// The tensor does not have as many bytes as its shape demands.
    case size(tensor: String, expected: Int, found: Int)
    /// The tensor does not begin where the one before it ends.
    case start(tensor: String, expected: Int, found: Int)
    /// The file does not end where its last tensor does.
    case fileSize(expected: Int, found: Int)
  }

  /// What went wrong, with the path, the tensor, and what was expected and found.
  public var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .malformed(let path, let defect): "'\(path)' is no safetensors file: \(defect)"
    case .missing(let path, let tensor): "'\(path)' has no tensor \(tensor.debugDescription)"
    case .unreadable(let path, let tensor, let reason):
      "'\(path)': tensor \(tensor.debugDescription) cannot be read: \(reason)"
    case .unsupported(let path, let tensor, let type):
      "'\(path)' cannot hold tensor \(tensor.debugDescription): the format has no elements of type "
        + type.rawValue
    case .duplicateName(let path, let tensor):
      "'\(path)' cannot hold two tensors \(tensor.debugDescription)"
    case .reservedName(let path, let tensor):
      "'\(path)' cannot hold a tensor \(tensor.debugDescription): the name means its metadata"
    case .headerTooLong(let path, let length):
      "'\(path)' would have a header of \(length) bytes; "
        + "\(SafetensorsHeader.lengths.upperBound) are allowed"
    }
  }
}

extension SafetensorsError: TensorFileFailure {
  /// `CheckpointError.safetensors`.
  public var asCheckpointError: CheckpointError { .safetensors(self) }
}

extension SafetensorsError.Defect: CustomStringConvertible {
  /// What is wrong, with the tensor, and what was expected and found.
  public var description: String {
    switch self {
    case .noHeader(let byteCount):
      "it has \(byteCount) bytes, not even the 8 of its header's length"
    case .headerLength(let length):
      "its header has \(length) bytes; \(SafetensorsHeader.lengths.lowerBound) to "
        + "\(SafetensorsHeader.lengths.upperBound) are allowed"
    case .headerPastEnd(let length, let byteCount):
      "its header has \(length) bytes, but the file only \(byteCount)"
    case .header(let error): "its header is \(error)"
    case .metadata(nil): "its metadata are not an object"
    case .metadata(let name?): "its metadata \(name.debugDescription) are not a text"
    case .entry(let tensor, let expected):
      "tensor \(tensor.debugDescription): the header must have \(expected)"
    case .elementType(let tensor, let found):
      "tensor \(tensor.debugDescription) has the unknown element type \(found.debugDescription)"
    case .rank(let tensor, let rank):
      "tensor \(tensor.debugDescription) has \(rank) or more dimensions; "
        + "\(SafetensorsHeader.rankLimit) are allowed"
    case .tooManyTensors(let limit): "it has more than \(limit) tensors"
    case .tooLarge(let tensor, let shape):
      "tensor \(tensor.debugDescription) of shape \(shape) is larger than any memory"
    case .partialByte(let tensor, let type, let shape):
      "tensor \(tensor.debugDescription): elements \(type.rawValue) of shape \(shape) do not fill "
        + "whole bytes"
    case .offsets(let tensor, let begin, let end):
      "tensor \(tensor.debugDescription) cannot reach from byte \(begin) to byte \(end)"
    case .size(let tensor, let expected, let found):
      "tensor \(tensor.debugDescription) needs \(expected) bytes, but has \(found)"
    case .start(let tensor, let expected, let found):
      "tensor \(tensor.debugDescription) must begin at byte \(expected), not \(found)"
    case .fileSize(let expected, let found):
      "its tensors end at byte \(expected), but the file at \(found)"
    }
  }
}
