/// What a file of PyTorch has: the objects of its pickle, and where their storages are.
struct PyTorchContent {
  let graph: PickleGraph
  /// The bytes of the file that each storage has.
  private let regions: [Range<Int>]
  private let fileByteCount: Int

  typealias Defect = PyTorchError.Defect

  /// Reads a file in either form.
  init(_ file: Storage) throws(Defect) {
    defer { extendLifetime(file) }
    fileByteCount = file.byteCount
    if file.bytes.starts(with: [0x50, 0x4B]) {
      (graph, regions) = try Self.archive(file)
    } else {
      (graph, regions) = try Self.legacy(file.bytes)
    }
  }

  // MARK: Archives

  /// Reads a ZIP archive of a folder with the pickle and an entry for each storage.
  private static func archive(_ file: Storage) throws(Defect) -> (PickleGraph, [Range<Int>]) {
    let archive: ZipArchive
    do { archive = try ZipArchive(file) } catch { throw .archive(error) }
    let pickles = archive.entries.filter {
      $0.name.hasSuffix("/data.pkl") && $0.name.count { $0 == "/" } == 1
    }
    guard pickles.count == 1, let pickle = pickles.first else { throw .noPickle }
    let folder = pickle.name.dropLast("data.pkl".count)
    // PyTorch takes entries whose names differ in case alone for the same.
    var names: Set<String> = []
    for entry in archive.entries {
      guard names.insert(entry.name.lowercased()).inserted else { throw .equalNames(entry.name) }
    }
    let entries = Dictionary(
      uniqueKeysWithValues: archive.entries.map { (NameKey($0.name), $0) })
    func entry(_ name: String) -> ZipArchive.Entry? { entries[NameKey(folder + name)] }
    guard entry("constants.pkl") == nil else { throw .program }
    func bytes(_ entry: ZipArchive.Entry) throws(Defect) -> UnsafeRawBufferPointer {
      guard !entry.isCompressed else { throw .compressed(entry.name) }
      return UnsafeRawBufferPointer(rebasing: file.bytes[entry.byteRange])
    }
    if let entry = entry("byteorder") {
      guard try bytes(entry).elementsEqual("little".utf8) else { throw .byteOrder }
    }
    var reader = ByteReader(try bytes(pickle))
    let graph = try Self.graph(&reader)
    guard reader.remaining == 0 else { throw .bytesBehindEnd(count: reader.remaining) }
    var regions: [Range<Int>] = []
    for record in graph.storages {
      guard let entry = entry("data/" + record.key) else {
        throw .missingStorage(record.key)
      }
      guard !entry.isCompressed else { throw .compressed(entry.name) }
      let region = try Self.region(
        record, entry.byteRange.lowerBound, end: entry.byteRange.upperBound)
      guard region == entry.byteRange else {
        throw .storageSize(record.key, expected: region.count, found: entry.byteRange.count)
      }
      regions.append(region)
    }
    return (graph, regions)
  }

  // MARK: The form before archives

  /// The number that a file begins with: 0x1950a86a20f9469cfc6c.
  private static let magic: [UInt8] = [
    0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19,
  ]

  /// Reads five pickles and the storages behind them.
  ///
  /// The pickles are the magic number, the version, what the machine was, the objects, and the keys
  /// of the storages. Before each storage is a 64-bit number of its elements.
  private static func legacy(
    _ file: UnsafeRawBufferPointer
  ) throws(Defect) -> (PickleGraph, [Range<Int>]) {
    var reader = ByteReader(file)
    guard file.first == PickleOperation.protocol.rawValue,
      let magic = try? PickleMachine.run(&reader),
      case .largeInteger(Self.magic) = magic[magic.root]
    else { throw .noCheckpoint }
    let version = try graph(&reader)
    guard case .integer(1001) = version[version.root] else { throw .version }
    let machine = try graph(&reader)
    if case .truth(false)? = machine.value("little_endian", of: machine[machine.root]) {
      throw .byteOrder
    }
    let graph = try graph(&reader)
    let keys = try Self.graph(&reader)
    guard case .list(let ids) = keys[keys.root] else { throw .storageKeys }
    var indices: [NameKey: Int] = [:]
    for (index, record) in graph.storages.enumerated() { indices[NameKey(record.key)] = index }
    var regions = [Range<Int>?](repeating: nil, count: graph.storages.count)
    for id in ids {
      // Every storage once, and no other.
      guard case .text(let key) = keys[id], let index = indices.removeValue(forKey: NameKey(key))
      else {
        throw .storageKeys
      }
      let record = graph.storages[index]
      guard let count = reader.number(Int64.self) else { throw .missingStorage(key) }
      guard count == Int64(record.count) else {
        throw .storageSize(key, expected: record.count, found: Int(count))
      }
      let region = try region(record, reader.position, end: file.count)
      _ = reader.run(region.count)
      regions[index] = region
    }
    if let key = indices.keys.min() { throw .missingStorage(key.name) }
    guard reader.remaining == 0 else { throw .bytesBehindEnd(count: reader.remaining) }
    return (graph, regions.compactMap(\.self))
  }

  private static func graph(_ reader: inout ByteReader) throws(Defect) -> PickleGraph {
    do { return try PickleMachine.run(&reader) } catch { throw .pickle(error) }
  }

  /// The bytes of a storage that begins at `start`.
  private static func region(
    _ record: PickleGraph.StorageRecord, _ start: Int, end: Int
  ) throws(Defect) -> Range<Int> {
    let (count, overflow) = record.count.multipliedReportingOverflow(
      by: record.type.byteCount)
    guard !overflow, count <= end - start else {
      throw .storageSize(record.key, expected: overflow ? .max : count, found: end - start)
    }
    return start..<start + count
  }

  // MARK: Tensors

  /// How many bytes of memory a file of so many bytes may make of a tensor whose elements are repeated:
  /// as many times its own as the most that compression can do, and at least 16 MB.
  static func memoryLimit(fileByteCount: Int) -> Int {
    let (limit, isLarge) = fileByteCount.multipliedReportingOverflow(by: Inflate.expansionLimit)
    return isLarge ? .max : max(limit, 1 << 24)
  }

  /// Where the elements of a tensor are, which are all in its storage; or why it cannot be read.
  ///
  /// - Throws: The defect of a file that has a tensor of impossible sizes or strides.
  func layout(
    of name: String, _ index: Int
  ) throws(Defect) -> Result<TensorLayout, UnreadableTensor.Reason> {
    let record = graph.tensors[index]
    let (shape, width) = (record.shape, record.type.byteCount)
    guard shape.count == record.strides.count, record.offset >= 0,
      (shape + record.strides).allSatisfy({ $0 >= 0 })
    else { throw .geometry(name, shape: shape, strides: record.strides) }
    guard let byteCount = shape.checkedProduct(times: width) else {
      throw .tooLarge(name, shape: shape)
    }
    let region = region(of: record.storage)
    var strides = shape.rowMajorStrides
    if byteCount > 0 {
      let last = try lastElement(of: record, name)
      guard last < region.count / width else {
        throw .bounds(name, shape: shape, strides: record.strides)
      }
      let isDense = zip(shape, zip(strides, record.strides)).allSatisfy { $0 == 1 || $1.0 == $1.1 }
      if !isDense { strides = record.strides }
    }
    if let reason = record.reason { return .failure(reason) }
    guard case .known(let type) = record.type else { return .failure(.form("of a foreign type")) }
    let limit = Self.memoryLimit(fileByteCount: fileByteCount)
    guard byteCount <= limit else {
      return .failure(.repetition(byteCount: byteCount, limit: limit))
    }
    var layout = TensorLayout(
      type, shape, strides: strides,
      start: byteCount == 0 ? region.lowerBound : region.lowerBound + record.offset * width)
    (layout.isNegated, layout.isConjugated) = (record.isNegated, record.isConjugated)
    return layout.isCopyable ? .success(layout) : .failure(.rank(shape.count))
  }

  /// The position of a tensor's last element, in elements.
  private func lastElement(
    of record: PickleGraph.TensorRecord, _ name: String
  ) throws(Defect) -> Int {
    var last = record.offset
    for (extent, stride) in zip(record.shape, record.strides) where extent > 1 {
      let (step, stepOverflow) = (extent - 1).multipliedReportingOverflow(by: stride)
      let (sum, sumOverflow) = last.addingReportingOverflow(step)
      guard !stepOverflow, !sumOverflow else {
        throw .bounds(name, shape: record.shape, strides: record.strides)
      }
      last = sum
    }
    return last
  }

  /// The bytes of the file that a storage, or a part of one, has.
  private func region(of view: PickleGraph.StorageView) -> Range<Int> {
    let (region, width) = (regions[view.storage], graph.storages[view.storage].type.byteCount)
    let start = region.lowerBound + view.elements.lowerBound * width
    return start..<start + view.elements.count * width
  }
}
