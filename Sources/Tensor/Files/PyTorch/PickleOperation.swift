/// The operations of pickles that are read, by the names of what they are about.
///
/// Those of protocol 0 that are text are left out, as are those of instances, extensions and buffers
/// outside the pickle.
enum PickleOperation: UInt8 {
  case `protocol` = 0x80
  case frame = 0x95
  case stop = 0x2E

  // Constants and numbers, by the width of the number or of its length.
  case none = 0x4E
  case `true` = 0x88
  case `false` = 0x89
  case int8 = 0x4B
  case int16 = 0x4D
  case int32 = 0x4A
  case long8 = 0x8A
  case long32 = 0x8B
  case float = 0x47

  // Texts and bytes, by the width of their length.
  case text8 = 0x8C
  case text32 = 0x58
  case text64 = 0x8D
  case bytes8 = 0x43
  case bytes32 = 0x42
  case bytes64 = 0x8E
  case byteArray64 = 0x96
  case string8 = 0x55
  case string32 = 0x54

  // The stack and the memo.
  case mark = 0x28
  case pop = 0x30
  case popMark = 0x31
  case duplicate = 0x32
  case put8 = 0x71
  case put32 = 0x72
  case memoize = 0x94
  case get8 = 0x68
  case get32 = 0x6A

  // Containers.
  case emptyTuple = 0x29
  case tuple1 = 0x85
  case tuple2 = 0x86
  case tuple3 = 0x87
  case tuple = 0x74
  case emptyList = 0x5D
  case list = 0x6C
  case append = 0x61
  case appends = 0x65
  case emptyDictionary = 0x7D
  case dictionary = 0x64
  case setItem = 0x73
  case setItems = 0x75
  case emptySet = 0x8F
  case addItems = 0x90
  case frozenSet = 0x91

  // Objects.
  case global = 0x63
  case stackGlobal = 0x93
  case reduce = 0x52
  case newObject = 0x81
  case newObjectWithKeywords = 0x92
  case build = 0x62
  case persistentID = 0x51
}
