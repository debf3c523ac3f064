/// What went wrong with a checkpoint.
public enum CheckpointError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The operating system does not let us read the file.
  case file(FileError)
  /// The file is in no format that we read; `found` says what it is, if that is known.
  case unknownFormat(path: String, found: String?)
  /// The checkpoint has no tensor of this name; `prefix` is what stands before it and all others.
  case missing(path: String, tensor: String, prefix: String?)
  /// The index of several files is not what it must be, or they are not what it says.
  case index(path: String, IndexDefect)
  /// What went wrong with a safetensors file.
  case safetensors(SafetensorsError)
  /// What went wrong with a file of PyTorch.
  case pyTorch(PyTorchError)
  /// What went wrong with a file of NumPy.
  case numPy(NumPyError)

  /// What is wrong with an index or the files it names.
  public enum IndexDefect: Error, Equatable, Sendable {
    /// It is longer than any index.
    case tooLong(byteCount: Int)
    /// It is not the JSON that it must be.
    case json(JSONError)
    /// It has no `weight_map` that names a file.
    case noMap
    /// The file of a tensor is not a text.
    case entry(String)
    /// The name of a file is empty, or leads out of the folder.
    case fileName(String)
    /// It names more than so many files.
    case tooManyFiles(limit: Int)
    /// A file that it names cannot be read.
    case missingFile(FileError)
    /// A tensor is not in the file that it names.
    case missingTensor(String, file: String)
  }

  /// What went wrong, with the path, the tensor, and what was expected and found.
  public var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .unknownFormat(let path, let found):
      "'\(path)' is no checkpoint" + (found.map { "; it is \($0)" } ?? "")
        + ": safetensors, PyTorch (.pt, .pth, .bin), NumPy (.npy, .npz) or an index (.index.json) of "
        + "such files is expected"
    case .missing(let path, let tensor, let prefix):
      "'\(path)' has no tensor \(tensor.debugDescription)"
        + (prefix.map {
          "; all names begin with '\($0).' ('inspect FILE --strip-prefix --convert NEW' writes a file "
            + "without it)"
        } ?? "")
    case .index(let path, let defect): "'\(path)': \(defect)"
    case .safetensors(let error): "\(error)"
    case .pyTorch(let error): "\(error)"
    case .numPy(let error): "\(error)"
    }
  }
}

extension CheckpointError: TensorFileFailure {
  /// Itself.
  public var asCheckpointError: CheckpointError { self }
}

extension CheckpointError.IndexDefect: CustomStringConvertible {
  /// What is wrong, with the tensor and the file.
  public var description: String {
    switch self {
    case .tooLong(let byteCount):
      "the index has \(byteCount) bytes; \(CheckpointIndex.byteLimit) are allowed"
    case .json(let error): "the index is \(error)"
    case .noMap: "it is JSON, but no index of tensors: a member 'weight_map' must name their files"
    case .entry(let name): "the index must name a file for tensor \(name.debugDescription)"
    case .fileName(let file):
      "the index names the file \(file.debugDescription), which is not in its folder"
    case .tooManyFiles(let limit): "the index names more than \(limit) files"
    case .missingFile(let error): "the index names a file that is not there: \(error)"
    case .missingTensor(let name, let file):
      "the index says that tensor \(name.debugDescription) is in '\(file)', where it is not"
    }
  }
}
