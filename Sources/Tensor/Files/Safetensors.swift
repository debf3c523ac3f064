/// Writes safetensors files; `SafetensorsFile` reads them.
public enum Safetensors {
  /// Writes a file, in the place of what has its name.
  ///
  /// The tensors are ordered by the size of their elements, the largest first, and then by name,
  /// so that all are aligned, and equal contents give equal files. The file comes into being all
  /// at once: nobody sees a part of it, and who has the old one mapped keeps it.
  ///
  /// - Parameters:
  ///   - tensors: The tensors and their names.
  ///   - metadata: Texts to go with them.
  ///   - path: The path of the file.
  /// - Throws: `SafetensorsError`, and then the old file is as it was.
  public static func write(
    _ tensors: [(name: String, tensor: AnyTensor)], metadata: [String: String] = [:],
    to path: String
  ) throws(SafetensorsError) {
    let tensors = tensors.sorted {
      ($1.tensor.scalarType.byteCount, $0.name) < ($0.tensor.scalarType.byteCount, $1.name)
    }
    var names: Set<String> = []
    for (name, _) in tensors {
      if name == SafetensorsHeader.metadataName { throw .reservedName(path: path, tensor: name) }
      if !names.insert(name).inserted { throw .duplicateName(path: path, tensor: name) }
    }
    let header = SafetensorsHeader.text(tensors, metadata)
    guard header.count <= SafetensorsHeader.lengths.upperBound else {
      throw .headerTooLong(path: path, header.count)
    }
    do {
      var file = try AtomicFile(path: path)
      try file.append(withUnsafeBytes(of: UInt64(header.count).littleEndian, Array.init))
      try file.append(header)
      for (_, tensor) in tensors {
        try tensor.withUnsafeBytes { (bytes) throws(FileError) in try file.append(bytes) }
      }
      try file.commit()
    } catch {
      throw .file(error)
    }
  }

  /// Writes a file, in the place of what has its name, as the other `write` does.
  public static func write(
    _ tensors: [String: AnyTensor], metadata: [String: String] = [:], to path: String
  ) throws(SafetensorsError) {
    try write(tensors.map { ($0.key, $0.value) }, metadata: metadata, to: path)
  }
}

extension SafetensorsHeader {
  /// The JSON of a header, with spaces behind it so that the tensors begin at a multiple of 8.
  static func text(
    _ tensors: [(name: String, tensor: AnyTensor)], _ metadata: [String: String]
  ) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key < $1.key }
        .map { "\(quoted($0.key)):\(quoted($0.value))" }.joined(separator: ",")
      members.append("\(quoted(metadataName)):{\(texts)}")
    }
    var start = 0
    for (name, tensor) in tensors {
      let type = SafetensorsFile.ElementType(tensor.scalarType)
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      let end = start + tensor.byteRange.count
      members.append(
        #"\#(quoted(name)):{"dtype":"\#(type.rawValue)","shape":[\#(shape)],"#
          + #""data_offsets":[\#(start),\#(end)]}"#)
      start = end
    }
    let text = Array("{\(members.joined(separator: ","))}".utf8)
    return text + [UInt8](repeating: UInt8(ascii: " "), count: -text.count & 7)
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
