/// Products by weights that are small integers, in groups of terms that share a scale.
///
/// It is a class because a structure of so many closures is costly to copy.
public final class QuantizedKernels: Sendable {
  /// The columns of a packed panel.
  public let panelWidth: Int
  /// The rows of a register tile, or of a square of the tile unit.
  public let tileRows: Int
  /// The form of the numbers in a panel that `product` widens; `elements` where it multiplies
  /// integers.
  public let format: PanelFormat
  /// The bytes of a packed panel.
  public let panelBytes: @Sendable (TermGroups) -> Int
  /// Packs panels of a matrix: source, panels, packed matrix.
  public let pack: @Sendable (QuantizedSource, Range<Int>, UnsafeMutableRawPointer) -> Void
  /// Unpacks a panel to floating-point numbers, a row of `panelWidth` for each term: panel, groups,
  /// numbers.
  public let unpack: @Sendable (UnsafeRawPointer, TermGroups, UnsafeMutablePointer<Float>) -> Void
  /// How the rows that `product` takes are packed; nil where it takes rows of 32-bit numbers.
  public let rowPacking: RowPacking?
  /// The elements of 32 bits of scratch that `product` needs: rows, columns, groups.
  public let productScratch: @Sendable (Int, Int, TermGroups) -> Int
  /// Computes rows × panels of a product, with scratch.
  public let product: MatrixKernels.ComputeProduct

  /// Kernels that are given one by one.
  @inlinable
  public init(
    panelWidth: Int, tileRows: Int, format: PanelFormat,
    panelBytes: @escaping @Sendable (TermGroups) -> Int,
    pack: @escaping @Sendable (QuantizedSource, Range<Int>, UnsafeMutableRawPointer) -> Void,
    unpack: @escaping @Sendable (UnsafeRawPointer, TermGroups, UnsafeMutablePointer<Float>) -> Void,
    rowPacking: RowPacking? = nil,
    productScratch: @escaping @Sendable (Int, Int, TermGroups) -> Int,
    product: @escaping MatrixKernels.ComputeProduct
  ) {
    (self.panelWidth, self.tileRows, self.format) = (panelWidth, tileRows, format)
    (self.panelBytes, self.pack, self.unpack) = (panelBytes, pack, unpack)
    (self.rowPacking, self.productScratch, self.product) = (rowPacking, productScratch, product)
  }

  /// The number of panels that hold `columns` columns.
  @inlinable
  public func panels(_ columns: Int) -> Int { (columns + panelWidth - 1) / panelWidth }
}

/// The packing of rows that all parts of a product share.
public struct RowPacking: Sendable {
  /// The elements of 32 bits that packed rows take: rows, groups.
  public let elementCount: @Sendable (Int, TermGroups) -> Int
  /// Packs rows of a product, the first a multiple of `tileRows`: product, rows, packed rows.
  public let pack: @Sendable (Product, Range<Int>, UnsafeMutablePointer<Float>) -> Void

  /// A packing.
  public init(
    elementCount: @escaping @Sendable (Int, TermGroups) -> Int,
    pack: @escaping @Sendable (Product, Range<Int>, UnsafeMutablePointer<Float>) -> Void
  ) {
    (self.elementCount, self.pack) = (elementCount, pack)
  }
}

// Functions rather than initialisers: classes of Embedded Swift have no generic ones.
extension Tile {
  /// Products of 8-bit integers.
  @inlinable @inline(__always)
  public static func int8Kernels<I: InstructionSet>(_ isa: I.Type) -> QuantizedKernels {
    QuantizedKernels(
      panelWidth: panelWidth(isa), tileRows: rows, format: .elements,
      panelBytes: { int8PanelBytes(isa, $0) },
      pack: { packInt8(isa, $0, panels: $1, into: $2) },
      unpack: { unpackInt8(isa, panel: $0, $1, into: $2) },
      productScratch: { count, _, groups in int8Scratch(isa, rows: count, groups) },
      product: { computeInt8(isa, $0, rows: $1, panels: $2, scratch: $3) })
  }

  /// Products of 32-bit numbers by weights that are widened to them.
  ///
  /// - Parameters:
  ///   - isa: The instruction set.
  ///   - format: What the panels hold.
  ///   - product: The product of elements.
  /// - Returns: The kernels.
  @inlinable @inline(__always)
  public static func wideningKernels<I: InstructionSet>(
    _ isa: I.Type, _ format: PanelFormat, product: @escaping MatrixKernels.ComputeProduct
  ) -> QuantizedKernels {
    QuantizedKernels(
      panelWidth: panelWidth(isa), tileRows: rows, format: format,
      panelBytes: {
        format.panelBytes(depth: $0.depth, width: panelWidth(isa), groupSize: $0.size)
      },
      pack: { packQuantized(isa, $0, as: format, panels: $1, into: $2) },
      unpack: {
        I.widen(
          $0, format, terms: 0..<$1.depth, width: panelWidth(isa), groupSize: $1.size, into: $2)
      },
      productScratch: { productScratch(isa, rows: $0, depth: $2.depth, columns: $1) },
      product: product)
  }
}
