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
    var reader = JSONReader<CheckpointError.IndexDefect>(bytes)
    var tensors: [(name: String, file: String)]?
    try reader.beginObject()
    while let member = try reader.nextName() {
      if member == "weight_map" {
        guard tensors == nil else { throw .duplicate(member, reader) }
        tensors = try Self.map(&reader)
      } else {
        try reader.skipValue()
      }
    }
    try reader.end()
    guard let tensors else { throw .noMap }
    self.tensors = tensors
  }

  /// Reads the map of names to files.
  private static func map(
    _ reader: inout JSONReader<CheckpointError.IndexDefect>
  ) throws(CheckpointError.IndexDefect) -> [(name: String, file: String)] {
    guard reader.kind() == .object else { throw .noMap }
    try reader.beginObject()
    var tensors: [(name: String, file: String)] = []
    var names: Set<NameKey> = []
    while let name = try reader.nextName() {
      guard names.insert(NameKey(name)).inserted else { throw .duplicate(name, reader) }
      guard reader.kind() == .string else { throw .entry(name) }
      let file = try reader.string()
      guard isAllowed(file) else { throw .fileName(file) }
      tensors.append((name, file))
    }
    return tensors
  }

  /// Whether a name means a file in the folder of the index or below it.
  private static func isAllowed(_ file: String) -> Bool {
    !file.unicodeScalars.contains("\0")
      && file.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
        !["", ".", ".."].contains($0)
      }
  }
}

extension CheckpointError.IndexDefect: JSONFailure {
  init(_ error: JSONError) { self = .json(error) }

  /// A second member of the name that was read last.
  fileprivate static func duplicate(_ name: String, _ reader: JSONReader<Self>) -> Self {
    .json(JSONError(position: reader.nameStart, problem: .duplicateName(name)))
  }
}
