internal import _KernelsMicro

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
    let entries = Dictionary(
      uniqueKeysWithValues: archive.entries.map { ($0.name, $0) })
    guard entries[folder + "constants.pkl"] == nil else { throw .program }
    func bytes(_ entry: ZipArchive.Entry) throws(Defect) -> UnsafeRawBufferPointer {
      guard !entry.isCompressed else { throw .compressed(entry.name) }
      return UnsafeRawBufferPointer(rebasing: file.bytes[entry.byteRange])
    }
    if let entry = entries[folder + "byteorder"] {
      guard try bytes(entry).elementsEqual("little".utf8) else { throw .byteOrder }
    }
    var reader = ByteReader(try bytes(pickle))
    let graph = try Self.graph(&reader)
    guard reader.remaining == 0 else { throw .bytesBehindEnd(count: reader.remaining) }
    var regions: [Range<Int>] = []
    for record in graph.storages {
      guard let entry = entries[folder + "data/" + record.key] else {
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
    var indices: [String: Int] = [:]
    for (index, record) in graph.storages.enumerated() { indices[record.key] = index }
    var regions = [Range<Int>?](repeating: nil, count: graph.storages.count)
    for id in ids {
      // Every storage once, and no other.
      guard case .text(let key) = keys[id], let index = indices.removeValue(forKey: key) else {
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
    if let key = indices.keys.min() { throw .missingStorage(key) }
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
      by: record.elementType.bitCount / 8)
    guard !overflow, count <= end - start else {
      throw .storageSize(record.key, expected: overflow ? .max : count, found: end - start)
    }
    return start..<start + count
  }

  // MARK: Tensors

  /// Where the elements of a tensor are, which are all in its storage.
  ///
  /// A stride of zero can make a large tensor of few bytes; none may be larger than the file.
  func layout(of name: String, _ index: Int) throws(Defect) -> TensorLayout {
    let record = graph.tensors[index]
    let (shape, width) = (record.shape, record.elementType.bitCount / 8)
    guard shape.count == record.strides.count, record.offset >= 0,
      (shape + record.strides).allSatisfy({ $0 >= 0 })
    else { throw .geometry(name, shape: shape, strides: record.strides) }
    guard let byteCount = shape.checkedProduct(times: width), byteCount <= fileByteCount else {
      throw .tooLarge(name, shape: shape)
    }
    let region = regions[record.storage]
    guard byteCount > 0 else {
      return TensorLayout(record.elementType, shape, start: region.lowerBound)
    }
    var isDense = true
    var (last, expected) = (record.offset, 1)
    for (extent, stride) in zip(shape, record.strides).reversed() where extent > 1 {
      isDense = isDense && stride == expected
      expected *= extent
      let (step, stepOverflow) = (extent - 1).multipliedReportingOverflow(by: stride)
      let (sum, sumOverflow) = last.addingReportingOverflow(step)
      guard !stepOverflow, !sumOverflow else {
        throw .bounds(name, shape: shape, strides: record.strides)
      }
      last = sum
    }
    guard last < region.count / width else {
      throw .bounds(name, shape: shape, strides: record.strides)
    }
    guard isDense || shape.count <= ElementLoop.maximumRank else {
      throw .geometry(name, shape: shape, strides: record.strides)
    }
    return TensorLayout(
      record.elementType, shape, strides: isDense ? shape.rowMajorStrides : record.strides,
      start: region.lowerBound + record.offset * width)
  }
}
