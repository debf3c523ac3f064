/// Reads a file's bytes one after the other, and never beyond their end.
struct ByteReader {
  let bytes: UnsafeRawBufferPointer
  private(set) var position: Int

  /// Reads from `position` on, or nothing where that is not in the file.
  init(_ bytes: UnsafeRawBufferPointer, from position: Int = 0) {
    self.bytes = bytes
    self.position = (0...bytes.count).contains(position) ? position : bytes.count
  }

  /// The number of bytes that are left.
  var remaining: Int { bytes.count - position }

  /// The next number, its lowest byte first; nil where the bytes end before.
  mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type = Number.self
  ) -> Number? {
    guard let run = run(MemoryLayout<Number>.size) else { return nil }
    return Number(littleEndian: run.loadUnaligned(as: Number.self))
  }

  /// The next bytes; nil where there are not so many, or the number is negative.
  mutating func run(_ count: Int) -> UnsafeRawBufferPointer? {
    guard 0 <= count, count <= remaining else { return nil }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }

  /// The bytes up to the next line feed, which is skipped; nil where there is none.
  mutating func line() -> UnsafeRawBufferPointer? {
    guard let end = bytes[position...].firstIndex(of: 0x0A) else { return nil }
    let line = run(end - position)
    position += 1
    return line
  }
}

extension Storage {
  /// All bytes; whoever uses them keeps the storage alive.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: byteCount) }
}
