/// What went wrong with a `.npy` or `.npz` file.
public enum NumPyError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The operating system does not let us read or write the file.
  case file(FileError)
  /// The bytes are not what the format demands, or what we read of it.
  case malformed(path: String, Defect)
  /// The format, or ours, does not have this element type.
  case unsupported(path: String, String)
  /// The archive has no array of this name.
  case missing(path: String, tensor: String)
  /// Two arrays to be written have this name, or it is too long for an archive.
  case invalidName(path: String, tensor: String)

  /// How a file differs from what we read.
  public enum Defect: Error, Equatable, Sendable {
    /// The file does not begin as a file of version 1.0 does.
    case noHeader
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
    /// A truth value is neither 0 nor 1.
    case invalidTruthValue
    /// The archive of a `.npz` file is damaged.
    case archive(ZipError)
    /// An entry of the archive is not named like an array.
    case entry(String)
    /// What is wrong with the array of this name in an archive.
    indirect case array(String, Defect)
  }

  /// What went wrong, with the path, and what was expected and found.
  public var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .malformed(let path, let defect): "'\(path)' is no file of NumPy we read: \(defect)"
    case .unsupported(let path, let type):
      "'\(path)': elements of type \(type.debugDescription) are not supported"
    case .missing(let path, let tensor): "'\(path)' has no array \(tensor.debugDescription)"
    case .invalidName(let path, let tensor):
      "'\(path)' cannot hold an array \(tensor.debugDescription): names are different texts of "
        + "up to \(ZipArchive.nameLimit) bytes"
    }
  }
}

extension NumPyError.Defect: CustomStringConvertible {
  /// What is wrong, and what was expected and found.
  public var description: String {
    switch self {
    case .noHeader: "it does not begin as version 1.0 of the format does"
    case .headerPastEnd: "its header is longer than the file"
    case .header(let expected): "its header must have \(expected.debugDescription)"
    case .archive(let error): "\(error)"
    case .entry(let name): "entry \(name.debugDescription) of the archive is no '.npy' file"
    case .array(let name, let defect): "array \(name.debugDescription): \(defect)"
    case .rank(let rank): "it has \(rank) dimensions"
    case .tooLarge(let shape): "its shape \(shape) is larger than any memory"
    case .size(let expected, let found): "it needs \(expected) bytes of elements, but has \(found)"
    case .invalidTruthValue: "a truth value is neither 0 nor 1"
    }
  }
}
