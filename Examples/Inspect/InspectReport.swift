internal import Tensor

/// What is in a checkpoint, for programs and in words.
struct InspectReport: Encodable {
  /// A tensor.
  struct Entry: Encodable {
    let name, type: String
    let shape: [Int]
    let byteCount: Int
    /// The hash of its bytes.
    var sha256: String?
  }

  /// A tensor that cannot be read, or was left out of a file.
  struct Unreadable: Encodable {
    let name, reason: String
  }

  /// A file that tensors are in.
  struct File: Encodable {
    let path: String
    var sha256: String?
  }

  let format: String
  private(set) var files: [File]
  let metadata: [String: String]
  private(set) var tensors: [Entry]
  private(set) var unreadable: [Unreadable]
  /// What wrappers of models put before all names.
  let prefix: String?
  let parameterCount, byteCount: Int
  /// The number of tensors of each type.
  let types: [String: Int]
  /// The files that were written.
  var outputs: [String]?
  /// The tensors that were left out of them.
  var skipped: [Unreadable]?

  /// How many characters of a text are printed in words.
  private static let textLimit = 200

  init(_ checkpoint: Checkpoint) {
    format = checkpoint.format.rawValue
    files = checkpoint.files.map { File(path: $0) }
    metadata = checkpoint.metadata
    tensors = checkpoint.entries.map {
      Entry(
        name: $0.name, type: $0.elementType.rawValue, shape: $0.shape, byteCount: $0.byteCount)
    }
    unreadable = checkpoint.unreadable.map { Unreadable(name: $0.name, reason: "\($0.reason)") }
    prefix = checkpoint.wrapperPrefix
    parameterCount = tensors.reduce(0) { $0 &+ $1.shape.reduce(1, &*) }
    byteCount = tensors.reduce(0) { $0 &+ $1.byteCount }
    types = tensors.reduce(into: [:]) { $0[$1.type, default: 0] += 1 }
  }

  /// Adds the hashes of the files.
  mutating func hash() throws {
    for index in files.indices { files[index].sha256 = try SHA256.hash(ofFile: files[index].path) }
  }

  /// Adds the hashes of the tensors' bytes; those that reading finds damaged become unreadable.
  mutating func hashTensors(of checkpoint: Checkpoint) throws {
    for index in tensors.indices {
      try Task.checkCancellation()
      do {
        let tensor = try checkpoint.checkedTensor(named: tensors[index].name)
        var hash = SHA256()
        tensor.withUnsafeBytes { hash.update($0) }
        tensors[index].sha256 = hash.hexadecimal
      } catch { unreadable.append(Unreadable(name: tensors[index].name, reason: "\(error)")) }
    }
  }

  /// The report as a table.
  var words: String {
    var lines = tensors.map {
      [$0.name.printable, $0.type, "\($0.shape)", "\($0.byteCount)"]
        + ($0.sha256.map { [$0] } ?? [])
    }
    let hasHashes = tensors.contains { $0.sha256 != nil }
    lines.insert(["tensor", "type", "shape", "bytes"] + (hasHashes ? ["sha256"] : []), at: 0)
    let widths = (0..<4).map { column in lines.map { $0[column].count }.max() ?? 0 }
    var text = ""
    for line in lines {
      let cells = line.enumerated().map { column, cell in
        guard column < 4 else { return cell }
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
      text += "metadata \(name.shortened(to: Self.textLimit)): "
      text += "\(value.shortened(to: Self.textLimit))\n"
    }
    if let prefix {
      text += "prefix   all names begin with '\(prefix).'; --strip-prefix takes it away\n"
    }
    for tensor in unreadable {
      text += "unread   \(tensor.name.printable): \(tensor.reason.printable)\n"
    }
    text += "total    \(tensors.count) tensors (\(types.joined(separator: ", "))), "
    text += "\(parameterCount) numbers, \(byteCount) bytes\n"
    for tensor in skipped ?? [] {
      text += "skipped  \(tensor.name.printable): \(tensor.reason.printable)\n"
    }
    for output in outputs ?? [] { text += "wrote    \(output)\n" }
    return text
  }
}

extension Checkpoint {
  /// A tensor as its file has it; truth values are looked at, so that none is other than 0 and 1.
  func checkedTensor(named name: String) throws -> StoredTensor {
    let tensor = try stored(named: name)
    if tensor.elementType == .bool { _ = try tensor.tensor() }
    return tensor
  }
}
