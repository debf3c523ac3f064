import Kernels
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

/// Products touch nothing but their operands: each of these is flush with a page that ends whoever
/// reads or writes it.
@Suite struct GuardedProductTests {
  /// Extents around those of tiles.
  static let extents = [0, 1, 16, 17, 31, 32, 33]

  /// What a product does to its result.
  private struct Finish {
    var hasBias = true, hasResidual = false, hasGate = false, isOperand = false
  }

  private static let finishes = [
    Finish(), Finish(hasBias: false, isOperand: true), Finish(hasResidual: true),
    Finish(hasResidual: true, hasGate: true), Finish(hasResidual: true, isOperand: true),
  ]

  /// Computes a product of random matrices, in two parts.
  ///
  /// - Returns: Whether all results are numbers.
  private func product(
    _ guarded: inout GuardedKernels, rows: Int, columns: Int, depth: Int, _ finish: Finish,
    _ layout: GuardedKernels.Layout
  ) -> Bool {
    let (memory, kernels) = (guarded.memory, guarded.kernels)
    let operand = guarded.operand(rows: rows, columns: depth, gap: rows % 3)
    let packed = guarded.packed(depth: depth, columns: columns, layout)
    let result =
      finish.isOperand
      ? guarded.destination(rows: rows, columns: columns)
      : RowDestination(memory.bytes(rows * columns * 4), stride: columns)
    var product = Product(
      a: operand, aStride: depth, b: packed, depth: depth, columns: columns,
      output: memory.numbers(0), outputStride: columns)
    (product.output, product.format) = (result, kernels.format)
    product.function = finish.isOperand ? .geluTanh : .identity
    if finish.hasBias {
      product.bias = UnsafePointer(memory.numbers(guarded.numbers.next(columns)))
    }
    if finish.hasResidual {
      product.residual = UnsafePointer(memory.numbers(guarded.numbers.next(rows * columns)))
      product.residualStride = columns
    }
    if finish.hasGate {
      product.gateRows = max(rows / 2, 1)
      let gates = (rows + product.gateRows - 1) / product.gateRows
      product.gate = UnsafePointer(memory.numbers(guarded.numbers.next(gates * columns)))
      product.gateStride = columns
    }
    let scratch = memory.numbers(kernels.productScratch(rows, depth, columns))
    let panels = guarded.kernels.panels(columns)
    if depth % 2 == 0 {
      kernels.product(product, 0..<rows, panels / 2..<panels, scratch)
      kernels.product(product, 0..<rows, 0..<panels / 2, scratch)
    } else {
      let cut = kernels.layout == .tiles ? rows / 64 * 32 : rows / 2
      kernels.product(product, cut..<rows, 0..<panels, scratch)
      kernels.product(product, 0..<cut, 0..<panels, scratch)
    }
    return guarded.areNumbers(result, count: rows, columns: columns)
  }

  @Test(arguments: KernelTable.supported, [Precision.float32, .bfloat16])
  func smallProductsStayInside(_ table: KernelTable, _ precision: Precision) {
    var turn = 0
    for side in GuardedMemory.Side.allCases {
      for rows in Self.extents {
        for columns in Self.extents {
          var guarded = GuardedKernels(table, precision, flushWith: side)
          for depth in Self.extents {
            let finish = Self.finishes[turn % Self.finishes.count]
            let layout = GuardedKernels.Layout.allCases[turn % 3]
            #expect(
              product(&guarded, rows: rows, columns: columns, depth: depth, finish, layout),
              "\(rows) × \(columns) × \(depth), \(side)")
            turn += 1
          }
        }
      }
    }
  }

  /// Threads that share out rows take as much scratch each as all rows need.
  @Test(arguments: KernelTable.supported, [Precision.float32, .bfloat16])
  func aPartOfTheRowsNeedsNoMoreScratch(_ table: KernelTable, _ precision: Precision) {
    let kernels = table.kernels(for: precision)
    for depth in [64, 1152, 1700, 2600, 4608] {
      var before = 0
      for rows in stride(from: 0, to: 2000, by: 16) {
        let scratch = kernels.productScratch(rows, depth, 32)
        #expect(scratch >= before, "\(rows) rows of \(depth)")
        before = scratch
      }
    }
  }

  /// With several blocks of rows, sections and slices of the depth.
  @Test(arguments: KernelTable.supported, [Precision.float32, .bfloat16])
  func largeProductsStayInside(_ table: KernelTable, _ precision: Precision) {
    for side in GuardedMemory.Side.allCases {
      for (rows, columns, depth) in [
        (300, 70, 1301), (97, 129, 640), (65, 33, 2600), (700, 40, 257), (15, 300, 4097),
      ] {
        var guarded = GuardedKernels(table, precision, flushWith: side)
        for (finish, layout) in zip(Self.finishes, GuardedKernels.Layout.allCases) {
          #expect(
            product(&guarded, rows: rows, columns: columns, depth: depth, finish, layout),
            "\(rows) × \(columns) × \(depth), \(side)")
        }
      }
    }
  }
}
