/// What went wrong with a checkpoint of PyTorch.
public enum PyTorchError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The operating system does not let us read the file.
  case file(FileError)
  /// The bytes are not what the format demands, or what we read of it.
  case malformed(path: String, Defect)
  /// The file has no tensor of this name.
  case missing(path: String, tensor: String)
  /// The tensor cannot be read.
  case unreadable(path: String, tensor: String, UnreadableTensor.Reason)

  /// How a file differs from what we read.
  public enum Defect: Error, Equatable, Sendable {
    /// It begins neither as an archive nor as the older form does.
    case noCheckpoint
    /// The archive is damaged.
    case archive(ZipError)
    /// The archive has no pickle, or more than one.
    case noPickle
    /// The archive is a program (TorchScript), not a checkpoint.
    case program
    /// An entry is compressed that PyTorch does not compress.
    case compressed(String)
    /// The numbers have their highest byte first.
    case byteOrder
    /// The older form has a version that we do not know.
    case version
    /// The pickle is damaged, or needs more than data.
    case pickle(PickleError)
    /// The keys of the storages are not those that the tensors have.
    case storageKeys
    /// The storage of this key is not in the file.
    case missingStorage(String)
    /// The storage of this key does not have as many bytes, or elements, as its tensors say.
    case storageSize(String, expected: Int, found: Int)
    /// There are so many bytes behind the end.
    case bytesBehindEnd(count: Int)
    /// Tensors are met in more places than so many.
    case tooManyObjects(limit: Int)
    /// Dictionaries are nested more than so deep.
    case tooDeep(limit: Int)
    /// The names of two entries of the archive are the same but for the case of their letters.
    case equalNames(String)
    /// The names of the tensors are too long.
    case namesTooLong
    /// Tensors are met by more names than so many.
    case tooManyNames(limit: Int)
    /// A dictionary has this key twice.
    case duplicateKey(String, of: String)
    /// The sizes and strides of a tensor do not fit, are negative, or are too many.
    case geometry(String, shape: [Int], strides: [Int])
    /// The size of the tensor is no number that the machine can hold.
    case tooLarge(String, shape: [Int])
    /// The tensor reaches beyond its storage.
    case bounds(String, shape: [Int], strides: [Int])
  }

  /// What went wrong, with the path, the tensor, and what was expected and found.
  public var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .malformed(let path, let defect): "'\(path)' is no PyTorch checkpoint we read: \(defect)"
    case .missing(let path, let tensor): "'\(path)' has no tensor \(tensor.debugDescription)"
    case .unreadable(let path, let tensor, let reason):
      "'\(path)': tensor \(tensor.debugDescription) cannot be read: \(reason)"
    }
  }
}

extension PyTorchError: TensorFileFailure {
  /// `CheckpointError.pyTorch`.
  public var asCheckpointError: CheckpointError { .pyTorch(self) }
}

extension PyTorchError.Defect: CustomStringConvertible {
  /// What is wrong, with the tensor, and what was expected and found.
  public var description: String {
    switch self {
    case .noCheckpoint: "it is neither a ZIP archive nor of the form before those"
    case .archive(let error): "\(error)"
    case .noPickle: "the archive must have one folder with 'data.pkl' in it"
    case .program: "it is a TorchScript program"
    case .compressed(let name): "entry \(name.debugDescription) is compressed"
    case .byteOrder: "its numbers are big-endian"
    case .version: "it is of a version other than 1001"
    case .pickle(let error): "\(error)"
    case .storageKeys: "its storages are not those of its tensors"
    case .missingStorage(let key): "it has no storage \(key.debugDescription)"
    case .storageSize(let key, let expected, let found):
      "storage \(key.debugDescription) must have \(expected) bytes or elements, but has \(found)"
    case .bytesBehindEnd(let count): "there are \(count) bytes behind its end"
    case .tooManyObjects(let limit): "its dictionaries and lists have more than \(limit) members"
    case .tooDeep(let limit): "its dictionaries are nested more than \(limit) deep"
    case .equalNames(let name):
      "it has two entries \(name.debugDescription) but for capitals"
    case .namesTooLong:
      "the names of its tensors are too long: more than \(PickleGraph.nameBytesPerByte) bytes for each of "
        + "the file, or \(PickleGraph.nameByteLimit)"
    case .tooManyNames(let limit): "its tensors have more names than \(limit)"
    case .duplicateKey(let key, let name):
      "dictionary \(name.debugDescription) has the key \(key) twice"
    case .geometry(let name, let shape, let strides):
      "tensor \(name.debugDescription) cannot have shape \(shape) and strides \(strides)"
    case .tooLarge(let name, let shape):
      "tensor \(name.debugDescription) of shape \(shape) is larger than any memory"
    case .bounds(let name, let shape, let strides):
      "tensor \(name.debugDescription) of shape \(shape) and strides \(strides) reaches beyond its "
        + "storage"
    }
  }
}
