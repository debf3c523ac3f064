extension PickleGraph {
  /// How deep dictionaries and lists may be nested that have tensors in them.
  static let depthLimit = 64
  /// How many bytes all names together may have.
  static let nameByteLimit = 100_000_000
  /// How many bytes all names together may have for each byte of the file.
  static let nameBytesPerByte = 64

  /// A tensor that can be reached from the root, by its name: the keys and places on the way with dots
  /// between them.
  struct NamedTensor {
    let name: String
    /// The index of the tensor, or why there is none.
    let tensor: Result<Int, UnreadableTensor.Reason>
  }

  /// The tensors that can be reached from the root, in the order of the dictionaries.
  ///
  /// An object that is in many others is met in all of them. So there may be no more names than the
  /// file has bytes, which a file with as many tensors is far from.
  func namedTensors(fileByteCount: Int) throws(PyTorchError.Defect) -> [NamedTensor] {
    var found: [NamedTensor] = []
    var waiting: [(name: String?, depth: Int, id: ID?)] = [(nil, 0, root)]
    var (visits, nameBytes) = (0, 0)
    let (product, isLarge) = fileByteCount.multipliedReportingOverflow(by: Self.nameBytesPerByte)
    let nameByteLimit = isLarge ? Self.nameByteLimit : min(product, Self.nameByteLimit)
    while let (name, depth, id) = waiting.popLast() {
      var parts: [(name: String, id: ID?)] = []
      func add(_ tensor: Result<Int, UnreadableTensor.Reason>) throws(PyTorchError.Defect) {
        guard found.count < fileByteCount else { throw .tooManyNames(limit: fileByteCount) }
        found.append(NamedTensor(name: name ?? TensorEntry.soleName, tensor: tensor))
      }
      guard let id else {
        try add(.failure(.key))
        continue
      }
      switch self[id] {
      case .tensor(let tensor): try add(.success(tensor))
      case .unreadable(let reason): try add(.failure(reason))
      case .tuple(let elements), .list(let elements):
        visits += elements.count
        for (place, element) in elements.enumerated() where mayHoldTensors(element) {
          parts.append((String(place), element))
        }
      case .dictionary(let members):
        visits += members.count
        parts = try self.parts(of: members, name)
      default: break
      }
      guard visits <= Self.limit else { throw .tooManyObjects(limit: Self.limit) }
      for part in parts.reversed() {
        guard depth < Self.depthLimit else { throw .tooDeep(limit: Self.depthLimit) }
        let full = name.map { "\($0).\(part.name)" } ?? part.name
        nameBytes += full.utf8.count
        guard nameBytes <= nameByteLimit else { throw .namesTooLong }
        waiting.append((full, depth + 1, part.id))
      }
    }
    return found
  }

  /// The values of a dictionary that may hold tensors, by what their keys are called; without the value
  /// where we cannot tell whether the key is the same as another one.
  private func parts(
    of members: [(key: ID, value: ID)], _ name: String?
  ) throws(PyTorchError.Defect) -> [(name: String, id: ID?)] {
    var parts: [(name: String, id: ID?)] = []
    var keys: Set<NameKey> = []
    let texts = members.map { key($0.key, depth: 0) }
    let isTold = texts.count { $0 == nil } < 2
    for (place, member) in members.enumerated() {
      // Of two equal keys, Python has the value of the last one.
      if let text = texts[place], !keys.insert(NameKey(text)).inserted {
        throw .duplicateKey(text, of: name ?? "")
      }
      guard mayHoldTensors(member.value) else { continue }
      if case .text(let key) = self[member.key] {
        parts.append((key, member.value))
      } else if let text = texts[place] {
        parts.append((text, member.value))
      } else {
        parts.append(("#\(place)", isTold ? member.value : nil))
      }
    }
    return parts
  }

  private func mayHoldTensors(_ id: ID) -> Bool {
    switch self[id] {
    case .tensor, .unreadable, .tuple, .list, .dictionary: true
    default: false
    }
  }

  /// A key as Python would print it, the same for keys that are equal there; nil for those of which we
  /// cannot tell.
  private func key(_ id: ID, depth: Int) -> String? {
    switch self[id] {
    case .text(let text): return "'\(text)'"
    case .integer(let number): return String(number)
    case .truth(let value): return value ? "1" : "0"
    case .number(let number): return Int(exactly: number).map(String.init) ?? "\(number)"
    case .none: return "None"
    case .global(.elementType(.known(let type))): return type.rawValue
    case .tuple(let elements) where depth < 4 && elements.count <= 16:
      var texts: [String] = []
      for element in elements {
        guard let text = key(element, depth: depth + 1) else { return nil }
        texts.append(text)
      }
      return "(\(texts.joined(separator: ", ")))"
    default: return nil
    }
  }
}
