/// The products of one precision.
///
/// It is a class because a structure of so many closures is costly to copy.
public final class MatrixKernels: Sendable {
  /// The elements of scratch for three extents.
  public typealias ScratchCount = @Sendable (Int, Int, Int) -> Int
  /// Computes rows × panels of a product, with scratch.
  public typealias ComputeProduct =
    @Sendable (Product, Range<Int>, Range<Int>, UnsafeMutablePointer<Float>) -> Void
  /// Computes the results of a range of queries of one head, with scratch.
  public typealias Attend =
    @Sendable (AttentionHead, Range<Int>, UnsafeMutablePointer<Float>) -> Void

  /// The layout in which a product reads its rows.
  public let layout: RowLayout
  /// The columns of a packed panel.
  public let panelWidth: Int
  /// The form of the numbers in a panel: `Product.format`.
  public let format: PanelFormat
  /// The number of terms in an element of a panel.
  ///
  /// The terms of each pixel of a convolution are filled up with zeros to whole elements.
  public let termsPerElement: Int
  /// Whether the work is split over threads by panels, as long as each thread has one, rather than
  /// by rows.
  public let prefersPanels: Bool
  /// The bytes of a packed panel: depth.
  public let panelBytes: @Sendable (Int) -> Int
  /// Packs panels of a matrix: source, panels, packed matrix.
  public let pack: @Sendable (PackingSource, Range<Int>, UnsafeMutableRawPointer) -> Void
  /// Writes rows of 32-bit numbers in the layout of a product: first row, the distance between
  /// rows, rows, columns, destination.
  public let write: @Sendable (UnsafePointer<Float>, Int, Range<Int>, Int, RowDestination) -> Void
  /// The elements of 32 bits of scratch that `product` needs: rows, depth, columns.
  public let productScratch: ScratchCount
  /// Computes rows × panels of a product, with scratch.
  ///
  /// Ranges of rows begin at a multiple of 32 where rows are tiles.
  public let product: ComputeProduct

  /// The elements of scratch that `attend` needs: queries, keys, head size.
  public let attentionScratch: ScratchCount
  /// Computes the results of a range of queries of one head, with scratch.
  public let attend: Attend

  /// Computes spans × panels of a convolution, with `Convolution.scratch` elements of scratch,
  /// where that is not a product of rows.
  public let convolve:
    (@Sendable (Convolution, Range<Int>, Range<Int>, UnsafeMutablePointer<Float>) -> Void)?

  /// The number of panels that hold `columns` columns.
  @inlinable
  public func panels(_ columns: Int) -> Int { (columns + panelWidth - 1) / panelWidth }

  /// The layout in which a convolution reads its images.
  public var pixelLayout: PixelLayout {
    switch layout {
    case .float32: .float32
    case .rounded: .rounded
    case .tiles: .blocks
    }
  }

  /// Kernels that are given one by one.
  @inlinable
  public init(
    layout: RowLayout, panelWidth: Int, format: PanelFormat = .elements, termsPerElement: Int = 1,
    prefersPanels: Bool = false,
    panelBytes: @escaping @Sendable (Int) -> Int,
    pack: @escaping @Sendable (PackingSource, Range<Int>, UnsafeMutableRawPointer) -> Void,
    write: @escaping @Sendable (UnsafePointer<Float>, Int, Range<Int>, Int, RowDestination) -> Void,
    productScratch: @escaping ScratchCount,
    product: @escaping ComputeProduct,
    attentionScratch: @escaping ScratchCount,
    attend: @escaping Attend,
    convolve: (
      @Sendable (Convolution, Range<Int>, Range<Int>, UnsafeMutablePointer<Float>) -> Void
    )? = nil
  ) {
    (self.layout, self.panelWidth) = (layout, panelWidth)
    (self.format, self.termsPerElement) = (format, termsPerElement)
    (self.prefersPanels, self.panelBytes) = (prefersPanels, panelBytes)
    (self.pack, self.write) = (pack, write)
    (self.productScratch, self.product) = (productScratch, product)
    (self.attentionScratch, self.attend) = (attentionScratch, attend)
    self.convolve = convolve
  }

  /// The kernels of `others`, but for products of rows, and attention without a bias or a window.
  ///
  /// Products over the pixels around one, and attention with a bias or a window, stay those of
  /// `others`.
  public convenience init(
    _ others: MatrixKernels,
    productScratch: @escaping ScratchCount,
    product: @escaping ComputeProduct,
    attentionScratch: @escaping ScratchCount,
    attend: @escaping Attend
  ) {
    self.init(
      layout: others.layout, panelWidth: others.panelWidth, format: others.format,
      termsPerElement: others.termsPerElement, prefersPanels: true,
      panelBytes: others.panelBytes, pack: others.pack, write: others.write,
      productScratch: { max(productScratch($0, $1, $2), others.productScratch($0, $1, $2)) },
      product: {
        if $0.taps == 1 { product($0, $1, $2, $3) } else { others.product($0, $1, $2, $3) }
      },
      attentionScratch: {
        max(attentionScratch($0, $1, $2), others.attentionScratch($0, $1, $2))
      },
      attend: {
        if $0.bias == nil && $0.window == nil {
          attend($0, $1, $2)
        } else {
          others.attend($0, $1, $2)
        }
      }, convolve: others.convolve)
  }
}
