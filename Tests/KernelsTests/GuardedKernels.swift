import Kernels
import _KernelsActive
import _KernelsMicro
import _TestSupport

/// The products of one precision, on buffers of exactly the documented sizes.
struct GuardedKernels {
  let kernels: MatrixKernels
  let precision: Precision
  let memory: GuardedMemory
  var numbers = SampleNumbers(seed: 11)

  init(_ table: KernelTable, _ precision: Precision, flushWith side: GuardedMemory.Side) {
    (kernels, self.precision) = (table.kernels(for: precision), precision)
    memory = GuardedMemory(flushWith: side)
  }

  /// Rows of numbers as operands are written.
  mutating func operand(rows: Int, columns: Int, gap: Int = 0) -> UnsafeMutableRawPointer {
    let stride = columns + gap
    let source = memory.numbers(numbers.next(max(rows * stride - gap, 0)))
    let operand = destination(rows: rows, columns: columns)
    // In two calls, as two threads do it.
    kernels.write(source, stride, rows / 2..<rows, columns, operand)
    kernels.write(source, stride, 0..<rows / 2, columns, operand)
    return operand.base
  }

  /// Room for rows in the layout of an operand.
  func destination(rows: Int, columns: Int) -> RowDestination {
    let layout = kernels.layout
    let byteCount = RowDestination.byteCount(rows: rows, columns: columns, layout: layout)
    return RowDestination(memory.bytes(byteCount), stride: columns, layout: layout)
  }

  /// The strides of the terms and of the columns of a matrix.
  enum Layout: CaseIterable {
    case columnByColumn, rowByRow, apart

    func strides(depth: Int, columns: Int) -> (depth: Int, column: Int) {
      switch self {
      case .columnByColumn: (1, depth)
      case .rowByRow: (columns, 1)
      case .apart: (3, 3 * depth + 1)
      }
    }
  }

  /// A packed matrix of random numbers.
  mutating func packed(depth: Int, columns: Int, _ layout: Layout) -> UnsafeMutableRawPointer {
    let strides = layout.strides(depth: depth, columns: columns)
    let count =
      depth * columns == 0
      ? 0 : (depth - 1) * strides.depth + (columns - 1) * strides.column + 1
    let source = PackingSource(
      elements: memory.numbers(numbers.next(count)), depthStride: strides.depth,
      columnStride: strides.column, depth: depth, columns: columns)
    let panels = kernels.panels(columns)
    let target = memory.bytes(panels * kernels.panelBytes(depth))
    kernels.pack(source, panels / 2..<panels, target)
    kernels.pack(source, 0..<panels / 2, target)
    return target
  }

  /// Whether the elements of rows in some layout are numbers.
  func areNumbers(_ rows: RowDestination, count: Int, columns: Int) -> Bool {
    (0..<count * columns).allSatisfy { i in
      let place = rows.place(row: i / columns, column: i % columns)
      let number =
        rows.layout == .tiles
        ? Float(bitPattern: UInt32(place.load(as: UInt16.self)) << 16) : place.load(as: Float.self)
      return number.isFinite
    }
  }
}
