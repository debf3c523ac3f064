extension CheckpointIndex {
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
    var files: [NameKey: String] = [:]
    var byteCount = 0
    for (shardPath, tensors) in zip(paths, shards) {
      let file = shardPath.split(separator: "/").last.map(String.init) ?? shardPath
      for tensor in tensors {
        byteCount += tensor.byteCount
        guard files.updateValue(file, forKey: NameKey(tensor.name)) == nil else {
          throw .duplicateName(path: path, tensor: tensor.name)
        }
      }
    }
    let members = files.sorted { $0.key < $1.key }
      .map { "    \($0.key.name.quotedForJSON): \($0.value.quotedForJSON)" }
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
