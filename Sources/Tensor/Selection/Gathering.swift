internal import Synchronization
internal import _KernelsSequential

// Elements by tensors of their places. A negative place counts from the end of its axis; one that is
// not there stops the program.
extension Tensor {
  /// The slices of an axis at some places: NumPy's `take`, PyTorch's `index_select`.
  ///
  ///     let table: Tensor<Float> = [[1, 2], [3, 4], [5, 6]]
  ///     table.gathered([2, 0])          // [[5, 6], [1, 2]]
  ///     table.gathered([-1], axis: 1)   // [[2], [4], [6]]
  ///
  /// - Parameters:
  ///   - places: Of any shape, which takes the place of the axis in the result.
  ///   - axis: The axis; a negative one counts from the end.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: A copy.
  public func gathered(
    _ places: Tensor<Int64>, axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let axis = self.axis(axis, "take", file, line)
    let places = places.resolvedIndices(shape[axis], "take", file, line)
    let result = Tensor(uninitialized: shape[..<axis] + places.shape + shape[(axis + 1)...])
    guard result.count > 0 else { return result }
    let layout = axisLayout(axis, count: places.count)
    let size = MemoryLayout<Scalar>.stride
    // Of a view only the slices that are wanted are copied, where those are fewer.
    if !isContiguous && places.count < shape[axis] {
      var result = Tensor(uninitialized: shape[..<axis] + [places.count] + shape[(axis + 1)...])
      for (i, place) in places.elements.enumerated() {
        var part = result.narrowed(axis, i..<i + 1)
        part.update(from: narrowed(axis, Int(place)..<Int(place) + 1))
      }
      result = result.reshaped(shape[..<axis] + places.shape + shape[(axis + 1)...])
      return result
    }
    withUnsafeElements { elements in
      places.withUnsafeElements { places in
        guard let first = elements.baseAddress, let list = places.baseAddress else { return }
        nonisolated(unsafe) let (input, index) = (first, list)
        nonisolated(unsafe) let output = result.mutablePointer
        inParallel(
          layout.outer * layout.count, grain: 64, cost: 2 * layout.inner * size
        ) { gather(layout, width: size, slices: $0, index, input, output) }
      }
    }
    return result
  }

  /// The elements of an axis, each at a place of its own: NumPy's `take_along_axis`, PyTorch's
  /// `gather`.
  ///
  ///     let x: Tensor<Float> = [[3, 1], [2, 4]]
  ///     x.gathered(along: 1, [[1], [0]])           // [[1], [2]]
  ///     x.gathered(along: 1, x.argsort(axis: 1))   // [[1, 3], [2, 4]]
  ///
  /// - Parameters:
  ///   - axis: The axis; a negative one counts from the end.
  ///   - places: As many dimensions as this tensor has; but for the axis, its extents are broadcast
  ///     against this tensor's.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: A tensor of the shape of the places, once broadcast.
  public func gathered(
    along axis: Int, _ places: Tensor<Int64>, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let (source, places, axis) = aligned(places, axis, "take", file, line)
    let result = Tensor(uninitialized: places.shape)
    guard result.count > 0 else { return result }
    source.withUnsafeElements { elements in
      guard let first = elements.baseAddress else { return }
      nonisolated(unsafe) let (input, output) = (first, result.mutablePointer)
      source.forEachPlace(axis, places, "take", file, line) { part, index, places, elements in
        gatherAlong(
          part, width: MemoryLayout<Scalar>.stride, index, input + elements, output + places)
      }
    }
    return result
  }

  /// Puts elements at places of an axis: NumPy's `put_along_axis`, PyTorch's `scatter_`.
  ///
  /// Of several for one place the last one stays.
  ///
  ///     var x = Tensor<Float>(zeros: [2, 3])
  ///     x.put(1, along: 1, at: [[0], [2]])
  ///     x   // [[1, 0, 0], [0, 0, 1]]
  ///
  /// - Parameters:
  ///   - elements: Broadcast to the shape of the places.
  ///   - axis: The axis; a negative one counts from the end.
  ///   - places: As many dimensions as this tensor has; but for the axis, its extents are broadcast to
  ///     this tensor's.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  public mutating func put(
    _ elements: Tensor, along axis: Int, at places: Tensor<Int64>, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let (elements, places, axis) = prepared(elements, axis, places, "put", file, line)
    guard places.count > 0 else { return }
    makeUniqueAndContiguous()
    elements.withUnsafeElements { elements in
      guard let first = elements.baseAddress else { return }
      nonisolated(unsafe) let (input, output) = (first, mutablePointer)
      forEachPlace(axis, places, "put", file, line) { part, index, places, elements in
        scatterAlong(
          part, width: MemoryLayout<Scalar>.stride, index, input + places, output + elements)
      }
    }
  }

  /// Elements and places in a shape that both have, with this tensor's extents but for the axis.
  private func prepared(
    _ elements: Tensor, _ axis: Int, _ places: Tensor<Int64>, _ name: String,
    _ file: StaticString, _ line: UInt
  ) -> (Tensor, Tensor<Int64>, Int) {
    let axis = self.axis(axis, name, file, line)
    check(
      places.rank == rank, "\(name): places of shape \(places.shape) do not fit \(shape)",
      file: file, line: line)
    var target = shape
    target[axis] = places.shape[axis]
    let list = places.broadcast(to: target, file: file, line: line)
    return (elements.broadcast(to: target, file: file, line: line), list, axis)
  }

  /// This tensor and places in extents that both have but for the axis.
  private func aligned(
    _ places: Tensor<Int64>, _ axis: Int, _ name: String, _ file: StaticString, _ line: UInt
  ) -> (Tensor, Tensor<Int64>, Int) {
    let axis = self.axis(axis, name, file, line)
    check(
      places.rank == rank
        && shape.indices.allSatisfy {
          $0 == axis || shape[$0] == places.shape[$0] || shape[$0] == 1 || places.shape[$0] == 1
        }, "\(name): places of shape \(places.shape) do not fit \(shape)", file: file, line: line)
    var (source, target) = (shape, places.shape)
    for other in shape.indices where other != axis {
      source[other] = shape[other] == 1 ? target[other] : shape[other]
      target[other] = source[other]
    }
    return (broadcast(to: source), places.broadcast(to: target), axis)
  }

  /// Calls `body` with parts of the rows before an axis, on several threads where they are large, with
  /// their places, and with how far places and elements are moved for each.
  ///
  /// `body` says whether all of its places are inside the axis; one that is not stops the program.
  fileprivate func forEachPlace(
    _ axis: Int, _ places: Tensor<Int64>, _ name: String, _ file: StaticString, _ line: UInt,
    _ body: @Sendable (AxisLayout, UnsafePointer<Int64>, Int, Int) -> Bool
  ) {
    let layout = axisLayout(axis, count: places.shape[axis])
    let areInside = Atomic(true)
    places.withUnsafeElements { places in
      guard let list = places.baseAddress else { return }
      nonisolated(unsafe) let index = list
      // A place has 8 bytes, and an element is read and written.
      inParallel(layout.outer, cost: 16 * layout.count * layout.inner) {
        let (part, places, elements) = layout.part($0)
        if !body(part, index + places, places, elements) {
          areInside.store(false, ordering: .relaxed)
        }
      }
    }
    if !areInside.load(ordering: .relaxed) {
      places.checkPlaces(places.bounds, shape[axis], name, file, line)
    }
  }

  /// How the axis lies between the others.
  private func axisLayout(_ axis: Int, count: Int) -> AxisLayout {
    AxisLayout(
      outer: Array(shape[..<axis]).product, extent: shape[axis], count: count,
      inner: Array(shape[(axis + 1)...]).product)
  }
}

extension Tensor where Scalar: TensorNumeric {
  /// Adds elements at places of an axis: PyTorch's `scatter_add_`.
  ///
  /// Those for one place are all added, in their order.
  ///
  ///     var x: Tensor<Float> = [0, 0, 0]
  ///     x.add([1, 2, 3], along: 0, at: [0, 2, 0])
  ///     x   // [4, 0, 2]
  ///
  /// - Parameters:
  ///   - elements: Broadcast to the shape of the places.
  ///   - axis: The axis; a negative one counts from the end.
  ///   - places: As many dimensions as this tensor has; but for the axis, its extents are broadcast to
  ///     this tensor's.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  public mutating func add(
    _ elements: Tensor, along axis: Int, at places: Tensor<Int64>, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    combine(.sum, elements, axis, places, "add", file, line)
  }

  /// Multiplies with elements at places of an axis.
  ///
  ///     var x: Tensor<Float> = [1, 1, 1]
  ///     x.multiply(by: [2, 3], along: 0, at: [1, 1])
  ///     x   // [1, 6, 1]
  public mutating func multiply(
    by elements: Tensor, along axis: Int, at places: Tensor<Int64>, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    combine(.product, elements, axis, places, "multiply", file, line)
  }

  /// Keeps the larger of what is at a place of an axis and of elements for it; NaN where one is.
  ///
  ///     var x: Tensor<Float> = [1, 5]
  ///     x.formMaximum(with: [3, 4], along: 0, at: [0, 1])
  ///     x   // [3, 5]
  public mutating func formMaximum(
    with elements: Tensor, along axis: Int, at places: Tensor<Int64>,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    combine(.maximum, elements, axis, places, "formMaximum", file, line)
  }

  /// Keeps the smaller of what is at a place of an axis and of elements for it; NaN where one is.
  ///
  ///     var x: Tensor<Float> = [1, 5]
  ///     x.formMinimum(with: [3, 4], along: 0, at: [0, 1])
  ///     x   // [1, 4]
  public mutating func formMinimum(
    with elements: Tensor, along axis: Int, at places: Tensor<Int64>,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    combine(.minimum, elements, axis, places, "formMinimum", file, line)
  }

  private mutating func combine(
    _ operation: Accumulation, _ elements: Tensor, _ axis: Int, _ places: Tensor<Int64>,
    _ name: String, _ file: StaticString, _ line: UInt
  ) {
    let (elements, places, axis) = prepared(elements, axis, places, name, file, line)
    guard places.count > 0 else { return }
    makeUniqueAndContiguous()
    elements.withUnsafeElements { elements in
      guard let first = elements.baseAddress else { return }
      nonisolated(unsafe) let (input, output) = (first, mutablePointer)
      let kernel = Scalar._sequential.scatterAlong
      forEachPlace(axis, places, name, file, line) { part, index, places, elements in
        kernel(operation, part, index, input + places, output + elements)
      }
    }
  }
}

extension Tensor<Int64> {
  /// The least and the largest of the elements, of which there is one.
  fileprivate var bounds: ClosedRange<Int64> {
    let partLength = 1 << 16
    let parts = (count + partLength - 1) / partLength
    let results = Tensor(uninitialized: [2, parts])
    withUnsafeElements { elements in
      guard let base = elements.baseAddress else { return }
      nonisolated(unsafe) let (input, output) = (base, results.mutablePointer)
      let count = count
      inParallel(parts, cost: 8 * partLength) {
        for part in $0 {
          let start = part * partLength
          let bounds = placeBounds(input + start, count: Swift.min(partLength, count - start))
          (output[part], output[parts + part]) = (bounds.lowerBound, bounds.upperBound)
        }
      }
    }
    return results.withUnsafeElements { elements in
      elements.baseAddress.map { placeBounds($0, count: elements.count) } ?? 0...0
    }
  }

  /// The indices with negative ones counted from the end of an extent, which all of them are in.
  func resolvedIndices(
    _ extent: Int, _ name: String, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    guard count > 0 else { return self }
    let bounds = bounds
    checkPlaces(bounds, extent, name, file, line)
    guard bounds.lowerBound < 0 else { return self }
    return Tensor.select(self .< 0, self + Tensor(scalar: Int64(extent)), self)
  }

  /// Checks that indices of some bounds are in an axis of an extent; negative ones count from its end.
  fileprivate func checkPlaces(
    _ bounds: ClosedRange<Int64>, _ extent: Int, _ name: String, _ file: StaticString, _ line: UInt
  ) {
    let outside = bounds.lowerBound < -Int64(extent) ? bounds.lowerBound : bounds.upperBound
    check(
      bounds.lowerBound >= -Int64(extent) && bounds.upperBound < Int64(extent),
      "\(name): index \(outside) is out of range in an axis of \(extent)", file: file, line: line)
  }

  /// Checks that all indices are at least zero and below a bound.
  func checkIndices(below bound: Int, _ name: String, _ file: StaticString, _ line: UInt) {
    guard count > 0 else { return }
    let bounds = bounds
    check(
      bounds.lowerBound >= 0 && bounds.upperBound < Int64(bound),
      "\(name): index \(bounds.lowerBound < 0 ? bounds.lowerBound : bounds.upperBound) is not in "
        + "0..<\(bound)", file: file, line: line)
  }
}
