/// A safetensors file, opened for reading.
///
/// The file is mapped into memory, so opening it reads the header only, and its tensors share its
/// bytes. The mapping lives as long as the last of them. Meanwhile nobody may cut the file short
/// (the program would die of SIGBUS) or write into it; replace it by another under the same name,
/// as `Safetensors.write` does.
///
/// Everything that the format demands is checked on opening, before a tensor can be asked for.
public struct SafetensorsFile: TensorFile {
  /// The path it was opened with.
  public let path: String
  /// The texts that the writer added.
  public let metadata: [String: String]
  /// The tensors, in the order of their bytes.
  public let entries: [TensorEntry]
  /// Where they are in the file, in the same order.
  package let byteRanges: [Range<Int>]
  private let storage: Storage
  private let indices: [NameKey: Int]

  /// Opens a file and checks it.
  ///
  /// - Throws: `SafetensorsError.file` where it cannot be read, `.malformed` where it is no
  ///   safetensors file or a damaged one.
  public init(path: String) throws(SafetensorsError) {
    let storage: Storage
    do { storage = try Storage(mapping: path) } catch { throw .file(error) }
    try self.init(storage, path: path)
  }

  /// Checks a file whose bytes are in memory; `path` is for errors to name.
  package init(_ storage: Storage, path: String) throws(SafetensorsError) {
    let header: SafetensorsHeader
    do { header = try SafetensorsHeader(storage) } catch {
      throw .malformed(path: path, error)
    }
    (self.path, self.storage, metadata) = (path, storage, header.metadata)
    entries = header.entries.map(\.tensor)
    byteRanges = header.entries.map(\.byteRange)
    indices = Dictionary(
      uniqueKeysWithValues: entries.enumerated().map { (NameKey($0.element.name), $0.offset) })
  }

  /// `Checkpoint.Format.safetensors`.
  public var format: Checkpoint.Format { .safetensors }

  /// The tensor of this name as the file has it; it shares the file's bytes.
  ///
  /// - Throws: `SafetensorsError.missing` where there is none.
  public func stored(named name: String) throws(SafetensorsError) -> StoredTensor {
    guard let index = indices[NameKey(name)] else { throw .missing(path: path, tensor: name) }
    let entry = entries[index]
    return StoredTensor(
      TensorLayout(entry.elementType, entry.shape, start: byteRanges[index].lowerBound),
      of: storage)
  }

  /// The tensor of this name.
  ///
  /// It shares the file's bytes, unless they are not aligned for its elements or are numbers that
  /// tensors hold only as wider ones (`StoredType.scalarType`), and have to be copied.
  ///
  /// - Throws: `SafetensorsError.missing` where there is none, `.unreadable` where tensors cannot
  ///   hold its numbers, or a byte of truth values is not 0 or 1.
  public func tensor(named name: String) throws(SafetensorsError) -> AnyTensor {
    let stored = try stored(named: name)
    do { return try stored.tensor() } catch {
      throw .unreadable(path: path, tensor: name, error)
    }
  }
}
