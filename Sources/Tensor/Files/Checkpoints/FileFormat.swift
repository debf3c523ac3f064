/// What a file is, as its first bytes tell.
///
/// No format is told by one byte alone: before the header of a safetensors file stands its length,
/// which may be any bytes, and so may that of an array of NumPy be.
enum FileFormat: Equatable {
  case safetensors
  case pyTorch
  case zip
  case npy
  /// JSON, which is that of an index if anything.
  case json
  /// Something that is not read, by what it is called.
  case other(OtherFormat)

  /// What a file begins with that is not read here.
  enum OtherFormat: String, Sendable {
    case lfsPointer =
      "a pointer of Git LFS: the file itself is still to be downloaded (git lfs pull)"
    case html = "an HTML page, perhaps the answer of a server that refused the download"
    case gguf = "a GGUF file"
    case hdf5 = "an HDF5 file"
    case gzip = "compressed with gzip: unpack it first"
    case zstandard = "compressed with Zstandard: unpack it first"
    case png = "a PNG image"
    case empty = "empty"
  }

  /// The format of a file; nil where its bytes tell nothing.
  init?(_ bytes: UnsafeRawBufferPointer) {
    func starts(with text: String) -> Bool { bytes.starts(with: text.utf8) }
    if bytes.isEmpty {
      self = .other(.empty)
    } else if bytes.starts(with: NumPyHeader.magic) {
      self = .npy
    } else if bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0x50, 0x4B, 5, 6]) {
      self = .zip
    } else if starts(with: "GGUF") {
      self = .other(.gguf)
    } else if bytes.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .other(.hdf5)
    } else if bytes.starts(with: PNGChunks.signature) {
      self = .other(.png)
    } else if Self.isSafetensors(bytes) {
      self = .safetensors
    } else if bytes[0] == PickleOperation.protocol.rawValue, bytes.count > 1,
      PickleMachine.versions.contains(Int(bytes[1]))
    {
      self = .pyTorch
    } else if bytes.starts(with: [0x1F, 0x8B]) {
      self = .other(.gzip)
    } else if bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
      self = .other(.zstandard)
    } else if starts(with: "version https://git-lfs.github.com/spec/") {
      self = .other(.lfsPointer)
    } else if let format = Self.text(bytes) {
      self = format
    } else {
      return nil
    }
  }

  /// Whether there is the length of a header and the first byte of one.
  ///
  /// The length is below 2^56, so its last byte is zero, which no text has in it. A pickle of
  /// PyTorch's does not have the brace there, nor the zero before.
  private static func isSafetensors(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count > 8 && bytes[7] == 0 && bytes[8] == UInt8(ascii: "{")
  }

  /// The format of a text, by its first character.
  private static func text(_ bytes: UnsafeRawBufferPointer) -> FileFormat? {
    let start = bytes.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }.prefix(14)
    guard start.first != UInt8(ascii: "{") else { return .json }
    let word = String(decoding: start, as: UTF8.self).lowercased()
    return ["<!doctype html", "<html", "<?xml"].contains(where: word.hasPrefix)
      ? .other(.html) : nil
  }
}

/// What a file is that is none of a model, such as a pointer of Git LFS; nil where that is not known.
package func foreignFormat(of bytes: [UInt8]) -> String? {
  bytes.withUnsafeBytes {
    if case .other(let format)? = FileFormat($0) { format.rawValue } else { nil }
  }
}

extension Checkpoint {
  /// Opens a file whose bytes are in memory, of any format but that of an index; `path` is for errors
  /// to name.
  static func file(_ file: Storage, path: String) throws(CheckpointError) -> any TensorFile {
    defer { extendLifetime(file) }
    switch FileFormat(file.bytes) {
    case .safetensors?:
      do { return try SafetensorsFile(file, path: path) } catch { throw .safetensors(error) }
    case .npy?:
      do { return try NumPyFile(file, path: path) } catch { throw .numPy(error) }
    case .zip? where hasArrays(file, path: path):
      do { return try NumPyArchive(file, path: path) } catch { throw .numPy(error) }
    case .zip?, .pyTorch?:
      do { return try PyTorchFile(file, path: path) } catch { throw .pyTorch(error) }
    case .json?: throw .unknownFormat(path: path, found: nil)
    case .other(let format)?: throw .unknownFormat(path: path, found: format.rawValue)
    case nil: throw .unknownFormat(path: path, found: nil)
    }
  }

  /// Whether an archive is NumPy's, damaged or not: PyTorch's are a folder with a pickle.
  private static func hasArrays(_ file: Storage, path: String) -> Bool {
    if let archive = try? ZipArchive(file) {
      return archive.entries.contains { $0.name.hasSuffix(NumPyArchive.ending) }
        || archive.entries.isEmpty || path.hasSuffix(".npz")
    }
    // The name of the first entry, which a damaged archive still has as a rule.
    var reader = ByteReader(file.bytes, from: 26)
    let length = reader.number(UInt16.self).map(Int.init) ?? 0
    let name = reader.run(2).flatMap { _ in reader.run(length) }
    return path.hasSuffix(".npz")
      || name?.suffix(NumPyArchive.ending.utf8.count).elementsEqual(NumPyArchive.ending.utf8)
        == true
  }
}
