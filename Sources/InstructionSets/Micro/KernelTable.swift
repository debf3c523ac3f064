/// The entry points of one instruction set.
///
/// An operation fetches its table once and hands over whole ranges of rows; nothing inside a hot
/// loop is called through a table.
@dynamicMemberLookup
public final class KernelTable: Sendable, CustomStringConvertible {
  /// The name of the instruction set.
  public let name: String
  /// The name of the instruction set.
  public var description: String { name }
  /// The kernels of the vector unit; they are also members of the table.
  public let vector: VectorKernels
  /// Products of numbers of 32 bits.
  public let float32: MatrixKernels
  /// Products of bfloat16, with sums of 32 bits.
  public let bfloat16: MatrixKernels
  /// Products of 8-bit integers; rows are quantized on the way.
  public let int8: QuantizedKernels
  /// Measures the peak of bfloat16 products; nil where the machine has no instruction for them.
  public let bfloat16Peak: PeakLoop?
  /// Measures the peak of products of 8-bit integers.
  public let int8Peak: PeakLoop

  /// A kernel of the vector unit.
  @inlinable @inline(__always)
  public subscript<Kernel>(dynamicMember kernel: KeyPath<VectorKernels, Kernel>) -> Kernel {
    vector[keyPath: kernel]
  }

  /// Instantiates the kernels for `isa` with register tiles of the shapes of `tile` and, for 8-bit
  /// integers, `int8Tile`.
  @inlinable @inline(__always)
  public init<
    I: InstructionSet, let rows: Int, let columns: Int, let int8Rows: Int, let int8Columns: Int
  >(
    _ isa: I.Type, _ tile: Tile<rows, columns>.Type, int8 int8Tile: Tile<int8Rows, int8Columns>.Type
  ) {
    name = "\(I.name)"
    let vector = VectorKernels(isa, tile)
    self.vector = vector
    let attentionScratch: MatrixKernels.ScratchCount = {
      tile.attentionScratch(isa, queries: $0, keys: $1, size: $2)
    }
    let attend: MatrixKernels.Attend = { tile.attend(isa, $0, queries: $1, scratch: $2) }
    let write: @Sendable (UnsafePointer<Float>, Int, Range<Int>, Int, RowDestination) -> Void = {
      I.write($0, stride: $1, rows: $2, columns: $3, to: $4)
    }
    float32 = MatrixKernels(
      layout: .float32, panelWidth: tile.panelWidth(isa),
      panelBytes: { $0 * tile.panelWidth(isa) * 4 },
      pack: { tile.pack(isa, $0, panels: $1, into: $2.assumingMemoryBound(to: Float.self)) },
      write: write, productScratch: vector.productScratch, product: vector.product,
      attentionScratch: attentionScratch, attend: attend)
    bfloat16 = MatrixKernels(
      layout: .rounded, panelWidth: tile.panelWidth(isa), format: .bfloat16,
      panelBytes: { $0 * tile.panelWidth(isa) * 2 },
      pack: {
        tile.packBFloat16(isa, $0, panels: $1, into: $2.assumingMemoryBound(to: UInt16.self))
      }, write: write, productScratch: vector.productScratch, product: vector.product,
      attentionScratch: attentionScratch, attend: attend)
    bfloat16Peak = nil
    int8 = int8Tile.int8Kernels(isa)
    int8Peak = PeakLoop(int8: isa, int8Tile)
  }

  /// The kernels of `table`, with products of another instruction set.
  public init(
    _ table: KernelTable, name: String, float32: MatrixKernels, bfloat16: MatrixKernels,
    bfloat16Peak: PeakLoop?, int8: QuantizedKernels, int8Peak: PeakLoop
  ) {
    (self.name, vector) = (name, table.vector)
    (self.float32, self.bfloat16, self.bfloat16Peak) = (float32, bfloat16, bfloat16Peak)
    (self.int8, self.int8Peak) = (int8, int8Peak)
  }
}

/// The kernels of one instruction set that do not depend on the unit that computes products.
///
/// It is a class because tables share it, and because the code that copies a structure of so many
/// closures would be defined by several targets.
public final class VectorKernels: Sendable {
  /// The rows of a register tile of the vector unit.
  public let tileRows: Int
  /// The elements of scratch that `product` needs: rows, depth, columns.
  public let productScratch: MatrixKernels.ScratchCount
  /// Computes rows × panels of a product on the vector unit, with scratch.
  ///
  /// The panels are those that `float32` packs, which may have a faster way for them.
  public let product: MatrixKernels.ComputeProduct
  /// Computes some products of small matrices.
  public let multiply: @Sendable (SmallProducts, Int) -> Void
  /// Writes the softmax of rows: first row, where the first result goes (which may be the row),
  /// number of rows, columns.
  public let softmax:
    @Sendable (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int, Int) -> Void
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
  /// Adds a range of rows of a branch times its gate to the residual.
  public let addGated: @Sendable (GatedSum, Range<Int>) -> Void
  /// Writes numbers of 32 bits as bfloat16: input, output, count.
  public let narrow: @Sendable (UnsafePointer<Float>, UnsafeMutableRawPointer, Int) -> Void
  /// Writes numbers of bfloat16 as 32 bits: input, output, count.
  public let widen: @Sendable (UnsafeRawPointer, UnsafeMutablePointer<Float>, Int) -> Void
  /// Writes numbers of float16 as 32 bits: input, output, count.
  public let widenFloat16: @Sendable (UnsafeRawPointer, UnsafeMutablePointer<Float>, Int) -> Void
  /// Products of 32-bit numbers by weights of 8 bits, which are widened on the way.
  public let weights8: QuantizedKernels
  /// Products of 32-bit numbers by weights of 4 bits, which are widened on the way.
  public let weights4: QuantizedKernels
  /// Quantizes a row of weights: row, groups, largest integer, integers, scales.
  public let quantizeWeights:
    @Sendable (
      UnsafePointer<Float>, TermGroups, Float, UnsafeMutablePointer<Int8>,
      UnsafeMutablePointer<Float>
    ) -> Void
  /// Widens a row of quantized weights: integers, scales, groups, numbers.
  public let widenWeights:
    @Sendable (
      UnsafePointer<Int8>, UnsafePointer<Float>, TermGroups, UnsafeMutablePointer<Float>
    ) -> Void
  /// Operations on images.
  public let pixels: PixelKernels
  /// Elementwise operations on numbers of 32 bits.
  public let floatElements: ElementKernels<Float>
  /// Elementwise operations on numbers of 64 bits.
  public let doubleElements: ElementKernels<Double>
  /// What decompositions of matrices consist of.
  public let columnOperations: ColumnKernels
  /// What fast Fourier transforms consist of.
  public let fourier: FourierKernels
  /// Functions of numbers of 32 bits that are computed in 64.
  public let wide: WideKernels
  /// Random numbers.
  public let random: RandomKernels
  /// What the vector unit can do at most with numbers of 32 bits.
  public let peak: PeakLoop

  /// Instantiates the kernels for `isa` with a register tile of the shape of `tile`.
  @inlinable @inline(__always)
  init<I: InstructionSet, let rows: Int, let columns: Int>(
    _ isa: I.Type, _ tile: Tile<rows, columns>.Type
  ) {
    tileRows = rows
    product = { tile.compute(isa, $0, rows: $1, panels: $2, scratch: $3) }
    productScratch = { tile.productScratch(isa, rows: $0, depth: $1, columns: $2) }
    multiply = { I.multiply($0, count: $1) }
    softmax = { first, output, rows, columns in
      for row in 0..<rows {
        let start = row * columns
        I.softmax(first + start, into: output + start, count: columns)
      }
    }
    normalize = { I.normalize($0, rows: $1) }
    map = { I.map($0, $1, into: $2, count: $3) }
    combine = { I.combine($0, $1, terms: $2, into: $3, range: $4) }
    addGated = { I.add($0, rows: $1) }
    narrow = { I.narrow($0, $1, count: $2) }
    widen = { I.widen($0, $1, count: $2) }
    widenFloat16 = { I.widenFloat16($0, $1, count: $2) }
    weights8 = tile.wideningKernels(isa, .int8, product: product)
    weights4 = tile.wideningKernels(isa, .int4, product: product)
    quantizeWeights = { I.quantizeWeights($0, $1, levels: $2, into: $3, scales: $4) }
    widenWeights = { I.widenWeights($0, $1, $2, into: $3) }
    pixels = PixelKernels(isa)
    floatElements = ElementKernels(isa, Float.self)
    doubleElements = ElementKernels(isa, Double.self)
    columnOperations = ColumnKernels(isa)
    fourier = FourierKernels(isa)
    wide = WideKernels(isa)
    random = RandomKernels(isa)
    peak = PeakLoop(isa, tile)
  }
}

/// A loop of multiply-adds in registers, which measures the machine's peak.
public struct PeakLoop: Sendable {
  /// The multiply-adds of a round.
  public let multiplyAdds: Int
  /// Runs some rounds: rounds.
  ///
  /// The result depends on all of them, so that the compiler cannot remove any.
  public let run: @Sendable (Int) -> Float

  /// A loop of so many multiply-adds.
  public init(multiplyAdds: Int, run: @escaping @Sendable (Int) -> Float) {
    (self.multiplyAdds, self.run) = (multiplyAdds, run)
  }

  /// The loop of a register tile.
  @inlinable @inline(__always)
  public init<I: InstructionSet, let rows: Int, let columns: Int>(
    _ isa: I.Type, _ tile: Tile<rows, columns>.Type
  ) {
    self.init(multiplyAdds: rows * tile.panelWidth(isa) * I.termsPerElement) {
      tile.peak(isa, count: $0)
    }
  }

  /// The loop of a register tile of 8-bit integers.
  @inlinable @inline(__always)
  public init<I: InstructionSet, let rows: Int, let columns: Int>(
    int8 isa: I.Type, _ tile: Tile<rows, columns>.Type
  ) {
    self.init(multiplyAdds: rows * tile.panelWidth(isa) * I.int8Terms) {
      tile.int8Peak(isa, count: $0)
    }
  }
}
