/// The named tensors of a file in any of the formats that checkpoints come in.
///
/// The format is told by the first bytes, not by the name:
///
/// - safetensors (`SafetensorsFile`),
/// - what `torch.save` writes (`PyTorchFile`), of which nothing is run,
/// - arrays of NumPy: `.npz` (`NumPyArchive`) and `.npy` (`NumPyFile`), whose one tensor is `tensor`,
/// - an index (`*.index.json`) of several files of these, which are in its folder.
///
/// Files are mapped into memory, and a tensor is read when it is asked for; `SafetensorsFile` says
/// what that means.
public struct Checkpoint: Sendable, CustomStringConvertible {
  /// A tensor of the checkpoint.
  public struct Entry: Sendable, Equatable {
    /// The name.
    public let name: String
    /// The element type, by its name in safetensors files.
    public let elementType: SafetensorsFile.ElementType
    /// The number of elements in each dimension.
    public let shape: [Int]

    /// The number of bytes that the elements take.
    public var byteCount: Int { shape.product * elementType.bitCount / 8 }

    /// The type that the tensor will have, which may be a wider one; nil where there is none.
    public var scalarType: ScalarType? { elementType.scalarType }
  }

  /// A form of files.
  public enum Format: String, Sendable {
    /// Safetensors.
    case safetensors
    /// What `torch.save` writes.
    case pyTorch = "pytorch"
    /// An archive of NumPy's.
    case npz
    /// An array of NumPy's.
    case npy
  }

  /// Where a tensor is.
  private struct Place {
    let file: Int
    /// Its name there.
    let name: String
  }

  /// The path it was opened with.
  public let path: String
  /// The form of its file, or of the first one that an index names.
  public let format: Format
  /// The paths of the files that the tensors are in.
  public let files: [String]
  /// The texts that the writer of a safetensors file added.
  public let metadata: [String: String]
  /// The tensors, in the order of the file or of the index.
  public let entries: [Entry]
  private let contents: [CheckpointFile]
  private let places: [String: Place]

  /// Opens a checkpoint and checks it.
  ///
  /// - Throws: `CheckpointError`, which names the file.
  public init(path: String) throws(CheckpointError) {
    let storage: Storage
    do { storage = try Storage(mapping: path) } catch { throw .file(error) }
    try self.init(storage, path: path)
  }

  /// Checks a file whose bytes are in memory; `path` is for errors to name.
  package init(_ storage: Storage, path: String) throws(CheckpointError) {
    if storage.bytes.first == UInt8(ascii: "{") {
      try self.init(index: storage, path: path)
    } else {
      let file = try CheckpointFile(storage, path: path)
      var places: [String: Place] = [:]
      for entry in file.entries { places[entry.name] = Place(file: 0, name: entry.name) }
      self.init(
        path: path, files: [path], contents: [file], metadata: file.metadata,
        entries: file.entries, places: places)
    }
  }

  /// Opens the files that an index names.
  private init(index storage: Storage, path: String) throws(CheckpointError) {
    let index: CheckpointIndex
    do { index = try CheckpointIndex(storage.bytes) } catch { throw .index(path: path, error) }
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
    var numbers: [String: Int] = [:]
    var (files, contents): ([String], [CheckpointFile]) = ([], [])
    var tensors: [[String: Entry]] = []
    var entries: [Entry] = []
    var places: [String: Place] = [:]
    for (name, file) in index.tensors {
      let number = numbers[file] ?? files.count
      if number == files.count {
        guard number < CheckpointIndex.fileLimit else {
          throw .index(path: path, .tooManyFiles(limit: CheckpointIndex.fileLimit))
        }
        let content = try Self.shard(folder + file, of: path)
        numbers[file] = number
        files.append(folder + file)
        contents.append(content)
        tensors.append(
          Dictionary(content.entries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        )
      }
      guard let entry = tensors[number][name] else {
        throw .index(path: path, .missingTensor(name, file: file))
      }
      entries.append(entry)
      places[name] = Place(file: number, name: name)
    }
    guard let first = contents.first else { throw .index(path: path, .noMap) }
    self.init(
      path: path, files: files, contents: contents, metadata: first.metadata, entries: entries,
      places: places)
  }

  private init(
    path: String, files: [String], contents: [CheckpointFile], metadata: [String: String],
    entries: [Entry], places: [String: Place]
  ) {
    (self.path, self.files, self.contents) = (path, files, contents)
    (self.metadata, self.entries, self.places) = (metadata, entries, places)
    format = contents[0].format
  }

  /// Opens a file that an index names.
  private static func shard(
    _ file: String, of path: String
  ) throws(CheckpointError) -> CheckpointFile {
    let storage: Storage
    do { storage = try Storage(mapping: file) } catch {
      throw .index(path: path, .missingFile(error))
    }
    return try CheckpointFile(storage, path: file)
  }

  /// The names of the tensors, in the order of the file or of the index.
  public var names: [String] { entries.map(\.name) }

  /// The tensor of this name.
  ///
  /// It shares the file's bytes, unless they are compressed, not aligned for its elements, not in
  /// row-major order, or of a type that tensors have only as a wider one.
  ///
  /// - Throws: `CheckpointError`: `.missing` where there is none, else what the format's reader
  ///   throws, such as for element types that tensors cannot have.
  public func tensor(named name: String) throws(CheckpointError) -> AnyTensor {
    guard let place = places[name] else { throw .missing(path: path, tensor: name) }
    return try contents[place.file].tensor(named: place.name)
  }

  /// The tensors whose names begin with `name` and a dot, by what is behind that.
  ///
  /// So `checkpoint.subtree("ema")` are the averaged weights of a checkpoint of training.
  ///
  /// - Throws: `CheckpointError.missing` where there are none.
  public func subtree(_ name: String) throws(CheckpointError) -> Checkpoint {
    let prefix = name + "."
    var entries: [Entry] = []
    var places: [String: Place] = [:]
    for entry in self.entries where entry.name.hasPrefix(prefix) {
      let name = String(entry.name.dropFirst(prefix.count))
      places[name] = self.places[entry.name]
      entries.append(Entry(name: name, elementType: entry.elementType, shape: entry.shape))
    }
    guard !entries.isEmpty else { throw .missing(path: path, tensor: prefix + "…") }
    return Checkpoint(
      path: path, files: files, contents: contents, metadata: metadata, entries: entries,
      places: places)
  }

  /// The path.
  public var description: String { path }
}
