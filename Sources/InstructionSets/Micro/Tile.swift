/// A register tile: the product of `rows` rows with one panel, which is `columns` vectors wide.
public enum Tile<let rows: Int, let columns: Int>: SendableMetatype {
  /// Computes `strip · panel` and writes it to `result`, `rows` × (`columns` vectors), dense.
  ///
  /// Every sum starts at zero, or continues the one in `result`, and takes its products in the order
  /// of the depth, so an output depends neither on the tile it is part of nor on how the depth is
  /// cut into blocks.
  ///
  /// - Parameters:
  ///   - isa: The instruction set.
  ///   - strip: `depth` groups of one element of each row.
  ///   - panel: `depth` groups of `columns` vectors.
  ///   - depth: The number of elements that hold the terms of a sum.
  ///   - continues: Whether the sums go on from what is in `result`.
  ///   - result: Where the tile goes.
  @inlinable @inline(__always)
  public static func product<I: InstructionSet>(
    _ isa: I.Type, _ strip: UnsafePointer<Float>, panel: UnsafePointer<Float>, depth: Int,
    continues: Bool, into result: UnsafeMutablePointer<Float>
  ) {
    // In registers as long as the loops over rows and columns unroll: Scripts/symbols.sh looks.
    var sums = InlineArray<rows, InlineArray<columns, I.F32>>(
      repeating: .init(repeating: .zero))
    if continues {
      for i in 0..<rows {
        for j in 0..<columns {
          sums[unchecked: i][unchecked: j] = I.load(result + (i * columns + j) * I.width)
        }
      }
    }
    var (strip, panel) = (strip, panel)
    let end = panel + depth * columns * I.width
    while panel < end {
      var y = InlineArray<columns, I.F32>(repeating: .zero)
      for j in 0..<columns { y[unchecked: j] = I.load(panel + j * I.width) }
      for i in 0..<rows {
        let x = I.F32(repeating: strip[i])
        for j in 0..<columns {
          sums[unchecked: i][unchecked: j] = I.addProducts(
            x, y[unchecked: j], to: sums[unchecked: i][unchecked: j])
        }
      }
      strip += rows
      panel += columns * I.width
    }
    for i in 0..<rows {
      for j in 0..<columns {
        I.store(sums[unchecked: i][unchecked: j], result + (i * columns + j) * I.width)
      }
    }
  }

  /// Multiplies and adds in registers alone, `rows · columns` vectors `count` times, to measure the
  /// most that the machine can do.
  ///
  /// - Parameters:
  ///   - isa: The instruction set.
  ///   - count: The number of rounds.
  /// - Returns: A number that depends on every operation.
  @inlinable @inline(__always)
  public static func peak<I: InstructionSet>(_ isa: I.Type, count: Int) -> Float {
    var sums = InlineArray<rows, InlineArray<columns, I.F32>>(
      repeating: .init(repeating: .zero))
    // Different numbers, or the compiler would see that all sums are one.
    for i in 0..<rows {
      for j in 0..<columns {
        sums[unchecked: i][unchecked: j] = I.F32(repeating: Float(i * columns + j))
      }
    }
    // A number that keeps the sums in range.
    let x = I.F32(repeating: 0.999)
    for _ in 0..<count {
      for i in 0..<rows {
        for j in 0..<columns {
          sums[unchecked: i][unchecked: j] = I.addProducts(
            sums[unchecked: i][unchecked: j], x, to: x)
        }
      }
    }
    var total = I.F32.zero
    for i in 0..<rows {
      for j in 0..<columns { total = I.add(total, sums[unchecked: i][unchecked: j]) }
    }
    return I.mergedLanes(total, I.add)
  }
}
