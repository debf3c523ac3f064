#if arch(x86_64)
internal import _KernelsMicro

/// 32 × 32 sums of a product on their way to the output, a row at a time:
/// `residual + gate · function(sums + bias)`.
///
/// The steps of the next square take a row each. So all is decided when a square begins: what it does
/// without is replaced by numbers that change nothing, and a row needs no branch but for its function
/// and its layout.
struct TileEpilogue {
  /// The sums, 32 rows of 32.
  let sums: UnsafeMutablePointer<Float>
  /// The rows that are to be finished.
  private(set) var rows = 0
  private var output: UnsafeMutableRawPointer
  private var outputStride = 0
  private var residual: UnsafePointer<Float>
  private var residualStride = 0
  private var function = Activation.identity
  private var isTile = false
  private var bias = (AMX.all(-0.0), AMX.all(-0.0))
  private var gate = (AMX.all(1), AMX.all(1))

  /// The elements of scratch that a square takes: the sums, and a row of what changes nothing.
  static let scratchCount = 1024 + 32

  /// No rows.
  init(scratch: UnsafeMutablePointer<Float>) {
    let nothing = scratch + 1024
    nothing.update(repeating: -0.0, count: 32)
    (sums, output, residual) = (scratch, .init(scratch), .init(nothing))
  }

  /// Begins with `sums`; a square whose rows differ in more than their numbers is finished at once.
  @inline(__always)
  mutating func begin(_ product: Product, rows: Range<Int>, column: Int) {
    guard Self.isPlain(product, rows: rows, column: column) else {
      return AMX.finish(product, rows: rows, column: column, width: 32, sums: sums)
    }
    let first = rows.lowerBound
    self.rows = rows.count
    output = product.output.place(row: first, column: column)
    (function, isTile) = (product.function, product.output.layout == .tiles)
    outputStride = isTile ? 64 : product.output.stride * 4
    if let start = product.bias { bias = (AMX.load(start + column), AMX.load(start + column + 16)) }
    guard let base = product.residual else { return }
    residual = base + first * product.residualStride + column
    residualStride = product.residualStride
    guard let start = product.gate else { return }
    let place = start + first / product.gateRows * product.gateStride + column
    gate = (AMX.load(place), AMX.load(place + 16))
  }

  /// Whether all rows are whole, with one gate, a function that rows take beside steps, and a layout
  /// other than rounded numbers of 32 bits.
  @inline(__always)
  private static func isPlain(_ product: Product, rows: Range<Int>, column: Int) -> Bool {
    switch product.function {
    case .identity, .gelu, .geluTanh: break
    default: return false
    }
    let (first, last) = (rows.lowerBound, rows.upperBound - 1)
    let hasOneGate = first / product.gateRows == last / product.gateRows
    return column + 32 <= product.columns && product.output.layout != .rounded
      && (product.gate == nil || hasOneGate)
  }

  /// Writes the rows from one on to the output, and then has none.
  @inline(never)
  mutating func finish(from first: Int = 0) {
    for row in first..<max(first, rows) { finish(row: row) }
    rows = 0
  }

  /// Writes a row to the output.
  ///
  /// Nothing here changes: what did would go to memory in each step.
  @_transparent
  func finish(row: Int) {
    let sums = sums + row * 32
    let residual = residual + row * residualStride
    var x = AMX.add(AMX.load(sums), bias.0)
    var y = AMX.add(AMX.load(sums + 16), bias.1)
    switch function {
    case .geluTanh: (x, y) = (AMX.geluTanh(x), AMX.geluTanh(y))
    case .gelu: (x, y) = (AMX.gelu(x), AMX.gelu(y))
    default: break
    }
    let a = AMX.multiplyAdd(gate.0, x, AMX.load(residual))
    let b = AMX.multiplyAdd(gate.1, y, AMX.load(residual + 16))
    let place = (output + row * outputStride).assumingMemoryBound(to: Float.self)
    if isTile {
      AMX.store(AMX.neighbours(a, b), place)
    } else {
      AMX.store(a, place)
      AMX.store(b, place + 16)
    }
  }
}
#endif
