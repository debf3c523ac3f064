/// A matrix to be packed for the right side of a product.
public struct PackingSource: @unchecked Sendable {
  /// The element (0, 0).
  public var elements: UnsafePointer<Float>
  /// The distance between terms of a sum, in elements.
  public var depthStride: Int
  /// The distance between columns of the result, in elements.
  public var columnStride: Int
  /// The number of terms in each sum.
  public var depth: Int
  /// The number of columns of the result.
  public var columns: Int

  /// A matrix of `depth` × `columns` elements with any strides.
  @inlinable
  public init(
    elements: UnsafePointer<Float>, depthStride: Int, columnStride: Int, depth: Int, columns: Int
  ) {
    (self.elements, self.depthStride) = (elements, depthStride)
    (self.columnStride, self.depth, self.columns) = (columnStride, depth, columns)
  }
}

extension Tile {
  /// Copies the panels of `range` to their place in `packed`, the columns of the last one padded
  /// with zeros.
  ///
  /// Writes go forward, and the lines that a step reads from are read again in the next.
  @inlinable @inline(__always)
  public static func pack<I: InstructionSet>(
    _ isa: I.Type, _ source: PackingSource, panels range: Range<Int>,
    into packed: UnsafeMutablePointer<Float>
  ) {
    let panelWidth = panelWidth(isa)
    for panel in range {
      var target = packed + panel * panelWidth * source.depth
      let first = panel * panelWidth
      let count = min(panelWidth, source.columns - first)
      var element = source.elements + first * source.columnStride
      for _ in 0..<source.depth {
        if source.columnStride == 1 {
          target.update(from: element, count: count)
        } else {
          for j in 0..<count { target[j] = element[j * source.columnStride] }
        }
        for j in count..<panelWidth { target[j] = 0 }
        target += panelWidth
        element += source.depthStride
      }
    }
  }

  /// The number of panels that hold `columns` columns.
  @inlinable @inline(__always)
  public static func panels<I: InstructionSet>(_ isa: I.Type, _ columns: Int) -> Int {
    (columns + panelWidth(isa) - 1) / panelWidth(isa)
  }
}
