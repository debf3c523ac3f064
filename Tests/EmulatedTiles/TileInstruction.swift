#if os(Linux) && arch(x86_64)
/// An instruction of the tile unit, as Intel's manual encodes it (volume 2, VEX with map 0F38).
struct TileInstruction {
  enum Operation {
    case configure, release
    case zero(Int)
    case load(Int)
    case store(Int)
    /// Adds the products of pairs of bfloat16.
    case addProducts(to: Int, Int, Int)
    /// Adds the products of four bytes with a sign each.
    case addInt8Products(to: Int, Int, Int)
  }

  let operation: Operation
  /// The place in memory, and the distance between rows.
  let address: Int, stride: Int
  /// Its bytes.
  let length: Int

  /// The instruction at which a thread stopped; nil where it is another one.
  init?(_ registers: Registers) {
    guard var bytes = UnsafePointer<UInt8>(bitPattern: registers.instructionPointer) else {
      return nil
    }
    let start = bytes
    func next() -> Int {
      defer { bytes += 1 }
      return Int(bytes[0])
    }
    guard next() == 0xC4 else { return nil }
    let (first, second, code, layout) = (next(), next(), next(), next())
    guard first & 31 == 2 else { return nil }
    let (mode, tile, other) = (layout >> 6, layout >> 3 & 7, layout & 7)
    var (place, distance) = (0, 0)
    if mode != 3 {
      // Base + index · scale + displacement; the index is the distance between rows.
      guard other == 4 || mode != 0 || other != 5 else { return nil }
      var base = other
      if other == 4 {
        let parts = next()
        let index = parts >> 3 & 7 | (first & 0x40 == 0 ? 8 : 0)
        if index != 4 { distance = registers[index] << (parts >> 6) }
        base = parts & 7
        guard base != 5 || mode != 0 else { return nil }
      }
      place = registers[base | (first & 0x20 == 0 ? 8 : 0)]
      if mode == 1 { place += Int(Int8(truncatingIfNeeded: next())) }
      if mode == 2 {
        let parts = (next(), next(), next(), next())
        place += Int(
          Int32(truncatingIfNeeded: parts.0 | parts.1 << 8 | parts.2 << 16 | parts.3 << 24))
      }
    }
    switch (code, second & 3, mode) {
    case (0x49, 0, 3) where layout == 0xC0: operation = .release
    case (0x49, 0, 0...2): (operation, place) = (.configure, place + distance)
    case (0x49, 3, 3): operation = .zero(tile)
    case (0x4B, 1, 0...2), (0x4B, 3, 0...2): operation = .load(tile)
    case (0x4B, 2, 0...2): operation = .store(tile)
    case (0x5E, 3, 3): operation = .addInt8Products(to: tile, other, ~second >> 3 & 7)
    case (0x5C, 2, 3): operation = .addProducts(to: tile, other, ~second >> 3 & 7)
    default: return nil
    }
    (address, stride, length) = (place, distance, bytes - start)
  }
}
#endif
