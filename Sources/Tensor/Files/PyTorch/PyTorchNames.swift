extension PickleGraph {
  /// The name of a tensor that is the whole file.
  static let soleName = "tensor"
  /// How deep dictionaries and lists may be nested that have tensors in them.
  static let depthLimit = 64
  /// How many bytes all names together may have.
  static let nameByteLimit = 100_000_000

  /// The tensors that can be reached from the root: their names, which are the keys and places on the
  /// way with dots between them, and their indices.
  func namedTensors() throws(PyTorchError.Defect) -> [(name: String, tensor: Int)] {
    var found: [(name: String, tensor: Int)] = []
    var waiting: [(name: String?, depth: Int, id: ID)] = [(nil, 0, root)]
    // An object that is in many others is met in all of them.
    var (visits, nameBytes) = (0, 0)
    while let (name, depth, id) = waiting.popLast() {
      var parts: [(name: String?, id: ID)] = []
      switch self[id] {
      case .tensor(let tensor): found.append((name ?? Self.soleName, tensor))
      case .tuple(let elements), .list(let elements):
        visits += elements.count
        for (place, element) in elements.enumerated() where mayHoldTensors(element) {
          parts.append((String(place), element))
        }
      case .dictionary(let members):
        visits += members.count
        for member in members where mayHoldTensors(member.value) {
          parts.append((key(member.key), member.value))
        }
      default: break
      }
      guard visits <= Self.limit else { throw .tooManyObjects(limit: Self.limit) }
      for part in parts.reversed() {
        guard let key = part.name else { throw .key(of: name ?? "") }
        guard depth < Self.depthLimit else { throw .tooDeep(limit: Self.depthLimit) }
        let full = name.map { "\($0).\(key)" } ?? key
        nameBytes += full.utf8.count
        guard nameBytes <= Self.nameByteLimit else { throw .namesTooLong }
        waiting.append((full, depth + 1, part.id))
      }
    }
    return found
  }

  private func mayHoldTensors(_ id: ID) -> Bool {
    switch self[id] {
    case .tensor, .tuple, .list, .dictionary: true
    default: false
    }
  }

  /// The name that a key gives; nil where it is neither a text nor a number.
  private func key(_ id: ID) -> String? {
    switch self[id] {
    case .text(let text): text
    case .integer(let number): String(number)
    default: nil
    }
  }
}
