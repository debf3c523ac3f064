/// NumPy's `.npz` files, opened for reading: archives of arrays with names, compressed or not.
///
/// The file is mapped into memory; `SafetensorsFile` says what that means. Opening it reads the
/// directory and the arrays' headers. An array is decompressed, and its check sum compared, when it is
/// asked for.
public struct NumPyArchive: Sendable, CustomStringConvertible {
  /// An array of the archive.
  public struct Entry: Sendable, Equatable {
    /// The name, without `.npy`.
    public let name: String
    /// The element type.
    public let elementType: SafetensorsFile.ElementType
    /// The number of elements in each dimension.
    public let shape: [Int]
  }

  /// The path it was opened with.
  public let path: String
  /// The arrays, in the order of the archive.
  public let entries: [Entry]
  private let archive: ZipArchive
  private let arrays: [String: (entry: ZipArchive.Entry, header: NumPyHeader)]

  /// Opens a file and checks it.
  ///
  /// - Throws: `NumPyError`: `.file` where it cannot be read, `.malformed` where it is none or a
  ///   damaged one, `.unsupported` where an array has elements of a kind that no tensor file has.
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
    var entries: [Entry] = []
    var arrays: [String: (entry: ZipArchive.Entry, header: NumPyHeader)] = [:]
    for entry in archive.entries {
      guard entry.name.hasSuffix(Self.ending) else {
        throw .malformed(path: path, .entry(entry.name))
      }
      let name = String(entry.name.dropLast(Self.ending.count))
      let header: NumPyHeader
      do { header = try archive.header(of: entry) } catch {
        throw .malformed(path: path, .array(name, error))
      }
      guard let type = header.elementType else { throw .unsupported(path: path, header.type) }
      arrays[name] = (entry, header)
      entries.append(Entry(name: name, elementType: type, shape: header.shape))
    }
    (self.entries, self.arrays) = (entries, arrays)
  }

  /// The names of the arrays, in the order of the archive.
  public var names: [String] { entries.map(\.name) }

  /// The array of this name.
  ///
  /// It shares the file's bytes where they are stored, aligned and in row-major order.
  ///
  /// - Throws: `NumPyError`: `.missing` where there is none, `.malformed` where it is damaged,
  ///   `.unsupported` where tensors cannot have its element type.
  public func tensor(named name: String) throws(NumPyError) -> AnyTensor {
    guard let (entry, header) = arrays[name] else { throw .missing(path: path, tensor: name) }
    let (storage, start): (Storage, Int)
    do { (storage, start) = try archive.bytes(of: entry) } catch {
      throw .malformed(path: path, .archive(error))
    }
    return try header.tensor(in: storage, from: start, path: path)
  }

  /// The path.
  public var description: String { path }

  static let ending = ".npy"
}

extension ZipArchive {
  /// The header of an array, of which no more is decompressed than that.
  fileprivate func header(of entry: Entry) throws(NumPyError.Defect) -> NumPyHeader {
    let start = try first(10, of: entry)
    let length = start.count < 10 ? 0 : Int(start[8]) + Int(start[9]) << 8
    let bytes = try first(10 + length, of: entry)
    return try bytes.withUnsafeBufferPointer { (bytes) throws(NumPyError.Defect) in
      try NumPyHeader(UnsafeRawBufferPointer(bytes), byteCount: entry.byteCount)
    }
  }

  private func first(_ count: Int, of entry: Entry) throws(NumPyError.Defect) -> [UInt8] {
    do throws(ZipError) {
      let (storage, start) = try bytes(of: entry, first: count)
      defer { extendLifetime(storage) }
      return Array(storage.bytes[start..<start + min(count, entry.byteCount)])
    } catch { throw .archive(error) }
  }
}
