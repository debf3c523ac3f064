/// NumPy's `.npy` files, which hold one tensor.
///
/// Both ways keep to version 1.0 and little-endian numbers; what is written is in row-major order.
public enum NumPyFile {
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
