/// A checkpoint that `torch.save` wrote, opened for reading: `.pt`, `.pth`, `.bin`, `.ckpt`.
///
/// Both forms are read: ZIP archives, which PyTorch writes since 1.6, and the one before them. The
/// pickle in it is data here: nothing of it is run, and a file that names a class or function that a
/// state dictionary does not need is refused.
///
/// A tensor in dictionaries or lists has a name of the keys and places that lead to it with dots
/// between them, such as `ema.blocks.0.attn.qkv.weight`. Where two come to one name, as by the keys `0`
/// and `"0"`, the later ones have `#2`, `#3` and so on behind it. What holds no tensor is left out. A
/// tensor that cannot be read, such as a sparse one, does not keep the others from it.
///
/// The file is mapped into memory; `SafetensorsFile` says what that means. Everything is checked on
/// opening, but for the values of the elements.
public struct PyTorchFile: TensorFile {
  /// The path it was opened with.
  public let path: String
  /// The tensors, in the order of the file's dictionaries.
  public let entries: [TensorEntry]
  /// Tensors, and arrays of NumPy, that cannot be read.
  public let unreadable: [UnreadableTensor]
  private let storage: Storage
  private let layouts: [NameKey: TensorLayout]

  /// Opens a file and checks it.
  ///
  /// - Throws: `PyTorchError.file` where it cannot be read, `.malformed` where it is no checkpoint,
  ///   a damaged one, or one that needs more than data.
  public init(path: String) throws(PyTorchError) {
    let storage: Storage
    do { storage = try Storage(mapping: path) } catch { throw .file(error) }
    try self.init(storage, path: path)
  }

  /// Checks a file whose bytes are in memory; `path` is for errors to name.
  package init(_ storage: Storage, path: String) throws(PyTorchError) {
    var layouts: [NameKey: TensorLayout] = [:]
    var entries: [TensorEntry] = []
    var unreadable: [UnreadableTensor] = []
    do throws(PyTorchError.Defect) {
      let content = try PyTorchContent(storage)
      var names = UniqueNames()
      for found in try content.graph.namedTensors(fileByteCount: storage.byteCount) {
        let name = names.unique(found.name)
        var result: Result<TensorLayout, UnreadableTensor.Reason>
        switch found.tensor {
        case .success(let index): result = try content.layout(of: name, index)
        case .failure(let reason): result = .failure(reason)
        }
        switch result {
        case .success(let layout):
          layouts[NameKey(name)] = layout
          entries.append(
            TensorEntry(name: name, elementType: layout.elementType, shape: layout.shape))
        case .failure(let reason):
          unreadable.append(UnreadableTensor(name: name, reason: reason))
        }
      }
    } catch { throw .malformed(path: path, error) }
    (self.path, self.entries, self.unreadable) = (path, entries, unreadable)
    (self.storage, self.layouts) = (storage, layouts)
  }

  /// `Checkpoint.Format.pyTorch`.
  public var format: Checkpoint.Format { .pyTorch }

  /// The tensor of this name as the file has it; it shares the file's bytes where they are in
  /// row-major order.
  ///
  /// - Throws: `PyTorchError.missing` where there is none, `.unreadable` where it cannot be read.
  public func stored(named name: String) throws(PyTorchError) -> StoredTensor {
    guard let layout = layouts[NameKey(name)] else {
      if let tensor = unreadable.first(where: { NameKey($0.name) == NameKey(name) }) {
        throw .unreadable(path: path, tensor: name, tensor.reason)
      }
      throw .missing(path: path, tensor: name)
    }
    return StoredTensor(layout, of: storage)
  }

  /// The tensor of this name.
  ///
  /// It shares the file's bytes, unless they are not aligned for its elements or not in row-major
  /// order and have to be copied.
  ///
  /// - Throws: `PyTorchError.missing` where there is none, `.unreadable` where it cannot be read, or
  ///   tensors cannot have its elements.
  public func tensor(named name: String) throws(PyTorchError) -> AnyTensor {
    let stored = try stored(named: name)
    do { return try stored.tensor() } catch {
      throw .unreadable(path: path, tensor: name, error)
    }
  }
}

/// Names of which no two are the same.
private struct UniqueNames {
  private var names: Set<NameKey> = []
  /// The number that the last one of a name has behind it.
  private var numbers: [NameKey: Int] = [:]

  /// The name, with a number behind it where it has been there.
  mutating func unique(_ name: String) -> String {
    var unique = name
    while !names.insert(NameKey(unique)).inserted {
      let number = numbers[NameKey(name), default: 1] + 1
      numbers[NameKey(name)] = number
      unique = "\(name)#\(number)"
    }
    return unique
  }
}
