/// What went wrong with a `.npy` or `.npz` file.
public enum NumPyError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The operating system does not let us read or write the file.
  case file(FileError)
  /// The bytes are not what the format demands, or what we read of it.
  case malformed(path: String, Defect)
  /// The tensor cannot be read.
  case unreadable(path: String, tensor: String, UnreadableTensor.Reason)
  /// A tensor to be written has elements of a type that NumPy lacks.
  case unsupported(path: String, tensor: String, StoredType)
  /// The archive has no array of this name.
  case missing(path: String, tensor: String)
  /// Two arrays to be written have this name, or it is too long for an archive.
  case invalidName(path: String, tensor: String)

  /// How a file differs from what we read.
  public enum Defect: Error, Equatable, Sendable {
    /// The file does not begin as NumPy's files do.
    case noHeader
    /// It is of a version that we do not know.
    case version(major: Int, minor: Int)
    /// The header is longer than we read, in bytes.
    case headerLength(Int)
    /// The header is longer than the file.
    case headerPastEnd
    /// Something else than this stands in the header.
    case header(expected: String)
    /// There are more dimensions than we read, or the format can write.
    case rank(Int)
    /// The size of the tensor is no number that the machine can hold.
    case tooLarge(shape: [Int])
    /// The file does not have as many bytes of elements as its shape demands.
    case size(expected: Int, found: Int)
    /// The archive of a `.npz` file is damaged.
    case archive(ZipError)
    /// The archive has an array of this name, and another entry that NumPy gives by it.
    case ambiguous(String)
  }

  /// What went wrong, with the path, and what was expected and found.
  public var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .malformed(let path, let defect):
      "'\(path)' is no \(path.hasSuffix(".npz") ? ".npz" : "NumPy") file we read: \(defect)"
    case .unreadable(let path, let tensor, let reason):
      "'\(path)': array \(tensor.debugDescription) cannot be read: \(reason)"
    case .unsupported(let path, let tensor, let type):
      "'\(path)' cannot hold tensor \(tensor.debugDescription): NumPy has no elements of type "
        + type.rawValue
    case .missing(let path, let tensor): "'\(path)' has no array \(tensor.debugDescription)"
    case .invalidName(let path, let tensor):
      "'\(path)' cannot hold an array \(tensor.debugDescription): names are different texts of "
        + "up to \(ZipArchive.nameLimit) bytes"
    }
  }
}

extension NumPyError: TensorFileFailure {
  /// `CheckpointError.numPy`.
  public var asCheckpointError: CheckpointError { .numPy(self) }
}

extension NumPyError.Defect: CustomStringConvertible {
  /// What is wrong, and what was expected and found.
  public var description: String {
    switch self {
    case .noHeader: "it does not begin as NumPy's files do"
    case .version(let major, let minor): "its version is \(major).\(minor); 1.0 to 3.0 are known"
    case .headerLength(let length):
      "its header has \(length) bytes; \(NumPyHeader.lengthLimit) are allowed"
    case .headerPastEnd: "its header is longer than the file"
    case .header(let expected): "its header must have \(expected.debugDescription)"
    case .archive(let error): "\(error)"
    case .ambiguous(let name):
      "it has an entry \(name.debugDescription) and an array of that name"
    case .rank(let rank): "it has \(rank) dimensions"
    case .tooLarge(let shape): "its shape \(shape) is larger than any memory"
    case .size(let expected, let found): "it needs \(expected) bytes of elements, but has \(found)"
    }
  }
}
