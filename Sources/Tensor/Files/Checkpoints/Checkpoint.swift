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
public struct Checkpoint: TensorFile {
  /// A file format.
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
  public let entries: [TensorEntry]
  /// The tensors that cannot be read.
  public let unreadable: [UnreadableTensor]
  private let contents: [any TensorFile]
  private let places: [NameKey: Place]

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
    defer { extendLifetime(storage) }
    if FileFormat(storage.bytes) == .json {
      try self.init(index: storage, path: path)
    } else {
      let file = try Self.file(storage, path: path)
      var places: [NameKey: Place] = [:]
      for name in file.names + file.unreadable.map(\.name) {
        places[NameKey(name)] = Place(file: 0, name: name)
      }
      self.init(
        path: path, files: [path], contents: [file], entries: file.entries,
        unreadable: file.unreadable, places: places)
    }
  }

  /// Opens the files that an index names.
  private init(index storage: Storage, path: String) throws(CheckpointError) {
    let index: CheckpointIndex
    do { index = try CheckpointIndex(storage.bytes) } catch { throw .index(path: path, error) }
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
    var numbers: [NameKey: Int] = [:]
    var (files, contents): ([String], [any TensorFile]) = ([], [])
    var tensors: [[NameKey: TensorEntry]] = []
    var reasons: [[NameKey: UnreadableTensor]] = []
    var (entries, unreadable): ([TensorEntry], [UnreadableTensor]) = ([], [])
    var places: [NameKey: Place] = [:]
    for (name, file) in index.tensors {
      let number = numbers[NameKey(file)] ?? files.count
      if number == files.count {
        guard number < CheckpointIndex.fileLimit else {
          throw .index(path: path, .tooManyFiles(limit: CheckpointIndex.fileLimit))
        }
        let content = try Self.shard(folder + file, of: path)
        numbers[NameKey(file)] = number
        files.append(folder + file)
        contents.append(content)
        tensors.append(Self.byName(content.entries, \.name))
        reasons.append(Self.byName(content.unreadable, \.name))
      }
      if let entry = tensors[number][NameKey(name)] {
        entries.append(entry)
      } else if let reason = reasons[number][NameKey(name)] {
        unreadable.append(reason)
      } else {
        throw .index(path: path, .missingTensor(name, file: file))
      }
      places[NameKey(name)] = Place(file: number, name: name)
    }
    guard !contents.isEmpty else { throw .index(path: path, .noMap) }
    self.init(
      path: path, files: files, contents: contents, entries: entries, unreadable: unreadable,
      places: places)
  }

  private init(
    path: String, files: [String], contents: [any TensorFile], entries: [TensorEntry],
    unreadable: [UnreadableTensor], places: [NameKey: Place]
  ) {
    (self.path, self.files, self.contents) = (path, files, contents)
    (self.entries, self.unreadable, self.places) = (entries, unreadable, places)
    (metadata, format) = (contents[0].metadata, contents[0].format)
  }

  private static func byName<Value>(
    _ values: [Value], _ name: (Value) -> String
  ) -> [NameKey: Value] {
    Dictionary(values.map { (NameKey(name($0)), $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Opens a file that an index names.
  private static func shard(
    _ file: String, of path: String
  ) throws(CheckpointError) -> any TensorFile {
    let storage: Storage
    do { storage = try Storage(mapping: file) } catch {
      throw .index(path: path, .missingFile(error))
    }
    return try Self.file(storage, path: file)
  }

  /// The tensor of this name as its file has it, to be copied to another one.
  ///
  /// - Throws: `CheckpointError`: `.missing` where there is none, else what the format's reader
  ///   throws where it cannot be read.
  public func stored(named name: String) throws(CheckpointError) -> StoredTensor {
    let place = try place(of: name)
    return try contents[place.file].storedInCheckpoint(named: place.name)
  }

  /// The tensor of this name.
  ///
  /// It shares the file's bytes, unless they are compressed, not aligned for its elements, not in
  /// row-major order, or of a type that tensors have only as a wider one.
  ///
  /// - Throws: `CheckpointError`: `.missing` where there is none, else what the format's reader
  ///   throws, such as for element types that tensors cannot have.
  public func tensor(named name: String) throws(CheckpointError) -> AnyTensor {
    let place = try place(of: name)
    return try contents[place.file].tensorInCheckpoint(named: place.name)
  }

  private func place(of name: String) throws(CheckpointError) -> Place {
    guard let place = places[NameKey(name)] else {
      throw .missing(path: path, tensor: name, prefix: prefixBefore(name))
    }
    return place
  }

  /// The tensors whose names begin with `name` and a dot, by what is behind that.
  ///
  /// So `checkpoint.subtree("ema")` are the averaged weights of a checkpoint of training.
  ///
  /// - Throws: `CheckpointError.missing` where there are none.
  public func subtree(_ name: String) throws(CheckpointError) -> Checkpoint {
    let prefix = name + "."
    let entries = entries.compactMap { entry in
      entry.name.behind(prefix).map {
        TensorEntry(name: $0, elementType: entry.elementType, shape: entry.shape)
      }
    }
    let unreadable = unreadable.compactMap { tensor in
      tensor.name.behind(prefix).map { UnreadableTensor(name: $0, reason: tensor.reason) }
    }
    guard !(entries.isEmpty && unreadable.isEmpty) else {
      throw .missing(path: path, tensor: prefix + "…", prefix: nil)
    }
    var places: [NameKey: Place] = [:]
    for name in entries.map(\.name) + unreadable.map(\.name) {
      places[NameKey(name)] = self.places[NameKey(prefix + name)]
    }
    return Checkpoint(
      path: path, files: files, contents: contents, entries: entries, unreadable: unreadable,
      places: places)
  }
}

extension Checkpoint {
  /// Prefixes that wrappers of models put before all names: those of data-parallel training, of
  /// compiled modules, of averaged models and of common training programs.
  private static let wrapperPrefixes = ["module", "_orig_mod", "model", "state_dict", "n_averaged"]

  /// The prefix that stands before the names of all tensors, if it is one that wrappers put there.
  ///
  /// Several in a row are one: `module._orig_mod`. Files that were saved from a wrapped model have
  /// one; `subtree` takes it away.
  public var wrapperPrefix: String? {
    var prefix = ""
    while let next = Self.wrapperPrefixes.first(where: { next in
      !entries.isEmpty && entries.allSatisfy { $0.name.behind(prefix + next + ".") != nil }
    }) {
      prefix += next + "."
    }
    return prefix.isEmpty ? nil : String(prefix.dropLast())
  }

  /// The prefix behind which there is a tensor of this name.
  private func prefixBefore(_ name: String) -> String? {
    guard let prefix = wrapperPrefix, places[NameKey("\(prefix).\(name)")] != nil else {
      return nil
    }
    return prefix
  }
}

extension TensorFile {
  /// The tensor as the file has it, with a checkpoint's error.
  fileprivate func storedInCheckpoint(named name: String) throws(CheckpointError) -> StoredTensor {
    do { return try stored(named: name) } catch { throw error.asCheckpointError }
  }

  /// The tensor, with a checkpoint's error.
  fileprivate func tensorInCheckpoint(named name: String) throws(CheckpointError) -> AnyTensor {
    do { return try tensor(named: name) } catch { throw error.asCheckpointError }
  }
}

extension String {
  /// What is behind a prefix, if the text begins with its bytes.
  fileprivate func behind(_ prefix: String) -> String? {
    utf8.starts(with: prefix.utf8) ? String(utf8.dropFirst(prefix.utf8.count)) : nil
  }
}
