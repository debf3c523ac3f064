/// A checkpoint that `torch.save` wrote, opened for reading: `.pt`, `.pth`, `.bin`, `.ckpt`.
///
/// Both forms are read: ZIP archives, which PyTorch writes since 1.6, and the one before them. The
/// pickle in it is data here: nothing of it is run, and a file that names a class or function that a
/// state dictionary does not need is refused.
///
/// A tensor in dictionaries or lists has a name of the keys and places that lead to it with dots
/// between them, such as `ema.blocks.0.attn.qkv.weight`. Numbers and texts beside the tensors are
/// left out.
///
/// The file is mapped into memory; `SafetensorsFile` says what that means. Everything is checked on
/// opening, but for the values of the elements.
public struct PyTorchFile: Sendable, CustomStringConvertible {
  /// A tensor of the file.
  public struct Entry: Sendable, Equatable {
    /// The name.
    public let name: String
    /// The element type.
    public let elementType: SafetensorsFile.ElementType
    /// The number of elements in each dimension.
    public let shape: [Int]
  }

  /// The path it was opened with.
  public let path: String
  /// The tensors, in the order of the file's dictionaries.
  public let entries: [Entry]
  private let storage: Storage
  private let layouts: [String: TensorLayout]

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
    var layouts: [String: TensorLayout] = [:]
    var entries: [Entry] = []
    do throws(PyTorchError.Defect) {
      let content = try PyTorchContent(storage)
      for (name, index) in try content.graph.namedTensors() {
        let layout = try content.layout(of: name, index)
        guard layouts.updateValue(layout, forKey: name) == nil else { throw .duplicateName(name) }
        entries.append(Entry(name: name, elementType: layout.elementType, shape: layout.shape))
      }
    } catch { throw .malformed(path: path, error) }
    (self.path, self.entries, self.storage, self.layouts) = (path, entries, storage, layouts)
  }

  /// The names of the tensors, in the order of the file's dictionaries.
  public var names: [String] { entries.map(\.name) }

  /// The tensor of this name.
  ///
  /// It shares the file's bytes, unless they are not aligned for its elements or not in row-major
  /// order and have to be copied.
  ///
  /// - Throws: `PyTorchError.missing` where there is none, `.unsupported` where tensors cannot have
  ///   its element type, `.invalidTruthValue` where a byte of truth values is not 0 or 1.
  public func tensor(named name: String) throws(PyTorchError) -> AnyTensor {
    guard let layout = layouts[name] else { throw .missing(path: path, tensor: name) }
    do { return try AnyTensor(layout, of: storage) } catch {
      switch error {
      case .unsupported: throw .unsupported(path: path, tensor: name, layout.elementType)
      case .invalidTruthValue: throw .invalidTruthValue(path: path, tensor: name)
      }
    }
  }

  /// The path.
  public var description: String { path }
}
