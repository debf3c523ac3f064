/// Writes a safetensors file, one tensor after the other.
struct SafetensorsWriter: ~Copyable {
  private var file: AtomicFile

  /// Begins a file, which has its name from `commit` on.
  ///
  /// - Parameters:
  ///   - tensors: What the file will have, in the order in which it will be appended.
  ///   - metadata: Texts to go with them.
  ///   - path: The path of the file.
  /// - Throws: `SafetensorsError` where names are not allowed or the file cannot be written.
  init(
    _ tensors: [DeferredTensor], metadata: [String: String], path: String
  ) throws(SafetensorsError) {
    var names: Set<NameKey> = []
    for tensor in tensors {
      let name = tensor.name
      if name.utf8.elementsEqual(SafetensorsHeader.metadataName.utf8) {
        throw .reservedName(path: path, tensor: name)
      }
      if !names.insert(NameKey(name)).inserted { throw .duplicateName(path: path, tensor: name) }
      if !tensor.elementType.isInSafetensors {
        throw .unsupported(path: path, tensor: name, tensor.elementType)
      }
    }
    let header = SafetensorsHeader.text(tensors, metadata)
    guard header.count <= SafetensorsHeader.lengths.upperBound else {
      throw .headerTooLong(path: path, header.count)
    }
    do { file = try Self.begin(path, header) } catch { throw .file(error) }
  }

  private static func begin(_ path: String, _ header: [UInt8]) throws(FileError) -> AtomicFile {
    let file = try AtomicFile(path: path)
    try file.append(.littleEndian(UInt64(header.count)) + header)
    return file
  }

  /// Appends the next tensor.
  mutating func append(_ tensor: StoredTensor) throws(SafetensorsError) {
    do throws(FileError) {
      try tensor.withUnsafeBytes { (bytes) throws(FileError) in try file.append(bytes) }
    } catch { throw .file(error) }
  }

  /// Gives the file its name.
  mutating func commit() throws(SafetensorsError) {
    do { try file.commit() } catch { throw .file(error) }
  }
}

extension SafetensorsHeader {
  /// The JSON of a header, with spaces behind it so that the tensors begin at a multiple of 8.
  fileprivate static func text(
    _ tensors: [DeferredTensor], _ metadata: [String: String]
  ) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key < $1.key }
        .map { "\($0.key.quotedForJSON):\($0.value.quotedForJSON)" }.joined(separator: ",")
      members.append("\(metadataName.quotedForJSON):{\(texts)}")
    }
    var start = 0
    for tensor in tensors {
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      let end = start + tensor.byteCount
      members.append(
        #"\#(tensor.name.quotedForJSON):{"dtype":"\#(tensor.elementType.rawValue)","shape":[\#(shape)],"#
          + #""data_offsets":[\#(start),\#(end)]}"#)
      start = end
    }
    let text = Array("{\(members.joined(separator: ","))}".utf8)
    return text + [UInt8](repeating: UInt8(ascii: " "), count: -text.count & 7)
  }
}
