/// Reads a pickle of protocols 2 to 5, the way PyTorch writes them, and runs nothing.
///
/// A pickle is a program for a machine with a stack. This one makes data only: where a pickle names
/// a class or calls a function, that is looked up in `PickleGlobal`, and what it would have been
/// called with is kept. (The operations: CPython, `Lib/pickletools.py`.)
struct PickleMachine {
  private var reader: ByteReader
  private var graph = PickleGraph()
  private var stack: [PickleGraph.ID] = []
  /// Where the stack was at each mark.
  private var marks: [Int] = []
  private var memo: [Int: PickleGraph.ID] = [:]
  /// Where the operation begins that is being run.
  private var start = 0
  /// How many objects dictionaries hold together; one list of pairs may be in many of them.
  private var memberCount = 0

  /// The protocols that may be named.
  static let versions = 2...5

  typealias Object = PickleGraph.Object
  typealias ID = PickleGraph.ID

  /// Reads the pickle that `reader` is at, and moves it behind it.
  static func run(_ reader: inout ByteReader) throws(PickleError) -> PickleGraph {
    var machine = PickleMachine(reader: reader)
    while try machine.step() {}
    reader = machine.reader
    return machine.graph
  }

  private init(reader: ByteReader) { self.reader = reader }

  /// Runs an operation, and says whether there are more.
  private mutating func step() throws(PickleError) -> Bool {
    start = reader.position
    let code = try number(UInt8.self)
    guard let operation = PickleOperation(rawValue: code) else { throw error(.operation(code)) }
    switch operation {
    case .protocol:
      let version = Int(try number(UInt8.self))
      guard Self.versions.contains(version) else { throw error(.version(version)) }
    case .frame: _ = try number(UInt64.self)
    case .stop:
      graph.root = try pop()
      return false

    case .none: try push(.none)
    case .true: try push(.truth(true))
    case .false: try push(.truth(false))
    case .int8: try push(.integer(Int(try number(UInt8.self))))
    case .int16: try push(.integer(Int(try number(UInt16.self))))
    case .int32: try push(.integer(Int(try number(Int32.self))))
    case .long8: try push(try integer(Int(try number(UInt8.self))))
    case .long32: try push(try integer(Int(try number(Int32.self))))
    case .float:
      // The highest byte is first here, and only here.
      try push(.number(Double(bitPattern: try number(UInt64.self).byteSwapped)))

    case .text8: try push(.text(try text(Int(try number(UInt8.self)))))
    case .text32: try push(.text(try text(Int(try number(UInt32.self)))))
    case .text64: try push(.text(try text(try count64())))
    case .string8: try push(.text(try text(Int(try number(UInt8.self)))))
    case .string32: try push(.text(try text(Int(try number(UInt32.self)))))
    case .bytes8:
      _ = try run(Int(try number(UInt8.self)))
      try push(.opaque)
    case .bytes32:
      _ = try run(Int(try number(UInt32.self)))
      try push(.opaque)
    case .bytes64, .byteArray64:
      _ = try run(try count64())
      try push(.opaque)

    case .mark: marks.append(stack.count)
    case .pop:
      // A mark is popped like an object.
      if marks.last == stack.count { marks.removeLast() } else { _ = try pop() }
    case .popMark: _ = try popMarked()
    case .duplicate: stack.append(try top())
    case .put8: try put(Int(try number(UInt8.self)))
    case .put32: try put(Int(try number(UInt32.self)))
    case .memoize: try put(memo.count)
    case .get8: try get(Int(try number(UInt8.self)))
    case .get32: try get(Int(try number(UInt32.self)))

    case .emptyTuple: try push(.tuple([]))
    case .tuple1: try push(.tuple(try pop(1)))
    case .tuple2: try push(.tuple(try pop(2)))
    case .tuple3: try push(.tuple(try pop(3)))
    case .tuple: try push(.tuple(try popMarked()))
    case .emptyList: try push(.list([]))
    case .list: try push(.list(try popMarked()))
    case .append: try append(try pop(1))
    case .appends: try append(try popMarked())
    case .emptyDictionary: try push(.dictionary([]))
    case .dictionary:
      let elements = try popMarked()
      try push(.dictionary([]))
      try insert(elements)
    case .setItem: try insert(try pop(2))
    case .setItems: try insert(try popMarked())
    case .emptySet: try push(.opaque)
    case .addItems:
      _ = try popMarked()
      _ = try top()
    case .frozenSet:
      _ = try popMarked()
      try push(.opaque)

    case .global: try push(try global(module: line(), name: line()))
    case .stackGlobal:
      let names = try pop(2).map { graph[$0] }
      guard case .text(let module) = names[0], case .text(let name) = names[1] else {
        throw error(.expected("the name of a class"))
      }
      try push(try global(module: module, name: name))
    case .reduce, .newObject: try call(try pop(2))
    case .newObjectWithKeywords: try call(Array(try pop(3)[..<2]))
    case .build: try build(state: try pop())
    case .persistentID: try push(try storage(try pop()))
    }
    return true
  }
}

// MARK: - Reading

extension PickleMachine {
  private func error(_ problem: PickleError.Problem) -> PickleError {
    PickleError(position: start, problem: problem)
  }

  private mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type
  ) throws(PickleError) -> Number {
    guard let number = reader.number(type) else { throw error(.truncated) }
    return number
  }

  private mutating func count64() throws(PickleError) -> Int {
    guard let count = Int(exactly: try number(UInt64.self)) else { throw error(.truncated) }
    return count
  }

  private mutating func run(_ count: Int) throws(PickleError) -> UnsafeRawBufferPointer {
    guard let run = reader.run(count) else { throw error(.truncated) }
    return run
  }

  private mutating func text(_ count: Int) throws(PickleError) -> String {
    guard let text = String(validating: try run(count), as: UTF8.self) else {
      throw error(.invalidText)
    }
    return text
  }

  private mutating func line() throws(PickleError) -> String {
    guard let line = reader.line() else { throw error(.truncated) }
    guard let text = String(validating: line, as: UTF8.self) else { throw error(.invalidText) }
    return text
  }

  /// An integer of so many bytes.
  private mutating func integer(_ count: Int) throws(PickleError) -> Object {
    let bytes = try run(count)
    guard count <= 8 else { return .largeInteger(Array(bytes)) }
    let value = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let unused = 64 - 8 * count
    return .integer(unused == 64 ? 0 : Int(Int64(bitPattern: value << unused) >> unused))
  }
}

// MARK: - The stack

extension PickleMachine {
  private mutating func push(_ object: Object) throws(PickleError) {
    guard let id = graph.append(object) else {
      throw error(.tooManyObjects(limit: PickleGraph.limit))
    }
    stack.append(id)
  }

  private func top() throws(PickleError) -> ID {
    guard let id = stack.last, stack.count > marks.last ?? 0 else {
      throw error(.expected("an object on the stack"))
    }
    return id
  }

  private mutating func pop() throws(PickleError) -> ID {
    let id = try top()
    stack.removeLast()
    return id
  }

  /// The last objects, in the order of the stack.
  private mutating func pop(_ count: Int) throws(PickleError) -> [ID] {
    guard stack.count - count >= marks.last ?? 0 else {
      throw error(.expected("\(count) objects on the stack"))
    }
    defer { stack.removeLast(count) }
    // Not `suffix`, which walks through all of the stack to make an array.
    return Array(stack[(stack.count - count)...])
  }

  /// The objects behind the last mark, which goes too.
  private mutating func popMarked() throws(PickleError) -> [ID] {
    guard let mark = marks.popLast() else { throw error(.expected("a mark on the stack")) }
    defer { stack.removeLast(stack.count - mark) }
    return Array(stack[mark...])
  }

  private mutating func put(_ place: Int) throws(PickleError) {
    memo[place] = try top()
    guard memo.count <= PickleGraph.limit else {
      throw error(.tooManyObjects(limit: PickleGraph.limit))
    }
  }

  private mutating func get(_ place: Int) throws(PickleError) {
    guard let id = memo[place] else { throw error(.expected("an object that was kept")) }
    guard stack.count < PickleGraph.limit else {
      throw error(.tooManyObjects(limit: PickleGraph.limit))
    }
    stack.append(id)
  }
}

// MARK: - Objects

extension PickleMachine {
  private mutating func append(_ elements: [ID]) throws(PickleError) {
    let target = try top()
    switch graph[target] {
    case .list(var list):
      graph[target] = .none  // so that the list is not copied
      list += elements
      graph[target] = .list(list)
    case .opaque: break
    default: throw error(.expected("a list"))
    }
  }

  /// Puts keys and their values, which alternate, into the dictionary on the stack.
  private mutating func insert(_ elements: [ID]) throws(PickleError) {
    let target = try top()
    guard elements.count.isMultiple(of: 2) else {
      throw error(.expected("a value for every key"))
    }
    memberCount += elements.count
    guard memberCount <= PickleGraph.limit else {
      throw error(.tooManyObjects(limit: PickleGraph.limit))
    }
    switch graph[target] {
    case .dictionary(var members):
      graph[target] = .none
      for index in stride(from: 0, to: elements.count, by: 2) {
        members.append((elements[index], elements[index + 1]))
      }
      graph[target] = .dictionary(members)
    case .opaque: break
    default: throw error(.expected("a dictionary"))
    }
  }

  private func global(module: String, name: String) throws(PickleError) -> Object {
    guard let global = PickleGlobal(module: module, name: name) else {
      throw error(.global("\(module).\(name)"))
    }
    return .global(global)
  }

  /// What a class or function means with a tuple of arguments.
  private mutating func call(_ operands: [ID]) throws(PickleError) {
    guard case .global(let global) = graph[operands[0]] else {
      throw error(.expected("a class or function"))
    }
    guard case .tuple(let arguments) = graph[operands[1]] else {
      throw error(.expected("a tuple of arguments"))
    }
    switch global {
    case .dictionary: try makeDictionary(arguments)
    case .tensor, .typedTensor: try push(try tensor(arguments, hasType: global == .typedTensor))
    case .parameter, .parameterWithState: try makeParameter(arguments, global)
    case .tensorWithState:
      guard arguments.count == 4, case .global(.tensorClass) = graph[arguments[1]] else {
        throw error(.expected("a function, a class, arguments and a state of a tensor"))
      }
      try callInner(arguments[0], arguments[2])
      try give(state: arguments[3])
    case .unreadable(let reason): try push(.unreadable(reason))
    case .size:
      // A copy: to what was a list, more may be appended later.
      guard let first = arguments.first, let sizes = elements(of: first),
        graph.integers(first) != nil
      else { throw error(.expected("the numbers of a size")) }
      try push(.tuple(sizes))
    case .elementType, .tensorClass:
      throw error(.expected("something else than a storage or tensor on its own"))
    case .opaque: try push(.opaque)
    }
  }

  /// Calls the function of a tensor with attributes, which must be one of those that make tensors.
  private mutating func callInner(_ function: ID, _ arguments: ID) throws(PickleError) {
    switch graph[function] {
    case .global(.tensor), .global(.typedTensor), .global(.parameter), .global(.unreadable):
      try call([function, arguments])
    default: throw error(.expected("a function that makes a tensor"))
    }
  }

  /// The elements of a tuple or list.
  private func elements(of id: ID) -> [ID]? {
    switch graph[id] {
    case .tuple(let ids), .list(let ids): ids
    default: nil
    }
  }

  /// An empty dictionary, a copy of one, or one of a list of pairs.
  private mutating func makeDictionary(_ arguments: [ID]) throws(PickleError) {
    var elements: [ID] = []
    if let first = arguments.first {
      guard arguments.count == 1 else { throw error(.expected("one list of pairs")) }
      switch graph[first] {
      case .dictionary(let members): elements = members.flatMap { [$0.key, $0.value] }
      case .list(let pairs):
        for pair in pairs {
          guard let ids = self.elements(of: pair), ids.count == 2 else {
            throw error(.expected("a list of pairs"))
          }
          elements += ids
        }
      default: throw error(.expected("a list of pairs"))
      }
    }
    try push(.dictionary([]))
    try insert(elements)
  }
}

// MARK: - Tensors

extension PickleMachine {
  private mutating func tensor(
    _ arguments: [ID], hasType: Bool
  ) throws(PickleError) -> Object {
    // With a type there are seven arguments and perhaps properties; without, the first function of
    // this kind had four, later ones have six and perhaps properties.
    let counts = hasType ? [7, 8] : [4, 6, 7]
    guard counts.contains(arguments.count), case .storage(let storage) = graph[arguments[0]],
      case .integer(let offset) = graph[arguments[1]], let shape = graph.integers(arguments[2]),
      let strides = graph.integers(arguments[3])
    else { throw error(.expected("the storage, offset, size and stride of a tensor")) }
    var type = graph.storages[storage.storage].type
    if hasType {
      guard case .global(.elementType(let own)) = graph[arguments[6]] else {
        throw error(.expected("the element type of a tensor"))
      }
      type = own
    }
    var record = PickleGraph.TensorRecord(
      storage: storage, type: type, offset: offset, shape: shape, strides: strides)
    if case .foreign(let name, _) = type { record.reason = .elementType(name) }
    if arguments.count == (hasType ? 8 : 7), let last = arguments.last {
      readProperties(last, &record)
    }
    return graph.append(record)
  }

  /// Reads the properties of a tensor that is not stored as it is: whether its numbers have the
  /// opposite sign, or their imaginary parts.
  private func readProperties(_ id: ID, _ record: inout PickleGraph.TensorRecord) {
    if case .none = graph[id] { return }
    guard case .dictionary(let members) = graph[id], case .known(let type) = record.type else {
      record.reason = record.reason ?? .property("metadata")
      return
    }
    for (key, value) in members {
      switch (graph[key], graph[value]) {
      case (.text("neg"), .truth(true)) where type.canBeNegated: record.isNegated = true
      case (.text("conj"), .truth(true)) where type.isComplex: record.isConjugated = true
      case (.text(let name), _): record.reason = .property(name)
      default: record.reason = .property("metadata")
      }
    }
  }

  private mutating func makeParameter(
    _ arguments: [ID], _ global: PickleGlobal
  ) throws(PickleError) {
    guard arguments.count == (global == .parameter ? 3 : 4) else {
      throw error(.expected("the tensor of a parameter"))
    }
    switch graph[arguments[0]] {
    case .tensor, .unreadable: stack.append(arguments[0])
    default: throw error(.expected("the tensor of a parameter"))
    }
    if global == .parameterWithState { try give(state: arguments[3]) }
  }

  /// Gives the tensor on the stack attributes, which none of its own may be among.
  private mutating func give(state: ID) throws(PickleError) {
    guard case .tensor(let index) = graph[try top()], !isHarmless(state) else { return }
    var record = graph.tensors[index]
    record.reason = .attributes
    _ = try pop()
    try push(graph.append(record))
  }

  /// Whether attributes leave a tensor's values as they are.
  private func isHarmless(_ state: ID) -> Bool {
    switch graph[state] {
    case .none: return true
    case .dictionary(let members): return members.allSatisfy { isHarmless($0.key, $0.value) }
    case .tuple(let parts) where parts.count == 2:
      return parts.allSatisfy { part in
        switch graph[part] {
        case .none: true
        case .dictionary(let members): members.allSatisfy { isHarmless($0.key, $0.value) }
        default: false
        }
      }
    default: return false
    }
  }

  /// Whether an attribute leaves a tensor's values as they are: what sets them takes a tensor.
  private func isHarmless(_ key: ID, _ value: ID) -> Bool {
    guard case .text(let name) = graph[key], !["data", "real", "imag"].contains(name) else {
      return false
    }
    switch graph[value] {
    case .tensor, .unreadable, .storage: return false
    default: return true
    }
  }

  /// Gives the object on the stack a state, where that changes nothing of what we read of it.
  private mutating func build(state: ID) throws(PickleError) {
    switch graph[try top()] {
    case .opaque, .unreadable: return
    case .dictionary:
      // An ordered dictionary takes attributes, but none may hide a function of it.
      guard case .dictionary(let members) = graph[state] else { break }
      let areHarmless = members.allSatisfy { member in
        if case .text(let name) = graph[member.key] {
          !Self.dictionaryFunctions.contains(name)
        } else {
          false
        }
      }
      if areHarmless { return }
    default: break
    }
    throw error(.expected("an object whose content a state does not change"))
  }

  private static let dictionaryFunctions: Set<String> = [
    "clear", "copy", "fromkeys", "get", "items", "keys", "move_to_end", "pop", "popitem",
    "setdefault", "update", "values",
  ]

  /// The storage that a tuple means: its kind, type, key, device and number of elements; in files of
  /// before PyTorch 0.4 also the key, start and number of elements of a part that is meant.
  private mutating func storage(_ id: ID) throws(PickleError) -> Object {
    guard case .tuple(let parts) = graph[id], (5...6).contains(parts.count),
      case .text("storage") = graph[parts[0]],
      case .global(.elementType(let type)) = graph[parts[1]],
      case .text(let key) = graph[parts[2]], case .text(let device) = graph[parts[3]],
      case .integer(let count) = graph[parts[4]], count >= 0
    else { throw error(.expected("the type, key, device and size of a storage")) }
    guard device != "meta" else { throw error(.expected("a storage that has values")) }
    let record = PickleGraph.StorageRecord(key: key, type: type, count: count)
    guard let storage = graph.append(record) else {
      throw error(.expected("one type and size for storage \(key.debugDescription)"))
    }
    guard parts.count == 6, let part = elements(of: parts[5]) else {
      if parts.count == 6 {
        guard case .none = graph[parts[5]] else {
          throw error(.expected("a part of a storage, or none"))
        }
      }
      return .storage(storage)
    }
    guard part.count == 3, case .text(let partKey) = graph[part[0]],
      case .integer(let first) = graph[part[1]], case .integer(let partCount) = graph[part[2]],
      first >= 0, partCount >= 0, partCount <= count, first <= count - partCount,
      let view = graph.append(
        .init(storage: storage.storage, elements: first..<first + partCount), key: partKey)
    else { throw error(.expected("a part of storage \(key.debugDescription)")) }
    return .storage(view)
  }
}
