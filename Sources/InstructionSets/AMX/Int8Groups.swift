#if arch(x86_64)
internal import _KernelsMicro

/// The scratch of a product.
struct Int8Scratch {
  private let start: UnsafeMutablePointer<Float>
  /// A square of 32 × 32, and more: a load may wait for a store that is a multiple of 4096 bytes away.
  private static let square = 1024 + 48
  /// The elements of all but the sums that wait.
  static let count = 3 * square + 32

  init(_ start: UnsafeMutablePointer<Float>) { self.start = start }

  /// The two squares in which the sums of a group leave the tile unit, in turns.
  var first: UnsafeMutablePointer<Float> { start }
  var second: UnsafeMutablePointer<Float> { start + Self.square }
  /// The sums of a square that none waits for.
  var sums: UnsafeMutablePointer<Float> { start + 2 * Self.square }
  /// A row that changes nothing when it is added.
  var nothing: UnsafeMutablePointer<Float> { start + 3 * Self.square }
  /// The sums that wait for the next section.
  var waiting: UnsafeMutablePointer<Float> { start + Self.count }
}

/// 32 × 32 sums of a group of terms, on their way from the tile unit to those of the groups before.
struct GroupSums {
  /// The rows that are left.
  var rows = 0
  /// The next row of sums, 32-bit integers.
  var staged: UnsafePointer<Float>
  /// The scale of the next row.
  var rowScales: UnsafePointer<Float>
  /// The scales of the columns.
  var columnScales = (AMX.F32.zero, AMX.F32.zero)
  /// The next row of the sums before, and the distance between its rows.
  var before: UnsafePointer<Float>
  var beforeStride = 0
  /// Where the next row goes.
  var target: UnsafeMutablePointer<Float>

  /// No sums.
  init(_ scratch: UnsafeMutablePointer<Float>) {
    staged = UnsafePointer(scratch)
    (rowScales, before, target) = (staged, staged, scratch)
  }

  /// Scales the next rows, and adds them to those of the groups before.
  @inline(__always)
  mutating func add(rows count: Int) {
    let (low, high) = columnScales
    for _ in 0..<min(count, rows) {
      let scale = AMX.all(rowScales.pointee)
      let x = AMX.multiply(AMX.floats(AMX.load(staged)), AMX.multiply(scale, low))
      let y = AMX.multiply(AMX.floats(AMX.load(staged + 16)), AMX.multiply(scale, high))
      AMX.store(AMX.add(AMX.load(before), x), target)
      AMX.store(AMX.add(AMX.load(before + 16), y), target + 16)
      (staged, rowScales, before, target) =
        (staged + 32, rowScales + 1, before + beforeStride, target + 32)
    }
    rows -= min(count, rows)
  }
}

/// The group that was computed last.
struct LastGroup {
  /// Its sums.
  var sums: GroupSums
  /// The square that it completes; nil while other groups follow.
  var square: (rows: Range<Int>, column: Int)?

  /// Writes the square to the output, if it is complete: its sums have been added.
  @inline(__always)
  func finish(_ product: Product) {
    guard let square else { return }
    AMX.finish(
      product, rows: square.rows, column: square.column, width: 32, sums: sums.target)
  }
}
#endif
