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
}
