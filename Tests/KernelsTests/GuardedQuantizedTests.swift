import Kernels
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

/// Products by quantized weights touch nothing but their operands, which are flush with pages that
/// nobody may touch.
@Suite struct GuardedQuantizedTests {
  private static let precisions: [Precision] = [.int8, .weights8, .weights4]

  /// Computes a product in two parts.
  ///
  /// - Returns: Whether all results are numbers.
  private func product(
    _ kernels: QuantizedKernels, _ side: GuardedMemory.Side, rows: Int, columns: Int, depth: Int,
    groupSize: Int
  ) -> Bool {
    let memory = GuardedMemory(flushWith: side)
    var numbers = SampleNumbers(seed: 12)
    let groups = TermGroups(depth: depth, size: groupSize)
    let weights = memory.bytes(columns * depth).assumingMemoryBound(to: Int8.self)
    for i in 0..<columns * depth { weights[i] = Int8(numbers.next(in: -7...7)) }
    let source = QuantizedSource(
      elements: weights, scales: memory.numbers(numbers.next(columns * groups.count)),
      columns: columns, groups: groups)
    let panels = kernels.panels(columns)
    let packed = memory.bytes(panels * kernels.panelBytes(groups))
    kernels.pack(source, panels / 2..<panels, packed)
    kernels.pack(source, 0..<panels / 2, packed)
    let result = memory.numbers(rows * columns)
    var product = Product(
      a: memory.numbers(numbers.next(rows * depth)), aStride: depth, b: packed, depth: depth,
      columns: columns, output: result, outputStride: columns)
    (product.format, product.groupSize) = (kernels.format, groupSize)
    product.bias = UnsafePointer(memory.numbers(numbers.next(columns)))
    var middle = rows / 2
    if let packing = kernels.rowPacking {
      middle = middle / kernels.tileRows * kernels.tileRows
      let packedRows = memory.numbers(packing.elementCount(rows, groups))
      packing.pack(product, middle..<rows, packedRows)
      packing.pack(product, 0..<middle, packedRows)
      product.a = UnsafeRawPointer(packedRows)
    }
    let scratch = memory.numbers(kernels.productScratch(rows, columns, groups))
    if depth % 2 == 0 {
      kernels.product(product, 0..<rows, panels / 2..<panels, scratch)
      kernels.product(product, 0..<rows, 0..<panels / 2, scratch)
    } else {
      kernels.product(product, middle..<rows, 0..<panels, scratch)
      kernels.product(product, 0..<middle, 0..<panels, scratch)
    }
    return (0..<rows * columns).allSatisfy { result[$0].isFinite }
  }

  @Test(arguments: KernelTable.supported, precisions)
  func smallProductsStayInside(_ table: KernelTable, _ precision: Precision) throws {
    let kernels = try #require(table.quantizedKernels(for: precision))
    for side in GuardedMemory.Side.allCases {
      for rows in [0, 1, 17, 33] {
        for columns in [0, 1, 31, 33] {
          for depth in [0, 1, 16, 63, 65] {
            for groupSize in [1, 3, 32, 128] {
              #expect(
                product(
                  kernels, side, rows: rows, columns: columns, depth: depth, groupSize: groupSize),
                "\(rows) × \(columns) × \(depth) in groups of \(groupSize), \(side)")
            }
          }
        }
      }
    }
  }

  @Test(arguments: KernelTable.supported, precisions)
  func largeProductsStayInside(_ table: KernelTable, _ precision: Precision) throws {
    let kernels = try #require(table.quantizedKernels(for: precision))
    for side in GuardedMemory.Side.allCases {
      for (rows, columns, depth, groupSize) in [
        (300, 70, 1301, 128), (97, 129, 640, 640), (700, 40, 1030, 50), (15, 300, 4097, 128),
      ] {
        #expect(
          product(
            kernels, side, rows: rows, columns: columns, depth: depth, groupSize: groupSize),
          "\(rows) × \(columns) × \(depth) in groups of \(groupSize), \(side)")
      }
    }
  }

  /// Threads that share out rows take as much scratch each as all rows need.
  @Test(arguments: KernelTable.supported, precisions)
  func aPartOfTheRowsNeedsNoMoreScratch(_ table: KernelTable, _ precision: Precision) throws {
    let kernels = try #require(table.quantizedKernels(for: precision))
    for depth in [64, 1152, 1700, 4608] {
      var before = [0, 0]
      for rows in stride(from: 0, to: 2000, by: 16) {
        let scratch = [128, 384].map {
          kernels.productScratch(rows, 32, TermGroups(depth: depth, size: $0))
        }
        #expect(zip(scratch, before).allSatisfy(>=), "\(rows) rows of \(depth)")
        before = scratch
      }
    }
  }
}
