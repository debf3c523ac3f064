/// Pickles put together by hand, and the files of PyTorch around them.
enum PickleBytes {
  static let mark: [UInt8] = [0x28], tuple: [UInt8] = [0x74], reduce: [UInt8] = [0x52]
  static let none: [UInt8] = [0x4E], stop: [UInt8] = [0x2E], start: [UInt8] = [0x80, 2]

  static func text(_ text: String) -> [UInt8] {
    [0x58] + little(UInt32(text.utf8.count)) + Array(text.utf8)
  }

  static func integer(_ value: Int) -> [UInt8] {
    [0x8A, 8] + little(Int64(value))
  }

  static func global(_ module: String, _ name: String) -> [UInt8] {
    [0x63] + Array("\(module)\n\(name)\n".utf8)
  }

  static func tuple(_ elements: [UInt8]...) -> [UInt8] { mark + elements.flatMap(\.self) + tuple }

  static func numbers(_ values: [Int]) -> [UInt8] { mark + values.flatMap(integer) + tuple }

  static func dictionary(_ members: (key: [UInt8], value: [UInt8])...) -> [UInt8] {
    [0x7D] + mark + members.flatMap { $0.key + $0.value } + [0x75]
  }

  static func storage(
    _ key: String = "0", type: String = "FloatStorage", device: String = "cpu", count: Int = 4,
    part: [UInt8] = []
  ) -> [UInt8] {
    tuple(
      text("storage"), global("torch", type), text(key), text(device), integer(count), part)
      + [0x51]
  }

  static func tensor(
    in storage: [UInt8] = storage(), offset: Int = 0, _ shape: [Int] = [4], _ strides: [Int] = [1],
    also: [UInt8] = []
  ) -> [UInt8] {
    global("torch._utils", "_rebuild_tensor_v2")
      + tensorArguments(in: storage, offset: offset, shape, strides, also: also) + reduce
  }

  static func tensorArguments(
    in storage: [UInt8] = storage(), offset: Int = 0, _ shape: [Int] = [4], _ strides: [Int] = [1],
    also: [UInt8] = []
  ) -> [UInt8] {
    tuple(storage, integer(offset), numbers(shape), numbers(strides), [0x89], none, also)
  }

  static let magic: [UInt8] =
    start + [0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19] + stop

  /// A file of the form before archives.
  static func legacy(
    _ object: [UInt8], keys: [String] = ["0"],
    storages: [UInt8] = little(Int64(4)) + [UInt8](repeating: 0, count: 16),
    version: Int = 1001, isLittleEndian: Bool = true
  ) -> [UInt8] {
    let machine = dictionary((text("little_endian"), [isLittleEndian ? 0x88 : 0x89]))
    let list: [UInt8] = [0x5D] + mark + keys.flatMap(text) + [0x65]
    return magic + start + integer(version) + stop + start + machine + stop + start + object + stop
      + start + list + stop + storages
  }

  /// A file that is an archive.
  static func archive(
    _ object: [UInt8], _ entries: [ZipBytes.Entry] = [storageEntry], folder: String = "a/"
  ) -> [UInt8] {
    var archive = ZipBytes(.init(folder + "data.pkl", start + object + stop))
    archive.entries += entries
    return archive.bytes
  }

  static let storageEntry = ZipBytes.Entry("a/data/0", [UInt8](repeating: 0, count: 16))
}
