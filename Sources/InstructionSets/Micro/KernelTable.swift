/// The entry points of one instruction set.
///
/// An operation fetches its table once and hands over whole ranges of rows; nothing inside a hot
/// loop is called through a table.
public final class KernelTable: Sendable, CustomStringConvertible {
  /// The name of the instruction set.
  public let name: String
  /// The name of the instruction set.
  public var description: String { name }
  /// The rows of a register tile and the columns of a packed panel, in elements.
  public let tileRows, panelWidth: Int
  /// Packs panels of a matrix: source, panels, packed matrix.
  public let pack: @Sendable (PackingSource, Range<Int>, UnsafeMutablePointer<Float>) -> Void
  /// The elements of scratch that `product` needs: rows, depth, columns.
  public let productScratch: @Sendable (Int, Int, Int) -> Int
  /// Computes rows × panels of a product, with scratch.
  public let product:
    @Sendable (Product, Range<Int>, Range<Int>, UnsafeMutablePointer<Float>) -> Void
  /// The scratch that `attend` needs: queries, keys, head size.
  public let attentionScratch: @Sendable (Int, Int, Int) -> Int
  /// Computes the results of a range of queries of one head, with scratch.
  public let attend: @Sendable (AttentionHead, Range<Int>, UnsafeMutablePointer<Float>) -> Void
  /// Writes the softmax of rows: first row, where the first result goes (which may be the row),
  /// number of rows, columns, scale.
  public let softmax:
    @Sendable (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int, Int, Float) -> Void
  /// Normalizes a range of rows.
  public let normalize: @Sendable (Normalization, Range<Int>) -> Void
  /// Applies a function to elements: function, input, output (which may be the input), count.
  public let map:
    @Sendable (ElementFunction, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  /// Writes a linear combination: factors, inputs, their number, output, range of elements.
  public let combine:
    @Sendable (
      UnsafePointer<Float>, UnsafePointer<UnsafePointer<Float>>, Int, UnsafeMutablePointer<Float>,
      Range<Int>
    ) -> Void
  /// Operations on pictures.
  public let pixels: PixelKernels
  /// Elementwise operations on numbers of 32 bits.
  public let float: ElementKernels<Float>
  /// Elementwise operations on numbers of 64 bits.
  public let double: ElementKernels<Double>
  /// Multiplies and adds in registers, `tileRows · panelWidth` elements each round: rounds, factor.
  public let peak: @Sendable (Int, Float) -> Float

  /// Instantiates the kernels for `isa` with a register tile of the shape of `tile`.
  @inlinable @inline(__always)
  public init<I: InstructionSet, let rows: Int, let columns: Int>(
    _ isa: I.Type, _ tile: Tile<rows, columns>.Type
  ) {
    name = "\(I.name)"
    tileRows = rows
    panelWidth = tile.panelWidth(isa)
    pack = { tile.pack(isa, $0, panels: $1, into: $2) }
    product = { tile.compute(isa, $0, rows: $1, panels: $2, scratch: $3) }
    productScratch = { tile.productScratch(isa, rows: $0, depth: $1, columns: $2) }
    attentionScratch = { tile.attentionScratch(isa, queries: $0, keys: $1, size: $2) }
    attend = { tile.attend(isa, $0, queries: $1, scratch: $2) }
    softmax = { first, output, rows, columns, scale in
      for row in 0..<rows {
        let start = row * columns
        I.softmax(first + start, into: output + start, count: columns, scale: scale)
      }
    }
    normalize = { I.normalize($0, rows: $1) }
    map = { I.map($0, $1, into: $2, count: $3) }
    pixels = PixelKernels(isa)
    float = ElementKernels(isa, Float.self)
    double = ElementKernels(isa, Double.self)
    peak = { tile.peak(isa, count: $0, factor: $1) }
    combine = { I.combine($0, $1, terms: $2, into: $3, range: $4) }
  }
}
