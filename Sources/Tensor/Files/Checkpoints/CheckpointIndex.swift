/// An index of a checkpoint in several files (`*.index.json`), as Hugging Face's libraries write it.
struct CheckpointIndex {
  /// The tensors and the names of the files they are in, in the order of the index.
  let tensors: [(name: String, file: String)]

  /// What an index is called behind the name of the file that it stands for.
  static let ending = ".index.json"
  /// How long an index may be, in bytes.
  static let byteLimit = 100_000_000
  /// How many files a checkpoint may have.
  static let fileLimit = 10_000

  /// Reads an index.
  init(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError.IndexDefect) {
    guard bytes.count <= Self.byteLimit else { throw .tooLong(byteCount: bytes.count) }
    let value: JSONValue
    do { value = try JSONValue(parsing: Array(bytes)) } catch { throw .json(error) }
    guard case .object(let members) = value,
      case .object(let map)? = members.first(where: { $0.name == "weight_map" })?.value
    else { throw .noMap }
    var tensors: [(name: String, file: String)] = []
    for (name, file) in map {
      guard case .string(let file) = file else { throw .entry(name) }
      guard Self.isAllowed(file) else { throw .fileName(file) }
      tensors.append((name, file))
    }
    self.tensors = tensors
  }

  /// Whether a name means a file in the folder of the index or below it.
  private static func isAllowed(_ file: String) -> Bool {
    !file.unicodeScalars.contains("\0")
      && file.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
        !["", ".", ".."].contains($0)
      }
  }

  /// The text of an index.
  ///
  /// - Parameters:
  ///   - shards: The tensors of each file.
  ///   - paths: The paths of the files, which are in one folder.
  ///   - path: The path that the index stands for, for errors to name.
  /// - Returns: The bytes of the text.
  /// - Throws: `SafetensorsError.duplicateName` where two files have a tensor of one name.
  static func text(
    _ shards: [[DeferredTensor]], _ paths: [String], path: String
  ) throws(SafetensorsError) -> [UInt8] {
    var files: [String: String] = [:]
    var byteCount = 0
    for (shardPath, tensors) in zip(paths, shards) {
      let file = shardPath.split(separator: "/").last.map(String.init) ?? shardPath
      for tensor in tensors {
        byteCount += tensor.byteCount
        guard files.updateValue(file, forKey: tensor.name) == nil else {
          throw .duplicateName(path: path, tensor: tensor.name)
        }
      }
    }
    let members = files.sorted { $0.key < $1.key }
      .map { "    \(JSONValue.quoted($0.key)): \(JSONValue.quoted($0.value))" }
    return Array(
      """
      {
        "metadata": {
          "total_size": \(byteCount)
        },
        "weight_map": {
      \(members.joined(separator: ",\n"))
        }
      }

      """.utf8)
  }
}
