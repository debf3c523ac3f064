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
      precedes(DeferredTensor($0.0, $0.1), DeferredTensor($1.0, $1.1))
    }
    var file = try SafetensorsWriter(
      tensors.map { DeferredTensor($0.name, $0.tensor) }, metadata: metadata, path: path)
    for (_, tensor) in tensors { try file.append(StoredTensor(tensor)) }
    try file.commit()
  }

  /// Writes a file, in the place of what has its name, as the other `write` does.
  public static func write(
    _ tensors: [String: AnyTensor], metadata: [String: String] = [:], to path: String
  ) throws(SafetensorsError) {
    try write(tensors.map { ($0.key, $0.value) }, metadata: metadata, to: path)
  }

  /// Writes one file, or several and an index where it would be too large; `Checkpoint` reads both.
  ///
  /// The names are those that Hugging Face's libraries expect: where `path` is `a.safetensors`, the
  /// index is `a.safetensors.index.json` and its files `a-00001-of-00002.safetensors` and so on.
  /// Tensors stay in their order as to which file they are in. No file has its name before all are
  /// written.
  ///
  /// - Parameters:
  ///   - tensors: The tensors, each of which is made when its turn comes.
  ///   - metadata: Texts to go with them.
  ///   - path: The path of the file, which ends in `.safetensors`.
  ///   - shardByteLimit: How many bytes of tensors a file may have, where it has more than one
  ///     tensor; without a limit there is one file.
  /// - Returns: The paths of the files, that of the index last.
  /// - Throws: `SafetensorsError`, or what makes a tensor throws.
  @discardableResult
  public static func write(
    _ tensors: [DeferredTensor], metadata: [String: String] = [:], to path: String,
    shardByteLimit: Int = .max
  ) throws -> [String] {
    let shards = split(tensors, limit: shardByteLimit)
    let paths = shards.indices.map { place in
      shards.count == 1 ? path : shardPath(path, place + 1, of: shards.count)
    }
    var files: [PendingFile] = []
    for (path, tensors) in zip(paths, shards) {
      let tensors = tensors.sorted(by: precedes)
      let file = PendingFile(try SafetensorsWriter(tensors, metadata: metadata, path: path))
      for tensor in tensors { try file.writer.append(try tensor.stored()) }
      files.append(file)
    }
    guard shards.count > 1 else {
      for file in files { try file.writer.commit() }
      return paths
    }
    let index = try CheckpointIndex.text(shards, paths, path: path)
    for file in files { try file.writer.commit() }
    let indexPath = path + CheckpointIndex.ending
    do { try AtomicFile.create(indexPath, index) } catch { throw SafetensorsError.file(error) }
    return paths + [indexPath]
  }

  /// A file that is written, but has not its name yet.
  private final class PendingFile {
    var writer: SafetensorsWriter

    init(_ writer: consuming SafetensorsWriter) { self.writer = writer }
  }

  /// The order of tensors in a file.
  private static func precedes(_ a: DeferredTensor, _ b: DeferredTensor) -> Bool {
    (b.elementType.bitCount, NameKey(a.name)) < (a.elementType.bitCount, NameKey(b.name))
  }

  /// The tensors of each file: as many as fit, one at least.
  private static func split(_ tensors: [DeferredTensor], limit: Int) -> [[DeferredTensor]] {
    var shards: [[DeferredTensor]] = [[]]
    var byteCount = 0
    for tensor in tensors {
      if byteCount > 0 && byteCount + tensor.byteCount > limit {
        shards.append([])
        byteCount = 0
      }
      shards[shards.count - 1].append(tensor)
      byteCount += tensor.byteCount
    }
    return shards
  }

  private static func shardPath(_ path: String, _ number: Int, of count: Int) -> String {
    func digits(_ number: Int) -> String {
      String(repeating: "0", count: max(0, 5 - String(number).count)) + String(number)
    }
    let ending = ".safetensors"
    let stem = path.hasSuffix(ending) ? String(path.dropLast(ending.count)) : path
    return "\(stem)-\(digits(number))-of-\(digits(count))\(ending)"
  }
}
