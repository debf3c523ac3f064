/// NumPy's `.npy` files, which hold one tensor.
///
/// Versions 1.0 to 3.0 are read, with numbers in either order of bytes; what is written is of version
/// 1.0, little-endian and in row-major order.
public struct NumPyFile: TensorFile {
  /// The path it was opened with.
  public let path: String
  /// The tensor, by the name `tensor`; none where it cannot be read.
  public let entries: [TensorEntry]
  /// The tensor where it cannot be read.
  public let unreadable: [UnreadableTensor]
  private let storage: Storage
  private let layout: TensorLayout?

  /// Opens a file and checks it.
  ///
  /// - Throws: `NumPyError`: `.file` where it cannot be read, `.malformed` where it is none or a
  ///   damaged one.
  public init(path: String) throws(NumPyError) {
    let storage: Storage
    do { storage = try Storage(mapping: path) } catch { throw .file(error) }
    try self.init(storage, path: path)
  }

  /// Checks a file whose bytes are in memory; `path` is for errors to name.
  package init(_ storage: Storage, path: String) throws(NumPyError) {
    defer { extendLifetime(storage) }
    let header: NumPyHeader
    do { header = try NumPyHeader(storage.bytes, byteCount: storage.byteCount) } catch {
      throw .malformed(path: path, error)
    }
    (self.path, self.storage) = (path, storage)
    do {
      let layout = try header.layout(from: 0)
      self.layout = layout
      entries = [
        TensorEntry(
          name: TensorEntry.soleName, elementType: layout.elementType, shape: layout.shape)
      ]
      unreadable = []
    } catch {
      (layout, entries) = (nil, [])
      unreadable = [UnreadableTensor(name: TensorEntry.soleName, reason: error)]
    }
  }

  /// Reads the tensor of a file; it shares the bytes of the file, which is mapped into memory, if they
  /// are in row-major order.
  ///
  /// - Throws: `NumPyError`: `.file` where it cannot be read, `.malformed` where it is none or a
  ///   damaged one, `.unreadable` where tensors cannot have its element type.
  public static func read(_ path: String) throws(NumPyError) -> AnyTensor {
    try NumPyFile(path: path).tensor(named: TensorEntry.soleName)
  }

  /// `Checkpoint.Format.npy`.
  public var format: Checkpoint.Format { .npy }

  /// The tensor as the file has it.
  ///
  /// - Throws: `NumPyError`: `.missing` where the name is not `tensor`, `.unreadable` where it cannot
  ///   be read.
  public func stored(named name: String) throws(NumPyError) -> StoredTensor {
    guard name == TensorEntry.soleName else { throw .missing(path: path, tensor: name) }
    if let first = unreadable.first {
      throw .unreadable(path: path, tensor: name, first.reason)
    }
    guard let layout else { throw .missing(path: path, tensor: name) }
    return StoredTensor(layout, of: storage)
  }

  /// The tensor.
  ///
  /// - Throws: As `stored(named:)`, and `NumPyError.unreadable` where tensors cannot have its element
  ///   type.
  public func tensor(named name: String) throws(NumPyError) -> AnyTensor {
    let stored = try stored(named: name)
    do { return try stored.tensor() } catch {
      throw .unreadable(path: path, tensor: name, error)
    }
  }
}
