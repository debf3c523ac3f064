#if arch(x86_64)
internal import Builtin

@_silgen_name("llvm.x86.ldtilecfg")
private func loadTileConfiguration(_ configuration: UnsafeRawPointer)

@_silgen_name("llvm.x86.tileloadd64")
private func loadTile(_ tile: UInt8, _ start: UnsafeRawPointer, _ stride: Int)

@_silgen_name("llvm.x86.tilestored64")
private func storeTile(_ tile: UInt8, _ start: UnsafeMutableRawPointer, _ stride: Int)

/// The tile unit of one core: eight registers of 16 rows × 64 bytes.
///
/// Tiles 0 to 3 are sums, two rows of two; 4 and 5 are rows of the left matrix, 6 and 7 columns of
/// the right one. The number of a tile is part of an instruction, so each has a function of its
/// own.
enum TileUnit {
  /// Sets the tiles of sums and of the left matrix to `rows` rows, those of the right one to 16,
  /// all of 64 bytes, on this thread.
  @inline(__always)
  static func configure(rows: Int = 16) {
    var configuration = SIMD64<UInt8>.zero
    configuration[0] = 1  // palette
    for tile in 0..<8 {
      configuration[16 + 2 * tile] = 64
      configuration[48 + tile] = tile < 6 ? UInt8(rows) : 16
    }
    withUnsafeBytes(of: configuration) { bytes in
      if let start = bytes.baseAddress { loadTileConfiguration(start) }
    }
  }

  /// Gives the tiles of this thread back.
  @inline(__always)
  static func release() { Builtin.int_x86_tilerelease() }

  @inline(__always)
  static func zeroSums() {
    Builtin.int_x86_tilezero(number0)
    Builtin.int_x86_tilezero(number1)
    Builtin.int_x86_tilezero(number2)
    Builtin.int_x86_tilezero(number3)
  }

  /// Takes up 32 rows of 32 sums, `stride` bytes apart.
  @inline(__always)
  static func loadSums(_ sums: UnsafeRawPointer, stride: Int) {
    loadTile(0, sums, stride)
    loadTile(1, sums + 64, stride)
    loadTile(2, sums + 16 * stride, stride)
    loadTile(3, sums + 16 * stride + 64, stride)
  }

  /// Takes up the sums of 16 columns alone.
  @inline(__always)
  static func loadHalfSums(_ sums: UnsafeRawPointer, stride: Int) {
    loadTile(0, sums, stride)
    loadTile(2, sums + 16 * stride, stride)
  }

  /// Adds the products of 32 rows and 32 columns over `steps` times 32 terms.
  ///
  /// Four loads for four products: a load takes half as long as a product.
  ///
  /// - Parameters:
  ///   - rows: The squares of the rows, 2 KB for each step.
  ///   - columns: The squares of the right matrix, likewise.
  ///   - steps: The number of steps.
  ///   - beside: What else is done in each step.
  @inline(__always)
  static func addProducts(
    rows: UnsafeRawPointer, columns: UnsafeRawPointer, steps: Int, beside: () -> Void
  ) {
    var (a, b) = (rows, columns)
    for _ in 0..<steps {
      addProducts(rows: a, columns: b, isHalf: false)
      beside()
      a += 2048
      b += 2048
    }
  }

  /// Loads a square of rows and one of the right matrix.
  @inline(__always)
  static func load(rows: UnsafeRawPointer, columns: UnsafeRawPointer) {
    loadTile(4, rows, 64)
    loadTile(6, columns, 64)
    loadTile(7, columns + 1024, 64)
    loadTile(5, rows + 1024, 64)
  }

  /// Adds the products of 32 rows and 32 columns over `steps` times 32 terms, whose first squares
  /// are loaded, and loads those of what comes next.
  ///
  /// A tile is loaded two products before its own: what else is done leaves the processor no room
  /// to look so far ahead.
  ///
  /// - Parameters:
  ///   - rows: The squares of the rows, 2 KB for each step.
  ///   - columns: The squares of the right matrix, likewise.
  ///   - steps: The number of steps.
  ///   - nextRows: The square of rows that comes next.
  ///   - nextColumns: The one of the right matrix.
  ///   - beside: What else is done after each of the four products of a step.
  @inline(__always)
  static func addLoadedProducts(
    rows: UnsafeRawPointer, columns: UnsafeRawPointer, steps: Int, nextRows: UnsafeRawPointer,
    nextColumns: UnsafeRawPointer, beside: () -> Void
  ) {
    var (a, b) = (rows, columns)
    for step in 1...steps {
      (a, b) = step < steps ? (a + 2048, b + 2048) : (nextRows, nextColumns)
      Builtin.int_x86_tdpbf16ps(number0, number4, number6)
      beside()
      Builtin.int_x86_tdpbf16ps(number1, number4, number7)
      loadTile(4, a, 64)
      beside()
      Builtin.int_x86_tdpbf16ps(number2, number5, number6)
      loadTile(6, b, 64)
      beside()
      Builtin.int_x86_tdpbf16ps(number3, number5, number7)
      loadTile(7, b + 1024, 64)
      loadTile(5, a + 1024, 64)
      beside()
    }
  }

  /// Adds the products of 32 rows, or of the first 16 of them, and 32 columns over 32 terms.
  @_transparent
  static func addProducts(rows: UnsafeRawPointer, columns: UnsafeRawPointer, isHalf: Bool) {
    loadTile(6, columns, 64)
    loadTile(4, rows, 64)
    Builtin.int_x86_tdpbf16ps(number0, number4, number6)
    loadTile(7, columns + 1024, 64)
    Builtin.int_x86_tdpbf16ps(number1, number4, number7)
    guard !isHalf else { return }
    loadTile(5, rows + 1024, 64)
    Builtin.int_x86_tdpbf16ps(number2, number5, number6)
    Builtin.int_x86_tdpbf16ps(number3, number5, number7)
  }

  /// Adds the products of 32 rows and 32 columns over `steps` times 32 terms, each of three parts.
  ///
  /// The small products of a step come first.
  ///
  /// - Parameters:
  ///   - rows: The squares of the rows; for each step the three parts, 2 KB each.
  ///   - columns: The squares of the right matrix, likewise.
  ///   - steps: The number of steps.
  ///   - isHalf: Whether the last 16 rows are missing.
  ///   - beside: What else is done in each step.
  @inline(__always)
  static func addSplitProducts(
    rows: UnsafeRawPointer, columns: UnsafeRawPointer, steps: Int, isHalf: Bool,
    beside: () -> Void
  ) {
    var (a, b) = (rows, columns)
    for _ in 0..<steps {
      loadColumns(b + 4096)
      addProducts(rows: a, isHalf: isHalf)
      loadColumns(b + 2048)
      addProducts(rows: a + 2048, isHalf: isHalf)
      addProducts(rows: a, isHalf: isHalf)
      loadColumns(b)
      addProducts(rows: a + 2048, isHalf: isHalf)
      addProducts(rows: a + 4096, isHalf: isHalf)
      addProducts(rows: a, isHalf: isHalf)
      beside()
      a += 6144
      b += 6144
    }
  }

  /// The same for 16 columns.
  @inline(__always)
  static func addHalfSplitProducts(
    rows: UnsafeRawPointer, columns: UnsafeRawPointer, steps: Int, beside: () -> Void
  ) {
    var (a, b) = (rows, columns)
    for _ in 0..<steps {
      addHalfProducts(rows: a, columns: b + 4096)
      addHalfProducts(rows: a + 2048, columns: b + 2048)
      addHalfProducts(rows: a, columns: b + 2048)
      addHalfProducts(rows: a + 2048, columns: b)
      addHalfProducts(rows: a + 4096, columns: b)
      addHalfProducts(rows: a, columns: b)
      beside()
      a += 6144
      b += 6144
    }
  }

  /// Adds the products of a square of rows and 16 columns.
  @inline(__always)
  private static func addHalfProducts(rows: UnsafeRawPointer, columns: UnsafeRawPointer) {
    addHalfProducts(rows: rows, secondRows: rows + 1024, stride: 64, columns: columns)
  }

  /// Loads a square of the right matrix.
  @inline(__always)
  private static func loadColumns(_ columns: UnsafeRawPointer) {
    loadTile(6, columns, 64)
    loadTile(7, columns + 1024, 64)
  }

  /// Adds the products of a square of rows and the loaded columns.
  @inline(__always)
  private static func addProducts(rows: UnsafeRawPointer, isHalf: Bool) {
    loadTile(4, rows, 64)
    Builtin.int_x86_tdpbf16ps(number0, number4, number6)
    Builtin.int_x86_tdpbf16ps(number1, number4, number7)
    guard !isHalf else { return }
    loadTile(5, rows + 1024, 64)
    Builtin.int_x86_tdpbf16ps(number2, number5, number6)
    Builtin.int_x86_tdpbf16ps(number3, number5, number7)
  }

  /// Adds the products of 32 rows and 16 columns.
  @inline(__always)
  static func addHalfProducts(
    rows: UnsafeRawPointer, columns: UnsafeRawPointer, steps: Int, beside: () -> Void
  ) {
    var (a, b) = (rows, columns)
    for _ in 0..<steps {
      addHalfProducts(rows: a, secondRows: a + 1024, stride: 64, columns: b)
      beside()
      a += 2048
      b += 2048
    }
  }

  /// Adds the products of twice 16 rows and 32 columns over 32 terms.
  @inline(__always)
  static func addProducts(
    rows: UnsafeRawPointer, secondRows: UnsafeRawPointer, stride: Int, columns: UnsafeRawPointer
  ) {
    loadTile(6, columns, 64)
    loadTile(4, rows, stride)
    Builtin.int_x86_tdpbf16ps(number0, number4, number6)
    loadTile(7, columns + 1024, 64)
    Builtin.int_x86_tdpbf16ps(number1, number4, number7)
    loadTile(5, secondRows, stride)
    Builtin.int_x86_tdpbf16ps(number2, number5, number6)
    Builtin.int_x86_tdpbf16ps(number3, number5, number7)
  }

  /// Adds the products of twice 16 rows and 16 columns over 32 terms.
  @inline(__always)
  static func addHalfProducts(
    rows: UnsafeRawPointer, secondRows: UnsafeRawPointer, stride: Int, columns: UnsafeRawPointer
  ) {
    loadTile(6, columns, 64)
    loadTile(4, rows, stride)
    Builtin.int_x86_tdpbf16ps(number0, number4, number6)
    loadTile(5, secondRows, stride)
    Builtin.int_x86_tdpbf16ps(number2, number5, number6)
  }

  /// Writes the sums of the first 16 rows, 32 columns each, `stride` bytes apart.
  @inline(__always)
  static func storeFirstSums(_ sums: UnsafeMutableRawPointer, stride: Int) {
    storeTile(0, sums, stride)
    storeTile(1, sums + 64, stride)
  }

  /// Writes the sums of all 32 rows.
  @inline(__always)
  static func storeSums(_ sums: UnsafeMutableRawPointer, stride: Int) {
    storeFirstSums(sums, stride: stride)
    storeTile(2, sums + 16 * stride, stride)
    storeTile(3, sums + 16 * stride + 64, stride)
  }

  /// Writes the sums of 16 columns alone.
  @inline(__always)
  static func storeHalfSums(_ sums: UnsafeMutableRawPointer, stride: Int) {
    storeTile(0, sums, stride)
    storeTile(2, sums + 16 * stride, stride)
  }

  /// Multiplies in registers alone, to measure the most that the unit can do.
  static func peak(rounds: Int) {
    configure()
    zeroSums()
    for _ in 0..<rounds {
      Builtin.int_x86_tdpbf16ps(number0, number4, number6)
      Builtin.int_x86_tdpbf16ps(number1, number4, number7)
      Builtin.int_x86_tdpbf16ps(number2, number5, number6)
      Builtin.int_x86_tdpbf16ps(number3, number5, number7)
    }
    release()
  }

  /// Adds the products of 32 rows, or of the first 16 of them, and 32 columns of 8-bit integers
  /// over 64 terms.
  ///
  /// - Parameters:
  ///   - rows: The terms of the rows, 64 of each.
  ///   - columns: The terms of the columns, 128 bytes for four of each.
  ///   - isHalf: Whether the last 16 rows are missing.
  @_transparent
  static func addInt8Products(rows: UnsafeRawPointer, columns: UnsafeRawPointer, isHalf: Bool) {
    loadTile(6, columns, 128)
    loadTile(4, rows, 64)
    Builtin.int_x86_tdpbssd(number0, number4, number6)
    loadTile(7, columns + 64, 128)
    Builtin.int_x86_tdpbssd(number1, number4, number7)
    guard !isHalf else { return }
    loadTile(5, rows + 1024, 64)
    Builtin.int_x86_tdpbssd(number2, number5, number6)
    Builtin.int_x86_tdpbssd(number3, number5, number7)
  }

  /// Multiplies 8-bit integers in registers alone, to measure the most that the unit can do.
  static func int8Peak(rounds: Int) {
    configure()
    zeroSums()
    for _ in 0..<rounds {
      Builtin.int_x86_tdpbssd(number0, number4, number6)
      Builtin.int_x86_tdpbssd(number1, number4, number7)
      Builtin.int_x86_tdpbssd(number2, number5, number6)
      Builtin.int_x86_tdpbssd(number3, number5, number7)
    }
    release()
  }

  @_transparent
  private static var number0: Builtin.Int8 { (0 as UInt8)._value }
  @_transparent
  private static var number1: Builtin.Int8 { (1 as UInt8)._value }
  @_transparent
  private static var number2: Builtin.Int8 { (2 as UInt8)._value }
  @_transparent
  private static var number3: Builtin.Int8 { (3 as UInt8)._value }
  @_transparent
  private static var number4: Builtin.Int8 { (4 as UInt8)._value }
  @_transparent
  private static var number5: Builtin.Int8 { (5 as UInt8)._value }
  @_transparent
  private static var number6: Builtin.Int8 { (6 as UInt8)._value }
  @_transparent
  private static var number7: Builtin.Int8 { (7 as UInt8)._value }
}
#endif
