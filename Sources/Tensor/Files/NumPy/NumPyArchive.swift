/// NumPy's `.npz` files, opened for reading: archives of arrays with names, compressed or not.
///
/// The file is mapped into memory; `SafetensorsFile` says what that means. Opening it reads the
/// directory and the arrays' headers. An array is decompressed, and its checksum compared, when it
/// is asked for. An array that cannot be read does not keep the others from it.
public struct NumPyArchive: TensorFile {
  /// The path it was opened with.
  public let path: String
  /// The arrays, in the order of the archive, by their names without `.npy`.
  public let entries: [TensorEntry]
  /// Arrays that cannot be read, and files in the archive that are none.
  public let unreadable: [UnreadableTensor]
  private let archive: ZipArchive
  private let arrays: [NameKey: (entry: ZipArchive.Entry, layout: TensorLayout)]

  static let ending = ".npy"

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
    self.path = path
    do { archive = try ZipArchive(storage) } catch {
      throw .malformed(path: path, .archive(error))
    }
    var entries: [TensorEntry] = []
    var unreadable: [UnreadableTensor] = []
    var arrays: [NameKey: (entry: ZipArchive.Entry, layout: TensorLayout)] = [:]
    let names = Set(archive.entries.lazy.map { NameKey($0.name) })
    for entry in archive.entries {
      guard entry.name.utf8.reversed().starts(with: Self.ending.utf8.reversed()) else {
        unreadable.append(
          UnreadableTensor(name: entry.name, reason: .form("a file that is no array ('.npy')")))
        continue
      }
      let name = String(entry.name.dropLast(Self.ending.count))
      // NumPy takes an entry of exactly the name that it is asked for before one with the ending.
      guard !names.contains(NameKey(name)) else { throw .malformed(path: path, .ambiguous(name)) }
      do throws(UnreadableTensor.Reason) {
        let layout = try archive.layout(of: entry)
        arrays[NameKey(name)] = (entry, layout)
        entries.append(
          TensorEntry(name: name, elementType: layout.elementType, shape: layout.shape))
      } catch {
        unreadable.append(UnreadableTensor(name: name, reason: error))
      }
    }
    (self.entries, self.unreadable, self.arrays) = (entries, unreadable, arrays)
  }

  /// `Checkpoint.Format.npz`.
  public var format: Checkpoint.Format { .npz }

  /// The array of this name as the file has it; it shares the file's bytes where they are not
  /// compressed and in row-major order.
  ///
  /// - Throws: `NumPyError`: `.missing` where there is none, `.unreadable` where it cannot be read,
  ///   `.malformed` where it is damaged.
  public func stored(named name: String) throws(NumPyError) -> StoredTensor {
    guard let (entry, layout) = arrays[NameKey(name)] else {
      if let tensor = unreadable.first(where: { NameKey($0.name) == NameKey(name) }) {
        throw .unreadable(path: path, tensor: name, tensor.reason)
      }
      throw .missing(path: path, tensor: name)
    }
    do {
      let (storage, start) = try archive.bytes(of: entry)
      return StoredTensor(layout.moved(by: start), of: storage)
    } catch { throw .malformed(path: path, .archive(error)) }
  }

  /// The array of this name.
  ///
  /// - Throws: As `stored(named:)`, and `NumPyError.unreadable` where tensors cannot have its
  ///   elements.
  public func tensor(named name: String) throws(NumPyError) -> AnyTensor {
    let stored = try stored(named: name)
    do { return try stored.tensor() } catch {
      throw .unreadable(path: path, tensor: name, error)
    }
  }
}

extension ZipArchive {
  /// Where the elements of an array are in its entry, of which no more is decompressed than the
  /// header.
  fileprivate func layout(of entry: Entry) throws(UnreadableTensor.Reason) -> TensorLayout {
    let header: NumPyHeader
    do throws(NumPyError.Defect) {
      let start = try first(NumPyHeader.preambleLength, of: entry)
      let length = try start.withUnsafeBufferPointer { (bytes) throws(NumPyError.Defect) in
        try NumPyHeader.byteCount(UnsafeRawBufferPointer(bytes))
      }
      let bytes = try first(length, of: entry)
      header = try bytes.withUnsafeBufferPointer { (bytes) throws(NumPyError.Defect) in
        try NumPyHeader(UnsafeRawBufferPointer(bytes), byteCount: entry.byteCount)
      }
    } catch { throw .header(error) }
    return try header.layout(from: 0)
  }

  private func first(_ count: Int, of entry: Entry) throws(NumPyError.Defect) -> [UInt8] {
    do throws(ZipError) {
      let (storage, start) = try bytes(of: entry, first: count)
      defer { extendLifetime(storage) }
      return Array(storage.bytes[start..<start + min(count, entry.byteCount)])
    } catch { throw .archive(error) }
  }
}

extension TensorLayout {
  /// The same elements, so many bytes further on.
  fileprivate func moved(by count: Int) -> TensorLayout {
    var layout = TensorLayout(elementType, shape, strides: strides, start: start + count)
    (layout.isByteSwapped, layout.isNegated) = (isByteSwapped, isNegated)
    layout.isConjugated = isConjugated
    return layout
  }
}
