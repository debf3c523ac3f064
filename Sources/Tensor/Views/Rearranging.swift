// Copies in which elements stand in another order, more than once, or with others around them.
extension Tensor {
  /// The elements moved along an axis; those that leave it at one end come back at the other.
  ///
  ///     Tensor([1, 2, 3, 4]).rolled(by: 1, axis: 0)   // [4, 1, 2, 3]
  ///
  /// - Parameters:
  ///   - places: How far towards the end they move; negative ones towards the start.
  ///   - axis: The axis; a negative one counts from the end.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The result.
  public func rolled(
    by places: Int, axis: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let axis = self.axis(axis, "roll", file, line)
    let extent = shape[axis]
    guard extent > 0 else { return self }
    let shift = (places % extent + extent) % extent
    return Tensor(
      concatenating: [
        narrowed(axis, extent - shift..<extent), narrowed(axis, 0..<extent - shift),
      ], axis: axis)
  }

  /// The elements moved in row-major order; those that leave at one end come back at the other.
  ///
  ///     Tensor([[1, 2], [3, 4]]).rolled(by: 1)   // [[4, 1], [2, 3]]
  public func rolled(by places: Int) -> Tensor {
    flattened().rolled(by: places, axis: 0).reshaped(shape)
  }

  /// Each slice of an axis several times, one after the other.
  ///
  ///     Tensor([1, 2]).repeated(2, axis: 0)   // [1, 1, 2, 2]
  ///
  /// - Parameters:
  ///   - count: How often, at least zero.
  ///   - axis: The axis; a negative one counts from the end.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The result.
  public func repeated(
    _ count: Int, axis: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    check(count >= 0, "repeat: \(count) times", file: file, line: line)
    let axis = self.axis(axis, "repeat", file, line)
    var (wide, result) = (shape, shape)
    wide.insert(count, at: axis + 1)
    result[axis] = (shape + [count]).extent(axis, times: count, "repeat", file, line)
    return expanded(at: axis + 1).broadcast(to: wide).reshaped(result)
  }

  /// Each slice of an axis repeated by a count of its own.
  ///
  ///     Tensor([1, 2]).repeated([2, 1], axis: 0)   // [1, 1, 2]
  public func repeated(
    _ counts: [Int], axis: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let axis = self.axis(axis, "repeat", file, line)
    check(
      counts.count == shape[axis] && counts.allSatisfy { $0 >= 0 },
      "repeat: \(counts) are no counts for axis \(axis) of \(shape)", file: file, line: line)
    let places = counts.enumerated().flatMap { Array(repeating: Int64($0), count: $1) }
    return gathered(Tensor<Int64>(places), axis: axis)
  }

  /// The tensor several times along each axis.
  ///
  ///     Tensor([1, 2]).tiled([2])      // [1, 2, 1, 2]
  ///     Tensor([1, 2]).tiled([2, 1])   // [[1, 2], [1, 2]]
  ///
  /// - Parameters:
  ///   - counts: How often along each of the last axes, more of which are added in front
  ///     where there are more counts than axes.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The result.
  public func tiled(
    _ counts: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    check(counts.allSatisfy { $0 >= 0 }, "tile: \(counts) times", file: file, line: line)
    let rank = Swift.max(rank, counts.count)
    let shape = Array(repeating: 1, count: rank - self.rank) + self.shape
    let counts = Array(repeating: 1, count: rank - counts.count) + counts
    let source = reshaped(shape.flatMap { [1, $0] })
    return source.broadcast(to: zip(counts, shape).flatMap { [$0, $1] }, file: file, line: line)
      .reshaped(
        shape.indices.map { shape.extent($0, times: counts[$0], "tile", file, line) })
  }

  /// The elements of a diagonal of the matrices along two axes, along a new last axis; a view.
  ///
  ///     Tensor([[1, 2], [3, 4]]).diagonal()   // [1, 4]
  ///
  /// - Parameters:
  ///   - offset: How far above the main diagonal it is; below it where negative.
  ///   - axes: The axes of rows and columns, the last two by default.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The result.
  public func diagonal(
    offset: Int = 0, axes: (Int, Int) = (-2, -1), file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let (row, column) = (
      axis(axes.0, "diagonal", file, line), axis(axes.1, "diagonal", file, line)
    )
    check(row != column, "diagonal: axes \(axes) are one", file: file, line: line)
    let (rows, columns) = (shape[row], shape[column])
    let firstRow = Swift.min(Swift.max(0, -Swift.max(offset, -rows)), rows)
    let firstColumn = Swift.min(Swift.max(0, offset), columns)
    let count = Swift.min(rows - firstRow, columns - firstColumn)
    let others = shape.indices.filter { $0 != row && $0 != column }
    return Tensor(
      storage: storage,
      offset: count > 0
        ? self.offset + firstRow * strides[row] + firstColumn * strides[column] : self.offset,
      shape: others.map { shape[$0] } + [count],
      strides: others.map { strides[$0] } + [strides[row] + strides[column]])
  }

  /// Writes to a diagonal of the matrices along the last two axes: NumPy's `fill_diagonal`.
  ///
  ///     var x = Tensor<Float>(zeros: [2, 2])
  ///     x.fillDiagonal(with: 3)
  ///     x   // [[3, 0], [0, 3]]
  ///
  /// - Parameters:
  ///   - elements: Broadcast to the diagonal.
  ///   - offset: How far above the main diagonal it is; below it where negative.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  public mutating func fillDiagonal(
    with elements: Tensor, offset: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) {
    makeUniqueAndContiguous()
    var target = diagonal(offset: offset, file: file, line: line)
    target.update(from: elements.broadcast(to: target.shape, file: file, line: line))
  }

  /// The matrices along two axes turned by quarters, from the first axis to the second; a view.
  ///
  ///     Tensor([[1, 2], [3, 4]]).rotated()   // [[2, 4], [1, 3]]
  public func rotated(
    quarters: Int = 1, axes: (Int, Int) = (0, 1), file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let (first, second) = (axis(axes.0, "rotate", file, line), axis(axes.1, "rotate", file, line))
    check(first != second, "rotate: axes \(axes) are one", file: file, line: line)
    switch (quarters % 4 + 4) % 4 {
    case 1: return flipped(second).transposed(first, second)
    case 2: return flipped(first).flipped(second)
    case 3: return flipped(first).transposed(first, second)
    default: return self
    }
  }

  /// The tensor without some slices of an axis.
  ///
  ///     Tensor([1, 2, 3]).removing([0, -1])   // [2]
  ///
  /// - Parameters:
  ///   - places: Places in the axis; negative ones count from the end.
  ///   - axis: The axis; a negative one counts from the end.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The result.
  public func removing(
    _ places: [Int], axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let axis = self.axis(axis, "remove", file, line)
    let removed = Set(
      Tensor<Int64>(places.map(Int64.init))
        .resolvedIndices(shape[axis], "remove", file, line).elements)
    let kept = (0..<Int64(shape[axis])).filter { !removed.contains($0) }
    return gathered(Tensor<Int64>(kept), axis: axis)
  }

  /// The tensor with slices put into an axis before a place of it.
  ///
  ///     Tensor([1, 4]).inserting([2, 3], at: 1)   // [1, 2, 3, 4]
  ///
  /// - Parameters:
  ///   - slices: Broadcast to the other axes.
  ///   - place: From zero to the extent of the axis; a negative one counts from the end.
  ///   - axis: The axis; a negative one counts from the end.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The result.
  public func inserting(
    _ slices: Tensor, at place: Int, axis: Int = 0, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let axis = self.axis(axis, "insert", file, line)
    let position = place < 0 ? place + shape[axis] : place
    check(
      (0...shape[axis]).contains(position),
      "insert: there is no place \(place) in axis \(axis) of \(shape)", file: file, line: line)
    var target = shape
    target[axis] = slices.rank == rank ? slices.shape[axis] : 1
    return Tensor(
      concatenating: [
        narrowed(axis, 0..<position), slices.broadcast(to: target, file: file, line: line),
        narrowed(axis, position..<shape[axis]),
      ], axis: axis)
  }
}

extension [Int] {
  /// An extent of this shape times a count, which is checked to be a number.
  fileprivate func extent(
    _ axis: Int, times count: Int, _ name: String, _ file: StaticString, _ line: UInt
  ) -> Int {
    let (product, overflows) = self[axis].multipliedReportingOverflow(by: count)
    check(
      !overflows, "\(name): \(self) is too large \(count) times along axis \(axis)", file: file,
      line: line)
    return product
  }
}
