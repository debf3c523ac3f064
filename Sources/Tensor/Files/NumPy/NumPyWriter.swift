extension NumPyFile {
  /// Writes a file, in the place of what has its name.
  ///
  /// - Throws: `NumPyError`, and then the old file is as it was; `.unsupported` for `bfloat16`,
  ///   which NumPy does not have.
  public static func write(_ tensor: AnyTensor, to path: String) throws(NumPyError) {
    let header = try NumPyHeader.text(
      StoredType(tensor.scalarType), tensor.shape, path: path, tensor: TensorEntry.soleName)
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
}

extension NumPyArchive {
  /// Writes a file, in the place of what has its name.
  ///
  /// - Parameters:
  ///   - tensors: The arrays, each of which is made when its turn comes.
  ///   - path: The path of the file.
  ///   - compressed: Whether to compress those that become smaller by it.
  /// - Throws: `NumPyError`, or what makes a tensor throws, and then the old file is as it was.
  public static func write(
    _ tensors: [DeferredTensor], to path: String, compressed: Bool = false
  ) throws {
    var names: Set<NameKey> = []
    for tensor in tensors {
      let isShort = tensor.name.utf8.count + ending.utf8.count <= ZipArchive.nameLimit
      guard isShort, !tensor.name.unicodeScalars.contains("\0"),
        names.insert(NameKey(tensor.name)).inserted
      else { throw NumPyError.invalidName(path: path, tensor: tensor.name) }
    }
    do {
      var file = try ZipWriter(path: path)
      for deferred in tensors {
        let header = try NumPyHeader.text(
          deferred.elementType, deferred.shape, path: path, tensor: deferred.name)
        let tensor = try deferred.stored()
        try tensor.withUnsafeBytes { bytes in
          try file.append(
            deferred.name + ending, header: header, body: bytes, compressed: compressed)
        }
      }
      try file.commit()
    } catch let error as FileError {
      throw NumPyError.file(error)
    }
  }
}

extension NumPyHeader {
  /// The bytes of a header for elements in row-major order; `path` and `tensor` are for errors to name.
  static func text(
    _ elementType: StoredType, _ shape: [Int], path: String, tensor: String
  ) throws(NumPyError) -> [UInt8] {
    guard let type = NumPyType.name(elementType) else {
      throw .unsupported(path: path, tensor: tensor, elementType)
    }
    let extents = shape.map(String.init)
    let tuple = extents.count == 1 ? "\(extents[0])," : extents.joined(separator: ", ")
    let text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(tuple)), }"
    // With spaces and a line break behind it, so that the elements begin at a multiple of 64.
    let space = -(magic.count + 4 + text.utf8.count + 1) & 63
    guard let length = UInt16(exactly: text.utf8.count + space + 1) else {
      throw .malformed(path: path, .rank(shape.count))
    }
    return magic + [1, 0] + .littleEndian(length)
      + Array((text + String(repeating: " ", count: space) + "\n").utf8)
  }
}
