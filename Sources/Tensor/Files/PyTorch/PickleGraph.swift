/// What a pickle describes, as objects that name each other by number.
///
/// Pickles can make objects that hold themselves, or are nested a million deep. Numbers instead of
/// references make neither a leak nor a deep recursion of that.
struct PickleGraph {
  /// The number of an object.
  typealias ID = Int

  /// An object.
  enum Object {
    case none
    case truth(Bool)
    case integer(Int)
    case number(Double)
    /// An integer of more than 64 bits, in two's complement, its lowest byte first.
    case largeInteger([UInt8])
    case text(String)
    case tuple([ID])
    case list([ID])
    case dictionary([(key: ID, value: ID)])
    case global(PickleGlobal)
    case storage(StorageView)
    /// The tensor of this index.
    case tensor(Int)
    /// A tensor, or an array, that we do not read.
    case unreadable(UnreadableTensor.Reason)
    /// Something that holds no tensor.
    case opaque
  }

  /// The bytes that tensors are views of.
  struct StorageRecord: Equatable {
    let key: String
    let type: PickleType
    /// The number of elements.
    let count: Int
  }

  /// A storage, or some of its elements as a storage.
  struct StorageView: Equatable {
    /// The index of the storage.
    let storage: Int
    /// The elements.
    let elements: Range<Int>
  }

  /// A tensor in a storage.
  struct TensorRecord {
    let storage: StorageView
    let type: PickleType
    /// The position of the first element in the storage, in elements.
    let offset: Int
    let shape: [Int]
    let strides: [Int]
    /// Whether the numbers have the opposite sign of what is stored, and their imaginary parts.
    var isNegated = false, isConjugated = false
    /// Why it cannot be read, where it cannot.
    var reason: UnreadableTensor.Reason?
  }

  private(set) var objects: [Object] = []
  private(set) var storages: [StorageRecord] = []
  private(set) var tensors: [TensorRecord] = []
  private var storageIndices: [NameKey: Int] = [:]
  private var views: [NameKey: StorageView] = [:]

  /// Which object the pickle is of.
  var root: ID = 0

  /// How many objects there may be.
  static let limit = 1 << 22

  subscript(id: ID) -> Object {
    get { objects[id] }
    set { objects[id] = newValue }
  }

  /// Appends an object; nil where there are too many.
  mutating func append(_ object: Object) -> ID? {
    guard objects.count < Self.limit else { return nil }
    objects.append(object)
    return objects.count - 1
  }

  /// Appends a storage, or finds it again; nil where there is another one of its key.
  mutating func append(_ storage: StorageRecord) -> StorageView? {
    let key = NameKey(storage.key)
    let index = storageIndices[key] ?? storages.count
    if index == storages.count {
      storages.append(storage)
      storageIndices[key] = index
    }
    let isSame = storages[index] == storage && NameKey(storages[index].key) == key
    return isSame ? StorageView(storage: index, elements: 0..<storage.count) : nil
  }

  /// Appends a view of a storage by its key, or finds it again; nil where another one has it.
  mutating func append(_ view: StorageView, key: String) -> StorageView? {
    let known = views[NameKey(key)] ?? view
    views[NameKey(key)] = known
    return known == view ? view : nil
  }

  /// Appends a tensor.
  mutating func append(_ tensor: TensorRecord) -> Object {
    tensors.append(tensor)
    return .tensor(tensors.count - 1)
  }

  /// The integers of a tuple or list; nil where something else is in it, or more than a tensor has
  /// dimensions.
  func integers(_ id: ID) -> [Int]? {
    let elements: [ID]
    switch self[id] {
    case .tuple(let ids), .list(let ids): elements = ids
    default: return nil
    }
    guard elements.count <= SafetensorsHeader.rankLimit else { return nil }
    var integers: [Int] = []
    for element in elements {
      guard case .integer(let integer) = self[element] else { return nil }
      integers.append(integer)
    }
    return integers
  }

  /// A dictionary's value of a key that is a text.
  func value(_ key: String, of dictionary: Object) -> Object? {
    guard case .dictionary(let members) = dictionary else { return nil }
    for member in members {
      if case .text(key) = self[member.key] { return self[member.value] }
    }
    return nil
  }
}
