#if os(Linux) && arch(x86_64)
internal import Glibc
internal import _Builtin_intrinsics.intel

@_silgen_name("llvm.x86.sse.stmxcsr")
private func storeControl(_ place: UnsafeMutablePointer<UInt32>)

@_silgen_name("llvm.x86.sse.ldmxcsr")
private func loadControl(_ place: UnsafePointer<UInt32>)

/// The eight tiles of a thread, and how they are configured.
struct Tiles {
  /// The configuration, 64 bytes, and then 16 rows of 64 bytes for each tile.
  private let memory: UnsafeMutableRawPointer

  /// Where each thread finds its own.
  static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key) { free($0) }
    return key
  }()

  /// Those of this thread.
  static var ofThread: Tiles {
    if let memory = pthread_getspecific(key) { return Tiles(memory: memory) }
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 64 + 8 * 1024, alignment: 64)
    let tiles = Tiles(memory: memory)
    tiles.clear()
    pthread_setspecific(key, memory)
    return tiles
  }

  private func clear() { memory.initializeMemory(as: UInt8.self, repeating: 0, count: 64 + 8192) }

  private var isConfigured: Bool { memory.load(as: UInt8.self) == 1 }
  private func rows(_ tile: Int) -> Int {
    Int(memory.load(fromByteOffset: 48 + tile, as: UInt8.self))
  }
  private func rowBytes(_ tile: Int) -> Int {
    Int(memory.load(fromByteOffset: 16 + 2 * tile, as: UInt16.self))
  }
  private func row(_ tile: Int, _ row: Int) -> UnsafeMutableRawPointer {
    memory + 64 + tile * 1024 + row * 64
  }

  /// Does what an instruction says; false where it is not allowed.
  func execute(_ instruction: TileInstruction) -> Bool {
    let start = instruction.address
    switch instruction.operation {
    case .configure:
      clear()
      guard let configuration = UnsafeRawPointer(bitPattern: start) else { return false }
      memory.copyMemory(from: configuration, byteCount: 64)
      return isConfigured && (0..<8).allSatisfy { rows($0) <= 16 && rowBytes($0) <= 64 }
    case .release: clear()
    case _ where !isConfigured: return false
    case .zero(let tile): _ = memset(row(tile, 0), 0, 1024)
    case .load(let tile):
      memset(row(tile, 0), 0, 1024)
      for i in 0..<rows(tile) {
        guard let source = UnsafeRawPointer(bitPattern: start + i * instruction.stride) else {
          return false
        }
        row(tile, i).copyMemory(from: source, byteCount: rowBytes(tile))
      }
    case .store(let tile):
      for i in 0..<rows(tile) {
        guard let target = UnsafeMutableRawPointer(bitPattern: start + i * instruction.stride)
        else { return false }
        target.copyMemory(from: row(tile, i), byteCount: rowBytes(tile))
      }
    case .addProducts(let sums, let a, let b): return addProducts(to: sums, a, b)
    case .addInt8Products(let sums, let a, let b): return addInt8Products(to: sums, a, b)
    }
    return true
  }

  /// Adds the products of four neighbouring bytes; sums wrap around.
  private func addInt8Products(to sums: Int, _ a: Int, _ b: Int) -> Bool {
    guard rows(a) == rows(sums) && rowBytes(b) == rowBytes(sums) && rows(b) * 4 == rowBytes(a)
    else { return false }
    for i in 0..<rows(sums) {
      let (x, result) = (
        row(a, i).assumingMemoryBound(to: Int8.self),
        row(sums, i).assumingMemoryBound(to: Int32.self)
      )
      for k in 0..<rows(b) {
        let y = row(b, k).assumingMemoryBound(to: Int8.self)
        for column in 0..<rowBytes(sums) / 4 {
          for term in 0..<4 {
            result[column] &+= Int32(x[4 * k + term]) * Int32(y[4 * column + term])
          }
        }
      }
    }
    return true
  }

  /// Adds products of pairs: the first and the second ones are two chains of sums, added at the end.
  private func addProducts(to sums: Int, _ a: Int, _ b: Int) -> Bool {
    guard rows(a) == rows(sums) && rowBytes(b) == rowBytes(sums) && rows(b) * 4 == rowBytes(a)
    else { return false }
    // Subnormal numbers are zero, before and after each operation; no exception.
    var (control, flushing): (UInt32, UInt32) = (0, 0x9FC0)
    storeControl(&control)
    loadControl(&flushing)
    defer { loadControl(&control) }
    /// The first and the second numbers of pairs.
    func halves(_ pairs: SIMD8<Int64>) -> (SIMD16<Float>, SIMD16<Float>) {
      (
        unsafeBitCast(_mm512_slli_epi32(pairs, 16), to: SIMD16<Float>.self),
        unsafeBitCast(
          _mm512_and_si512(pairs, _mm512_set1_epi32(-65536)), to: SIMD16<Float>.self)
      )
    }
    for i in 0..<rows(sums) {
      var chains = (SIMD16<Float>.zero, SIMD16<Float>.zero)
      for k in 0..<rows(b) {
        let x = halves(_mm512_set1_epi32(row(a, i).load(fromByteOffset: 4 * k, as: Int32.self)))
        let y = halves(row(b, k).load(as: SIMD8<Int64>.self))
        chains.0.addProduct(x.0, y.0)
        chains.1.addProduct(x.1, y.1)
      }
      let result = row(sums, i).load(as: SIMD16<Float>.self) + (chains.0 + chains.1)
      withUnsafeBytes(of: result) {
        guard let bytes = $0.baseAddress else { return }
        row(sums, i).copyMemory(from: bytes, byteCount: rowBytes(sums))
      }
    }
    return true
  }
}
#endif
