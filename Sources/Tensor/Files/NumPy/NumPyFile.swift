/// NumPy's `.npy` files, which hold one tensor.
///
/// Both ways keep to version 1.0 and little-endian numbers; what is written is in row-major order.
public enum NumPyFile {
  /// Writes a file, in the place of what has its name.
  ///
  /// - Throws: `NumPyError`, and then the old file is as it was; `.unsupported` for `bfloat16`,
  ///   which NumPy does not have.
  public static func write(_ tensor: AnyTensor, to path: String) throws(NumPyError) {
    let header = try NumPyHeader.text(tensor.scalarType, tensor.shape, path: path)
    do {
      var file = try AtomicFile(path: path)
      try file.append(header)
      try tensor.withUnsafeBytes { (bytes) throws(FileError) in try file.append(bytes) }
      try file.commit()
    } catch {
      throw .file(error)
    }
  }

  /// Writes a file, in the place of what has its name.
  ///
  /// - Throws: `NumPyError`, and then the old file is as it was; `.unsupported` for `BFloat16`,
  ///   which NumPy does not have.
  public static func write<Scalar>(
    _ tensor: Tensor<Scalar>, to path: String
  ) throws(NumPyError) {
    try write(AnyTensor(tensor), to: path)
  }

  /// Reads a file; the tensor shares the bytes of the file, which is mapped into memory, if they are
  /// in row-major order.
  ///
  /// - Throws: `NumPyError`: `.file` where it cannot be read, `.malformed` where it is none or a
  ///   damaged one, `.unsupported` where tensors cannot have its element type.
  public static func read(_ path: String) throws(NumPyError) -> AnyTensor {
    let file: Storage
    do { file = try Storage(mapping: path) } catch { throw .file(error) }
    return try read(file, path: path)
  }

  /// Reads a file whose bytes are in memory; `path` is for errors to name.
  package static func read(_ file: Storage, path: String) throws(NumPyError) -> AnyTensor {
    let header: NumPyHeader
    do {
      header = try NumPyHeader(file.bytes, byteCount: file.byteCount)
    } catch { throw .malformed(path: path, error) }
    return try header.tensor(in: file, from: 0, path: path)
  }
}
