/// A safetensors file, opened for reading.
///
/// The file is mapped into memory, so opening it reads the header only, and its tensors share its
/// bytes. The mapping lives as long as the last of them. Meanwhile nobody may cut the file short
/// (the program would die of SIGBUS) or write into it; replace it by another under the same name,
/// as `Safetensors.write` does.
///
/// Everything that the format demands is checked on opening, before a tensor can be asked for.
public struct SafetensorsFile: Sendable, CustomStringConvertible {
  /// A tensor of the file.
  public struct Entry: Sendable, Equatable {
    /// The name.
    public let name: String
    /// The element type.
    public let elementType: ElementType
    /// The number of elements in each dimension.
    public let shape: [Int]
    /// The position of the elements in the file.
    public let byteRange: Range<Int>
  }

  /// The path it was opened with.
  public let path: String
  /// The texts that the writer added.
  public let metadata: [String: String]
  /// The tensors, in the order of their bytes.
  public let entries: [Entry]
  private let storage: Storage
  private let indices: [String: Int]

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
    self.path = path
    self.storage = storage
    metadata = header.metadata
    entries = header.entries
    indices = Dictionary(
      uniqueKeysWithValues: entries.enumerated().map { ($0.element.name, $0.offset) })
  }

  /// The names of the tensors, in the order of their bytes.
  public var names: [String] { entries.map(\.name) }

  /// The tensor of this name.
  ///
  /// It shares the file's bytes, unless they are not aligned for its elements or are numbers that
  /// tensors hold only as wider ones (`ElementType.scalarType`), and have to be copied.
  ///
  /// - Throws: `SafetensorsError.missing` where there is none, `.unsupported` where tensors cannot
  ///   hold its numbers, `.invalidTruthValue` where a byte of truth values is not 0 or 1.
  public func tensor(named name: String) throws(SafetensorsError) -> AnyTensor {
    guard let entry = indices[name].map({ entries[$0] }) else {
      throw .missing(path: path, tensor: name)
    }
    let layout = TensorLayout(entry.elementType, entry.shape, start: entry.byteRange.lowerBound)
    do { return try AnyTensor(layout, of: storage) } catch {
      switch error {
      case .unsupported: throw .unsupported(path: path, tensor: name, entry.elementType)
      case .invalidTruthValue: throw .invalidTruthValue(path: path, tensor: name)
      }
    }
  }

  /// The path.
  public var description: String { path }
}
