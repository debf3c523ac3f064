internal import Tensor

/// What is in a checkpoint, for programs and in words.
struct InspectReport: Encodable {
  /// A tensor.
  struct Entry: Encodable {
    let name, type: String
    let shape: [Int]
    let byteCount: Int
  }

  /// A file that tensors are in.
  struct File: Encodable {
    let path: String
    var sha256: String?
  }

  let format: String
  private(set) var files: [File]
  let metadata: [String: String]
  let tensors: [Entry]
  let parameterCount, byteCount: Int
  /// The number of tensors of each type.
  let types: [String: Int]
  /// The files that were written.
  var outputs: [String]?

  init(_ checkpoint: Checkpoint) {
    format = checkpoint.format.rawValue
    files = checkpoint.files.map { File(path: $0) }
    metadata = checkpoint.metadata
    tensors = checkpoint.entries.map {
      Entry(
        name: $0.name, type: $0.elementType.rawValue, shape: $0.shape, byteCount: $0.byteCount)
    }
    parameterCount = tensors.reduce(0) { $0 &+ $1.shape.reduce(1, &*) }
    byteCount = tensors.reduce(0) { $0 &+ $1.byteCount }
    types = tensors.reduce(into: [:]) { $0[$1.type, default: 0] += 1 }
  }

  /// Adds the hashes of the files.
  mutating func hash() throws {
    for index in files.indices { files[index].sha256 = try SHA256.hash(ofFile: files[index].path) }
  }

  /// The report as a table.
  var words: String {
    var lines = tensors.map { [$0.name.printable, $0.type, "\($0.shape)", "\($0.byteCount)"] }
    lines.insert(["tensor", "type", "shape", "bytes"], at: 0)
    let widths = (0..<4).map { column in lines.map { $0[column].count }.max() ?? 0 }
    var text = ""
    for line in lines {
      let cells = line.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column == 3 ? space + cell : cell + space
      }
      text += cells.joined(separator: "  ") + "\n"
    }
    let types = self.types.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    text += "\nformat   \(format)\n"
    for file in files {
      text += "file     \(file.path)" + (file.sha256.map { "  \($0)" } ?? "") + "\n"
    }
    for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
      text += "metadata \(name.printable): \(value.printable)\n"
    }
    text += "total    \(tensors.count) tensors (\(types.joined(separator: ", "))), "
    text += "\(parameterCount) numbers, \(byteCount) bytes\n"
    for output in outputs ?? [] { text += "wrote    \(output)\n" }
    return text
  }
}

extension String {
  /// The text without characters that would move a terminal's cursor, as escapes.
  fileprivate var printable: String {
    unicodeScalars.map { scalar in
      scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
    }.joined()
  }
}
