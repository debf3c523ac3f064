internal import _KernelsMicro

/// What the split of a product over threads needs to know of its kernels.
struct ProductKernels {
  /// The columns of a packed panel.
  let panelWidth: Int
  /// Threads share out rows in multiples of this: those of a register tile, or of a square of the tile
  /// unit.
  let unitRows: Int
  /// Whether threads share out panels as long as there is one for each, rather than rows.
  let prefersPanels: Bool
  /// What the panels hold.
  let format: PanelFormat
  /// How rows are packed for all threads; nil where products take rows as they stand.
  let rowPacking: RowPacking?
  /// The elements of scratch for so many rows, terms and columns.
  let scratch: MatrixKernels.ScratchCount
  /// Computes rows × panels of a product, with scratch.
  let product: MatrixKernels.ComputeProduct

  /// Kernels for floating-point weights.
  init(_ kernels: MatrixKernels, _ table: KernelTable) {
    (panelWidth, unitRows) = (kernels.panelWidth, kernels.prefersPanels ? 32 : table.tileRows)
    (prefersPanels, format) = (kernels.prefersPanels, kernels.format)
    rowPacking = nil
    (scratch, product) = (kernels.productScratch, kernels.product)
  }

  /// The kernels that packed weights are for.
  init(_ table: KernelTable, _ weight: PackedMatrix) {
    if let kernels = table.quantizedKernels(for: weight.precision) {
      self.init(kernels, groupSize: weight.groupSize)
    } else {
      self.init(table.kernels(for: weight.precision), table)
    }
  }

  /// Kernels for quantized weights in groups of one size.
  private init(_ kernels: QuantizedKernels, groupSize: Int) {
    (panelWidth, unitRows) = (kernels.panelWidth, kernels.tileRows)
    // Without rows that are packed once for all, a part of the panels quantizes all of them.
    (prefersPanels, format) = (kernels.rowPacking != nil, kernels.format)
    rowPacking = kernels.rowPacking
    scratch = { kernels.productScratch($0, $2, TermGroups(depth: $1, size: groupSize)) }
    product = kernels.product
  }

  /// The number of panels that hold `columns` columns.
  func panels(_ columns: Int) -> Int { (columns + panelWidth - 1) / panelWidth }
}
